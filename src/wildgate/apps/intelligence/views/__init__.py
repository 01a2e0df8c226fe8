"""Pages of the intelligence space: the desk, reports, cases, alerts, contributors, contact points."""
