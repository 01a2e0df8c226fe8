"""The result of an inspection: line by line, once; fed back to risk control and to what is mistaken for what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.declarations import selectors as declarations
from wildgate.apps.goods import services as goods
from wildgate.apps.inspections import checklist, words
from wildgate.apps.inspections.behind import paper_subjects
from wildgate.apps.inspections.codes import NO_FAULT, Behind, Found
from wildgate.apps.inspections.models import AgencyResult, Inspection, InspectionLine
from wildgate.apps.inspections.services.cards import learn
from wildgate.apps.inspections.services.planning import locked, planned, write_rows
from wildgate.apps.risk.services import record_result
from wildgate.apps.species.registry import law_of
from wildgate.convention.listing import Law
from wildgate.convention.permit import plain
from wildgate.convention.quantity import check_number, convert
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.targeting.consignment import Item

RISK = {Found.IN_ORDER: "clean", Found.MINOR: "papers", Found.QUANTITY: "quantity", Found.SPECIES: "species",
        Found.TERM: "species", Found.NO_PERMIT: "papers", Found.FALSE_PERMIT: "papers", Found.UNDECLARED: "undeclared"}
"""The words of risk control for what was found; everything else is another finding."""
CONTAINERS = ("", "good", "poor", "unfit")
SETTLED = (Found.QUANTITY, Found.UNDECLARED)
MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class Line:
    """What was found on one line, as typed. A line of a new position is something that nobody declared."""

    result: str
    taxon: str = ""
    term: str = ""
    quantity: str = ""
    unit: str = ""
    dead: str = ""
    venomous: bool = False
    container: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class _Read:
    taxon: str
    term: str
    quantity: Decimal | None
    unit: str
    dead: int | None


def record(*, actor: Actor, number: str, lines: Mapping[int, Line], at: datetime,
           note: str = "") -> Inspection | Refusal:
    """Write down the result. The first result counts; goods that had to stay unaltered are free to be moved on."""
    with transaction.atomic():
        found = locked(actor, number)
        if isinstance(found, Refusal):
            return found
        if refused := require(actor, Action.INSPECT, found) or planned(found):
            return refused
        remark = words.text(note, "note", "the note", 2000, needed=False)
        if isinstance(remark, Refusal):
            return remark
        if refused := _write_lines(found, lines):
            transaction.set_rollback(True)
            return refused
        found.state, found.recorded_at, found.recorded_by_id = Inspection.State.RECORDED, at, actor.own_id
        found.officer_id = found.officer_id or actor.own_id
        found.save(update_fields=["state", "recorded_at", "recorded_by", "officer"])
        _tell(actor, found, remark, at)
        _compare_agencies(actor, found, at)
    return found


def _write_lines(found: Inspection, lines: Mapping[int, Line]) -> Refusal | None:
    law = law_of(found.party)
    kept = {row.position: row for row in found.lines.all()}
    if len(kept) + len(lines) > MOST_LINES or not (kept or lines):
        return refuse("missing", "Write down what was found on at least one line.", field="lines")
    for position in kept:
        if position not in lines:
            return refuse("line-missing", "Line %(line)s has no result yet.", line=position,
                          field=f"lines[{position}].result")
    added = 0
    for position, line in sorted(lines.items()):
        field = f"lines[{position}]"
        row = kept.get(position)
        read = _read(line, row, law, field)
        if isinstance(read, Refusal):
            return read
        if row is None:
            added += 1
            write_rows(found, [checklist.Row(0, read.taxon, read.term, checklist.appendix_of(law, read.taxon))],
                       len(kept) + added)
            row = found.lines.get(position=len(kept) + added)
        _fill(row, line, read)
    return None


def _read(line: Line, row: InspectionLine | None, law: Law, field: str) -> _Read | Refusal:
    if line.result not in Found.values:
        return refuse("missing", "Choose what was found on line %(line)s.", line=field[6:-1], field=f"{field}.result")
    new = row is None
    if line.container not in CONTAINERS:
        return refuse("missing", "Choose the condition of the container.", field=f"{field}.container")
    taxon = words.taxon(line.taxon, law, f"{field}.taxon") if new or line.result == Found.SPECIES else ""
    term = words.term(line.term, f"{field}.term") if new or line.result == Found.TERM else ""
    needs = new or line.result in SETTLED
    quantity = words.amount(line.quantity, f"{field}.quantity", zero=True) if line.quantity or needs else None
    unit = words.unit(line.unit or (row.unit if row else ""), f"{field}.unit")
    dead = words.amount(line.dead, f"{field}.dead", zero=True) if line.dead or line.result == Found.DEAD else None
    remark = words.text(line.remark, f"{field}.remark", "a remark", 500, needed=False)
    if fault := words.first_refusal(taxon, term, quantity, unit, dead, remark):
        return fault
    if isinstance(dead, Decimal) and (dead != dead.to_integral_value() or dead > 10 ** 9):
        return refuse("bad-quantity", "%(given)s is not a number of animals.", given=line.dead[:20],
                      field=f"{field}.dead")
    if isinstance(quantity, Decimal) and (fault := check_number(quantity, str(unit), field=f"{field}.quantity")):
        return fault
    count = quantity if quantity is not None else row.quantity if row else None
    if isinstance(dead, Decimal) and isinstance(count, Decimal) and dead > count:
        return refuse("more-dead-than-there", "%(dead)s dead of %(count)s cannot be.", dead=plain(dead),
                      count=plain(count), field=f"{field}.dead")
    return _Read(str(taxon), str(term), quantity if isinstance(quantity, Decimal) else None, str(unit),
                 int(dead) if isinstance(dead, Decimal) else None)


def _fill(row: InspectionLine, line: Line, read: _Read) -> None:
    row.result, row.found_taxon, row.found_quantity, row.dead = line.result, read.taxon, read.quantity, read.dead
    row.venomous = row.venomous or line.venomous
    row.container, row.remark = line.container, words.tidy(line.remark)
    row.unit, row.term = row.unit or read.unit, row.term or read.term
    row.save()


def _tell(actor: Actor, found: Inspection, note: str, at: datetime) -> None:
    """The event, the feedback to risk control, and what was mistaken for what."""
    lines = list(found.lines.all())
    _feed_back(actor, found, lines, at)
    results = Counter(line.result for line in lines)
    papers = paper_subjects(found.party, [name for line in lines for name in line.permits])
    events.append("inspected", found.subject, party=found.party, actor=actor.label, at=at, note=note, data={
        "behind": found.behind, "reference": found.reference, "kind": found.kind, "post": found.post,
        "results": dict(sorted(results.items())), "faults": sum(n for code, n in results.items()
                                                               if code not in NO_FAULT),
        "dead": sum(line.dead or 0 for line in lines), "papers": papers})
    _tell_of_lines(actor, found, lines, at)


def _tell_of_lines(actor: Actor, found: Inspection, lines: list[InspectionLine], at: datetime) -> None:
    for line in lines:
        if line.result == Found.QUANTITY:
            tell_of_quantity(actor, found, line, at)


def _feed_back(actor: Actor, found: Inspection, lines: list[InspectionLine], at: datetime) -> None:
    """What risk control, the table of goods and the cards learn. Before any event, as whoever assesses does it."""
    declared = _declared(actor, found)
    for line in lines:
        if found.behind == Behind.DECLARATION:
            record_result(reference=found.reference, item=line.item, outcome=RISK.get(Found(line.result), "other"),
                          by=actor.label, at=at, party=found.party)
        if line.result == Found.IN_ORDER and line.item in declared:
            goods.learn(party=found.party, reference=found.reference, item=declared[line.item], at=at)
        if line.result == Found.SPECIES and line.taxon:
            learn(found.party, line.taxon, line.found_taxon, line.term, at)


def _declared(actor: Actor, found: Inspection) -> dict[int, Item]:
    """The items of the declaration behind the inspection, by number: what is in order teaches the table of goods."""
    if found.behind != Behind.DECLARATION:
        return {}
    said = declarations.consignment(actor, found.reference)
    return {item.number: item for item in said.items} if said is not None else {}


def tell_of_quantity(actor: Actor, found: Inspection, line: InspectionLine, at: datetime) -> None:
    """The authority learns at once that another quantity is there than the paper says."""
    for subject in paper_subjects(found.party, list(line.permits)):
        events.append("quantity-differs", subject, party=found.party, actor=actor.label, at=at, data={
            "inspection": found.number, "line": line.position, "ours": plain(ours_of(line) or Decimal(0)),
            "theirs": plain(line.quantity or Decimal(0)), "unit": line.unit, "taxon": line.taxon})


def _compare_agencies(actor: Actor, found: Inspection, at: datetime) -> None:
    lines = {line.position: line for line in found.lines.all()}
    for each in newest_results(found):
        compare(actor, found, lines[each.position], each, at)


def newest_results(found: Inspection) -> list[AgencyResult]:
    """What each agency said last of each line: of two agencies the earlier one is not forgotten for the later."""
    newest = {(each.position, each.agency): each for each in found.agency_results.order_by("at", "pk")}
    return [each for _key, each in sorted(newest.items())]


def compare(actor: Actor, found: Inspection, line: InspectionLine, other: AgencyResult, at: datetime) -> bool:
    """Do our amount and the other agency's agree? Where not, the goods are retained and the authority is told at once.

    Goods that left already cannot be retained; the authority is told all the same.
    """
    ours = ours_of(line)
    if ours is None or agrees(line, other):
        return True
    if not found.retained and found.state != Inspection.State.CLOSED:
        found.retained = True
        found.save(update_fields=["retained"])
    papers = paper_subjects(found.party, list(line.permits)) or [found.subject]
    for subject in papers:
        events.append("quantity-differs", subject, party=found.party, actor=actor.label, at=at, data={
            "inspection": found.number, "line": line.position, "agency": other.agency, "ours": plain(ours),
            "theirs": plain(other.quantity), "unit": line.unit, "their_unit": other.unit, "taxon": line.taxon,
            "in_order": other.in_order})
    return False


def ours_of(line: InspectionLine) -> Decimal | None:
    """Our amount, as it was counted last. A line without a counted one speaks with the declared one, once something was
    found on it."""
    if (again := line.counted_again) is not None:
        return again.quantity
    return line.found_quantity if line.found_quantity is not None else line.quantity if line.result else None


def agrees(line: InspectionLine, other: AgencyResult) -> bool:
    """The same amount, in whatever unit of the same measure it was written, and in order."""
    ours = ours_of(line)
    theirs = convert(other.quantity, other.unit, line.unit) if other.unit != line.unit else other.quantity
    return ours is None or (theirs == ours and other.in_order)
