"""National stricter measures (Article XIV.1) as files that an installation may load; see `convention/overlay.py`."""
