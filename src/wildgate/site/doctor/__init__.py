"""The doctor: looks over an installation, and says of each thing whether it is well, and what to do when it is not."""
