"""The plain tables inside a file: CSV as it is, gzip and xz unpacked, the members of a zip one after the other."""

from __future__ import annotations

import gzip
import hashlib
import lzma
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from wildgate.convention.refusal import Refusal, refuse

LARGEST = 40 * 1024**3
MOST_MEMBERS = 2_000
PIECE = 1 << 20
_UNPACKING = (EOFError, lzma.LZMAError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile, NotImplementedError,
              RuntimeError)


@dataclass(frozen=True, slots=True)
class Member:
    """One table: what a person calls it, where it lies as plain CSV or Parquet, and whether it goes after reading."""

    name: str
    path: Path
    parquet: bool = False
    ours: bool = False


def digest_of(path: Path) -> str:
    """SHA-256 of the file as it came."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def members(path: Path, scratch: Path) -> Iterator[Member | Refusal]:
    """Each table of the file, unpacked into `scratch` where it is packed; a refusal ends it."""
    with path.open("rb") as file:
        start = file.read(6)
    if path.stat().st_size > LARGEST:
        yield _too_large(path.name)
    elif start.startswith(b"PK\x03\x04"):
        yield from _zipped(path, scratch)
    elif start.startswith(b"\x1f\x8b"):
        with gzip.open(path) as packed:
            yield _unpacked(cast("IO[bytes]", packed), path.name, scratch)
    elif start.startswith(b"\xfd7zXZ"):
        with lzma.open(path) as packed_xz:
            yield _unpacked(cast("IO[bytes]", packed_xz), path.name, scratch)
    else:
        yield Member(path.name, path, parquet=start.startswith(b"PAR1"))


def _zipped(path: Path, scratch: Path) -> Iterator[Member | Refusal]:
    try:
        with zipfile.ZipFile(path) as packed:
            tables = [one for one in packed.infolist() if not one.is_dir() and one.filename.lower().endswith(".csv")
                      and not one.filename.startswith("__MACOSX/")]
            if not tables:
                yield refuse("empty", "The zip file holds no CSV file.")
            elif len(tables) > MOST_MEMBERS:
                yield refuse("too-many-members", "The zip file holds more than %(most)s CSV files.", most=MOST_MEMBERS)
            elif sum(one.file_size for one in tables) > LARGEST:
                yield _too_large(path.name)
            else:
                for one in sorted(tables, key=lambda each: each.filename):
                    with packed.open(one) as member:
                        yield _unpacked(member, f"{path.name}/{one.filename}", scratch)
    except _UNPACKING:
        yield _damaged(path.name)


def _unpacked(packed: IO[bytes], name: str, scratch: Path) -> Member | Refusal:
    """What is packed, as a plain file in `scratch`, up to the largest size whatever its heading promised."""
    target = scratch / f"{hashlib.sha256(name.encode()).hexdigest()[:16]}.csv"
    written = 0
    try:
        with target.open("wb") as file:
            while piece := packed.read(PIECE):
                written += len(piece)
                if written > LARGEST or shutil.disk_usage(scratch).free < len(piece) * 64:
                    target.unlink()
                    return _too_large(name) if written > LARGEST else refuse(
                        "disk-full", "There is no room left on the disk to unpack %(name)s.", name=name)
                file.write(piece)
    except (*_UNPACKING, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        return _damaged(name)
    with target.open("rb") as file:
        return Member(name, target, parquet=file.read(4) == b"PAR1", ours=True)


def _too_large(name: str) -> Refusal:
    return refuse("too-large", "%(name)s is larger than %(most)s GB: split it by years.", name=name,
                  most=LARGEST // 1024**3)


def _damaged(name: str) -> Refusal:
    return refuse("not-unpacked", "%(name)s cannot be unpacked: it is cut off or damaged.", name=name)
