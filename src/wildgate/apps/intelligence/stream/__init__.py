"""The stream: what is new in the intelligence space, told at once to whoever may read it, and to nobody else."""
