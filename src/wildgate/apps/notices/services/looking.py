"""Looking again: a person of the authority says what stands at the address now, one by one or by a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.market import selectors as market
from wildgate.apps.market import services as market_services
from wildgate.apps.notices.models import Notice, ReCheck, Sighting
from wildgate.apps.notices.services.drafting import NO_NOTICE, locked
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.kit.small_tables import lines_of, too_odd

LOOKED: Final = "platform-notice-looked"
COLUMNS: Final = ("notice", "found", "seen_at", "relisted_as")
MOST_ROWS, MOST_BYTES = 2000, 1_000_000


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a line of a list."""

    line: int
    reason: Refusal


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list of looks."""

    line: int
    notice: str
    found: str
    seen_at: datetime
    relisted_as: str = ""


def look(*, actor: Actor, number: str, found: str, at: datetime, seen_at: datetime | None = None,
         relisted_as: str = "") -> Sighting | Refusal:
    """Note what somebody saw at the listing's address. Every re-check that was open by then is settled."""
    if refused := require(actor, Action.NOTIFY_PLATFORM):
        return refused
    with transaction.atomic():
        return _look(actor, Row(0, number, found, seen_at or at, relisted_as.strip()), at, from_file=False)


def look_by_file(*, actor: Actor, text: str, at: datetime) -> int | list[Fault] | Refusal:
    """A list of looks: all of it is taken, or nothing and every fault with its line."""
    if refused := require(actor, Action.NOTIFY_PLATFORM):
        return refused
    rows = _rows(text, at)
    if isinstance(rows, Refusal):
        return rows
    faults = [each for each in rows if isinstance(each, Fault)]
    done = 0
    with transaction.atomic():
        for row in rows:
            if isinstance(row, Fault):
                continue
            made = _look(actor, row, at, from_file=True)
            if isinstance(made, Refusal):
                faults.append(Fault(row.line, made))
            done += 1
        if faults:
            transaction.set_rollback(True)
    return sorted(faults, key=lambda each: each.line) or done


def _look(actor: Actor, row: Row, at: datetime, *, from_file: bool) -> Sighting | Refusal:
    notice = locked(actor.party, row.notice)
    if notice is None:
        return NO_NOTICE
    if refused := _wrong(notice, row, at):
        return refused
    listing = market.listing(notice.party, notice.listing)
    again = market.listing(notice.party, row.relisted_as) if row.relisted_as else None
    if row.found == Sighting.Found.RELISTED and (again is None or again.number == notice.listing):
        return refuse("look-relisted", "Write the number of the other captured listing in which it is offered again.",
                      field="relisted_as")
    made = Sighting.objects.create(notice=notice, seen_at=row.seen_at, found=row.found, from_file=from_file,
                                   relisted_as=again.number if again else "", by_id=actor.own_id, at=at)
    settled = ReCheck.objects.filter(notice=notice, sighting=None, opens_at__lte=row.seen_at).update(sighting=made)
    events.append(LOOKED, notice.subject, party=notice.party, actor=actor.label, at=at,
                  data={"found": made.found, "settled": settled, "file": from_file})
    if listing is not None:
        market_services.seen_again(listing, present=not made.gone, at=row.seen_at, by=actor.label)
        if again is not None:
            market_services.relisted(listing, again, at)
    return made


def _wrong(notice: Notice, row: Row, at: datetime) -> Refusal | None:
    if notice.out_at is None:
        return refuse("look-not-out", "Notice %(number)s has not gone out yet.", number=notice.number)
    if row.found not in Sighting.Found.values:
        return refuse("look-found", "Say what was found: %(words)s.", words=", ".join(Sighting.Found.values),
                      field="found")
    if not notice.out_at <= row.seen_at <= at:
        return refuse("look-time", "The look lies between the going out of the notice and now.", field="seen_at")
    if row.relisted_as and row.found != Sighting.Found.RELISTED:
        return refuse("look-relisted-odd", "Another listing is named only where it is offered again.",
                      field="relisted_as")
    return None


def _rows(text: str, at: datetime) -> list[Row | Fault] | Refusal:
    """The list parsed: a head with the columns, then one look a line."""
    lines = lines_of(text, COLUMNS, most_bytes=MOST_BYTES, most_rows=MOST_ROWS)
    if isinstance(lines, Refusal):
        return lines
    return [_row(line, cells, at) for line, cells in lines]


def _row(line: int, cells: list[str], at: datetime) -> Row | Fault:
    if odd := too_odd(cells, COLUMNS):
        return Fault(line, odd)
    number, found, when, again = cells
    try:
        seen_at = datetime.fromisoformat(when) if when else at
    except ValueError:
        return Fault(line, refuse("list-time", "%(text)s is no time: write it like 2027-05-31T14:30.", text=when[:40]))
    return Row(line, number, found.lower(), seen_at if seen_at.tzinfo else seen_at.replace(tzinfo=UTC), again)
