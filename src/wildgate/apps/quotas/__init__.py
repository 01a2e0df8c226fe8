"""Quotas and suspensions: what a Party may export in a year, and what no Party should trade now."""
