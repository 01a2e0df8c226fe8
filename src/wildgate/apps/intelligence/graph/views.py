"""The pages of the graph: the picture with its table, and one entity with all that is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.accounts.gate import Request, may_open
from wildgate.apps.intelligence.clearance import Member
from wildgate.apps.intelligence.graph import selectors
from wildgate.apps.intelligence.graph.drawing import Join, Point, draw
from wildgate.apps.intelligence.graph.layout import MOST
from wildgate.apps.intelligence.graph.selectors import Asked, Graph
from wildgate.apps.intelligence.models import Entity
from wildgate.apps.intelligence.views.door import members_only, not_found
from wildgate.kit import events

ELSEWHERE: Final[Mapping[str, str]] = {
    Entity.Kind.PERMIT: "permit", Entity.Kind.DECLARATION: "declaration", Entity.Kind.SEIZURE: "seizure",
    Entity.Kind.LISTING: "market-listing",
}
"""The page of a thing of another app, by the kind of the entity whose value is its number."""


@members_only
def graph(request: Request, member: Member) -> HttpResponse:
    """The picture of what is asked for, and the same as a table."""
    asked = Asked.of(request.GET)
    found = selectors.graph(request.actor, request.at, asked, member)
    events.note_read("intelligence-graph", party=request.actor.party, actor=request.actor.label, at=request.at)
    kinds = dict(Entity.Kind.choices)
    return render(request, "intelligence/graph.html", {
        "may_keep": can(request.actor, Action.KEEP_CONTRIBUTORS).allowed,
        "asked": asked, "graph": found, "picture": _picture(found), "most": MOST,
        "kinds": Entity.Kind.choices, "rows": [_row(found, each) for each in found.entities],
        "relations": [(each, kinds[each.source.kind], kinds[each.target.kind]) for each in found.relations]})


def _row(found: Graph, each: Entity) -> dict[str, Any]:
    return {"it": each, "kind": each.get_kind_display(), "reports": found.reports_of[each.pk]}


def _picture(found: Graph) -> SafeString | None:
    """The SVG; nothing where there is nothing."""
    if not found.entities:
        return None
    names = {**{code: str(name) for code, name in Entity.Kind.choices}, "report": _("Report")}
    shown = {each.pk for each in found.reports}
    points = [Point(f"e{each.pk}", each.kind, each.value, reverse("intelligence-entity", args=[each.pk]))
              for each in found.entities]
    points += [Point(f"r{each.pk}", "report", each.number.rpartition("-")[2],
                     reverse("intelligence-report", args=[each.number]), each.number) for each in found.reports]
    joins = [Join(f"e{each.source_id}", f"e{each.target_id}",
                  f"{each.source.value} – {each.kind} – {each.target.value}") for each in found.relations]
    joins += [Join(f"e{each.pk}", f"r{report.pk}", f"{each.value} – {report.number}", thin=True)
              for each in found.entities for report in found.reports_of[each.pk] if report.pk in shown]
    return draw(points, joins, names, rtl=get_language_bidi(), title=_("Who and what is joined, and by which reports"),
                description=_("A thick line is a relation that a report states. A broken line leads from a report to "
                              "what it names. The tables below say the same in words."))


@members_only
def entity(request: Request, member: Member, key: int) -> HttpResponse:
    """Every report in which it stands that the reader may see, its relations, and sightings."""
    found = selectors.entity(request.actor, request.at, key, member)
    if found is None:
        raise not_found()
    events.note_read(f"intelligence-entity:{key}", party=request.actor.party, actor=request.actor.label, at=request.at)
    return render(request, "intelligence/graph_entity.html", {
        "found": found, "it": found.entity,
        "elsewhere": elsewhere(request.actor, found.entity.kind, found.entity.value)})


def elsewhere(actor: Actor, kind: str, key: str) -> str:
    """The address of the thing itself, where there is such a page and the reader may open it; else empty."""
    name = ELSEWHERE.get(kind)
    if name is None:
        return ""
    try:
        address = reverse(name, args=[key])
    except NoReverseMatch:
        return ""
    return address if may_open(actor, address) else ""
