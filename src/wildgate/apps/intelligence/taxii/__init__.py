"""TAXII 2.1 (OASIS): the system behind a target fetches what was put into its collection, and adds what it has."""
