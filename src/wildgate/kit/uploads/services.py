"""Taking a file in, working it off once, and telling how far that is.

The file is written to a folder that only the program reads, judged there, and worked off by a job. The handler's
changes, the upload's state and its report are one transaction: a worker that dies leaves nothing half-written, and the
job runs again. Progress lies beside the file, since nobody outside a transaction sees what is written inside it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from django.conf import settings
from django.db import transaction

from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import jobs
from wildgate.kit.models import Job
from wildgate.kit.uploads.models import FILE, Upload

KEPT_FOR = timedelta(days=30)
TOLD_EVERY = 0.25
PROGRESS = "progress.json"
WORK = "uploads.work_off"

Progress = Callable[[int, int | None], None]
"""Called by a handler with the rows done so far and, where it is known, how many there are."""
Outcome = tuple[Upload.State, dict[str, Any]]
Handler = Callable[[Upload, Progress, datetime], Outcome]
_handlers: dict[str, Handler] = {}


@dataclass(frozen=True, slots=True)
class Doing:
    """How far the work on an upload is. `trouble` is what went wrong at the last try; `dead`: it is not tried again."""

    rows: int = 0
    of: int | None = None
    seconds: float = 0.0
    trouble: str = ""
    dead: bool = False


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Decorator: `function(upload, progress, at)` works off uploads of this kind, inside a transaction."""
    def keep(function: Handler) -> Handler:
        _handlers[kind] = function
        return function
    return keep


def receive(parts: Iterable[bytes], name: str, *, judge: Callable[[Path], str | Refusal], largest: int, party: str,
            by: str, at: datetime, choices: Mapping[str, Any] | None = None) -> Upload | Refusal:
    """Take a file in: no more than `largest` bytes, of a kind that `judge` tells from the bytes on disk.

    A job works it off after the commit; its files are removed after 30 days.
    """
    return _taken_in(parts, name, judge, largest, party=party, by=by, at=at, choices=dict(choices or {}), kept=False)


def keep(parts: Iterable[bytes], name: str, *, judge: Callable[[Path], str | Refusal], largest: int, party: str,
         by: str, at: datetime, choices: Mapping[str, Any] | None = None, until: datetime | None = None,
         ) -> Upload | Refusal:
    """Take a file in that is only kept and handed out again, never worked off; with `until`, for so long."""
    return _taken_in(parts, name, judge, largest, party=party, by=by, at=at, choices=dict(choices or {}), kept=True,
                     until=until)


def _taken_in(parts: Iterable[bytes], name: str, judge: Callable[[Path], str | Refusal], largest: int, *, party: str,
              by: str, at: datetime, choices: dict[str, Any], kept: bool,
              until: datetime | None = None) -> Upload | Refusal:
    place = Path(settings.HOME) / "uploads" / party
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = Path(mkdtemp(prefix="incoming-", dir=place))
    try:
        file = folder / FILE / safe_name(name)
        file.parent.mkdir(mode=0o700)
        written = _write(file, parts, largest)
        if isinstance(written, Refusal):
            return written
        kind = judge(file)
        if isinstance(kind, Refusal):
            return kind
        with transaction.atomic():
            upload = Upload.objects.create(
                party=party, kind=kind, file_name=file.name, digest=written[1], size=written[0], choices=choices, by=by,
                at=at, state=Upload.State.DONE if kept else Upload.State.WAITING)
            shutil.rmtree(upload.folder, ignore_errors=True)  # left by a transaction that was rolled back
            folder.rename(upload.folder)
            if not kept:
                jobs.enqueue(WORK, str(upload.pk), party=party, at=at, upload=upload.pk)
            if until or not kept:
                jobs.enqueue("uploads.forget", str(upload.pk), party=party, at=until or at + KEPT_FOR, upload=upload.pk)
        return upload
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def safe_name(name: str) -> str:
    """A file's name without folders, control characters or anything that a shell or a path could read otherwise."""
    bare = re.sub(r"[^\w.() -]", "_", re.split(r"[/\\]", name)[-1]).strip(" .")
    stem, dot, ending = bare.rpartition(".")
    return (f"{stem[-80:]}{dot}{ending[:20]}" if dot else bare[:80]).lstrip(" .-") or "upload"


def _write(file: Path, parts: Iterable[bytes], largest: int) -> tuple[int, str] | Refusal:
    """Write what arrives, readable by the program alone: size and SHA-256."""
    size, digest = 0, hashlib.sha256()
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        for part in parts:
            size += len(part)
            if size > largest:
                return refuse("too-large", "%(name)s has more than %(limit)s MB; split it or pack it.", name=file.name,
                              limit=largest // 1_000_000, field="file")
            digest.update(part)
            out.write(part)
    if not size:
        return refuse("empty", "%(name)s is empty.", name=file.name, field="file")
    return size, digest.hexdigest()


def work_off(key: int, at: datetime) -> None:
    """Run the handler of an upload that waits; one that was worked off stays as it is."""
    with transaction.atomic():
        upload = Upload.objects.select_for_update().filter(pk=key, state=Upload.State.WAITING).first()
        if upload is None:
            return
        upload.state, upload.report = _handlers[upload.kind](upload, _teller(upload), at)
        upload.save(update_fields=["state", "report"])
    upload.file.unlink(missing_ok=True)
    (upload.folder / PROGRESS).unlink(missing_ok=True)


def _teller(upload: Upload) -> Progress:
    """Writes the progress beside the file, a few times a second."""
    began = told = time.monotonic()

    def tell(rows: int, of: int | None = None) -> None:
        nonlocal told
        now = time.monotonic()
        if rows and now - told < TOLD_EVERY:
            return
        told = now
        new = upload.folder / f"{PROGRESS}.new"
        new.write_text(json.dumps({"rows": rows, "of": of, "seconds": round(now - began, 1)}))
        new.replace(upload.folder / PROGRESS)

    tell(0)
    return tell


def doing(upload: Upload) -> Doing:
    """How far the work on an upload that waits is."""
    job = Job.objects.filter(party=upload.party, name=WORK, key=str(upload.pk)).first()
    trouble, dead = (job.last_error, job.state == Job.State.DEAD) if job else ("", False)
    try:
        told = json.loads((upload.folder / PROGRESS).read_text())
    except (OSError, ValueError):
        return Doing(trouble=trouble, dead=dead)
    return Doing(told["rows"], told["of"], told["seconds"], trouble, dead)


def forget(key: int) -> None:
    """Remove the files of an upload; the row with its report stays."""
    upload = Upload.objects.filter(pk=key).first()
    if upload is not None:
        shutil.rmtree(upload.folder, ignore_errors=True)
