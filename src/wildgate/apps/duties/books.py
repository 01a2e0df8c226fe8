"""What letters find here: notices and the files of imports, each with who may be told of it and its page."""

from __future__ import annotations

from typing import Any

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.duties.models import Alert, Notice, Relay
from wildgate.apps.duties.selectors import reads_notices
from wildgate.apps.letters.subjects import Book, keep
from wildgate.apps.reports.annual_models import AnnualReport


def open_books() -> None:
    """Say so to the room below, once, when the house is opened."""
    keep("notice", Book(Notice, "pk", _notice, {"": ("notice", "pk")}, str.isdecimal))
    keep("alert", Book(Alert, "pk", _notice, {"": "alerts"}, str.isdecimal))
    keep("annual-report", Book(AnnualReport, "year", _report, {"": ("report-versions", "year")}, str.isdecimal))
    keep("relay", Book(Relay, "pk", _relay, {"": ("relay", "pk")}, str.isdecimal))


def _notice(actor: Actor, who: str, thing: Any) -> bool:
    return reads_notices(actor) and thing.party == actor.party


def _report(actor: Actor, who: str, thing: Any) -> bool:
    return can(actor, Action.VIEW_REPORTS, thing).allowed


def _relay(actor: Actor, who: str, thing: Any) -> bool:
    return can(actor, Action.VIEW_DUTIES, thing).allowed
