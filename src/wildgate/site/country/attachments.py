"""Attachments lie sealed under the installation's secret: they leave opened, and are sealed anew where they arrive."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from wildgate.kit.cleaning import keeping, sealing
from wildgate.kit.cleaning.models import SEALED, Held
from wildgate.site.backup.databases import NotDone

NAMES: Final = "names.jsonl"
"""What the senders called their files."""


def leave(folder: Path) -> int:
    """Write each original under its number, and the names beside; so many."""
    count = 0
    with (folder / NAMES).open("w", encoding="utf-8", newline="\n") as names:
        for held in _kept():
            (folder / str(held.pk)).write_bytes(_original(held))
            names.write(json.dumps({"id": held.pk, "name": keeping.name_of(held)}, ensure_ascii=False) + "\n")
            count += 1
    return count


def arrive(folder: Path) -> int:
    """Seal what `leave` wrote under this installation's secret; so many. The rows are there already."""
    names = {each["id"]: each["name"] for each in
             map(json.loads, (folder / NAMES).read_text(encoding="utf-8").splitlines())}
    count = 0
    for held in _kept():
        clear = (folder / str(held.pk)).read_bytes()
        if hashlib.sha256(clear).hexdigest() != held.digest:
            raise NotDone(f"Attachment {held.pk} is not the one that the record names: make another export.")
        held.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(held.sealed, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(sealing.seal(clear, f"{held.party} original {held.digest}"))
        held.name = sealing.seal(names[held.pk].encode(), f"{held.party} name {held.digest}")
        held.save(update_fields=["name"])
        count += 1
    return count


def is_sealed(path: Path) -> bool:
    """Files that do not leave as they lie."""
    return path.name == SEALED


def _kept() -> Iterator[Held]:
    return Held.objects.filter(forgotten_at=None).order_by("pk").iterator()


def _original(held: Held) -> bytes:
    try:
        clear = sealing.unsealed(held.sealed.read_bytes(), f"{held.party} original {held.digest}")
    except FileNotFoundError:
        clear = None
    if clear is None or hashlib.sha256(clear).hexdigest() != held.digest:
        raise NotDone(f"Attachment {held.pk} is missing, or was sealed under another WILDGATE_SECRET_KEY: look for "
                      "it in a backup.")
    return clear
