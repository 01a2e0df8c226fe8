"""The files of the intelligence space."""
