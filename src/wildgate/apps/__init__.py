"""The nouns of the house, each a Django app; they import each other downwards only."""
