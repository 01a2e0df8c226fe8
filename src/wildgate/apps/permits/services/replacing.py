"""A permit in the place of another one: lost, spoilt, or with something changed (Res. Conf. 12.3; 50 CFR 23.52)."""

from __future__ import annotations

import json
from datetime import date, datetime

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor
from wildgate.apps.permits.models import Application, Finding, Permit, PermitStatus
from wildgate.apps.permits.records import is_true_copy
from wildgate.apps.permits.selectors import left_before
from wildgate.apps.permits.services.acts import move_permit, officially
from wildgate.apps.permits.services.moving import written
from wildgate.convention import lifecycle
from wildgate.convention.lifecycle import CaseState, PermitAct, PermitState, Step
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.sentence import say
from wildgate.kit import events
from wildgate.kit.models import Event
from wildgate.kit.numbering import next_number

BASIS = ("Res. Conf. 12.3", "50 CFR 23.52")
COPIED = ("answers", "trade", "ruling", "direction", "other_country", "conditions", "language", "team_id", "perishable")


def replace(*, actor: Actor, number: str, why: str, reason: str, at: datetime) -> Application | Refusal:
    """Begin the replacement of a lost or spoilt permit: a case in review with all that the first one rested on.

    It is approved, countersigned and issued as any other; the new permit says the same, to the same last day.
    """
    kept = written(reason, field="reason", what=say("how you know"), longest=500)
    if isinstance(kept, Refusal):
        return kept
    if why not in (Application.Replacing.LOST, Application.Replacing.SPOILT):
        return refuse("replacing-why", "Choose whether it was lost or its paper is spoilt; for a change the holder "
                      "asks for a variation.", field="why", basis=BASIS)
    with transaction.atomic():
        permit = officially(actor, Action.REPLACE, number)
        if isinstance(permit, Refusal):
            return permit
        if refused := _unreplaceable(permit, at, true_copy=True):
            return refused
        begun = permit.replacements.exclude(state__in=[CaseState.WITHDRAWN.value, CaseState.REFUSED.value]).first()
        if begun is not None:
            return refuse("replacement-begun", "Case %(number)s replaces this permit already.", number=begun.number)
        case = _begin(permit, why, actor, at)
        events.append("start", case.subject, party=case.party, actor=actor.label, at=at,
                      data={"replaces": permit.number, "why": why}, note=kept)
        for step in (Step.SUBMIT, Step.TAKE):
            events.append(step.value, case.subject, party=case.party, actor=actor.label, at=at)
    return case


def _begin(permit: Permit, why: str, actor: Actor, at: datetime) -> Application:
    old = permit.application
    serial = next_number(actor.party, "application", at.year)
    case = Application.objects.create(
        party=old.party, number=f"{old.party}-A-{at.year}-{serial:06d}", organisation=old.organisation,
        state=CaseState.IN_REVIEW.value, started_by_id=actor.own_id, officer_id=actor.own_id, started_at=at,
        submitted_at=at, changed_at=at, replaces=permit, replacing=why, **{name: getattr(old, name) for name in COPIED})
    Finding.objects.bulk_create([
        Finding(application=case, kind=each.kind, by=each.by, basis=each.basis, made=each.made, at=each.at,
                person_id=each.person_id, note=f"As found for {old.number}. {each.note}".strip()[:1000])
        for each in old.findings.order_by("pk")])
    return case


def stops(application: Application, at: datetime) -> Refusal | None:
    """Why the permit of this application cannot take the other one's place now; the other one is locked."""
    old = application.replaces
    return None if old is None else _unreplaceable(old, at, true_copy=is_true_copy(application))


def _unreplaceable(old: Permit, at: datetime, *, true_copy: bool) -> Refusal | None:
    state = PermitState(PermitStatus.objects.select_for_update().get(permit=old).state)
    if refused := ended(old, state, at.date()):
        return refused
    if not true_copy and (_left(old) is not None or left_before(old) is not None):
        return refuse("variation-after-export", "The goods of permit %(number)s have left: it cannot be varied.",
                      number=old.number, basis=BASIS)
    return None


def ended(old: Permit, state: PermitState, on: date) -> Refusal | None:
    """Why no other permit can take the place of one that stands at `state`."""
    after = lifecycle.act(state, PermitAct.REPLACED)
    if isinstance(after, Refusal):
        return after
    if old.valid_until < on:
        return refuse("replaced-too-late", "Permit %(number)s ended on %(day)s: a new application is needed.",
                      number=old.number, day=old.valid_until.isoformat(), basis=BASIS)
    return None


def take_the_place(permit: Permit, *, actor: Actor, at: datetime) -> None:
    """The old permit ends and says by which one it is replaced; goods that have left do not leave again."""
    old = permit.application.replaces
    if old is None:
        return
    move_permit(old, PermitAct.REPLACED, actor=actor, at=at, data={"by": permit.number})
    left = _left(old)
    if left is not None:
        move_permit(permit, PermitAct.EXPORT_ENDORSED, actor=actor, at=at,
                    data={**json.loads(left.data), "of": old.number})


def _left(permit: Permit) -> Event | None:
    """The event of the goods' leaving, where they have left."""
    return Event.objects.filter(party=permit.party, subject=permit.subject,
                                kind=PermitAct.EXPORT_ENDORSED.value).order_by("-seq").first()
