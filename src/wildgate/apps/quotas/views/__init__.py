"""The pages of quotas and suspensions, of one taxon with both, and of the imports that bring them."""
