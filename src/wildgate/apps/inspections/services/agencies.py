"""Other agencies on the same consignment: their verified amounts stand beside ours; a difference retains the goods."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.inspections import words
from wildgate.apps.inspections.codes import Agency
from wildgate.apps.inspections.models import AgencyResult, Inspection
from wildgate.apps.inspections.services.planning import locked
from wildgate.apps.inspections.services.recording import compare
from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events


def record_agency(*, actor: Actor, number: str, agency: str, position: int, quantity: str, unit: str, at: datetime,
                  in_order: bool = True, remark: str = "") -> AgencyResult | Refusal:
    """Write down what another agency verified. Told again, the newer result holds; agreement ends the retention."""
    with transaction.atomic():
        found = locked(actor, number)
        if isinstance(found, Refusal):
            return found
        if refused := require(actor, Action.INSPECT, found):
            return refused
        line = found.lines.filter(position=position).first()
        if line is None:
            return refuse("no-such-line", "The checklist has no line %(line)s.", line=position, field="position")
        if agency not in Agency.values:
            return refuse("missing", "Choose the agency.", field="agency")
        amount = words.amount(quantity, "quantity", zero=True)
        measure = words.unit(unit or line.unit, "unit")
        said = words.text(remark, "remark", "a remark", 300, needed=False)
        if isinstance(amount, Refusal):
            return amount
        if isinstance(measure, Refusal):
            return measure
        if isinstance(said, Refusal):
            return said
        made = AgencyResult.objects.create(
            party=found.party, inspection=found, agency=agency, position=position, quantity=amount, unit=measure,
            in_order=in_order, remark=said, by_id=actor.own_id, at=at)
        events.append("agency-result", found.subject, party=found.party, actor=actor.label, at=at, data={
            "agency": agency, "line": position, "quantity": plain(amount), "unit": measure, "in_order": in_order})
        if compare(actor, found, line, made, at):
            _agreed(actor, found, at)
    return made


def _agreed(actor: Actor, found: Inspection, at: datetime) -> None:
    """The retention ends when the newest result of every agency on every line agrees with ours."""
    if not found.retained:
        return
    newest: dict[tuple[str, int], AgencyResult] = {}
    for each in found.agency_results.order_by("at", "pk"):
        newest[each.agency, each.position] = each
    lines = {line.position: line for line in found.lines.all()}
    for (_agency, position), result in newest.items():
        line = lines[position]
        ours = line.found_quantity if line.found_quantity is not None else line.quantity
        if not result.in_order or ours is None or (result.quantity, result.unit) != (ours, line.unit):
            return
    found.retained = False
    found.save(update_fields=["retained"])
    events.append("quantities-agree", found.subject, party=found.party, actor=actor.label, at=at)
