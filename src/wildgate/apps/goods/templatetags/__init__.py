"""What pages about customs codes need."""
