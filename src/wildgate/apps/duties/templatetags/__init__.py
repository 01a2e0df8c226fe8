"""Template library of duties."""
