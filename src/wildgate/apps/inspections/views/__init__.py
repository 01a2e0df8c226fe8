"""Pages of inspections: the day list, seizures, identification, files."""
