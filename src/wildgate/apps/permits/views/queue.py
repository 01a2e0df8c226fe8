"""The officers' queue: narrowed, sorted, and many uniform cases decided or handed on at once."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.houserules import cover
from wildgate.apps.houserules import selectors as house
from wildgate.apps.houserules.selectors import calendar_of
from wildgate.apps.permits import queues, services
from wildgate.apps.permits.models import Batch, BatchCase
from wildgate.apps.permits.queues import Queue, Wanted
from wildgate.apps.permits.services.batches import ACTION, AT_ONCE, JOB, MOST
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.lifecycle import CLOSED
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit.long_lists import KeyPaginator
from wildgate.kit.models import Job
from wildgate.kit.uploads.services import Doing

ROWS_ON_A_PAGE = 25
ROWS_OF_A_BATCH = 100
REFUSED = 422


@role(Action.VIEW_CASES)
def queue(request: Request) -> HttpResponse:
    """Cases by what they wait for. Counts and page are cut to what was asked."""
    return _show(request, Wanted.of(request.GET), None)


def _show(request: Request, wanted: Wanted, fault: Refusal | None) -> HttpResponse:
    desk = Queue(request.actor, wanted, request.at.date())
    counts, tab = desk.counts(), wanted.tab
    held = counts[tab.slug]
    pages = KeyPaginator(desk.cases(), ROWS_ON_A_PAGE, most=desk.most if tab.slug == "closed" else held, counted=held)
    page = pages.get_page(request.GET.get("page"))
    calendar = calendar_of(request.actor.party)
    works = can(request.actor, Action.WORK_CASE).allowed and not set(tab.states) <= CLOSED
    deed = tab.deed if tab.deed and can(request.actor, ACTION[tab.deed]).allowed else ""
    away = cover.absent(request.actor.party, request.at.date()) if works else []
    return render(request, "permits/queue.html", {
        "q": wanted.text, "tab": tab, "wanted": wanted, "fault": fault,
        "tabs": [(each, counts[each.slug]) for each in queues.TABS], "page": page,
        "rows": [queues.row_of(case, request.at, calendar) for case in page.object_list],
        "teams": queues.names(house.teams(request.actor.party, request.at.date())), "sorts": wanted.sorts,
        "most_closed": desk.most if counts["closed"] > desk.most else 0,
        "deed": deed, "most": min(MOST, counts[tab.slug]), "works": works,
        "officers": queues.officer_choices(request.actor.party, request.at.date(), away) if works else [],
        "cover": cover.cover_of(request.actor.own_id, away) if works else None,
        "unsigned": tab.deed == Batch.Deed.COUNTERSIGN and cover.nobody_countersigns(
            request.actor.party, request.at.date()),
        "lost": queues.lost_permits(request.actor) if works else [],
    }, status=REFUSED if fault else 200)


@role(Action.WORK_CASE)
def next_case(request: Request) -> HttpResponse:
    """The case that the officer can move on and that is due first; not the one named by `after`."""
    found = queues.next_of(request.actor, request.at.date(), after=request.GET.get("after", ""))
    if found is None:
        messages.info(request, _("No other case waits for you."))
        return redirect("cases")
    return redirect("case", found)


@role(Action.WORK_CASE)
@require_POST
def many(request: Request) -> HttpResponse:
    """What was ticked in the queue, or all of its tab: given to somebody, or decided one by one."""
    wanted = Wanted.of(request.POST)
    numbers = request.POST.getlist("case")[:MOST]
    if request.POST.get("all") == "yes":
        desk = Queue(request.actor, wanted, request.at.date())
        numbers = list(desk.cases().values_list("number", flat=True)[:MOST])
    outcome: Batch | services.Handed | Refusal
    if request.POST.get("deed") == "assign":
        outcome = services.assign(actor=request.actor, cases=numbers, to=key_of(request.POST.get("to", "")),
                                  at=request.at)
    else:
        outcome = services.decide_many(actor=request.actor, deed=request.POST.get("deed", ""), cases=numbers,
                                       at=request.at)
    if isinstance(outcome, Refusal):
        return _show(request, wanted, outcome)
    if isinstance(outcome, Batch):
        return redirect("batch", outcome.pk)
    tell_handed(request, outcome)
    asked = {"tab": wanted.tab.slug, "q": wanted.text, "team": wanted.team or "", "sort": wanted.sort,
             "whose": "mine" if wanted.mine else ""}
    return redirect(reverse("cases") + "?" + urlencode({name: value for name, value in asked.items() if value}))


def tell_handed(request: Request, outcome: services.Handed) -> None:
    """How many cases went to their new officer, and why others stayed."""
    given = len(outcome.given)
    if given:
        messages.success(request, ngettext("%(given)s case was handed on.", "%(given)s cases were handed on.", given)
                         % {"given": given})
    for number, why in outcome.kept[:5]:
        messages.warning(request, f"{number}{_(':')} {said(why)}")


def key_of(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0


@role(Action.ASSIGN)
def hand_over(request: Request) -> HttpResponse:
    """All open cases of one officer go to another."""
    fault: Refusal | None = None
    if request.method == "POST":
        of, to = key_of(request.POST.get("of", "")), key_of(request.POST.get("to", ""))
        outcome: services.Handed | Refusal = refuse("same-officer", "Choose two officers.", field="to")
        if of != to:
            outcome = services.hand_over(actor=request.actor, person=of, to=to, at=request.at)
        if not isinstance(outcome, Refusal):
            tell_handed(request, outcome)
            return redirect("cases")
        fault = outcome
    return render(request, "permits/queue_hand_over.html", {
        "fault": fault, "typed": request.POST,
        "officers": queues.officer_choices(request.actor.party, request.at.date()),
    }, status=REFUSED if fault else 200)


@role(Action.VIEW_CASES)
def batch(request: Request, key: int) -> HttpResponse:
    """How far a batch is and what became of each of its cases."""
    found = Batch.objects.select_related("by").filter(party=request.actor.party, pk=key).first()
    if found is None:
        raise Http404(_("There is no such batch."))
    done = dict(found.cases.values_list("done").annotate(number=Count("pk")))
    rows = (found.cases.exclude(done=None).select_related("application__organisation")
            .order_by("done", "pk"))
    pages = Paginator(rows, ROWS_OF_A_BATCH)
    pages.count = done.get(True, 0) + done.get(False, 0)
    page = pages.get_page(request.GET.get("page"))
    return render(request, "permits/queue_batch.html", {
        "batch": found, "done": done.get(True, 0), "refused": done.get(False, 0), "page": page,
        "doing": _doing(found, sum(done.values()), done.get(None, 0), request) if found.done_at is None else None,
        "rows": [(row, _why(row)) for row in page.object_list],
    })


def _doing(found: Batch, size: int, left: int, request: Request) -> Doing:
    job = Job.objects.filter(party=found.party, name=JOB, key=str(found.pk)).first()
    seconds = max((request.at - found.at).total_seconds(), 0.0)
    trouble, dead = (job.last_error, job.state == Job.State.DEAD) if job else ("", size <= AT_ONCE)
    return Doing(size - left, size, round(seconds, 1), trouble, dead)


def _why(row: BatchCase) -> Refusal | None:
    told = row.told
    if row.done:
        return None
    return Refusal(told.get("code", ""), told.get("reason", ""), template=told.get("template", ""),
                   values=told.get("values", {}))
