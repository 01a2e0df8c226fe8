"""Words for fees in templates."""
