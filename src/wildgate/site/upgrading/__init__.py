"""Upgrades: what each release's tables are, how an installation comes from one release to the next, and what is new."""
