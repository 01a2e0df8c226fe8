"""Outward forms of an issued permit: CITESEPermit XML, PDF, QR; and reading them back."""
