"""Seizing: out of an inspection in one step, or alone. The first entry of custody is written with it (Art. VIII)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, can, require
from wildgate.apps.inspections import numbers, words
from wildgate.apps.inspections.behind import paper_subjects
from wildgate.apps.inspections.checklist import appendix_of
from wildgate.apps.inspections.codes import Behind, Cause, Detection, Mode, Outcome
from wildgate.apps.inspections.models import Inspection, SeizedLine, Seizure
from wildgate.apps.inspections.services.concluding import undecided
from wildgate.apps.inspections.services.custody import add_hand_over
from wildgate.apps.inspections.services.planning import locked
from wildgate.apps.risk.services import record_result
from wildgate.apps.species.registry import law_of
from wildgate.convention.listing import Law
from wildgate.convention.permit import plain
from wildgate.convention.quantity import check_number
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

LIVE_HOURS = 24
"""Live specimens are handed to the Management Authority within a day (Art. VIII.4(a); the hours are a house value)."""
IN_FORCE = date(1975, 7, 1)
"""Since then there is a Convention under which to seize."""
MOST_LINES = 50
MOST_COUNTRIES = 12


@dataclass(frozen=True, slots=True)
class Specimens:
    """Specimens of one kind, as typed."""

    taxon: str
    term: str
    quantity: str
    unit: str = "NAR"
    live: str = ""
    marks: str = ""
    identified_by: str = ""


@dataclass(frozen=True, slots=True)
class Incident:
    """A seizure as it is written down. Texts hold no names of suspects: those are handed in apart."""

    seized_at: datetime
    place: str
    agency: str
    cause: str
    mode: str
    detection: str
    provision: str
    storage: str
    lines: tuple[Specimens, ...]
    concealment: str = ""
    origin: str = ""
    transit: tuple[str, ...] = ()
    destination: str = ""
    papers: tuple[str, ...] = ()
    sanction: str = ""
    more: str = ""
    seal: str = ""
    condition: str = ""
    inspection: str = ""


def seize(*, actor: Actor, incident: Incident, at: datetime) -> Seizure | Refusal:
    """Seize specimens. From an inspection: its outcome is the seizure, and it is closed."""
    if refused := require(actor, Action.SEIZE):
        return refused
    read = _read(actor.party, incident, at)
    if isinstance(read, Refusal):
        return read
    with transaction.atomic():
        inspection: Inspection | None = None
        if incident.inspection:
            found = locked(actor, incident.inspection)
            if isinstance(found, Refusal):
                return found
            if refused := undecided(found):
                return refused
            inspection = found
        if inspection is not None:
            _feed_back(actor, inspection, at)
        made = _write(actor, incident, read, inspection, at)
        add_hand_over(actor, made, giver=made.place, taker=actor.name, place=made.place, when=made.seized_at,
                      condition=words.tidy(incident.condition) or "–", seal=words.tidy(incident.seal), at=at)
        if inspection is not None:
            _close(actor, inspection, made, at)
        _tell(actor, made, inspection, at)
    return made


@dataclass(frozen=True, slots=True)
class _Line:
    taxon: str
    appendix: str
    term: str
    quantity: Decimal
    unit: str
    live: int
    marks: str
    identified_by: str


def _read(party: str, incident: Incident, at: datetime) -> tuple[_Line, ...] | Refusal:
    if refused := _unfit(incident, at):
        return refused
    law = law_of(party)
    lines = [_line(each, law, place) for place, each in enumerate(incident.lines)]
    if fault := words.first_refusal(*lines):
        return fault
    return tuple(line for line in lines if isinstance(line, _Line))


def _unfit(incident: Incident, at: datetime) -> Refusal | None:
    if not incident.lines:
        return refuse("missing", "Write down at least one kind of specimens.", field="lines[0].taxon")
    if len(incident.lines) > MOST_LINES:
        return refuse("too-many-lines", "A seizure has up to %(most)s lines.", most=MOST_LINES, field="lines")
    if incident.seized_at > at:
        return refuse("in-the-future", "The seizure lies in the future.", field="seized_at")
    if incident.seized_at.date() < IN_FORCE:
        return refuse("too-long-ago", "A seizure under the Convention is of 1 July 1975 or later.", field="seized_at")
    coded = ((incident.cause, Cause.values, "cause"), (incident.mode, Mode.values, "mode"),
             (incident.detection, Detection.values, "detection"))
    for code, known, field in coded:
        if code not in known:
            return refuse("missing", "Choose one of the list.", field=field)
    if len(incident.transit) > MOST_COUNTRIES or len(incident.papers) > MOST_COUNTRIES:
        return refuse("too-many", "Name up to %(most)s.", most=MOST_COUNTRIES, field="transit")
    return words.first_refusal(
        words.text(incident.place, "place", "where it was", 120),
        words.text(incident.agency, "agency", "the agency", 120),
        words.text(incident.provision, "provision", "the provision of law", 300),
        words.text(incident.storage, "storage", "where the specimens are stored", 120),
        words.text(incident.concealment, "concealment", "how it was hidden", 300, needed=False),
        words.text(incident.sanction, "sanction", "the sanction", 300, needed=False),
        words.text(incident.more, "more", "more", 1000, needed=False),
        words.text(incident.seal, "seal", "the seal", 40, needed=False),
        words.text(incident.condition, "condition", "the condition", 300, needed=False),
        words.country(incident.origin, "origin"), words.country(incident.destination, "destination"),
        *(words.country(code, "transit") for code in incident.transit),
        *(words.text(name, "papers", "the number", 40) for name in incident.papers))


def _line(given: Specimens, law: Law, place: int) -> _Line | Refusal:
    field = f"lines[{place}]"
    taxon = words.taxon(given.taxon, law, f"{field}.taxon")
    term = words.term(given.term, f"{field}.term")
    quantity = words.amount(given.quantity, f"{field}.quantity")
    unit = words.unit(given.unit, f"{field}.unit")
    live = words.amount(given.live or "0", f"{field}.live", zero=True)
    marks = words.text(given.marks, f"{field}.marks", "the marks", 200, needed=False)
    who = words.text(given.identified_by, f"{field}.identified_by", "how it was identified", 120, needed=False)
    if isinstance(taxon, Refusal):
        return taxon
    if isinstance(term, Refusal):
        return term
    if isinstance(quantity, Refusal):
        return quantity
    if isinstance(unit, Refusal):
        return unit
    if isinstance(live, Refusal):
        return live
    if fault := words.first_refusal(marks, who, check_number(quantity, unit, field=f"{field}.quantity")):
        return fault
    if live != live.to_integral_value() or (unit == "NAR" and live > quantity):
        return refuse("bad-quantity", "%(given)s live of %(count)s cannot be.", given=plain(live),
                      count=plain(quantity), field=f"{field}.live")
    return _Line(taxon, appendix_of(law, taxon), term, quantity, unit, int(live), str(marks), str(who))


def _write(actor: Actor, said: Incident, lines: Sequence[_Line], inspection: Inspection | None,
           at: datetime) -> Seizure:
    live = any(line.live or line.term == "LIV" for line in lines)
    made = Seizure.objects.create(
        party=actor.party, number=numbers.next_of(actor.party, numbers.SEIZURE, at.year), inspection=inspection,
        seized_at=said.seized_at, place=words.tidy(said.place), post=inspection.post if inspection else actor.station,
        agency=words.tidy(said.agency), cause=said.cause, mode=said.mode, detection=said.detection,
        concealment=words.tidy(said.concealment), origin=said.origin.strip().upper(),
        transit=[code.strip().upper() for code in said.transit if code.strip()],
        destination=said.destination.strip().upper(), papers=[words.tidy(name) for name in said.papers],
        provision=words.tidy(said.provision), sanction=words.tidy(said.sanction), storage=words.tidy(said.storage),
        more=words.tidy(said.more), live=live, hand_over_by=at + timedelta(hours=LIVE_HOURS) if live else None,
        by_id=actor.own_id, at=at)
    SeizedLine.objects.bulk_create(
        SeizedLine(seizure=made, position=place, taxon=line.taxon, appendix=line.appendix, term=line.term,
                   quantity=line.quantity, unit=line.unit, live=line.live, marks=line.marks,
                   identified_by=line.identified_by)
        for place, line in enumerate(lines, start=1))
    return made


def _close(actor: Actor, inspection: Inspection, made: Seizure, at: datetime) -> None:
    inspection.outcome, inspection.outcome_at, inspection.outcome_by_id = Outcome.SEIZE.value, at, actor.own_id
    inspection.state = Inspection.State.CLOSED
    inspection.save(update_fields=["outcome", "outcome_at", "outcome_by", "state"])
    events.append("inspection-concluded", inspection.subject, party=inspection.party, actor=actor.label, at=at,
                  data={"outcome": Outcome.SEIZE.value, "seizure": made.number, "reference": inspection.reference})


def _feed_back(actor: Actor, inspection: Inspection, at: datetime) -> None:
    """Risk control learns of the seizure. Before any event, as whoever assesses does it."""
    if inspection.behind == Behind.DECLARATION:
        for line in inspection.lines.exclude(item=0).exclude(result="in-order"):
            record_result(reference=inspection.reference, item=line.item, outcome="seized", by=actor.label, at=at,
                          party=inspection.party)


def _tell(actor: Actor, made: Seizure, inspection: Inspection | None, at: datetime) -> None:
    """The event by which the authority, the issuing Party and the reports learn of it: codes and values only."""
    named = [*made.papers, *(name for line in (inspection.lines.all() if inspection else ()) for name in line.permits)]
    events.append("seized", made.subject, party=made.party, actor=actor.label, at=at, data={
        "inspection": inspection.number if inspection else "", "cause": made.cause, "live": made.live,
        "post": made.post, "origin": made.origin, "destination": made.destination,
        "papers": paper_subjects(made.party, named),
        "lines": [{"taxon": line.taxon, "appendix": line.appendix, "term": line.term,
                   "quantity": plain(line.quantity), "unit": line.unit} for line in made.lines.all()]})


def complete(*, actor: Actor, number: str, at: datetime, sanction: str, provision: str, value: str = "",
             currency: str = "", nationalities: Sequence[str] | None = None) -> Seizure | Refusal:
    """What is known later: the law applied, the sanction, the value; and, by investigators only, nationalities."""
    law = words.text(provision, "provision", "the provision of law", 300)
    punished = words.text(sanction, "sanction", "the sanction", 300, needed=False)
    worth = words.amount(value, "value", zero=True) if value else None
    money = words.text(currency.upper(), "currency", "the currency", 3, needed=bool(value))
    codes = [words.country(code, "nationalities") for code in nationalities or ()]
    if fault := words.first_refusal(law, punished, worth, money, *codes):
        return fault
    with transaction.atomic():
        found = locked_seizure(actor, number)
        if isinstance(found, Refusal):
            return found
        if refused := require(actor, Action.SEIZE, found):
            return refused
        if nationalities is not None:
            if refused := require(actor, Action.VIEW_OFFENDERS, found):
                return refused
            found.nationalities = sorted({str(code) for code in codes if code})[:MOST_COUNTRIES]
        found.provision, found.sanction, found.currency = str(law), str(punished), str(money)
        found.value = round(worth, 2) if isinstance(worth, Decimal) else None
        found.save(update_fields=["provision", "sanction", "currency", "value", "nationalities"])
        events.append("seizure-completed", found.subject, party=found.party, actor=actor.label, at=at)
    return found


def locked_seizure(actor: Actor, number: str) -> Seizure | Refusal:
    """The seizure, locked until the transaction ends."""
    found = Seizure.objects.select_for_update().filter(party=actor.party, number=number).first()
    if found is None or not can(actor, Action.VIEW_SEIZURES, found):
        return refuse("no-such-seizure", "There is no such seizure, or you may not see it.")
    return found
