"""What is in the store: one file that lists the loaded sets, replaced at a stroke, and the lock under which it is."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

MANIFEST, LOCK, ROWS, SUMS, ASIDE, SPILL = "manifest.json", "lock", "rows", "sums", "aside", "spill"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class TradeSet:
    """One loaded file, or the installation's own rows: what it was, what came of it and where its Parquet lies."""

    name: str
    kind: str
    digest: str
    rows: int
    loaded_at: datetime
    first_year: int
    last_year: int
    folder: str
    bytes: int
    files: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "loaded_at": self.loaded_at.isoformat(), "files": list(self.files)}


def read(folder: Path) -> tuple[TradeSet, ...]:
    """The sets that count, in the order they were loaded; none where no manifest is."""
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    return tuple(TradeSet(**{**one, "loaded_at": datetime.fromisoformat(one["loaded_at"]),
                             "files": tuple(one["files"])}) for one in told["sets"])


def stamp(folder: Path) -> str:
    """Another text after every change of the manifest."""
    try:
        found = (folder / MANIFEST).stat()
    except FileNotFoundError:
        return ""
    return f"{found.st_mtime_ns:x}-{found.st_ino:x}-{found.st_size:x}"


def write(folder: Path, sets: tuple[TradeSet, ...]) -> None:
    """One rename makes the new list count; until then the old one does."""
    beside = folder / f"{MANIFEST}.new"
    text = json.dumps({"format": FORMAT, "sets": [one.as_json() for one in sets]}, indent=1)
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.rename(folder / MANIFEST)
    settle(folder)


def settle(folder: Path) -> None:
    """Have the names in a folder on the disk itself."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(folder: Path) -> Iterator[bool]:
    """Whether this process alone may change the store now. The lock goes with the process, however it ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def sweep(folder: Path) -> int:
    """Remove what no manifest names: half-made sets of a load that was killed, sets that were replaced, their sums, and
    what a killed process spilt a day ago."""
    kept = {one.folder for one in read(folder)}
    left = list((folder / ASIDE).iterdir()) if (folder / ASIDE).is_dir() else []
    if (folder / ROWS).is_dir():
        left += [path for path in (folder / ROWS).glob("kind=*/set=*")
                 if f"{path.parent.name}/{path.name}" not in kept]
    left += [path for path in (folder / SUMS).glob("kind=*/set=*.parquet")
             if f"{path.parent.name}/{path.stem}" not in kept]
    spilt = (folder / SPILL).iterdir() if (folder / SPILL).is_dir() else ()
    left += [path for path in spilt if path.stat().st_mtime < time.time() - 86_400]
    for path in left:
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
    return len(left)
