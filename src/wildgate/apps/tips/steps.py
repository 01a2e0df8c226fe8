"""The way of a tip as a table: from which states each step may be taken, and where it leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from wildgate.apps.tips.models import Tip

S = Tip.State


class Step(Enum):
    """What the desk does with a tip."""

    ACKNOWLEDGE = "acknowledge"
    TRIAGE = "triage"
    GRADE = "grade"
    ASSIGN = "assign"
    FORWARD = "forward"
    NO_ACTION = "no-action"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table."""

    since: tuple[str, ...]
    to: str
    event: str


MOVES: Final[Mapping[Step, Move]] = {
    Step.ACKNOWLEDGE: Move((S.RECEIVED,), S.ACKNOWLEDGED, "tip-acknowledged"),
    Step.TRIAGE: Move((S.ACKNOWLEDGED, S.TRIAGED), S.TRIAGED, "tip-triaged"),
    Step.GRADE: Move((S.TRIAGED,), S.GRADED, "tip-graded"),
    Step.ASSIGN: Move((S.GRADED, S.ASSIGNED), S.ASSIGNED, "tip-assigned"),
    Step.FORWARD: Move((S.GRADED, S.ASSIGNED), S.FORWARDED, "tip-forwarded"),
    Step.NO_ACTION: Move((S.GRADED, S.ASSIGNED), S.NO_ACTION, "tip-no-action"),
    Step.CLOSE: Move((S.ASSIGNED, S.FORWARDED), S.CLOSED, "tip-closed"),
}
TONES: Final = {S.RECEIVED: "hold", S.ACKNOWLEDGED: "info", S.TRIAGED: "info", S.GRADED: "info", S.ASSIGNED: "ok",
                S.FORWARDED: "ok", S.NO_ACTION: "off", S.CLOSED: "off"}
FOR_THE_TELLER: Final[Mapping[str, Any]] = {
    S.RECEIVED: _("We have your tip. Nobody has looked at it yet."),
    S.ACKNOWLEDGED: _("Somebody is reading your tip."),
    S.TRIAGED: _("Somebody is reading your tip."),
    S.GRADED: _("Your tip was assessed. We are deciding what to do."),
    S.ASSIGNED: _("Somebody is working on what you told us."),
    S.FORWARDED: _("What you told us was handed to those who investigate. They do not learn who told it."),
    S.NO_ACTION: _("Your tip was assessed. For now we do nothing more about it. It is kept, and you can add to it."),
    S.CLOSED: _("The work on your tip is done."),
}
"""Each state in the words that the receipt shows."""
OUTCOME_FOR_THE_TELLER: Final[Mapping[str, Any]] = {
    Tip.Outcome.SEIZED: _("Specimens were seized. Thank you."),
    Tip.Outcome.RESCUED: _("Animals were brought to safety. Thank you."),
    Tip.Outcome.STOPPED: _("The sale or shipment was stopped. Thank you."),
    Tip.Outcome.CHARGED: _("Somebody has to answer for it. Thank you."),
    Tip.Outcome.INFORMED: _("It helps the authorities to know where to look. Thank you."),
    Tip.Outcome.NOTHING: _("It was looked into and nothing was found. Thank you all the same."),
}


def open_steps(state: str) -> frozenset[str]:
    """The steps that a tip in this state may take."""
    return frozenset(step.value for step, move in MOVES.items() if state in move.since)
