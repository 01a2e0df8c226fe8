"""Running an installation from one screen: the restore drill, what ends soon, and what is new."""
