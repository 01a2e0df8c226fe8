"""Wildgate: electronic CITES permits, from the trader's question to the annual report."""

__version__ = "0.1.0"
