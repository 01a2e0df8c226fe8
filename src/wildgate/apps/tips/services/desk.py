"""What every deed of the desk has in common: the right, the lock, the step's row, the deed and its event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.tips.models import Act, Tip
from wildgate.apps.tips.models.tip import LONGEST_REASON
from wildgate.apps.tips.steps import MOVES, Step
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

BASIS: Final = ("House rule: every tip is assessed",)
NO_TIP: Final = refuse("no-such-tip", "There is no such tip.")
AGAIN: Final = refuse("tip-step", "This was done already, or another step comes first. Load the page again.",
                      basis=BASIS)


def locked(actor: Actor, number: str) -> Tip | Refusal:
    """The tip under its lock, for somebody who may work on it. To everybody else it is not there."""
    if refused := require(actor, Action.WORK_TIP):
        return refused
    tip = Tip.objects.select_for_update().filter(party=actor.party, number=number).first()
    if tip is None or require(actor, Action.WORK_TIP, tip):
        return NO_TIP
    return tip


def may_step(tip: Tip, step: Step) -> Refusal | None:
    """The refusal of a step that the tip's state does not allow."""
    if tip.state in MOVES[step].since:
        return None
    if tip.open and step in (Step.ASSIGN, Step.FORWARD, Step.NO_ACTION, Step.CLOSE):
        return refuse("tip-not-graded", "Grade the tip first: none is closed, assigned or handed over without an "
                      "assessment.", basis=BASIS)
    return AGAIN


def whole_reason(reason: str) -> str | Refusal:
    """A reason that says something."""
    text = " ".join(reason.split())
    if not text or len(text) > LONGEST_REASON:
        return refuse("tip-reason", "Say why, in at most %(most)s characters.", most=LONGEST_REASON, field="reason",
                      basis=BASIS)
    return text


def done(tip: Tip, step: Step, *, actor: Actor, at: datetime, reason: str = "", changed: tuple[str, ...] = (),
         data: Mapping[str, Any] | None = None) -> Tip:
    """Save the step with its deed and event. The clock of the first look stops at whatever is done first."""
    move = MOVES[step]
    tip.state, tip.unread = move.to, False
    tip.looked_at = tip.looked_at or at
    tip.save(update_fields=["state", "unread", "looked_at", *changed])
    note_act(tip, step.value, actor=actor, at=at, reason=reason)
    events.append(move.event, tip.subject, party=tip.party, actor=actor.label, at=at,
                  data={**(data or {}), **actor.signed}, note=reason)
    return tip


def note_act(tip: Tip, step: str, *, actor: Actor, at: datetime, reason: str = "") -> None:
    """Keep who did what: whoever works on a tip never opens its identity box."""
    Act.objects.create(party=tip.party, tip=tip, by_id=actor.own_id, step=step, reason=reason, at=at)
    tip.__dict__.pop("worked_by", None)
