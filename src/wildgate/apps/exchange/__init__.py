"""Exchange between authorities: permits asked for and pushed, quantities compared, every message kept."""
