"""SHARING. Intelligence as data that others read: MISP JSON, STIX 2.1, TWIX-style tables. No Django, no clock."""
