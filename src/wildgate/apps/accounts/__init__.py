"""People, organisations and authorities, and what each may do."""
