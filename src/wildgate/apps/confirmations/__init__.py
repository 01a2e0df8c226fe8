"""Questions between Management Authorities about one permit, their structured answers, and the clock on both."""
