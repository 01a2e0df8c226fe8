"""Words of the paper for templates."""
