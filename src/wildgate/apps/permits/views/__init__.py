"""The pages of applications and permits, one module for each desk."""
