"""The graph: what is said of whom, by which reports, as a picture with its table; only what the reader may see."""
