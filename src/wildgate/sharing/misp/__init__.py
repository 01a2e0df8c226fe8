"""MISP core JSON: reports out as events and back in, with object templates, taxonomy and galaxy of our own."""

from wildgate.sharing.misp.reading import read
from wildgate.sharing.misp.writing import event, write

__all__ = ["event", "read", "write"]
