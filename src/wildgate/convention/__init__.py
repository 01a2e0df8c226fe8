"""The law: what a trade in listed specimens needs, and why. Standard library only, no clock, no network."""
