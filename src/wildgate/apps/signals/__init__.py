"""The signals app: what the trade records say that somebody should look at: gaps between two reports, and signals."""
