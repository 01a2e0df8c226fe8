"""Standing findings: what an authority found for many permits at once, with its limits, versions and ledger."""
