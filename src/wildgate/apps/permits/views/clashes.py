"""Two windows on one draft: the later save is told, and both texts stand side by side to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from wildgate.apps.accounts.gate import Request
from wildgate.apps.permits import forms
from wildgate.apps.permits.forms import Input, Page
from wildgate.apps.permits.forms.inputs import with_value
from wildgate.apps.permits.models import Application
from wildgate.apps.permits.services import Clash
from wildgate.convention.refusal import Refusal

CLASH = 409
MINE, THEIRS = "mine", "theirs"
Kept = Application | Refusal | Clash


@dataclass(frozen=True, slots=True)
class Both:
    """One question with two answers."""

    name: str
    label: Any
    mine: str
    theirs: str
    mine_text: str
    theirs_text: str


def clash_page(request: Request, case: Application, clash: Clash, title: str) -> HttpResponse:
    """Both texts of each field that differs; whichever is chosen is saved next."""
    known = {each.name: each for each in _inputs(case, clash.step)}
    ours, theirs = _as_asked(clash.mine), _as_asked(clash.theirs)
    differ = [_both(known.get(name) or Input(name, "text", name), mine, theirs.get(name, ""))
              for name, mine in ours.items() if mine != theirs.get(name, "")]
    same = [(name, mine) for name, mine in ours.items() if mine == theirs.get(name, "")]
    step = f"line-{len(forms.lines_of(case.answers)) + 1}" if clash.gone else clash.step
    return render(request, "permits/trader_clash.html", {
        "case": case, "clash": clash, "title": title, "differ": differ, "same": same,
        "version": forms.print_of(clash.step, case.answers), "tab": request.POST.get("tab", "")[:16],
        "action": reverse("application-step", args=[case.number, step]),
        "mine": [(name, text) for name, text in ours.items() if text],
        "theirs_url": reverse("application", args=[case.number]) if clash.gone else request.path,
    }, status=CLASH)


def _as_asked(values: Mapping[str, str]) -> dict[str, str]:
    """The values under the names that the page asks for: a task is the answer to the first question."""
    found = {name: text for name, text in values.items() if name != "task"}
    return {**found, "direction": values.get("task") or values.get("direction", "")} if "direction" in found else found


def _inputs(case: Application, step: str) -> tuple[Input, ...]:
    place = forms.place_of(step)
    padded = case.answers
    if place is not None:
        lines = [dict(line) for line in forms.lines_of(case.answers)]
        padded = {**case.answers, "lines": lines + [{}] * max(0, place + 1 - len(lines))}
    page = forms.page(step, padded, case.party)
    return page.inputs if page else ()


def _both(asked: Input, mine: str, theirs: str) -> Both:
    return Both(asked.name, asked.label, mine, theirs,
                str(with_value(asked, mine).shown), str(with_value(asked, theirs).shown))


def resolved(post: Any, page: Page, answers: Mapping[str, Any]) -> dict[str, str]:
    """The page that the choices make: of each field that differed the text that was chosen, ours where none was."""
    out = dict(post.dict())
    for name in list(out):
        if name.startswith("choose_"):
            field = name.removeprefix("choose_")
            out[field] = post.get(f"{out[name]}_{field}", post.get(f"{MINE}_{field}", ""))
    return out
