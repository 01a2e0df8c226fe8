"""The database of an installation: who may do what in it, how its tables are made, and the copy that reports read."""
