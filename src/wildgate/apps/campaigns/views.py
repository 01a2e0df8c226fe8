"""The pages of campaigns: the list, a protocol, the results, searches and pairs, correlation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.campaigns import drawing, selectors, services, wording
from wildgate.apps.campaigns.forms import ChangeForm, CoverageForm, LogForm, PairForm, PlanForm, SearchForm, StrikeForm
from wildgate.apps.campaigns.models import Campaign, Coverage
from wildgate.apps.campaigns.results import by_platform
from wildgate.apps.campaigns.services.searching import COLUMNS
from wildgate.apps.figures.files import csv_answer
from wildgate.apps.permits.templatetags.permits import said
from wildgate.apps.platforms import selectors as platforms
from wildgate.convention.refusal import Refusal
from wildgate.kit.charts import Table

ON_A_PAGE, REFUSED = 40, 422


@role(Action.VIEW_CAMPAIGNS)
def index(request: Request) -> HttpResponse:
    """The campaigns, the newest first."""
    state = request.GET.get("state", "")
    page = Paginator(selectors.campaigns(request.actor, state), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "campaigns/index.html", {
        "page": page, "rows": [(each, wording.TONES[each.state]) for each in page], "state": state,
        "states": Campaign.State.choices, "may": can(request.actor, Action.KEEP_CAMPAIGNS).allowed})


@role(Action.KEEP_CAMPAIGNS)
def new(request: Request) -> HttpResponse:
    """Write down a protocol."""
    form = PlanForm(request.POST or None, platforms=_choices(request))
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("title", "question", "first_day", "last_day", "minutes")}
        made = services.plan(actor=request.actor, scope=form.scope(), at=request.at, **given)
        if isinstance(made, Campaign):
            messages.success(request, _("The campaign is planned. When it begins, its protocol is frozen."))
            return redirect("campaign", made.number)
        form.tell(made)
    return render(request, "campaigns/form.html", {"form": form, "title": _("New campaign"), "it": None},
                  status=REFUSED if form.errors else 200)


@role(Action.KEEP_CAMPAIGNS)
def change(request: Request, number: str) -> HttpResponse:
    """Another coverage: of the plan, or as a new version."""
    found = _found(request, number)
    last = found.coverages.order_by("-version")[0]
    form = ChangeForm(request.POST or None, platforms=_choices(request), initial=CoverageForm.kept(last))
    if request.method == "POST" and form.is_valid():
        made = services.change_coverage(actor=request.actor, number=number, scope=form.scope(),
                                        reason=form.cleaned_data["reason"], at=request.at)
        if isinstance(made, Coverage):
            messages.success(request, _("Coverage %(version)s holds from now on.") % {"version": made.version})
            return redirect("campaign", number)
        form.tell(made)
    return render(request, "campaigns/form.html", {"form": form, "title": _("Change the coverage"), "it": found},
                  status=REFUSED if form.errors else 200)


@role(Action.VIEW_CAMPAIGNS)
def campaign(request: Request, number: str) -> HttpResponse:
    """The results: rates with their intervals, the trend, where the coverage changes, what is likely unseen."""
    found = _found(request, number)
    made = selectors.results(found)
    return render(request, "campaigns/campaign.html", {
        "it": found, "tone": wording.TONES[found.state], "made": made, "chart": drawing.rates(made),
        "trend": wording.trend(made), "breaks": wording.breaks(made), "platforms": by_platform(found),
        "months": [(each, wording.rate(each.rate)) for each in reversed(made.months)],
        "rate": wording.rate(made.rate), "pairs": [(pair, wording.unseen(answer)) for pair, answer in made.pairs],
        "coverages": list(found.coverages.order_by("-version")),
        "may": can(request.actor, Action.KEEP_CAMPAIGNS).allowed,
        "may_tell": bool(made.searches) and can(request.actor, Action.SUBMIT_TO_PORTAL).allowed})


@role(Action.KEEP_CAMPAIGNS)
@require_POST
def step(request: Request, number: str) -> HttpResponse:
    """Begin a campaign, or close it."""
    act = services.begin if request.POST.get("step") == "begin" else services.close
    done = act(actor=request.actor, number=number, at=request.at)
    if isinstance(done, Refusal):
        messages.error(request, said(done))
    else:
        messages.success(request, _("Noted."))
    return redirect("campaign", number)


@role(Action.VIEW_CAMPAIGNS)
def searches(request: Request, number: str) -> HttpResponse:
    """Every search, those without result and struck out ones too."""
    found = _found(request, number)
    page = Paginator(selectors.searches(found), ON_A_PAGE).get_page(request.GET.get("page"))
    return _searches(request, found, page, LogForm(), [])


def _searches(request: Request, found: Campaign, page: Any, form: LogForm,
              faults: list[tuple[int, str]]) -> HttpResponse:
    return render(request, "campaigns/searches.html", {
        "it": found, "page": page, "form": form, "faults": faults, "columns": ",".join(COLUMNS),
        "strike": StrikeForm(), "running": found.state == Campaign.State.RUNNING,
        "may": can(request.actor, Action.KEEP_CAMPAIGNS).allowed}, status=REFUSED if faults or form.errors else 200)


@role(Action.KEEP_CAMPAIGNS)
def search(request: Request, number: str) -> HttpResponse:
    """Note one search."""
    found = _found(request, number)
    form = SearchForm(request.POST or None, covered=_newest(found), initial={"minutes": found.minutes})
    if request.method == "POST" and form.is_valid():
        made = services.record(actor=request.actor, number=number, told=form.found(), at=request.at)
        if not isinstance(made, Refusal):
            messages.success(request, _("The search is noted."))
            return redirect("campaign-search", number)
        form.tell(made)
    return render(request, "campaigns/form.html", {"form": form, "title": _("Note a search"), "it": found},
                  status=REFUSED if form.errors else 200)


@role(Action.KEEP_CAMPAIGNS)
def pair(request: Request, number: str) -> HttpResponse:
    """Note what two found apart."""
    found = _found(request, number)
    form = PairForm(request.POST or None, covered=_newest(found))
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        first, second = (given.pop(name).splitlines() for name in ("first", "second"))
        made = services.record_pair(actor=request.actor, number=number, first=first, second=second, at=request.at,
                                    **given)
        if not isinstance(made, Refusal):
            messages.success(request, _("Noted."))
            return redirect("campaign", number)
        form.tell(made)
    return render(request, "campaigns/form.html", {"form": form, "title": _("Two who searched apart"), "it": found},
                  status=REFUSED if form.errors else 200)


@role(Action.KEEP_CAMPAIGNS)
@require_POST
def upload(request: Request, number: str) -> HttpResponse:
    """A log of searches: kept whole, or every fault with its line."""
    found = _found(request, number)
    form, faults = LogForm(request.POST, request.FILES), []
    if form.is_valid():
        try:
            text = form.cleaned_data["file"].read(3_000_000).decode("utf-8-sig")
        except UnicodeDecodeError:
            form.add_error("file", _("The file is not in UTF-8."))
            text = ""
        done = services.by_file(actor=request.actor, number=number, text=text, at=request.at) if not form.errors else 0
        if isinstance(done, Refusal):
            form.tell(done)
        elif isinstance(done, list):
            faults = [(each.line, said(each.reason)) for each in done]
        elif not form.errors:
            messages.success(request, _("%(count)s searches were noted.") % {"count": done})
            return redirect("campaign-searches", number)
    return _searches(request, found, Paginator(selectors.searches(found), ON_A_PAGE).get_page(1), form, faults)


@role(Action.KEEP_CAMPAIGNS)
@require_POST
def strike(request: Request, number: str, key: int) -> HttpResponse:
    """A wrong search does not count any more."""
    done = services.strike(actor=request.actor, number=number, search=key, reason=request.POST.get("reason", ""),
                           at=request.at)
    if isinstance(done, Refusal):
        messages.error(request, said(done))
    else:
        messages.success(request, _("The search does not count any more."))
    return redirect("campaign-searches", number)


@role(Action.VIEW_CAMPAIGNS)
def as_csv(request: Request, number: str) -> HttpResponse:
    """Every search as a file, with its coverage and whether it counts."""
    found = _found(request, number)
    rows = tuple((each.started_at.isoformat(), f"{each.minutes:f}", each.platform, each.term, each.language,
                  each.searcher, str(each.seen), str(each.matching), _bare(each.specimens), _bare(each.value),
                  _bare(each.permit_yes), " ".join(each.listings), str(each.coverage.version),
                  "no" if hasattr(each, "struck") else "yes") for each in selectors.searches(found))
    return csv_answer(Table((*COLUMNS, "coverage", "counts"), rows), found.number)


def _bare(value: object) -> str:
    return "" if value is None else f"{value}"


def _choices(request: Request) -> list[tuple[str, str]]:
    return [(each.key, each.name) for each in platforms.platforms(request.actor.party)]


def _newest(found: Campaign) -> Coverage:
    newest: Coverage = found.coverages.order_by("-version")[0]
    return newest


def _found(request: Request, number: str) -> Campaign:
    found = selectors.campaign(request.actor, number)
    if found is None:
        raise Http404(_("There is no such campaign."))
    return found
