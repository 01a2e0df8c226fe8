"""Letters in words, for templates."""
