"""What a collection holds at this moment: nothing is kept ready, so nothing outlives the right to it.

Each report is read as whoever put it there reads it now, and fitted to the target's ceiling. When objects were added is
kept by report: since when it is handed out as it is. Those times only go up, so a client that asks for what came after
the last one that it saw misses nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.models import Person
from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.intelligence.files.gathering import MOST, gather
from wildgate.apps.intelligence.models import Release, Target
from wildgate.sharing import stix
from wildgate.sharing.bundle import Bundle, SharedReport
from wildgate.sharing.leaving import fit

Json = dict[str, Any]
STEP: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One object of a collection: since when it is there, and the number of the report that it came with."""

    object: Json
    added: datetime
    report: str

    @property
    def id(self) -> str:
        return str(self.object["id"])

    @property
    def place(self) -> tuple[datetime, str]:
        """Its place in the order of the collection."""
        return self.added, self.id


@dataclass(frozen=True, slots=True)
class Collected:
    """The objects of a collection in their order, and how many things stay behind."""

    entries: tuple[Entry, ...]
    withheld: int


def collection_id(target: Target) -> UUID:
    """The id of a target's collection, always the same. TAXII wants it in the form of a UUID of version 4."""
    return UUID(bytes=hashlib.sha256(f"taxii {target.party} {target.code}".encode()).digest()[:16], version=4)


def collect(target: Target, at: datetime) -> Collected:
    """All that the collection of the target holds for whoever has its key."""
    releases = list(Release.objects.filter(target=target, withdrawn_at=None).select_related("report").order_by("pk"))
    bundle = Bundle(tuple(_read(releases, at)))
    fitted = fit(bundle, target.ceiling)
    written = {each.number: stix.objects(Bundle((each,))) for each in fitted.bundle.reports}
    added = _dated(target, {each.report.number: each for each in releases}, written, at)
    found: dict[str, Entry] = {}
    for number in sorted(written, key=lambda each: (added[each], each)):
        for each in written[number]:
            found.setdefault(each["id"], Entry(each, added[number], number))
    return Collected(tuple(sorted(found.values(), key=lambda entry: entry.place)), len(fitted.withheld))


def _read(releases: list[Release], at: datetime) -> Iterator[SharedReport]:
    """The reports, each as whoever put it there reads it; nothing of whom it is closed to by now."""
    by_person: dict[int, list[str]] = defaultdict(list)
    for each in releases:
        by_person[each.by_id].append(each.report.number)
    for person in Person.objects.filter(pk__in=by_person).order_by("pk"):
        actor = actor_of(person, at.date())
        if not can(actor, Action.WORK_INTELLIGENCE):
            continue
        numbers = by_person[person.pk]
        for begin in range(0, len(numbers), MOST):
            yield from gather(actor, numbers[begin:begin + MOST], at).reports


def _dated(target: Target, releases: dict[str, Release], written: dict[str, list[Json]],
           at: datetime) -> dict[str, datetime]:
    """Since when each report is there as it is. What is new or has changed comes after all that was handed out."""
    digests = {number: digest_of(objects) for number, objects in written.items()}
    new = [number for number, digest in digests.items()
           if releases[number].added_at is None or releases[number].digest != digest]
    if new:
        with transaction.atomic():
            Target.objects.select_for_update(of=("self",)).get(pk=target.pk)  # who asks at the same time waits
            rows = {each.pk: each for each in Release.objects.filter(target=target)}
            last = max((each.added_at for each in rows.values() if each.added_at), default=at - STEP)
            moment = max(at, last + STEP)
            for number in new:
                row = releases[number] = rows[releases[number].pk]
                if row.added_at is None or row.digest != digests[number]:
                    row.digest, row.added_at = digests[number], moment
            Release.objects.bulk_update([releases[number] for number in new], ["digest", "added_at"], batch_size=100)
    return {number: when for number in written if (when := releases[number].added_at) is not None}


def digest_of(objects: list[Json]) -> str:
    return hashlib.sha256(json.dumps(objects, sort_keys=True).encode()).hexdigest()
