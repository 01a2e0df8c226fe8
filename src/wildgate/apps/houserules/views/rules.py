"""The rules of the house on screen: what is in force, its history, proposing a change, confirming somebody else's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.houserules import holidays, law, selectors, services
from wildgate.apps.houserules.forms import EndForm, HolidaysForm, RuleForm
from wildgate.apps.houserules.kinds import LAW, Fact, Holiday, OverlayChoice, Week
from wildgate.apps.houserules.models import Rule
from wildgate.apps.houserules.parts import SHEETS, STATE_TAGS, Words, said
from wildgate.convention.refusal import Refusal
from wildgate.kit import national

REFUSED = 422
ROWS_ON_A_PAGE = 50
SHOWN_TO_CONFIRM = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One entry on a page: what it is about and says, and what stands in its place now."""

    rule: Rule
    title: str
    words: list[tuple[Any, str]]
    before: list[tuple[Any, str]] | None = None
    allowed: bool = False


def _row(words: Words, rule: Rule) -> Row:
    return Row(rule, words.title(rule.kind, rule.value), words.rows(rule.kind, rule.value))


@role(Action.VIEW_HOUSE)
@require_safe
def index(request: Request) -> HttpResponse:
    """What is in force today or was on another day, kind by kind, and how much waits for a second person."""
    party, today, day = request.actor.party, request.at.date(), _day(request)
    counts = selectors.counts(party, day)
    return render(request, "houserules/index.html", {
        "day": day, "today": today, "sheets": [(kind, sheet, counts.get(kind, 0)) for kind, sheet in SHEETS.items()],
        "waiting": len(selectors.waiting(party)), "teams": selectors.teams(party, today),
        "away": selectors.absences(party, today), "may": can(request.actor, Action.PROPOSE_RULE),
        "may_teams": can(request.actor, Action.KEEP_TEAMS)})


@role(Action.VIEW_HOUSE)
@require_safe
def kind(request: Request, kind: str) -> HttpResponse:
    """One kind: in force today or on another day, what begins later, what was before, what waits."""
    sheet, party, today, day = _sheet(kind), request.actor.party, request.at.date(), _day(request)
    words = Words(party)
    page = Paginator(selectors.history(party, kind), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    now = [] if kind == Holiday.KIND else [_row(words, rule) for rule in selectors.in_force_rows(party, kind, on=day)]
    return render(request, "houserules/kind.html", {
        "kind": kind, "sheet": sheet, "now": now, "page": page, "day": day, "today": today,
        "coming": [_row(words, rule) for rule in _coming(party, kind, day)],
        "past": [_row(words, rule) for rule in page.object_list],
        "waits": [rule for rule in selectors.waiting(party) if rule.kind == kind],
        "may": can(request.actor, Action.PROPOSE_RULE), "settings": _settings(kind),
        "points": _points(kind, party) if day == today else []})


def _day(request: Request) -> date:
    """The day that the reader asks about; today without one."""
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return request.at.date()


def _coming(party: str, kind: str, day: date) -> list[Rule]:
    if kind != Holiday.KIND:
        return selectors.coming(party, kind, day)
    return sorted((rule for rule in selectors.spoken(party, kind) if rule.since >= day), key=lambda rule: rule.key)


def _points(kind: str, party: str) -> list[tuple[law.Point, tuple[str, Any]]]:
    """What can be decided about the law, as rulings take it today, each with its tag."""
    if kind not in LAW:
        return []
    found = law.facts(party) if kind == Fact.KIND else law.measures(party)
    return [(point, STATE_TAGS[point.state]) for point in found]


def _settings(kind: str) -> list[str]:
    """What the installation started with, for the kinds that the screen takes over from settings."""
    if kind not in LAW:
        return []
    start = national.settings_as_given()
    return [f"{name} = {value or '–'}" for name, value in start.items()
            if (name == "WILDGATE_OVERLAYS") == (kind == OverlayChoice.KIND)]


@role(Action.PROPOSE_RULE)
def propose(request: Request, kind: str) -> HttpResponse:
    """Propose an entry: a new one, or one that takes the place of the entry `of`, or its end."""
    sheet, party = _sheet(kind), request.actor.party
    of = _of(party, kind, request.GET.get("of", ""))
    form = RuleForm(request.POST or None, request.FILES or None, kind=kind, party=party,
                    initial=RuleForm.initial_of(kind, of.value) if of else _about(request, kind))
    if request.method == "POST" and form.is_valid():
        given = form.given()
        if kind == OverlayChoice.KIND and not given["text"] and of is not None:
            given["text"] = of.value.get("text", "") if of.value.get("name") == given["name"] else ""
        typed = form.cleaned_data
        done = services.propose(actor=request.actor, kind=kind, given=given, since=typed.get("since"),
                                until=typed.get("until"), why=typed["why"], at=request.at)
        if isinstance(done, Rule):
            messages.success(request, _("Proposed. It takes effect when a second person has confirmed it."))
            return redirect("house-kind", kind)
        form.tell(done)
    return render(request, "houserules/propose.html", {
        "kind": kind, "sheet": sheet, "form": form, "of": of, "end": EndForm(prefix="end"),
        "title": Words(party).title(kind, of.value) if of else "",
    }, status=REFUSED if form.errors else 200)


@role(Action.PROPOSE_RULE)
@require_POST
def end(request: Request, key: int) -> HttpResponse:
    """Propose that an entry no longer holds."""
    form = EndForm(request.POST, prefix="end")
    found = Rule.objects.filter(party=request.actor.party, pk=key).first()
    if found is None:
        raise Http404
    if not form.is_valid():
        messages.error(request, " ".join(str(fault) for faults in form.errors.values() for fault in faults))
        return redirect("house-kind", found.kind)
    done = services.propose_end(actor=request.actor, rule=key, since=form.cleaned_data["since"],
                                why=form.cleaned_data["why"], at=request.at)
    if isinstance(done, Rule):
        messages.success(request, _("Proposed. It takes effect when a second person has confirmed it."))
    else:
        messages.error(request, " ".join(said(each) for each in done))
    return redirect("house-kind", found.kind)


@role(Action.CONFIRM_RULE)
def waiting(request: Request) -> HttpResponse:
    """What waits for a second person: what would hold beside what holds; confirm several at once, or decline one."""
    if request.method == "POST":
        return _decide(request)
    party, words = request.actor.party, Words(request.actor.party)
    found = selectors.waiting(party)[:SHOWN_TO_CONFIRM]
    now = selectors.holding(party, found, request.at.date())
    rows = [Row(rule, words.title(rule.kind, rule.value), words.rows(rule.kind, rule.value),
                words.rows(rule.kind, now[rule.kind, rule.key].value) if (rule.kind, rule.key) in now else None,
                bool(can(request.actor, Action.CONFIRM_RULE, rule))) for rule in found]
    return render(request, "houserules/waiting.html", {"rows": [(SHEETS[row.rule.kind], row) for row in rows],
                                                       "any": any(row.allowed for row in rows)})


def _decide(request: Request) -> HttpResponse:
    chosen = [int(key) for key in request.POST.getlist("rule") if key.isdecimal() and len(key) < 19]
    if request.POST.get("do") == "confirm":
        done: object = services.confirm(actor=request.actor, rules=chosen, at=request.at)
        words = ngettext("%(number)s change is confirmed.", "%(number)s changes are confirmed.",
                         len(chosen)) % {"number": len(chosen)}
    else:
        key = request.POST.get("decline", "")
        done = services.decline(actor=request.actor, rule=int(key)
                                                          if key.isdecimal() and len(key) < 19 else 0, at=request.at,
                                why=request.POST.get(f"why-{key}", ""))
        words = _("The change is declined.")
    if isinstance(done, Refusal):
        messages.error(request, said(done))
    else:
        messages.success(request, words)
    return redirect("house-waiting")


@role(Action.PROPOSE_RULE)
def holidays_file(request: Request) -> HttpResponse:
    """Propose the holidays of a CSV file."""
    form = HolidaysForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        rows = holidays.read(form.cleaned_data["file"].read(holidays.LARGEST + 1))
        done = rows if isinstance(rows, tuple) else holidays.propose(actor=request.actor, rows=rows, at=request.at)
        if isinstance(done, list):
            messages.success(request, ngettext(
                "%(number)s holiday is proposed; a second person confirms.",
                "%(number)s holidays are proposed; a second person confirms.", len(done)) % {"number": len(done)})
            return redirect("house-kind", Holiday.KIND)
        form.tell(done[:20])
    return render(request, "houserules/holidays.html", {"form": form}, status=REFUSED if form.errors else 200)


def _sheet(kind: str) -> Any:
    if kind not in SHEETS:
        raise Http404
    return SHEETS[kind]


def _about(request: Request, kind: str) -> dict[str, Any]:
    """A new entry about a fact or a measure that was chosen from the list, or about the week as it is now."""
    name = request.GET.get("about", "")
    if kind == Week.KIND:
        free = selectors.calendar_of(request.actor.party).weekend(request.at.date())
        return {"weekend": [str(day) for day in sorted(free)]}
    return {"fact": name} if kind == Fact.KIND else {"name": name} if kind == OverlayChoice.KIND else {}


def _of(party: str, kind: str, key: str) -> Rule | None:
    """The confirmed entry that is to be changed."""
    if not key.isdecimal():
        return None
    return Rule.objects.filter(party=party, kind=kind, pk=int(key), state=Rule.State.CONFIRMED).first()
