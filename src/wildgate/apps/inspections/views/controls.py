"""The day list of a post, planning, and one inspection: checklist, result, samples, agencies, what becomes of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.accounts.models import Person
from wildgate.apps.houserules.selectors import calendar_of
from wildgate.apps.inspections import codes, forms, services, wording
from wildgate.apps.inspections.models import Inspection, InspectionLine, Recount
from wildgate.apps.inspections.selectors import agencies, cards, controls, seizures
from wildgate.apps.inspections.services.asking_agencies import agencies_here
from wildgate.apps.inspections.services.planning import Plan, officers
from wildgate.apps.inspections.services.recounting import ELSEWHERE
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.permit import plain
from wildgate.convention.quantity import spelt
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

REFUSED = 422
ASKED_HOURS, ASKED_HOURS_LIVE = 24, 4
"""Until when another agency is asked to look, and for live specimens: house values, to be changed with each request."""
ON_A_PAGE = 50


@role(Action.VIEW_INSPECTIONS)
def day_list(request: Request) -> HttpResponse:
    """What a post looks at, in the order of lanes and appointments; an officer's own post first."""
    actor = request.actor
    view = request.GET.get("view", controls.TODAY)
    view = view if view in controls.VIEWS else controls.TODAY
    post = request.GET.get("post", actor.station)[:40].replace("\x00", "")
    page = Paginator(controls.day_list(actor, post=post, view=view, at=request.at), ON_A_PAGE).get_page(
        request.GET.get("page"))
    calendar = calendar_of(actor.party)
    rows = [(each, _clock(each, calendar, request)) for each in page.object_list]
    waiting = seizures.waiting_live(actor)[:5] if can(actor, Action.VIEW_SEIZURES) else []
    return render(request, "inspections/day_list.html", {
        "page": page, "rows": rows, "view": view, "post": post, "posts": controls.posts(actor), "tabs": [
            {"label": label, "url": f"?view={name}&post={post}", "current": view == name}
            for name, label in ((controls.TODAY, _("Today")), (controls.OPEN, _("All open")),
                                (controls.RESERVED, _("With reservation")), (controls.DONE, _("Done")))],
        "live": [(each, controls.hours_clock(each.hand_over_by, request.at)) for each in waiting if each.hand_over_by],
        "sees_lanes": can(actor, Action.VIEW_LANES).allowed, "to_plan": controls.to_plan(actor, post),
        "may_plan": can(actor, Action.PLAN_INSPECTIONS).allowed, "may_seize": can(actor, Action.SEIZE).allowed,
        "sees_seizures": can(actor, Action.VIEW_SEIZURES).allowed,
        "asks": can(actor, Action.ASK_IDENTIFICATION).allowed, "now": request.at})


def _clock(found: Inspection, calendar: Any, request: Request) -> controls.Clock:
    """Working days for goods inland and for reservations, for the others hours until the appointment's end: what was
    planned for now is not late before its time is used."""
    if found.follow_up_on and found.followed_up_at is None:
        return controls.days_clock(calendar, found.follow_up_on, request.at)
    if found.unaltered and found.due_on:
        return controls.days_clock(calendar, found.due_on, request.at)
    return controls.hours_clock(found.appointment + timedelta(minutes=found.minutes), request.at)


@role(Action.PLAN_INSPECTIONS)
def plan(request: Request) -> HttpResponse:
    """Plan an inspection; the checklist is written with it."""
    keys = list(officers(request.actor.party).values_list("person_id", flat=True))
    people = list(Person.objects.filter(pk__in=keys).order_by("name").values_list("pk", "name"))
    first = {"post": request.actor.station, "appointment": request.at, "reasons": ["officer"],
             **{name: request.GET.get(name, "")[:80] for name in ("behind", "reference") if name in request.GET}}
    form = forms.PlanForm(request.POST or None, officers=people, initial=first)
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "reasons": tuple(form.cleaned_data["reasons"])}
        outcome = services.plan(actor=request.actor, asked=Plan(**given), at=request.at)
        if not isinstance(outcome, Refusal):
            messages.success(request, _("Inspection %(number)s is planned.") % {"number": outcome.number})
            return redirect("inspection", outcome.number)
        form.refuse(outcome, said(outcome))
    return render(request, "inspections/plan.html", {"form": form}, status=REFUSED if form.errors else 200)


@role(Action.VIEW_INSPECTIONS)
def inspection(request: Request, number: str) -> HttpResponse:
    """One inspection. That an official looked at it is an event."""
    return show(request, number)


def show(request: Request, number: str, fault: Refusal | None = None) -> HttpResponse:
    """The page with a refusal beside the input that it names, and what was typed still there."""
    found = controls.inspection(request.actor, number)
    if found is None:
        raise Http404(_("There is no such inspection, or you may not see it."))
    actor = request.actor
    events.note_read(found.subject, party=found.party, actor=actor.label, at=request.at)
    lines = list(found.lines.prefetch_related("recounts__by"))
    told = controls.agencies(found)
    inspects = can(actor, Action.INSPECT, found).allowed
    planned, closed = found.state == "planned", found.state == "closed"
    return render(request, "inspections/inspection.html", {
        "found": found, "fault": fault, "faults": [(_field(fault), said(fault))] if fault else [],
        "rows": [(line, told.get(line.position, []), _typed(request, line.position, told)) for line in lines],
        "extra": _typed(request, len(lines) + 1, told), "extra_place": len(lines) + 1, "typed": request.POST,
        "clock": _clock(found, calendar_of(actor.party), request), "seizure": getattr(found, "seizure", None),
        "results": codes.Found.choices, "containers": forms.CONTAINER_WORDS, "units": forms.unit_choices(),
        "outcomes": [choice for choice in codes.Outcome.choices if choice[0] not in ("", "seize")],
        "agencies": codes.Agency.choices, "lists": forms.code_lists() if inspects else {},
        "samples": list(found.samples.all()), "files": list(found.files.select_related("upload")),
        "requests": list(found.identifications.order_by("pk")),
        "may_record": inspects and planned, "may_conclude": inspects and not planned and not closed,
        "sees_lanes": can(actor, Action.VIEW_LANES).allowed, "why": controls.lane_reasons(actor, found),
        "may_move": can(actor, Action.PLAN_INSPECTIONS, found).allowed and planned,
        "may_recount": inspects and not planned and found.outcome not in ELSEWHERE,
        "inspects": inspects, "may_take": inspects and planned and found.officer_id != actor.person_id,
        "may_follow": can(actor, Action.PLAN_INSPECTIONS, found).allowed and found.follow_up_on is not None
        and found.followed_up_at is None,
        "may_ask": can(actor, Action.ASK_IDENTIFICATION).allowed, "entries": timeline(found.subject, found.party),
        **_other_agencies(request, found, lines),
        "cards": set(cards.cards(actor).filter(taxon__in=[line.taxon for line in lines]).values_list(
            "taxon", flat=True)),
    }, status=REFUSED if fault else 200)


def _other_agencies(request: Request, found: Inspection, lines: list[InspectionLine]) -> dict[str, Any]:
    """Whom customs asked about the goods, and whom they can ask still."""
    asked = agencies.of_inspection(request.actor, found)
    context: dict[str, Any] = {"asked": [(each, controls.hours_clock(each.due_at, request.at)) for each in asked]}
    if not can(request.actor, Action.INSPECT, found) or found.state == "closed" or not lines:
        return context
    waiting = {each.agency for each in asked if each.state == "open"}
    here = agencies_here(found.party, request.at.date())
    hours = ASKED_HOURS_LIVE if any(line.live for line in lines) else ASKED_HOURS
    return {**context, "may_ask_agency": True, "agencies_here": bool(here),
            "askable": [choice for choice in codes.Agency.choices if choice[0] in here - waiting],
            "ask_until": request.at + timedelta(hours=hours)}


def timeline(subject: str, party: str) -> list[dict[str, Any]]:
    """What happened to a subject, the newest first, with the notes beside the events."""
    notes = controls.notes(party, subject)
    told = [{"title": wording.event(each.kind), "at": each.at, "note": notes.get(each.seq, ""),
             "tone": wording.TONES.get(each.kind, "")} for each in events.of(subject, party=party)]
    return told[::-1]


def _field(fault: Refusal) -> str:
    """The id of the input that a refusal names: `lines[2].taxon` is `id_taxon-2`."""
    place, _dot, name = (fault.field or "").partition(".")
    return f"id_{name}-{place.removeprefix('lines[').rstrip(']')}" if name else f"id_{place}" if place else ""


def _typed(request: HttpRequest, place: int, told: dict[int, list[Any]]) -> dict[str, str]:
    """What was typed for a line; before that, another agency's verified amount fills the form."""
    names = ("result", "taxon", "term", "quantity", "unit", "dead", "container", "remark", "venomous")
    if request.method == "POST":
        return {name: request.POST.get(f"{name}-{place}", "") for name in names}
    newest = told.get(place, [None])[-1]
    return {"quantity": spelt(*plain(newest.quantity).split(".")), "unit": newest.unit} if newest else {}


@role(Action.INSPECT)
@require_POST
def record(request: Request, number: str) -> HttpResponse:
    """The result, line by line."""
    found = controls.inspection(request.actor, number)
    places = [line.position for line in found.lines.all()] if found else []
    outcome = services.record(actor=request.actor, number=number, lines=forms.result_lines(request.POST, places),
                              note=request.POST.get("note", ""), at=request.at)
    return answered(request, number, outcome, _("The result is recorded."))


@role(Action.INSPECT)
@require_POST
def recount(request: Request, number: str) -> HttpResponse:
    """Our own amount, counted again."""
    place = request.POST.get("line", "")
    outcome = services.recount(
        actor=request.actor, number=number, quantity=request.POST.get("recounted", ""), at=request.at,
        position=int(place) if place.isascii() and place.isdigit() and len(place) < 5 else 0,
        why=request.POST.get("because", ""))
    if isinstance(outcome, Recount) and outcome.unbooked is not None:
        messages.warning(request, _("The books could not follow: %(reason)s") % {"reason": said(outcome.unbooked)})
    return answered(request, number, outcome, _("The new amount is kept beside the first one."))


@role(Action.INSPECT)
@require_POST
def conclude(request: Request, number: str) -> HttpResponse:
    """Release, release with reservation, hold, send back."""
    outcome = services.conclude(
        actor=request.actor, number=number, outcome=request.POST.get("outcome", ""), why=request.POST.get("why", ""),
        follow_up_on=_day(request.POST.get("follow_up_on", "")), at=request.at)
    return answered(request, number, outcome, _("It is written down."))


@role(Action.PLAN_INSPECTIONS)
@require_POST
def follow_up(request: Request, number: str) -> HttpResponse:
    """The reservation is settled."""
    outcome = services.follow_up(actor=request.actor, number=number, note=request.POST.get("note", ""), at=request.at)
    return answered(request, number, outcome, _("The reservation is settled."))


@role(Action.INSPECT)
@require_POST
def take(request: Request, number: str) -> HttpResponse:
    """The officer takes the inspection on."""
    return answered(request, number, services.take(actor=request.actor, number=number, at=request.at),
                    _("The inspection is yours."))


@role(Action.INSPECT)
@require_POST
def agency(request: Request, number: str) -> HttpResponse:
    """Another agency's verified amount."""
    place = request.POST.get("position", "")
    outcome = services.record_agency(
        actor=request.actor, number=number, agency=request.POST.get("agency", ""),
        position=int(place) if place.isascii() and place.isdigit() and len(place) < 5 else 0,
        quantity=request.POST.get("quantity", ""), unit=request.POST.get("unit", ""),
        in_order=request.POST.get("in_order", "yes") == "yes", remark=request.POST.get("remark", ""), at=request.at)
    return answered(request, number, outcome, _("The other agency's result is kept."))


@role(Action.PLAN_INSPECTIONS)
@require_POST
def move(request: Request, number: str) -> HttpResponse:
    """Another time or place."""
    found = controls.inspection(request.actor, number)
    when = forms.moment("").clean(request.POST.get("appointment", "")) if _is_moment(request) else None
    if found is not None and when is None:
        return show(request, number, refuse("missing", "Write the day and hour of the appointment.",
                                            field="appointment"))
    outcome = services.reschedule(actor=request.actor, number=number, appointment=when or request.at,
                                  place=request.POST.get("place", ""), at=request.at)
    return answered(request, number, outcome, _("The inspection is moved."))


def _is_moment(request: Request) -> bool:
    try:
        return bool(forms.moment("").clean(request.POST.get("appointment", "")))
    except ValidationError:
        return False


@role(Action.INSPECT)
@require_POST
def sample(request: Request, number: str) -> HttpResponse:
    """A sample and its label."""
    outcome = services.take_sample(
        actor=request.actor, inspection=number, what=request.POST.get("what", ""), seal=request.POST.get("seal", ""),
        sent_to=request.POST.get("sent_to", ""), at=request.at)
    return answered(request, number, outcome, _("The sample is written down."))


def answered(request: Request, number: str, outcome: Any, words: str) -> HttpResponse:
    """Back to the inspection with a word of success, or its page with the refusal."""
    if isinstance(outcome, Refusal):
        return show(request, number, outcome)
    messages.success(request, words)
    return redirect("inspection", number)


def _day(text: str) -> Any:
    try:
        return parse_date(text[:10])
    except ValueError:
        return None
