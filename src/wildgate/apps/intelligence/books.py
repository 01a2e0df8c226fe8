"""What letters find here: reports and alerts, each for those who may read it now."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.intelligence.models import Alert, Report
from wildgate.apps.intelligence.selectors import facing
from wildgate.apps.letters.subjects import Book, keep


def open_books() -> None:
    """Say so to the room below, once, when the house is opened."""
    keep("intelligence-report", Book(Report, "number", _sees, {"": ("intelligence-report", "number")}))
    keep("intelligence-alert", Book(Alert, "pk", _sees, {"": ("intelligence-alert", "pk")}, str.isdecimal))


def _sees(actor: Actor, who: str, thing: Any) -> bool:
    return can(actor, Action.READ_INTELLIGENCE, facing(actor, thing, timezone.now())).allowed
