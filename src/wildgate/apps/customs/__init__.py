"""The border: endorsements of issued and foreign permits."""
