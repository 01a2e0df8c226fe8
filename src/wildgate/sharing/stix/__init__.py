"""STIX 2.1: reports out as bundles and back in, with TLP 2.0 as OASIS marks it and one extension of our own."""

from wildgate.sharing.stix.reading import read
from wildgate.sharing.stix.writing import objects, write

__all__ = ["objects", "read", "write"]
