"""Handing a graded tip over to intelligence: what it says goes on, who told it stays here.

The report is filed by the program, not by a person; its origin is a key that only those read who may see the origins of
tips. Neither receipt, box, files nor dialogue go along. Appendix I and live animals raise an alert at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Actor
from wildgate.apps.intelligence import services as intelligence
from wildgate.apps.intelligence.clearance import INTEGRITY
from wildgate.apps.intelligence.selectors import case as readable_case
from wildgate.apps.intelligence.services import NewEntity
from wildgate.apps.tips import clocks
from wildgate.apps.tips.models import Act, Tip
from wildgate.apps.tips.services import desk
from wildgate.apps.tips.steps import Step
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.kit.jobs import enqueue
from wildgate.sharing.marking import Marking, Tlp

ORIGIN: Final = "tip"
NO_CASE: Final = refuse("report-case", "There is no such open case.", field="case")
"""Of a case that is not there and of one that the actor may not read: the answer tells nothing."""
CONFIRMED: Final = "tip-hand-over-confirmed"
TAKEN: Final = "hand-over-taken"


def marking_of(tip: Tip) -> Marking:
    """For the enforcement authority alone; about officials only for those behind that wall."""
    walls = frozenset({INTEGRITY}) if tip.about_officials else frozenset[str]()
    return Marking(Tlp.AMBER_STRICT, owner="", compartments=walls, nominal=True)


def forward(*, actor: Actor, number: str, title: str, text: str, case: str = "", new_case: bool = False,
            entities: Sequence[NewEntity] = (), at: datetime) -> Tip | Refusal:
    """File a report of the tip, in words that do not give the teller away, and start the clock of the hand-over.

    It goes into a case that is open, into a new one where the actor may open one, or stands by itself.
    """
    with transaction.atomic():
        tip = desk.locked(actor, number)
        if isinstance(tip, Refusal):
            return tip
        if refused := desk.may_step(tip, Step.FORWARD):
            return refused
        marking, case = marking_of(tip), case.strip()
        if case and readable_case(actor, case, at) is None:
            return NO_CASE
        if new_case:
            opened = intelligence.open_case(actor=actor, title=title, marking=marking, at=at)
            if isinstance(opened, Refusal):
                return _undone(opened)
            case = opened.number
        report = intelligence.file_report(
            actor=None, party=tip.party, origin=ORIGIN, origin_key=tip.number, title=title, text=text,
            grading=tip.grading, marking=marking, entities=entities, case=case, at=at)
        if isinstance(report, Refusal):
            return _undone(report)
        tip.report, tip.case, tip.forwarded_at, tip.forwarded_by_id = report.number, case, at, actor.own_id
        tip.hand_over_due_at, tip.handed_over_at = clocks.hand_over(at, urgent=tip.urgent), None
        done = desk.done(tip, Step.FORWARD, actor=actor, at=at, changed=(
            "report", "case", "forwarded_at", "forwarded_by", "hand_over_due_at", "handed_over_at"))
        if tip.urgent:
            listed = tip.listed_one == Tip.Said.YES or (tip.appendix_one and tip.listed_one != Tip.Said.NO)
            intelligence.raise_alert(
                actor=None, party=tip.party, kind=ORIGIN, appendix="I" if listed else "", title=title,
                subject_kind="report", subject_key=report.number, marking=marking, at=at)
        for share, moment in ((50, clocks.half(at, tip.hand_over_due_at)), (100, tip.hand_over_due_at)):
            enqueue("tips.look_again", f"{tip.number}:hand-over:{share}", party=tip.party, at=moment,
                    party_code=tip.party, number=tip.number, clock="hand-over", share=share)
        return done


def _undone(refused: Refusal) -> Refusal:
    """The refusal, with whatever was written before it taken back: no case without its report."""
    transaction.set_rollback(True)
    return refused


def confirm_hand_over(*, actor: Actor, number: str, at: datetime) -> Tip | Refusal:
    """"I have it": said by somebody else than who handed it over."""
    with transaction.atomic():
        tip = desk.locked(actor, number)
        if isinstance(tip, Refusal):
            return tip
        if tip.state != Tip.State.FORWARDED or tip.handed_over_at is not None:
            return desk.AGAIN
        if tip.forwarded_by_id == actor.own_id:
            return refuse("tip-own-hand-over", "The receipt is for somebody else to confirm.", basis=desk.BASIS)
        tip.handed_over_at = at
        tip.save(update_fields=["handed_over_at"])
        desk.note_act(tip, "confirm-hand-over", actor=actor, at=at)
        events.append(CONFIRMED, tip.subject, party=tip.party, actor=actor.label, at=at, data=actor.signed)
        intelligence.acknowledge_report(actor=actor, number=tip.report, at=at)
        return tip


def taken_over(*, party: str, report: str, at: datetime) -> Tip | None:
    """The report of a tip was handed on in the intelligence space and the other side has it: the tip's clock stops,
    as if they had said so at the desk. Not where the one who has it is who handed the tip over."""
    with transaction.atomic():
        tip = Tip.objects.select_for_update().filter(
            party=party, report=report, state=Tip.State.FORWARDED, handed_over_at=None).first()
        if tip is None:
            return None
        found = next((each for each in intelligence.receipts(party, report)
                      if each.acknowledged_by_id != tip.forwarded_by_id), None)
        if found is None or found.acknowledged_by_id is None:
            return None
        tip.handed_over_at = found.acknowledged_at
        tip.save(update_fields=["handed_over_at"])
        Act.objects.create(party=party, tip=tip, by_id=found.acknowledged_by_id, step=TAKEN, at=at)
        events.append(CONFIRMED, tip.subject, party=party, actor=events.SYSTEM, at=at, data={"by": "intelligence"})
        return tip
