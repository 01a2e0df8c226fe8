"""Template library of the reports."""
