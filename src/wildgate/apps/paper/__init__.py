"""The paper of a permit: security sheets from delivery to the last one, prints under control, offices that print."""
