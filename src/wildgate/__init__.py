"""Wildgate: electronic CITES permits, from the trader's question to the annual report."""

__version__ = "1.1.0.dev0"
