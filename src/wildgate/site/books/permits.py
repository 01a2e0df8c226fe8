"""Permits and their events: none without the other, and both say the same of content, state and endorsements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from wildgate.apps.balances.models import Balance
from wildgate.apps.customs import crossing
from wildgate.apps.customs.models import Correction, EndorsementLine
from wildgate.apps.customs.services.accounts import WRITTEN_OFF
from wildgate.apps.permits.models import Permit, PermitLine
from wildgate.apps.permits.sealing import seal_digest
from wildgate.convention import lifecycle
from wildgate.convention.lifecycle import CaseState, PermitAct
from wildgate.convention.permit import PermitRecord, plain
from wildgate.kit.models import Event
from wildgate.site.books.fault import Fault, event_pages, events_of, pages, told

ACTS: Final = [act.value for act in PermitAct]
CROSSED: Final = frozenset({PermitAct.EXPORT_ENDORSED.value, PermitAct.IMPORT_ENDORSED.value,
                            PermitAct.CROSSING_ENDORSED.value})
TELLING: Final = frozenset({WRITTEN_OFF, *CROSSED})
"""The events that tell of an endorsement: that of an overridden one is a write-off only."""
NOTHING: Final = Decimal(0)


def every_permit(party: str) -> Iterator[Fault]:
    """Each permit with its events, record, lines, state, application and endorsements."""
    rows = Permit.objects.filter(party=party).select_related("status", "application")
    for page in pages(rows):
        acts = events_of(party, [permit.subject for permit in page], [*ACTS, WRITTEN_OFF])
        lines = _lines(page)
        endorsed = _Endorsed(page)
        for permit in page:
            name = f"permit {permit.number}"
            own = acts[permit.subject]
            for says in (*_issued(permit, own), *_content(permit, lines[permit.pk]), *_state(permit, own),
                         *endorsed.faults(permit, own)):
                yield Fault(name, says)


def every_event(party: str) -> Iterator[Fault]:
    """Each event of a permit names a permit that there is."""
    for page in event_pages(party, ACTS):
        numbers = {event.pk: event.subject.removeprefix("permit:").rpartition("/")[0] for event in page
                   if event.subject.startswith("permit:")}
        there = {permit.subject for permit in
                 Permit.objects.filter(party=party, number__in=set(numbers.values())).only("number", "issued_at")}
        for event in page:
            if event.pk in numbers and event.subject not in there:
                yield Fault(f"permit {numbers[event.pk]}",
                            f"Event {event.seq} ({event.kind}) speaks of it, but there is no such permit.")


def _lines(page: Sequence[Permit]) -> dict[int, list[PermitLine]]:
    found: dict[int, list[PermitLine]] = defaultdict(list)
    for line in PermitLine.objects.filter(permit__in=page).order_by("position"):
        found[line.permit_id].append(line)
    return found


def _issued(permit: Permit, events: Iterable[Event]) -> Iterator[str]:
    """One event of its issue, which tells the same content."""
    issued = [event for event in events if event.kind == PermitAct.ISSUED.value]
    if not issued:
        yield "There is no event of its issue: it was put into the table past the program, or its event was taken away."
    elif len(issued) > 1:
        yield f"It has {len(issued)} events of its issue ({', '.join(str(event.seq) for event in issued)})."
    for event in issued[:1]:
        said = told(event)
        if said.get("digest") != permit.digest:
            yield f"Event {event.seq} tells the issue of another content than the permit has."
        if said.get("application") != permit.application.number:
            yield f"Event {event.seq} tells of another application than {permit.application.number}."
    if permit.application.state != CaseState.ISSUED.value:
        yield f"Its application {permit.application.number} is {permit.application.state}, not issued."


def _content(permit: Permit, lines: Sequence[PermitLine]) -> Iterator[str]:
    """The record is the one that was sealed, and the lines are those of the record."""
    try:
        record = permit.record
    except (ValueError, KeyError, TypeError, ArithmeticError):
        yield "Its record cannot be read."
        return
    if record.digest.hex() != permit.digest:
        yield "Its record was changed after it was issued: it has another digest."
    if not permit.tokens or seal_digest(permit.seals[0]) != permit.seal_digest:
        yield "Its seal was exchanged after it was issued."
    if _told(record) != [(line.block, line.taxon, line.unit, line.quantity) for line in lines]:
        yield "Its lines are not those of its record: species or quantities were changed after it was issued."


def _told(record: PermitRecord) -> list[tuple[str, str, str, Decimal]]:
    return [(line.block, line.taxon, line.unit, line.quantity) for line in record.lines]


def _state(permit: Permit, events: Iterable[Event]) -> Iterator[str]:
    """Its events lead to the state that it has."""
    try:
        led = lifecycle.fold(PermitAct(event.kind) for event in events if event.kind != WRITTEN_OFF)
    except ValueError as fault:
        if any(event.kind == PermitAct.ISSUED.value for event in events):
            yield f"Its events cannot have happened in this order ({fault})."
        return
    status = getattr(permit, "status", None)
    if status is None or status.state != led.value:
        yield f"Its events say {led.value}, its state says {status.state if status else 'nothing'}."


class _Endorsed:
    """What customs wrote on the permits of a page."""

    def __init__(self, page: Sequence[Permit]) -> None:
        self.rows: dict[int, dict[str, str]] = defaultdict(dict)
        self.moved: dict[int, dict[tuple[str, str], list[Decimal]]] = defaultdict(lambda: defaultdict(list))
        lines = EndorsementLine.objects.filter(endorsement__permit__in=page).select_related(
            "endorsement", "permit_line", "foreign_line")
        newest = {row.line_id: row.quantity for row in Correction.objects.filter(
            line__endorsement__permit__in=page).order_by("pk")}
        for line in lines.order_by("pk"):
            made = line.endorsement
            key = made.permit_id or 0
            self.rows[key][made.digest] = made.stage
            if line.permit_line is not None:
                self.moved[key][made.stage, line.permit_line.block].append(newest.get(line.pk, line.quantity))
        overridden = Balance.objects.filter(permit_line__permit__in=page, overridden__gt=0)
        self.room = {(row.permit_line.permit_id, row.permit_line.block): row.overridden
                     for row in overridden.select_related("permit_line")}
        self.lines = {(line.permit_id, line.block): line.quantity for line in PermitLine.objects.filter(
            permit__in=list(self.rows))}

    def faults(self, permit: Permit, events: Iterable[Event]) -> Iterator[str]:
        told_of = {said["endorsement"]: event.seq for event in events if event.kind in TELLING
                   and "endorsement" in (said := told(event)) and "of" not in said}
        rows = self.rows.get(permit.pk, {})
        for digest in rows.keys() - told_of.keys():
            yield f"It has an endorsement at {rows[digest]} ({digest[:12]}) that no event tells of."
        for digest in told_of.keys() - rows.keys():
            yield f"Event {told_of[digest]} tells of an endorsement ({digest[:12]}) that is not there."
        for (stage, block), amounts in self.moved.get(permit.pk, {}).items():
            moved = max(amounts) if crossing.is_for_many(permit.kind) else sum(amounts, NOTHING)
            most = self.lines[permit.pk, block] + self.room.get((permit.pk, block), NOTHING)
            if moved > most:
                yield (f"Line {block} was endorsed for {plain(moved)} at {stage}; it permits {plain(most)}.")
