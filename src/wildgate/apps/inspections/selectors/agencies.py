"""Reads of what customs ask other agencies: an agency sees its own requests, and of the goods what it needs to look."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.inspections.codes import NO_FAULT
from wildgate.apps.inspections.models import AgencyRequest, AgencyResult, Inspection, InspectionLine
from wildgate.apps.inspections.services.recording import newest_results, ours_of

OPEN, DONE = "open", "done"
VIEWS = (OPEN, DONE)


@dataclass(frozen=True, slots=True)
class Row:
    """One line as another agency may know it: what is said to be there, and what each verified. `ours` and `fine`
    are None until customs have looked; `found` is another species than declared."""

    position: int
    taxon: str
    term: str
    appendix: str
    quantity: Decimal | None
    unit: str
    live: bool
    venomous: bool
    ours: Decimal | None
    fine: bool | None
    found: str
    own: AgencyResult | None
    others: tuple[AgencyResult, ...]


def requests(actor: Actor, view: str = "") -> QuerySet[AgencyRequest]:
    """All that the actor may see: the open ones by their time, those that ended the newest first."""
    found = AgencyRequest.objects.filter(party=actor.party)
    if not can(actor, Action.VIEW_AGENCY_REQUEST):
        return found.none()
    if not can(actor, Action.VIEW_AGENCY_REQUEST, AgencyRequest(party=actor.party, agency="")):
        found = found.filter(agency__in=actor.agencies)
    if view == DONE:
        return found.exclude(state=AgencyRequest.State.OPEN).order_by("-asked_at", "-pk")
    return (found.filter(state=AgencyRequest.State.OPEN) if view == OPEN else found).order_by("due_at", "pk")


def listed(actor: Actor, view: str) -> QuerySet[AgencyRequest]:
    """The same with what the list shows of the goods."""
    return requests(actor, view).select_related("inspection").prefetch_related("inspection__lines")


def request(actor: Actor, number: str) -> AgencyRequest | None:
    """One request; None when there is none or the actor may not know of it."""
    found = AgencyRequest.objects.select_related("inspection").filter(party=actor.party, number=number).first()
    return found if found is not None and can(actor, Action.VIEW_AGENCY_REQUEST, found) else None


def of_inspection(actor: Actor, found: Inspection) -> list[AgencyRequest]:
    """Whom customs asked about these goods, the newest first."""
    if not can(actor, Action.VIEW_AGENCY_REQUEST):
        return []
    return list(found.agency_requests.select_related("asked_by", "answered_by", "withdrawn_by").order_by("-pk"))


def rows(asked: AgencyRequest) -> list[Row]:
    """The lines of the goods for the agency that is asked. A withdrawn request tells no results."""
    told = [] if asked.state == AgencyRequest.State.WITHDRAWN else newest_results(asked.inspection)
    shows = asked.state != AgencyRequest.State.WITHDRAWN
    return [_row(line, [each for each in told if each.position == line.position], asked.agency, shows)
            for line in asked.inspection.lines.prefetch_related("recounts")]


def _row(line: InspectionLine, told: list[AgencyResult], agency: str, shows: bool) -> Row:
    looked = shows and bool(line.result)
    return Row(line.position, line.taxon or line.description, line.term, line.appendix, line.quantity, line.unit,
               line.live, line.venomous, ours_of(line) if looked else None,
               line.holds in NO_FAULT if looked else None,
               line.found_taxon if looked and line.found_taxon != line.taxon else "",
               next((each for each in told if each.agency == agency), None),
               tuple(each for each in told if each.agency != agency))
