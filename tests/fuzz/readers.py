"""Every reader of what comes from outside, with sound samples: each must answer whatever the bytes are.

A reader takes bytes and gives a value; a Refusal is one. An exception that is its documented answer stands in `raises`.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

AT = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Reader:
    """`samples` makes sound inputs, once; `read` is called with changed ones. `dear` ones get a tenth of the rounds."""

    name: str
    read: Callable[[bytes], Any]
    samples: Callable[[], Sequence[bytes]]
    raises: tuple[type[BaseException], ...] = ()
    dear: bool = False
    once: dict[str, Sequence[bytes]] = field(default_factory=dict, compare=False, hash=False)

    def sound(self) -> Sequence[bytes]:
        return self.once.setdefault("samples", self.samples())


def text(read: Callable[[str], Any]) -> Callable[[bytes], Any]:
    """A reader of text: bytes that are no UTF-8 come as forms and bodies bring them, with replacement signs."""
    return lambda data: read(data.decode("utf-8", "replace"))


def drained(read: Callable[..., Any]) -> Callable[..., Any]:
    """A reader that gives rows one by one is read to its end."""
    def whole(*args: Any) -> Any:
        found = read(*args)
        rows = getattr(found, "rows", found)
        return list(rows) if isinstance(rows, Iterable) and not isinstance(rows, str | bytes | dict) else found
    return whole


def at_a_path(read: Callable[[Path], Any], ending: str) -> Callable[[bytes], Any]:
    """A reader of a file, in a folder that goes afterwards."""
    def put(data: bytes) -> Any:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"file{ending}"
            path.write_bytes(data)
            return drained(read)(path)
    return put


def or_none(read: Callable[[bytes], Any], data: bytes) -> Any:
    """What was read, or None where it cannot be: for a reader of what another one gives."""
    try:
        return read(data)
    except ValueError:
        return None


def chance_of(name: str, number: int) -> random.Random:
    """The same change again for the same reader and number."""
    return random.Random(f"{name}/{number}")
