"""What comes out of cleaning inside the child: the copy's bytes, and what it lacks of the original."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Made:
    """The harmless copy; empty with no ending for what is never shown."""

    copy: bytes
    ending: str
    pages: int = 0
    removed: tuple[str, ...] = ()
