"""Evidence is proved: the bytes against their digest, the digest against the chain, the time against its stamp."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.market import store
from wildgate.apps.market.models import Evidence, EvidenceRemoved, EvidenceStamp, Listing
from wildgate.apps.market.services.capturing import CAPTURED
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events, holds

OPENED: Final = "evidence-opened"
REMOVED: Final = "evidence-removed"
KEPT: Final = timedelta(days=5 * 365)
"""A house value: so long the bytes are kept, and longer where a listing in them is in a case."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing that was looked at. `holds` is None where there is nothing to look at."""

    code: str
    holds: bool | None
    says: str


def verify(row: Evidence) -> list[Proof]:
    """Everything that proves one piece of evidence; it stands when nothing says no."""
    return [*_files(row), _chained(row), _stamped(row)]


def stands(proofs: list[Proof]) -> bool:
    """Does nothing speak against the evidence? What is not there, such as a stamp, does not."""
    return all(proof.holds is not False for proof in proofs)


def _files(row: Evidence) -> Iterator[Proof]:
    for code, digest in (("file", row.sha256), ("archive", row.archive)):
        if not digest:
            continue
        found = store.digest_of(row.party, digest)
        if not found and hasattr(row, "removed"):
            yield Proof(code, None, "The bytes were removed when their time was over.")
        elif not found:
            yield Proof(code, False, "The bytes are not there.")
        elif found != digest:
            yield Proof(code, False, "The bytes were changed: their SHA-256 is another one.")
        else:
            yield Proof(code, True, "The bytes are those that were captured.")


def _chained(row: Evidence) -> Proof:
    """The event of the capture names the same digests, and its own link holds."""
    found = next((each for each in events.of(row.subject, party=row.party) if each.kind == CAPTURED), None)
    if found is None:
        return Proof("chain", False, "No event tells of this capture.")
    told = json.loads(found.data)
    if (told.get("sha256"), told.get("archive")) != (row.sha256, row.archive):
        return Proof("chain", False, "The event names another digest.")
    if events.link_hash(found) != found.hash:
        return Proof("chain", False, "The event was changed after it was written.")
    return Proof("chain", True, f"Event {found.seq} of the chain names the same digests.")


def _stamped(row: Evidence) -> Proof:
    stamp = EvidenceStamp.objects.filter(evidence=row).first()
    if stamp is None:
        return Proof("stamp", None, "Not time-stamped.")
    from wildgate.message.timestamp import anchors, judge_stamp  # takes long to load: only where there is a stamp
    found = judge_stamp(bytes(stamp.token), bytes.fromhex(row.sha256), anchors(settings.TSA_CERTIFICATES), None)
    return Proof("stamp", found.sound, f"{found.sentence} {found.at:%Y-%m-%d %H:%M} UTC, {found.authority}.")


def stamp(key: int, at: datetime) -> None:
    """Have a time stamp put on evidence, once. Without an authority there is none, and pages say so."""
    row = Evidence.objects.get(pk=key)
    if not settings.TSA_URL or EvidenceStamp.objects.filter(evidence=row).exists():
        return
    from wildgate.message.timestamp import TimeAuthority  # takes long to load
    token = TimeAuthority(settings.TSA_URL, settings.TSA_CERTIFICATES).stamp(bytes.fromhex(row.sha256))
    EvidenceStamp.objects.get_or_create(evidence=row, defaults={"token": token, "at": at})


def opened(*, actor: Actor, number: str, reason: str, at: datetime) -> tuple[Evidence, bytes] | Refusal:
    """The bytes as captured. They tell of the seller, so they are read as sellers are: who and why is an event."""
    if refused := require(actor, Action.SEE_SELLERS):
        return refused
    if not reason.strip() or len(reason) > 500:
        return refuse("reason-missing", "Say why, in at most %(most)s characters.", most=500, field="reason")
    row = Evidence.objects.filter(party=actor.party, number=number).first()
    data = store.get(actor.party, row.sha256) if row is not None else None
    if row is None or data is None:
        return refuse("no-evidence", "The bytes are not there (any more).", field="reason")
    with transaction.atomic():
        events.append(OPENED, row.subject, party=row.party, actor=actor.label, at=at, note=reason.strip())
    return row, data


def remove_old(party: str, at: datetime) -> int:
    """Remove bytes whose time is over and the texts of their listings, unless one of them is in a case."""
    held = (Listing.State.CASE, Listing.State.SENT)
    due = (Evidence.objects.filter(party=party, removed=None, at__lt=at - KEPT)
           .exclude(captures__listing__state__in=held).distinct())
    count = 0
    rows = list(due.order_by("pk")[:1_000])
    kept = holds.among(party, [row.subject for row in rows])
    for row in rows:
        if row.subject in kept:
            continue
        with transaction.atomic():
            EvidenceRemoved.objects.create(evidence=row, at=at)
            events.append(REMOVED, row.subject, party=party, actor=events.SYSTEM, at=at)
        others = Evidence.objects.filter(party=party, removed=None)
        for digest in filter(None, (row.sha256, row.archive)):
            if not others.filter(sha256=digest).exists() and not others.filter(archive=digest).exists():
                store.remove(party, digest)
        count += 1
    return count


def erase_texts(party: str, at: datetime) -> int:
    """Forget what listings said that nobody has seen for so long and no case needs; numbers and answers stay."""
    due = Listing.objects.filter(party=party, last_seen__lt=at - KEPT, erased_at=None).exclude(
        state__in=(Listing.State.CASE, Listing.State.SENT))
    count = 0
    rows = list(due.order_by("pk")[:1_000])
    kept = holds.among(party, [row.subject for row in rows])
    for row in rows:
        if row.subject in kept:
            continue
        with transaction.atomic():
            row.screenings.update(normal="", answers={})
            row.bands.all().delete()
            row.title, row.text, row.erased_at, row.location = "–", "", at, ""
            row.save(update_fields=["title", "text", "erased_at", "location"])
        count += 1
    return count
