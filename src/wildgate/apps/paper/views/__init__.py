"""Pages of the offices that print, and of the authority that keeps the paper."""
