"""Names of taxa: search and suggestions over the shipped facts."""
