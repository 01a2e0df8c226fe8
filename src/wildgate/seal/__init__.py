"""Authenticity: tokens, trust lists, status lists and the verdict that any verifier can reach offline."""
