"""Our own amount counted again: the first result stays, the books follow, and the authority is told (W7-6)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.customs.services.recounting import correct_books
from wildgate.apps.inspections import words
from wildgate.apps.inspections.codes import Behind, Found, Outcome
from wildgate.apps.inspections.models import Inspection, InspectionLine, Recount
from wildgate.apps.inspections.services.agencies import agreed
from wildgate.apps.inspections.services.planning import locked
from wildgate.apps.inspections.services.recording import compare, newest_results, ours_of, tell_of_quantity
from wildgate.convention.permit import plain
from wildgate.convention.quantity import check_number
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

RECOUNTED = "recounted"
ELSEWHERE = frozenset({Outcome.SEIZE.value, Outcome.SEND_BACK.value})
"""Outcomes after which these goods did not cross: a seizure counts for itself."""


def recount(*, actor: Actor, number: str, position: int, quantity: str, why: str,
            at: datetime) -> Recount | Refusal:
    """Write down what a second count of one line found, after the result, and also after the release.

    Where the goods were written off already, the endorsement gets its correction and every book follows. Books that
    refuse (more than was permitted) change nothing of the fact: `unbooked` says why, and a supervisor overrides.
    """
    amount = words.amount(quantity, "recounted", zero=True)
    reason = words.text(why, "because", "why it was counted again", 300)
    if fault := words.first_refusal(amount, reason):
        return fault
    assert isinstance(amount, Decimal)  # noqa: S101  (no refusal is left)
    with transaction.atomic():
        found = locked(actor, number)
        if isinstance(found, Refusal):
            return found
        line = found.lines.filter(position=position).first()
        if refused := require(actor, Action.INSPECT, found) or _unfit(found, line, amount):
            return refused
        assert line is not None  # noqa: S101  (refused above)
        before = ours_of(line) or Decimal(0)
        made = Recount.objects.create(line=line, quantity=amount, before=before, why=str(reason), by_id=actor.own_id,
                                      at=at)
        corrected = _correct_books(actor, found, line, amount, at)
        if isinstance(corrected, Refusal):
            made.unbooked = corrected
        events.append(RECOUNTED, found.subject, party=found.party, actor=actor.label, at=at, note=made.why, data={
            "line": position, "before": plain(before), "now": plain(amount), "unit": line.unit, "taxon": line.taxon,
            "declared": plain(line.quantity) if line.quantity is not None else "", "books": corrected is True,
            "unbooked": made.unbooked.code if made.unbooked else ""})
        if line.holds == Found.QUANTITY:
            tell_of_quantity(actor, found, line, at)
        _compare(actor, found, line, at)
    return made


def _unfit(found: Inspection, line: InspectionLine | None, amount: Decimal) -> Refusal | None:
    if line is None:
        return refuse("no-such-line", "The checklist has no such line.", field="position")
    if found.state == Inspection.State.PLANNED or ours_of(line) is None:
        return refuse("no-result", "Record the result of %(number)s first.", number=found.number)
    if found.outcome in ELSEWHERE:
        return refuse("concluded-already", "%(number)s was concluded already.", number=found.number)
    if ours_of(line) == amount:
        return refuse("same-amount", "This is the amount that stands there already.", field="recounted")
    return check_number(amount, line.unit, field="recounted")


def _correct_books(actor: Actor, found: Inspection, line: InspectionLine, amount: Decimal,
                   at: datetime) -> bool | Refusal:
    """Whether something of the line had been written off, and now follows. A foreign paper has no books here."""
    if found.behind not in (Behind.DECLARATION, Behind.PERMIT):
        return False
    name = "reference" if found.behind == Behind.DECLARATION else "number"
    return correct_books(actor=actor, item=line.item, amount=amount, unit=line.unit, at=at, **{name: found.reference})


def _compare(actor: Actor, found: Inspection, line: InspectionLine, at: datetime) -> None:
    """The new amount beside what other agencies verified of the line: it may retain the goods, or end it."""
    told = [each for each in newest_results(found) if each.position == line.position]
    if told and not [each for each in told if not compare(actor, found, line, each, at)]:
        agreed(actor, found, {each.position: each for each in found.lines.all()}, at)
