"""What pages of carriers need."""
