"""The world's trade records: what Parties reported to the CITES Trade Database, kept in columns and asked in SQL."""
