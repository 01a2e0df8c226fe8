"""Restore a backup into an empty home, and prove it: every part by its digest, the database by its chain."""

from __future__ import annotations

import json
import os
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import Any, Final

from wildgate import __version__
from wildgate.site.backup import databases, sealing
from wildgate.site.backup.databases import NotDone
from wildgate.site.backup.taking import FORMAT, MANIFEST, Progress, digest_of

LARGEST_MANIFEST: Final = 4_000_000
KEYS: Final = {"format", "wildgate", "party", "made_at", "engine", "encrypted", "salt", "heads", "counts", "files",
               "parts"}
PARTS: Final = {"database", "files.tar", "private.tar"}


def restore(folder: Path, home: Path, *, passphrase: str, progress: Progress) -> dict[str, Any]:
    """Everything back in its place; the manifest. Nothing is put there before all of it has been read and opened."""
    manifest = read_manifest(folder)
    engine = "postgresql" if os.environ.get("DATABASE_URL") else "sqlite"
    if manifest["engine"] != engine:
        raise NotDone(f"The backup is of {manifest['engine']} and this installation uses {engine}: "
                      "set DATABASE_URL (or leave it out) accordingly.")
    if manifest["encrypted"] and not passphrase:
        raise NotDone("The backup is encrypted: give its passphrase in WILDGATE_BACKUP_PASSPHRASE.")
    databases.require_empty(home)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with databases.room_in(home), tempfile.TemporaryDirectory(dir=home, prefix=".restoring-") as scratch:
        clear = Path(scratch)
        for part in manifest["parts"]:
            progress(f"{part['name']}: checking")
            _open(folder, part, clear / part["name"], manifest, passphrase)
        for name in ("files.tar", "private.tar"):
            if (clear / name).exists():
                progress(f"{name}: unpacking")
                _unpack(clear / name, clear / "home")
        _place(clear / "home", home)
        progress("database: restoring")
        databases.copy_in(clear / "database", engine, home)
    there = databases.now_there(engine, home)
    if there.heads != manifest["heads"] or there.counts != manifest["counts"]:
        raise NotDone("The restored database is not the one that was backed up: its rows or the end of its chain "
                      "differ.")
    return manifest


def read_manifest(folder: Path) -> dict[str, Any]:
    """What the folder says of itself, checked before anything is read because of it."""
    path = folder / MANIFEST
    if not path.is_file():
        raise NotDone(f"{folder} holds no finished backup: {MANIFEST} is missing.")
    if path.stat().st_size > LARGEST_MANIFEST:
        raise NotDone(f"{path} is too large to be what it should be.")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not found.keys() >= KEYS or not _parts_fit(found["parts"]):
        raise NotDone(f"{path} is damaged: take another backup.")
    if found["format"] != FORMAT:
        raise NotDone(f"The backup has format {found['format']}; this version ({__version__}) reads {FORMAT}: "
                      f"restore with Wildgate {found['wildgate']}.")
    return found


def _parts_fit(parts: object) -> bool:
    return (isinstance(parts, list) and all(isinstance(part, dict) and part.get("name") in PARTS
                                            and part.get("file") in (part["name"], f"{part['name']}.sealed")
                                            for part in parts)
            and {"database", "files.tar"} <= {part["name"] for part in parts})


def _open(folder: Path, part: dict[str, Any], target: Path, manifest: dict[str, Any], passphrase: str) -> None:
    source = folder / part["file"]
    if not source.is_file() or digest_of(source) != part["sha256"]:
        raise NotDone(f"{source} is missing or was changed since the backup was made: take another backup.")
    if not manifest["encrypted"]:
        shutil.copyfile(source, target)
        return
    try:
        sealing.open_sealed(source, target, sealing.key_of(passphrase, bytes.fromhex(manifest["salt"])), part["name"])
    except sealing.NotOpened:
        raise NotDone(f"{source} cannot be opened: the passphrase is another one, or the file was changed.") from None


def _unpack(archive: Path, target: Path) -> None:
    """Plain files below the target only: no links, devices, absolute paths or paths upwards (PEP 706)."""
    target.mkdir(exist_ok=True)
    try:
        with tarfile.open(archive) as found:
            found.extractall(target, filter="data")
    except tarfile.TarError as fault:
        raise NotDone(f"The archive {archive.name} is damaged: {fault}.") from fault


def _place(source: Path, home: Path) -> None:
    """Move the files to their places; the home keeps what the backup does not have."""
    for path in sorted(source.rglob("*")):
        target = home / path.relative_to(source)
        if path.is_dir():
            target.mkdir(exist_ok=True, mode=0o700 if path.name in ("keys", "trust") else 0o755)
        else:
            os.replace(path, target)
