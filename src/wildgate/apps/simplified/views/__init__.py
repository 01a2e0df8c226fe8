"""Pages of the simplified procedure: the officer's master files, the holder's certificates."""
