"""The inspections app: controls, seizures, custody, and identification of specimens."""
