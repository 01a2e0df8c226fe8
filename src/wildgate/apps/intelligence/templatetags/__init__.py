"""What pages of the intelligence space need."""
