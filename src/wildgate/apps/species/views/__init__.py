"""The species pages: finding a name, checking a list of them."""
