"""Take a backup: the database first, then the files that it names; read again before it counts."""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from wildgate import __version__
from wildgate.site.backup import databases, sealing
from wildgate.site.backup.databases import NotDone

FORMAT: Final = 1
MANIFEST: Final = "backup.json"
FOLDERS: Final = ("documents", "uploads", "status", "trust", "exchange", "seen", "market")
FILES: Final = ("trust.cwt", "demo-world")
PRIVATE: Final = ("keys", "secret")
"""What signs and opens: it goes into an encrypted backup only. The public parts of keys go into any."""
PUBLIC_NAMES: Final = ("public.json", "certificate.pem", "authority.pem")
Progress = Callable[[str], None]


def take(folder: Path, home: Path, *, passphrase: str, at: datetime, party: str, engine: str,
         progress: Progress) -> dict[str, Any]:
    """Make `folder` a backup and give its manifest. A folder without its manifest is none: that is written last."""
    if folder.exists() and any(folder.iterdir()):
        raise NotDone(f"{folder} is not empty: name a new folder for each backup.")
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    with databases.room_in(folder), _whole_or_nothing(folder):
        return _fill(folder, home, passphrase=passphrase, at=at, party=party, engine=engine, progress=progress)


@contextmanager
def _whole_or_nothing(folder: Path) -> Iterator[None]:
    """What was written before a fault is of no use to anybody: it only fills the disk."""
    try:
        yield
    except BaseException:
        for path in folder.iterdir():
            path.unlink()
        raise


def _fill(folder: Path, home: Path, *, passphrase: str, at: datetime, party: str, engine: str,
          progress: Progress) -> dict[str, Any]:
    salt = os.urandom(sealing.SALT) if passphrase else b""
    key = sealing.key_of(passphrase, salt) if passphrase else None
    with tempfile.TemporaryDirectory(dir=folder, prefix=".making-") as scratch:
        clear = Path(scratch)
        progress("database")
        there = databases.copy_out(clear / "database")
        progress("files")
        count = pack(clear / "files.tar", public_files(home), home)
        if key:
            pack(clear / "private.tar", private_files(home), home)
        parts = []
        for part in sorted(clear.iterdir()):
            progress(part.name)
            target = folder / (part.name + (".sealed" if key else ""))
            if key:
                sealing.seal(part, target, key, part.name)
                sealing.open_sealed(target, clear / "again", key, part.name)
                if digest_of(clear / "again") != digest_of(part):
                    raise NotDone(f"{target} does not read back as it was written: check the disk, then try again.")
                (clear / "again").unlink()
            else:
                os.replace(part, target)
            parts.append({"name": part.name, "file": target.name, "bytes": target.stat().st_size,
                          "sha256": digest_of(target)})
    manifest = {"format": FORMAT, "wildgate": __version__, "party": party, "made_at": at.isoformat(), "engine": engine,
                "encrypted": bool(key), "salt": salt.hex(), "heads": there.heads, "counts": there.counts,
                "files": count, "parts": parts}
    written = folder / (MANIFEST + ".part")
    written.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    os.replace(written, folder / MANIFEST)
    return manifest


def public_files(home: Path) -> Iterator[Path]:
    """Documents, uploads, lists, messages, and the public parts of keys."""
    for name in FOLDERS:
        yield from sorted(path for path in (home / name).rglob("*") if path.is_file() and path.suffix != ".lock"
                          and path.name != ".lock")
    yield from (home / name for name in FILES if (home / name).is_file())
    yield from sorted(path for path in (home / "keys").rglob("*") if path.name in PUBLIC_NAMES)


def private_files(home: Path) -> Iterator[Path]:
    for name in PRIVATE:
        path = home / name
        yield from sorted(each for each in ([path] if path.is_file() else path.rglob("*"))
                          if each.is_file() and each.name not in (*PUBLIC_NAMES, ".lock"))


def pack(target: Path, paths: Iterator[Path], home: Path) -> int:
    """Put the files into an archive under their places in the home; so many."""
    count = 0
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as archive:
        for path in paths:
            try:
                archive.add(path, arcname=str(path.relative_to(home)), recursive=False)
            except FileNotFoundError:  # a list that was replaced by a newer one while we looked
                continue
            count += 1
    return count


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
