"""What every test of this folder may ask for: the cast at home, the site on a port, windows in which somebody is."""

from tests.browser.visits import address, door, kept, now, people, tour, window

__all__ = ["address", "door", "kept", "now", "people", "tour", "window"]
