"""Keeping attachments: the original sealed, the harmless copy beside it, both forgotten in time.

A file lies in clear only while it is looked at, in a folder that the program alone reads; what a process that died left
there is removed by the next one.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from django.db import transaction

from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events, holds, jobs
from wildgate.kit.cleaning import sealing
from wildgate.kit.cleaning.cleaner import Cleaned, clean
from wildgate.kit.cleaning.kinds import LARGEST
from wildgate.kit.cleaning.models import SEALED, Held, place
from wildgate.kit.cleaning.refusals import refused

MOST: Final = 5
STALE: Final = 3600.0
ASKED_AGAIN: Final = timedelta(days=1)
"""Whether something is still held."""
LONGEST_NAME: Final = 300
_FORGET: Final = "cleaning.forget"


def hold(parts: Iterable[bytes], name: str, *, party: str, by: str, at: datetime,
         kept_until: datetime | None = None) -> Held | Refusal:
    """Take an attachment in: judged, cleaned, its original sealed. `kept_until` None: until `forget` is called.

    `name` is what the sender calls it: it names no file here and is sealed with the original. Call it outside a
    transaction, since the work takes seconds.
    """
    held = hold_each([(name, parts)], party=party, by=by, at=at, kept_until=kept_until)
    return held if isinstance(held, Refusal) else held[0]


def hold_each(files: Iterable[tuple[str, Iterable[bytes]]], *, party: str, by: str, at: datetime,
              kept_until: datetime | None = None, most: int = MOST) -> list[Held] | Refusal:
    """Take several in (name, parts): all of them or none, and no more than `most`."""
    room = place(party) / "incoming"
    room.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sweep(room)
    folder = Path(mkdtemp(dir=room))
    try:
        ready: list[tuple[Path, str, Cleaned]] = []
        for name, parts in files:
            if len(ready) >= most:
                return refused("too-many", most=most)
            made = _made(parts, folder / str(len(ready)))
            if isinstance(made, Refusal):
                return made
            ready.append((folder / str(len(ready)), name, made))
        with transaction.atomic():
            return [_kept(*one, party=party, by=by, at=at, kept_until=kept_until) for one in ready]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _made(parts: Iterable[bytes], folder: Path) -> Cleaned | Refusal:
    """Write what arrives and clean it; the folder then holds the original in clear and its copy."""
    folder.mkdir(mode=0o700)
    size = 0
    with os.fdopen(os.open(folder / "original", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        for part in parts:
            size += len(part)
            if size > LARGEST:
                return refused("too-large")
            out.write(part)
    return clean(folder / "original", into=folder)


def _kept(folder: Path, name: str, made: Cleaned, *, party: str, by: str, at: datetime,
          kept_until: datetime | None) -> Held:
    """The row, the event and the folder in its place, with the original sealed."""
    clear = (folder / "original").read_bytes()
    digest = hashlib.sha256(clear).hexdigest()
    held = Held.objects.create(
        party=party, kind=made.kind.value, ending=made.file.suffix[1:] if made.file else "", digest=digest,
        size=len(clear), pages=made.pages, removed=list(made.removed), scanned=made.scanned, by=by, at=at,
        name=sealing.seal(name[:LONGEST_NAME].encode("utf-8", "replace"), f"{party} name {digest}"),
        kept_until=kept_until)
    with os.fdopen(os.open(folder / SEALED, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(sealing.seal(clear, f"{party} original {digest}"))
        out.flush()
        os.fsync(out.fileno())
    (folder / "original").unlink()
    shutil.rmtree(held.folder, ignore_errors=True)  # left by a transaction that was rolled back
    folder.rename(held.folder)
    events.append("attachment-held", held.subject, party=party, actor=by, at=at, data={
        "digest": digest, "kind": held.kind, "size": held.size, "scanned": held.scanned})
    if kept_until:
        jobs.enqueue(_FORGET, str(held.pk), party=party, at=kept_until, held=held.pk)
    return held


def _sweep(room: Path) -> None:
    """Remove what a process that died left in clear."""
    for folder in room.iterdir():
        try:
            if time.time() - folder.stat().st_mtime > STALE:
                shutil.rmtree(folder, ignore_errors=True)
        except FileNotFoundError:  # another process was quicker
            continue


def opened(held: Held, *, actor: str, reason: str, at: datetime) -> bytes | Refusal:
    """The original as it was handed in, for evidence, proved by its digest. Who opened it and why is an event.

    Who may is asked by the caller.
    """
    if not reason.strip():
        return refuse("no-reason", "Say why the original is opened; the reason is kept.", field="reason")
    with transaction.atomic():
        clear = _original(Held.objects.select_for_update().get(pk=held.pk))
        if isinstance(clear, Refusal):
            return clear
        events.append("attachment-opened", held.subject, party=held.party, actor=actor, at=at,
                      data={"digest": held.digest}, note=reason.strip())
    return clear


def _original(held: Held) -> bytes | Refusal:
    if held.forgotten_at:
        return refuse("forgotten", "The attachment was removed when its time was over; its digest is %(digest)s.",
                      digest=held.digest)
    try:
        sealed = held.sealed.read_bytes()
    except FileNotFoundError:
        sealed = b""
    clear = sealing.unsealed(sealed, f"{held.party} original {held.digest}")
    if clear is None or hashlib.sha256(clear).hexdigest() != held.digest:
        return refuse("damaged-original", "The sealed original was changed, is missing, or was sealed under another "
                      "secret key; look for it in a backup.")
    return clear


def name_of(held: Held) -> str:
    """What the sender called the file; empty when it cannot be opened. To be shown only where the original may be."""
    return (sealing.unsealed(bytes(held.name), f"{held.party} name {held.digest}") or b"").decode("utf-8", "replace")


def keep_until(held: Held, until: datetime | None) -> None:
    """Keep an attachment longer or shorter than it was said; None: until `forget` is called."""
    with transaction.atomic():
        Held.objects.filter(pk=held.pk, forgotten_at=None).update(kept_until=until)
        if until:
            jobs.enqueue(_FORGET, str(held.pk), party=held.party, at=until, held=held.pk)


def forget(held: Held, *, actor: str, at: datetime) -> None:
    """Remove the original, the working copy and the sender's name; the row with its digest stays."""
    with transaction.atomic():
        found = Held.objects.select_for_update().get(pk=held.pk)
        if found.forgotten_at is None:
            found.forgotten_at, found.name = at, b""
            found.save(update_fields=["forgotten_at", "name"])
            events.append("attachment-forgotten", held.subject, party=held.party, actor=actor, at=at,
                          data={"digest": held.digest})
        transaction.on_commit(lambda: shutil.rmtree(found.folder, ignore_errors=True))


def forget_when_due(key: int, at: datetime) -> None:
    """Forget an attachment whose time has come; one that is to be kept longer by now, or is held, stays."""
    held = Held.objects.filter(pk=key, kept_until__lte=at).first()
    if held is not None and holds.held(held.party, held.subject):
        with transaction.atomic():
            jobs.enqueue(_FORGET, str(key), party=held.party, at=at + ASKED_AGAIN, held=key)
    elif held is not None:
        forget(held, actor=events.SYSTEM, at=at)
