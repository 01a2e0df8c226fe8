"""The store that the tests of signals search."""

from tests.apps.signals.trade import loaded, store

__all__ = ["loaded", "store"]
