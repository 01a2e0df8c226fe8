"""Pages about people and organisations, one module for each reader."""
