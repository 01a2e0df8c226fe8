"""Assessing a tip: the first look, triage, grading of source and content apart, and a second assessor for a sample."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Actor
from wildgate.apps.tips import clocks
from wildgate.apps.tips.models import Assessment, Tip
from wildgate.apps.tips.services import desk
from wildgate.apps.tips.services.intake import remind
from wildgate.apps.tips.steps import Step
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.sharing.grading import Grading

SECOND: Final = "tip-assessed-again"


@dataclass(frozen=True, slots=True)
class Triage:
    """The five questions: each yes, no or not known."""

    credible: str
    in_scope: str
    jurisdiction: str
    listed_one: str
    at_risk: str

    @property
    def urgent(self) -> bool:
        return Tip.Said.YES in (self.listed_one, self.at_risk)

    def fault(self) -> Refusal | None:
        """The refusal of a question that was left out."""
        for name, said in asdict(self).items():
            if said not in Tip.Said.values:
                return refuse("tip-triage", "Answer all five questions; \"not known\" is an answer.", field=name,
                              basis=desk.BASIS)
        return None


def acknowledge(*, actor: Actor, number: str, at: datetime) -> Tip | Refusal:
    """Somebody looks at it: the clock of the first look stops."""
    with transaction.atomic():
        tip = desk.locked(actor, number)
        if isinstance(tip, Refusal):
            return tip
        if refused := desk.may_step(tip, Step.ACKNOWLEDGE):
            return refused
        return desk.done(tip, Step.ACKNOWLEDGE, actor=actor, at=at)


def triage(*, actor: Actor, number: str, said: Triage, about_officials: bool, at: datetime) -> Tip | Refusal:
    """Answer the five questions. What turns out to be about officials goes behind the wall at once.

    Only somebody behind the wall takes it down again.
    """
    if wrong := said.fault():
        return wrong
    with transaction.atomic():
        tip = desk.locked(actor, number)
        if isinstance(tip, Refusal):
            return tip
        if refused := desk.may_step(tip, Step.TRIAGE):
            return refused
        for name, value in asdict(said).items():
            setattr(tip, name, value)
        became_urgent = said.urgent and not tip.urgent
        tip.about_officials, tip.urgent = about_officials, tip.urgent or said.urgent
        if became_urgent:
            tip.due_at = min(tip.due_at, clocks.first_look(tip.party, tip.received_at, urgent=True))
        done = desk.done(tip, Step.TRIAGE, actor=actor, at=at, data={"urgent": tip.urgent},
                         changed=(*asdict(said), "about_officials", "urgent", "due_at"))
        if became_urgent and not tip.looked_at:
            remind(tip, at)
        return done


def grade(*, actor: Actor, number: str, grading: Grading, at: datetime) -> Tip | Refusal:
    """Grade source and content apart: from now on the tip counts as assessed."""
    with transaction.atomic():
        tip = desk.locked(actor, number)
        if isinstance(tip, Refusal):
            return tip
        if refused := desk.may_step(tip, Step.GRADE):
            return refused
        tip.source_grade, tip.content_grade = grading.source.value, grading.content.value
        tip.handling = grading.handling.value
        _keep(tip, triage_of(tip), grading, second=False, actor=actor, at=at)
        return desk.done(tip, Step.GRADE, actor=actor, at=at, data={"grade": grading.code},
                         changed=("source_grade", "content_grade", "handling"))


def may_follow(tip: Tip) -> bool:
    """Is it a repetition that waits, of a tip on the same side of the wall that was graded?"""
    first = tip.first
    return (tip.open and first is not None and first.grading is not None
            and first.about_officials == tip.about_officials)


def follow_first(*, actor: Actor, number: str, at: datetime) -> Tip | Refusal:
    """Assess a repetition like the first tip, in one step, by somebody who read it and found nothing new in it."""
    with transaction.atomic():
        tip = desk.locked(actor, number)
        if isinstance(tip, Refusal):
            return tip
        if not may_follow(tip) or tip.first is None or tip.first.grading is None:
            return refuse("tip-no-first", "The tip that it repeats is not assessed yet, or this one is already.",
                          basis=desk.BASIS)
        done: Tip | Refusal = tip
        if tip.state == Tip.State.RECEIVED:
            done = acknowledge(actor=actor, number=number, at=at)
        if not isinstance(done, Refusal):
            done = triage(actor=actor, number=number, said=triage_of(tip.first), at=at,
                          about_officials=tip.about_officials)
        if not isinstance(done, Refusal):
            done = grade(actor=actor, number=number, grading=tip.first.grading, at=at)
        if isinstance(done, Refusal):
            transaction.set_rollback(True)
        return done


def assess_again(*, actor: Actor, number: str, said: Triage, grading: Grading, at: datetime) -> Assessment | Refusal:
    """A second person's assessment of a tip of the sample, given without seeing the first one."""
    if wrong := said.fault():
        return wrong
    with transaction.atomic():
        tip = desk.locked(actor, number)
        if isinstance(tip, Refusal):
            return tip
        if not tip.sampled or tip.open:
            return refuse("tip-not-sampled", "A second assessment is for graded tips of the sample.", basis=desk.BASIS)
        before = list(tip.assessments.values_list("second", "by_id"))
        if any(second for second, _by in before):
            return refuse("tip-assessed-twice", "Two people have assessed this tip already.", basis=desk.BASIS)
        if any(by == actor.own_id for _second, by in before):
            return refuse("tip-own-assessment", "The second assessment is another person's.", basis=desk.BASIS)
        made = _keep(tip, said, grading, second=True, actor=actor, at=at)
        desk.note_act(tip, "assess-again", actor=actor, at=at)
        events.append(SECOND, tip.subject, party=tip.party, actor=actor.label, at=at,
                      data={"grade": grading.code, **actor.signed})
        return made


def triage_of(tip: Tip) -> Triage:
    """The five answers as the tip has them."""
    return Triage(tip.credible, tip.in_scope, tip.jurisdiction, tip.listed_one, tip.at_risk)


def _keep(tip: Tip, said: Triage, grading: Grading, *, second: bool, actor: Actor, at: datetime) -> Assessment:
    return Assessment.objects.create(
        party=tip.party, tip=tip, second=second, by_id=actor.own_id, at=at, source_grade=grading.source.value,
        content_grade=grading.content.value, handling=grading.handling.value, **asdict(said))
