"""Pages about the rules of the house."""
