"""The time of the newest list that was read from each place: with an older one a cancelled permit would be valid again.

Kept in a folder, so that every process of an installation, and the next start, knows what one of them has read.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Final

from wildgate.seal.files import write_atomically

WORTH_WRITING: Final = 60
"""Seconds. A list that is signed at every change is not worth a write at each of them."""


class Seen:
    """`folder` holds a small file for each place; without one the memory ends with the process."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._held: dict[str, int] = {}

    def newest(self, place: str) -> int:
        """UTC seconds; 0 for a place from which nothing was read."""
        return max(self._held.get(place, 0), self._written(place))

    def note(self, place: str, issued_at: int) -> None:
        """Remember a list of `issued_at`. Where nothing can be written, this process alone remembers it."""
        self._held[place] = max(issued_at, self._held.get(place, 0))
        if self._folder is not None and issued_at >= self._written(place) + WORTH_WRITING:
            with contextlib.suppress(OSError):
                write_atomically(self._folder / f"{place}.seen", b"%d\n" % issued_at)

    def _written(self, place: str) -> int:
        if self._folder is None:
            return 0
        try:
            return int((self._folder / f"{place}.seen").read_bytes()[:20])
        except (OSError, ValueError):
            return 0
