"""The transport log: every message with its headers and digest, when it passed by both clocks, and who is behind it.

Rows are never changed. Bodies are kept until five years after the permit's end (CITES Decision 18.125); `recheck` holds
a body that is kept against the digest of its row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Final

from django.conf import settings

from wildgate.apps.exchange import bodies
from wildgate.apps.exchange.models import Entry
from wildgate.kit import holds

YEARS: Final = 5
LONGEST_LIFE: Final = 3
"""Years that a permit lasts at most (certificates of ownership): taken where its last day is not known."""
HEADERS: Final = frozenset({
    "content-type", "content-length", "soapaction", "date", "user-agent", "server", "host", "via", "x-request-id",
    "message-id", "retry-after", "accept"})
"""Headers that are kept. Cookies, keys and tokens are not among them."""
LONGEST: Final = 200
LOOKED_BACK: Final = timedelta(days=800)
"""The rows cannot say that their body is gone: those whose time was over longer ago were dealt with."""


@dataclass(frozen=True, slots=True)
class Wire:
    """A message as it is on the line. `who` is behind it; `at_partner` is what the partner's clock says."""

    channel: str
    who: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    at_partner: datetime | None = None


class Kept(Enum):
    """What became of the body of an entry."""

    HOLDS = "holds"
    CHANGED = "changed"
    MISSING = "missing"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class Rechecked:
    """The whole log: how many messages, how many bodies were taken away in time, and what is not as it must be."""

    messages: int
    forgotten: int
    faults: tuple[tuple[Entry, Kept], ...]


def keep(wire: Wire, *, partner: str, way: Entry.Way, operation: str, number: str, outcome: str, at: datetime,
         ends: date | None = None, answers: Entry | None = None, message: str = "") -> Entry:
    """Write one message down, body first: a row without its body would be a row that cannot be proven."""
    digest = bodies.put(bodies.LOG, wire.body)
    return Entry.objects.create(
        party=settings.PARTY, partner=partner[:12], way=way, channel=wire.channel[:16], operation=operation[:40],
        number=printable(number)[:60], headers=_headers(wire.headers), sha256=digest, size=len(wire.body), at=at,
        partner_at=wire.at_partner or date_of(wire.headers), who=wire.who[:40], outcome=outcome[:60], answers=answers,
        message=message[:40], keep_until=keep_until(ends, at.date()))


def keep_until(ends: date | None, today: date) -> date:
    """The last day on which a body about a permit that ends on `ends` must be there."""
    last = max(ends, today) if ends else _later(today, LONGEST_LIFE)
    return _later(last, YEARS)


def _later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, month=3, day=1)


def _headers(found: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): printable(str(value))[:LONGEST] for name, value in found.items()
            if name.lower() in HEADERS or name.lower().startswith("wildgate-message")}


def date_of(headers: Mapping[str, str]) -> datetime | None:
    """The time that the other side's Date header gives."""
    text = next((value for name, value in headers.items() if name.lower() == "date"), "")
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def printable(text: str) -> str:
    """Text from outside, for a row and a page."""
    return "".join(each if each.isprintable() else "\ufffd" for each in text.strip())


def recheck(entry: Entry, today: date) -> Kept:
    """Does the body still have the digest that was written down when it passed?"""
    found = bodies.get(bodies.LOG, entry.sha256)
    if found is None:
        return Kept.FORGOTTEN if today > entry.keep_until else Kept.MISSING
    return Kept.HOLDS if hashlib.sha256(found).hexdigest() == entry.sha256 else Kept.CHANGED


def recheck_all(today: date) -> Rechecked:
    """Every message of the log, whatever Party it is of."""
    messages, forgotten, faults = 0, 0, []
    for entry in Entry.objects.order_by("pk").iterator(chunk_size=2000):
        kept = recheck(entry, today)
        messages, forgotten = messages + 1, forgotten + (kept is Kept.FORGOTTEN)
        if kept in (Kept.CHANGED, Kept.MISSING):
            faults.append((entry, kept))
    return Rechecked(messages, forgotten, tuple(faults))


def forget_old(party: str, today: date) -> int:
    """Take away the bodies whose time is over; how many. The rows stay. A body that a younger row shares stays too."""
    over = Entry.objects.filter(party=party, keep_until__lt=today, keep_until__gte=today - LOOKED_BACK)
    about = set(over.values_list("number", flat=True)) if holds.in_force(party) else set()
    held = {number for number in about if holds.held(party, f"messages:{number}")}
    needed = set(Entry.objects.filter(keep_until__gte=today, sha256__in=over.values("sha256"))
                 .values_list("sha256", flat=True))
    needed |= set(over.filter(number__in=held).values_list("sha256", flat=True))
    gone = 0
    for sha256 in over.order_by("sha256").values_list("sha256", flat=True).distinct().iterator():
        if sha256 not in needed and bodies.path_of(bodies.LOG, sha256).exists():
            bodies.forget(bodies.LOG, sha256)
            gone += 1
    return gone
