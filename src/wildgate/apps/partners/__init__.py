"""The partners app: the registry of Parties, and what was agreed with each of them."""
