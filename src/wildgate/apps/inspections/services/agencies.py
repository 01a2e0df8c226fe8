"""Other agencies on the same consignment: their verified amounts stand beside ours; a difference retains the goods."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.inspections import words
from wildgate.apps.inspections.codes import Agency
from wildgate.apps.inspections.models import AgencyRequest, AgencyResult, Inspection, InspectionLine
from wildgate.apps.inspections.services.planning import locked
from wildgate.apps.inspections.services.recording import agrees, compare, newest_results
from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events


def record_agency(*, actor: Actor, number: str, agency: str, position: int, quantity: str, unit: str, at: datetime,
                  in_order: bool = True, remark: str = "") -> AgencyResult | Refusal:
    """Customs write down what another agency told them. Told again, the newer result holds; agreement ends the
    retention. An agency that has answered here itself speaks for itself: nobody types in another answer for it."""
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
        if found.agency_results.filter(agency=agency, request__isnull=False).exists():
            return refuse("agency-answers-itself", "%(agency)s: they answer here themselves. Ask them to correct their "
                          "answer.", agency=str(Agency(agency).label), field="agency")
        said = read(line, quantity, unit, in_order, remark)
        if isinstance(said, Refusal):
            return said
        made, = write(actor, found, agency, [said], at)
    return made


def read(line: InspectionLine, quantity: str, unit: str, in_order: bool, remark: str,
         prefix: str = "") -> AgencyResult | Refusal:
    """A result of one line from what was typed; nothing is written yet. `prefix` names the line to the form."""
    amount = words.amount(quantity, f"{prefix}quantity", zero=True)
    measure = words.unit(unit or line.unit, f"{prefix}unit")
    said = words.text(remark, f"{prefix}remark", "a remark", 300, needed=False)
    if fault := words.first_refusal(amount, measure, said):
        return fault
    assert isinstance(amount, Decimal)  # noqa: S101  (no refusal is left)
    return AgencyResult(position=line.position, quantity=amount, unit=str(measure), in_order=in_order,
                        remark=str(said))


def write(actor: Actor, found: Inspection, agency: str, said: list[AgencyResult], at: datetime,
          asked: AgencyRequest | None = None) -> list[AgencyResult]:
    """Keep the results of an agency and compare them with ours. The inspection is locked."""
    lines = {line.position: line for line in found.lines.all()}
    for each in said:
        each.party, each.inspection, each.agency, each.request = found.party, found, agency, asked
        each.by_id, each.at = actor.own_id, at
        each.save(force_insert=True)
        events.append("agency-result", found.subject, party=found.party, actor=actor.label, at=at, data={
            "agency": agency, "line": each.position, "quantity": plain(each.quantity), "unit": each.unit,
            "in_order": each.in_order, "request": asked.number if asked else ""})
    differ = [each for each in said if not compare(actor, found, lines[each.position], each, at)]
    if not differ:
        agreed(actor, found, lines, at)
    return said


def agreed(actor: Actor, found: Inspection, lines: dict[int, InspectionLine], at: datetime) -> None:
    """The retention ends when the newest result of every agency on every line agrees with ours."""
    if found.retained and all(agrees(lines[each.position], each) for each in newest_results(found)):
        found.retained = False
        found.save(update_fields=["retained"])
        events.append("quantities-agree", found.subject, party=found.party, actor=actor.label, at=at)
