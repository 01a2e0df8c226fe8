"""The declarations app: what is declared to customs, from programs and files, and what was answered."""
