"""Legal holds: set with a reason, lifted by another person."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from wildgate.apps.accounts.access import Action, Actor, can, require
from wildgate.apps.accounts.models import Organisation, Person
from wildgate.apps.intelligence.selectors.reading import visible_cases, visible_reports
from wildgate.apps.permits.models import Application, Permit
from wildgate.apps.tips.models import Tip
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.kit.models import Hold

LONGEST: Final = 500
SET: Final = "hold-set"
LIFTED: Final = "hold-lifted"
OPEN_KINDS: Final = ("application", "permit", "person", "organisation")
"""Whoever sees the desk sees holds on these; those on tips and investigations, who may see such things."""


def set_hold(*, actor: Actor, kind: str, number: str, reason: str, at: datetime) -> Hold | Refusal:
    """Hold a case, permit, person, organisation, tip or report: nothing of it is erased or deleted from now on."""
    if refused := require(actor, Action.SET_HOLD):
        return refused
    if not reason.strip() or len(reason) > LONGEST:
        return refuse("reason-missing", "Say why, in at most %(most)s characters.", most=LONGEST, field="reason")
    subject = subject_of(actor, kind, number.strip(), at)
    if subject is None:
        return refuse("nothing-to-hold", "Nothing is known under this number, or it is not yours to see.",
                      field="number")
    with transaction.atomic():
        events.lock_head(actor.party)  # a batch of deletions that runs now is over before the hold counts
        made = Hold.objects.create(party=actor.party, subject=subject, reason=reason.strip(), set_by=actor.label,
                                   set_at=at)
        events.append(SET, f"hold:{made.pk}", party=actor.party, actor=actor.label, at=at, data={"on": subject})
    return made


def lift(*, actor: Actor, hold: int, why: str, at: datetime) -> Hold | Refusal:
    """Lift a hold that somebody else set; the rules of retention speak again from the next day on."""
    if not why.strip() or len(why) > LONGEST:
        return refuse("reason-missing", "Say why, in at most %(most)s characters.", most=LONGEST, field="why")
    with transaction.atomic():
        found = Hold.objects.select_for_update().filter(party=actor.party, pk=hold, lifted_at=None).first()
        if found is None or not sees(actor, found, at):
            return refuse("no-such-hold", "There is no such hold in force.")
        if refused := require(actor, Action.LIFT_HOLD, found):
            return refused
        found.lifted_by, found.lifted_at, found.why_lifted = actor.label, at, why.strip()
        found.save(update_fields=["lifted_by", "lifted_at", "why_lifted"])
        events.append(LIFTED, f"hold:{found.pk}", party=actor.party, actor=actor.label, at=at,
                      data={"on": found.subject})
    return found


def subject_of(actor: Actor, kind: str, number: str, at: datetime) -> str | None:
    """The name under which events speak of it; None where there is none that the actor may see."""
    party = actor.party
    if kind == "application":
        return _named(Application.objects.filter(party=party, number=number).first(), actor, Action.VIEW_APPLICATION)
    if kind == "permit":
        return _named(Permit.objects.filter(party=party, number=number).first(), actor, Action.VIEW_PERMIT)
    if kind == "organisation":
        found = Organisation.objects.filter(party=party, code=number.upper()).first()
        return found.subject if found else None
    if kind == "person":
        person = Person.objects.filter(email=number.lower()).first()
        return f"person:{person.pk}" if person else None
    if kind == "tip":
        return _named(Tip.objects.filter(party=party, number=number).first(), actor, Action.VIEW_TIPS)
    if kind in ("intelligence-report", "intelligence-case") and can(actor, Action.ENTER_INTELLIGENCE):
        seen: QuerySet[Any] = (visible_reports if kind == "intelligence-report" else visible_cases)(actor, at)
        return f"{kind}:{number}" if seen.filter(number=number).exists() else None
    return None


def _named(thing: Any, actor: Actor, action: Action) -> str | None:
    return str(thing.subject) if thing is not None and can(actor, action, thing) else None


def sees(actor: Actor, hold: Hold, at: datetime) -> bool:
    """A hold on a tip or an investigation tells of it: only who may see that sees the hold."""
    kind = hold.subject.partition(":")[0]
    if kind in OPEN_KINDS or hold.set_by == actor.label:
        return True
    return subject_of(actor, kind, hold.subject.partition(":")[2], at) is not None
