"""What the holder does beside and after an application: copy, appeal, report a loss, give back, ask for another paper.

Everything here may be sent twice: the second time finds what the first has done and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.permits.models import Appeal, Application, Permit
from wildgate.apps.permits.services.acts import move_permit
from wildgate.apps.permits.services.drafting import TABS, start
from wildgate.apps.permits.services.moving import locked, move, not_now
from wildgate.apps.permits.wording import permit_state_word
from wildgate.convention import lifecycle
from wildgate.convention.lifecycle import CaseState, PermitAct, PermitState, Step
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit.models import Event
from wildgate.kit.sentences import word

APPEAL_BASIS: Final = ("House rule: appeal",)
SAME_PRESS: Final = timedelta(minutes=1)
"""Two copies of the same application within a minute are one press of the button."""
SINGLE: Final = ("marks",)
"""Answers about one consignment alone: another one never has them."""
LONGEST_PLACE, LONGEST_WORDS, LONGEST_APPEAL = 120, 1000, 4000


def copy(*, actor: Actor, case: str, at: datetime) -> Application | Refusal:
    """A new draft with the answers of an earlier application of one's own; marks are left out."""
    with transaction.atomic():
        earlier = locked(actor.party, case)
        if isinstance(earlier, Refusal):
            return earlier
        if refused := require(actor, Action.EDIT_APPLICATION, earlier):
            return refused
        answers = {**_answers_of(earlier), "lines": [
            {name: text for name, text in line.items() if name not in SINGLE}
            for line in earlier.answers.get("lines", ())]}
        twin = Application.objects.filter(
            organisation_id=earlier.organisation_id, state=CaseState.DRAFT.value, started_by_id=actor.own_id,
            started_at__gt=at - SAME_PRESS, replaces=None).order_by("-pk").first()
        if twin is not None and twin.answers == answers:
            return twin
        return start(actor=actor, organisation=earlier.organisation_id, answers=answers, at=at)


def ask_variation(*, actor: Actor, number: str, at: datetime) -> Application | Refusal:
    """A draft for a permit that takes the place of one in which something must change."""
    return _in_place_of(actor, number, Application.Replacing.VARIATION,
                        (PermitState.VALID, PermitState.PARTLY_USED), at)


def ask_replacement(*, actor: Actor, number: str, at: datetime) -> Application | Refusal:
    """A draft for a permit that takes the place of a lost or stolen one; it says the same."""
    return _in_place_of(actor, number, Application.Replacing.LOST, (PermitState.LOST,), at)


def _in_place_of(actor: Actor, number: str, why: Application.Replacing, states: tuple[PermitState, ...],
                 at: datetime) -> Application | Refusal:
    with transaction.atomic():
        permit = _own_permit(actor, number, Action.EDIT_APPLICATION)
        if isinstance(permit, Refusal):
            return permit
        begun = (permit.replacements.exclude(state__in=[state.value for state in lifecycle.CLOSED])
                 .order_by("-pk").first())
        if begun is not None:
            return begun
        if PermitState(permit.status.state) not in states:
            return refuse("wrong-permit-state", "This cannot be done. The permit stands at “%(state)s”.",
                          state=word(permit_state_word(permit.status.state).label), basis=lifecycle.BASIS)
        return start(actor=actor, organisation=permit.organisation_id, answers=_answers_of(permit.application),
                     replaces=permit, replacing=why.value, at=at)


def _answers_of(application: Application) -> dict[str, Any]:
    return {name: value for name, value in application.answers.items() if name != TABS}


def report_lost(*, actor: Actor, number: str, on: date | None, place: str, words: str = "", police: str = "",
                at: datetime) -> Permit | Refusal:
    """The holder reports a permit lost or stolen: from the commit on nobody can use it; the signed list follows."""
    for fault in (_day(on, at), _short(place, "place", LONGEST_PLACE), _short(police, "police", LONGEST_PLACE),
                  _short(words, "words", LONGEST_WORDS)):
        if fault is not None:
            return fault
    if not place.strip():
        return refuse("missing", "Say where it was lost or stolen.", field="place")
    told = "\n".join(filter(None, [place.strip(), police.strip(), words.strip()]))
    return _end(actor, number, PermitAct.LOST, at, data={"on": on.isoformat() if on else "", "police": bool(police)},
                note=told)


def return_unused(*, actor: Actor, number: str, words: str = "", at: datetime) -> Permit | Refusal:
    """The holder gives an unused permit back: what it bound of quotas and stock is free again (50 CFR 23.56(a)(3))."""
    if fault := _short(words, "words", LONGEST_WORDS):
        return fault
    return _end(actor, number, PermitAct.RETURNED, at, note=words.strip())


def _end(actor: Actor, number: str, act: PermitAct, at: datetime, *, data: Mapping[str, object] | None = None,
         note: str = "") -> Permit | Refusal:
    with transaction.atomic():
        permit = _own_permit(actor, number, Action.REPORT_PERMIT)
        if isinstance(permit, Refusal):
            return permit
        last = Event.objects.filter(party=permit.party, subject=permit.subject,
                                    kind__in=[each.value for each in PermitAct]).order_by("-seq").first()
        if last is not None and last.kind == act.value:
            return permit
        after = move_permit(permit, act, actor=actor, at=at, data=dict(data or {}), note=note)
        return after if isinstance(after, Refusal) else permit


def _own_permit(actor: Actor, number: str, action: Action) -> Permit | Refusal:
    permit = (Permit.objects.select_related("status", "organisation", "application")
              .filter(party=actor.party, number=number).first())
    if permit is None:
        return refuse("no-such-permit", "There is no permit %(number)s.", number=number[:30])
    return require(actor, action, permit) or permit


def _day(on: date | None, at: datetime) -> Refusal | None:
    if on is None:
        return refuse("date-wrong", "Write the date as year-month-day, for example 2019-05-31.", field="on")
    if on > at.date():
        return refuse("date-later", "The date lies in the future; check the year.", field="on")
    return None


def _short(text: str, field: str, longest: int) -> Refusal | None:
    if len(text.strip()) <= longest:
        return None
    return refuse("too-long", "This is %(length)s characters long; shorten it to %(longest)s.",
                  length=len(text.strip()), longest=longest, field=field)


def appeal(*, actor: Actor, case: str, text: str, at: datetime) -> Application | Refusal:
    """Ask for another look at a refusal, within its days; somebody who neither refused nor countersigned decides."""
    kept = text.strip()
    if not kept:
        return refuse("missing", "Say why the decision should be looked at again.", field="text")
    if fault := _short(text, "text", LONGEST_APPEAL):
        return fault
    with transaction.atomic():
        application = locked(actor.party, case)
        if isinstance(application, Refusal):
            return application
        if refused := require(actor, Action.EDIT_APPLICATION, application):
            return refused
        if application.case_state is CaseState.APPEALED and application.appeals.filter(decided_at=None).exists():
            return application
        after = lifecycle.step(application.case_state, Step.APPEAL)
        if isinstance(after, Refusal):
            return not_now(application, after)
        if refused := appeal_refusal(application, at):
            return refused
        Appeal.objects.create(application=application, text=kept, lodged_by_id=actor.own_id, lodged_at=at,
                              refused_by_id=application.decided_by_id, refusal=application.refusal)
        return move(application, after, Step.APPEAL, actor=actor, at=at)


def appeal_ends(application: Application) -> date:
    """The last day on which a refusal can be appealed; it was refused when its state changed last."""
    return (application.changed_at + timedelta(days=settings.APPEAL_DAYS)).date()


def appeal_refusal(application: Application, at: datetime) -> Refusal | None:
    """Why a refused application cannot be appealed (any more)."""
    if application.appeals.exclude(decided_at=None).exists():
        return refuse("appealed-once", "An appeal was decided already; the decision is final here.", basis=APPEAL_BASIS)
    if at.date() > (last := appeal_ends(application)):
        return refuse("appeal-late", "An appeal was possible until %(day)s.", day=last.isoformat(), basis=APPEAL_BASIS)
    return None
