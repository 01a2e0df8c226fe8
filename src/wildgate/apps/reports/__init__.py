"""Annual reports, and the replay of past trade as a year of work."""
