"""An application in words for its own people: its pages with their answers, the tasks of a draft, the story so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.permits import forms, kinds, selectors, wording
from wildgate.apps.permits.line_rows import long
from wildgate.apps.permits.models import Application
from wildgate.apps.permits.selectors import Entry
from wildgate.apps.permits.stock_lines import stocks_of, with_stock
from wildgate.apps.permits.views.answers_to_forms import Fault
from wildgate.convention.lifecycle import PermitAct, Step

TOLD_TO_APPLICANT: Final = frozenset({act.value for act in PermitAct})
"""Events whose note (a reason) is for the holder's eyes; the authority's notes to itself are not."""
BAD_NEWS: Final = frozenset({Step.REFUSE.value, Step.UPHOLD.value, PermitAct.CANCELLED.value,
                             PermitAct.SUSPENDED.value, PermitAct.LOST.value})
INSIDE: Final = frozenset({"assigned", "override", "consulted", "finding"})
"""How the authority organises its own work: not the applicant's story."""


@dataclass(frozen=True, slots=True)
class Task:
    """A page of the application in its task list."""

    label: str
    url: str
    hint: str
    tone: str
    word: str


def own_application(actor: Actor, number: str) -> Application:
    """The actor's own application; one of another firm and one that does not exist are the same 404."""
    found = selectors.application(actor, number)
    if found is None or not can(actor, Action.EDIT_APPLICATION, found):
        raise Http404(_("There is no such application, or you may not see it."))
    return found


def tasks_of(case: Application, faults: list[Fault]) -> list[Task]:
    """The pages of a draft: done, begun, or to do."""
    found = []
    for step in forms.steps(case.answers):
        wrong = [fault for fault in faults if fault.step == step]
        begun = any(name != "origin" for name in forms.saved(step, case.answers))
        if wrong:
            tone, word = ("hold", _("Incomplete")) if begun else ("off", _("To do"))
        else:
            tone, word = ("ok", _("Done")) if begun else ("off", _("Optional"))
        found.append(Task(title_of(step, case), reverse("application-step", args=[case.number, step]),
                          wrong[0].sentence if wrong and begun else "", tone, word))
    return found


def title_of(step: str, case: Application) -> str:
    """A page's name in lists: what is asked, and for which line."""
    place = forms.place_of(step)
    if place is None:
        journey = _("The journey") if kinds.goes_along(case.answers) else _("The other party")
        return {forms.ROUTE: _("Direction and purpose"), forms.OTHER: journey,
                forms.TRANSPORT: _("Transport and remarks")}.get(step, "")
    taxon = forms.line_of(case.answers, place).get("taxon", "")
    what = _("Line %(line)s: specimens") if step.startswith("line") else _("Line %(line)s: description and marks")
    return what % {"line": place + 1} + (f" ({taxon[:60]})" if taxon and step.startswith("line") else "")


def sections_of(case: Application, *, changeable: bool) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """All answers in words, page by page, each with the address that changes it while it can be changed.

    The lines of a long application are not among them: they are read back as a table.
    """
    sections: list[tuple[str, list[Mapping[str, Any]]]] = []
    stocks = () if long(case) else stocks_of(case)
    for step in (forms.ROUTE, forms.OTHER, forms.TRANSPORT) if long(case) else forms.steps(case.answers):
        page = forms.page(step, case.answers, case.party)
        if page is None:
            continue
        page = with_stock(page, case, stocks)
        rows: list[Mapping[str, Any]] = []
        for each in page.inputs:
            address = reverse("application-step", args=[case.number, step]) + f"#{each.id}" if changeable else ""
            rows.append({"label": each.label, "value": each.shown or "–", "url": address})
        sections.append((title_of(step, case), rows))
    return sections


def for_applicant(entries: Iterable[Entry]) -> list[Mapping[str, Any]]:
    """The events in words. What officers wrote to each other stays with them."""
    return [{"title": wording.word(wording.EVENT_WORDS, entry.kind), "at": entry.at, "who": entry.who,
             "note": entry.note if entry.kind in TOLD_TO_APPLICANT else "",
             "tone": "no" if entry.kind in BAD_NEWS else ""}
            for entry in entries if entry.kind not in INSIDE]
