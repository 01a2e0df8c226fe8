"""The carriers app: checks before shipment, parcels handed over, and the log for both sides."""
