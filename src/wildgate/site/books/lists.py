"""What stands in the home folder beside the database: documents of permits, and the signed lists of their states."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from django.conf import settings

from wildgate.apps.permits import sealing
from wildgate.apps.permits.documents import FORMS, path_of
from wildgate.apps.permits.models import Permit
from wildgate.convention.lifecycle import PermitState
from wildgate.kit.models import Job
from wildgate.seal import status
from wildgate.seal.status import State
from wildgate.seal.trust import Keyring
from wildgate.site.books.fault import PAGE, Fault, pages

WRITING, PUBLISHING = "permits.write_documents", "permits.publish_status"
SKEW: Final = timedelta(minutes=2)
KEPT_AFTER: Final = timedelta(days=60)
"""Lists are signed for so long after the last permit in them has ended (sealing.refresh)."""
WORKER: Final = "See whether `wildgate serve` or `wildgate jobs work` runs."
_paper = re.compile(r"(.+)-([0-9a-f]+)(?:\.[a-z]+)?\.pdf").fullmatch
OLDER: Final = ("The database seems to be older than this home: an old backup was restored. See docs/faults.md, "
                "\"An old backup\".")


def every_document(party: str, at: datetime) -> Iterator[Fault]:
    """Each permit has its documents, or a job that is about to write them."""
    for page in pages(Permit.objects.filter(party=party).only("party", "number", "issued_at", "seal_digest")):
        missing = [permit for permit in page if not all(path_of(permit, form).exists() for form in FORMS)]
        waiting = {job.key: job for job in Job.objects.filter(
            party=party, name=WRITING, key__in=[permit.number for permit in missing])}
        for permit in missing:
            if fault := _unwritten(permit, waiting.get(permit.number), at):
                yield fault


def _unwritten(permit: Permit, job: Job | None, at: datetime) -> Fault | None:
    name = f"permit {permit.number}"
    if job is None:
        return Fault(name, "It has no documents, and no job is about to write them.",
                     "Open its page and fetch the PDF: it is written then.")
    if job.state == Job.State.DEAD:
        return Fault(name, f"Its documents could not be written: {job.last_error}",
                     "An administrator tries again at /undone/.")
    if job.state == Job.State.WAITING and job.run_after > at + timedelta(hours=1):
        return Fault(name, f"Its documents wait until {job.run_after:%Y-%m-%d %H:%M}: the clock was ahead when it was "
                     "issued.", "Start the worker again: it takes what was asked for too late.")
    return None


def every_file(party: str) -> Iterator[Fault]:
    """Each paper in the folder of documents is that of a permit that there is."""
    for folder in sorted(Path(settings.HOME, "documents", party).glob("[0-9]*")):
        with os.scandir(folder) as found:
            names = (entry.name for entry in found if entry.name.endswith(".pdf"))
            while page := list(islice(names, PAGE)):
                stems = {name: _permit_of(name) for name in page}
                there = {(permit.number, permit.seal_digest[:16]) for permit in Permit.objects.filter(
                    party=party, number__in={number for number, _ in stems.values()}).only("number", "seal_digest")}
                for name, stem in sorted(stems.items()):
                    if stem not in there:
                        yield Fault(f"permit {stem[0]}", f"Its paper {folder.name}/{name} is there, the permit is not.",
                                    OLDER)


def _permit_of(name: str) -> tuple[str, str]:
    """The number and the seal in the name of a paper: `26QM000001E-a08c2279a2495ba5.pdf`, and `.label.pdf` of it."""
    found = _paper(name)
    return (found[1], found[2]) if found else (name, "")


def every_list(party: str, at: datetime) -> Iterator[Fault]:
    """Each signed list says of its permits what the database says, and its time is now."""
    ring = keyring(party)
    rows = Permit.objects.filter(party=party, valid_until__gte=at.date() - KEPT_AFTER)
    jobs = Job.objects.filter(party=party, name=PUBLISHING).exclude(state=Job.State.DEAD)
    due = set(jobs.values_list("key", flat=True))
    for shard in sorted(set(rows.values_list("shard", flat=True))):
        if ring is not None and shard not in due:
            yield from _list(party, shard, ring, at)


def _list(party: str, shard: str, ring: Keyring, at: datetime) -> Iterator[Fault]:
    uri, again = f"{party}/{shard}", f"Run `wildgate jobs work`: it signs lists anew. {WORKER}"
    name, path = f"status list {uri}", Path(settings.HOME, "status", status.status_path(uri))
    if not path.exists():
        yield Fault(name, "It is not published, and no job is about to.", again)
        return
    found = status.read_status_list(path.read_bytes(), uri, ring)
    if not isinstance(found, status.StatusList):
        yield Fault(name, found.reason, again)
        return
    if found.issued_at > (at + SKEW).timestamp():
        yield Fault(name, "It was signed in the future: the clock was ahead. Verifiers refuse newer lists until then.",
                    again)
    elif found.issued_at < at.timestamp():
        yield from _places(party, shard, found, name)


def _places(party: str, shard: str, found: status.StatusList, name: str) -> Iterator[Fault]:
    taken = set()
    for number, index, state in Permit.objects.filter(party=party, shard=shard).order_by("pk").values_list(
            "number", "status_index", "status__state").iterator(chunk_size=PAGE):
        taken.add(index)
        says = found.value(index) if index < len(found) else None
        if state is None or says != sealing.STATES[PermitState(state)]:
            word = State(says).name.lower().replace("_", "-") if says is not None else "nothing"
            yield Fault(f"permit {number}", f"The signed list says {word}, the database says {state}.",
                        f"Find out which of the two is true. {OLDER}")
    for index in range(len(found)):
        if index not in taken and found.value(index) != State.CANCELLED:
            yield Fault(name, f"It speaks of a permit at place {index} that is not in the database.", OLDER)


def keyring(party: str) -> Keyring | None:
    """The Party's own status keys; None where it has none yet."""
    try:
        return sealing.own_keys(party)
    except IndexError:
        return None

