"""What becomes of a graded tip: somebody works on it, nothing more is done, or it ends with an outcome."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.accounts.models import Person
from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.tips.models import Message, Tip
from wildgate.apps.tips.services import desk
from wildgate.apps.tips.steps import Step
from wildgate.convention.refusal import Refusal, refuse


def assign(*, actor: Actor, number: str, person: int, at: datetime) -> Tip | Refusal:
    """Give the tip to somebody who may work on it."""
    with transaction.atomic():
        tip = desk.locked(actor, number)
        if isinstance(tip, Refusal):
            return tip
        if refused := desk.may_step(tip, Step.ASSIGN):
            return refused
        found = Person.objects.filter(pk=person, is_active=True).first()
        if found is None or not can(actor_of(found, at.date()), Action.WORK_TIP, tip):
            return refuse("tip-assignee", "Choose somebody who may work on this tip.", field="person")
        tip.assigned_to = found
        return desk.done(tip, Step.ASSIGN, actor=actor, at=at, changed=("assigned_to",),
                         data={"to": f"person:{found.pk}"})


def take_no_action(*, actor: Actor, number: str, reason: str, at: datetime) -> Tip | Refusal:
    """End a graded tip without doing more, and say why."""
    why = desk.whole_reason(reason)
    if isinstance(why, Refusal):
        return why
    with transaction.atomic():
        tip = desk.locked(actor, number)
        if isinstance(tip, Refusal):
            return tip
        if refused := desk.may_step(tip, Step.NO_ACTION):
            return refused
        tip.reason, tip.closed_at = why, at
        return desk.done(tip, Step.NO_ACTION, actor=actor, at=at, reason=why, changed=("reason", "closed_at"))


def close(*, actor: Actor, number: str, outcome: str, reason: str, feedback: str = "", at: datetime) -> Tip | Refusal:
    """End a tip with what came of it. The receipt shows the outcome in plain words, and `feedback` beside it."""
    why = desk.whole_reason(reason)
    if isinstance(why, Refusal):
        return why
    if outcome not in Tip.Outcome.values:
        return refuse("tip-outcome", "Choose what came of it.", field="outcome")
    with transaction.atomic():
        tip = desk.locked(actor, number)
        if isinstance(tip, Refusal):
            return tip
        if refused := desk.may_step(tip, Step.CLOSE):
            return refused
        tip.outcome, tip.reason, tip.closed_at = outcome, why, at
        if feedback.strip():
            Message.objects.create(party=tip.party, tip=tip, by_id=actor.own_id, text=feedback.strip(), at=at)
        return desk.done(tip, Step.CLOSE, actor=actor, at=at, reason=why, data={"outcome": outcome},
                         changed=("outcome", "reason", "closed_at"))
