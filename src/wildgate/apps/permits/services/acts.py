"""What may happen to an issued permit, as events: cancelled, suspended, valid again; endorsed by customs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.permits import books
from wildgate.apps.permits import jobs as work
from wildgate.apps.permits.models import Permit, PermitStatus
from wildgate.apps.permits.overtaken import of_the_permit
from wildgate.apps.permits.services.conflicts import conflict
from wildgate.apps.permits.services.moving import written
from wildgate.convention import lifecycle
from wildgate.convention.lifecycle import PermitAct, PermitState
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.sentence import say
from wildgate.kit import events, jobs
from wildgate.kit.events import Told
from wildgate.kit.prepared import Update


def move_permit(permit: Permit, act: PermitAct, *, actor: Actor, at: datetime, data: dict[str, object] | None = None,
                note: str = "", moved: Mapping[str, Decimal] | None = None) -> PermitState | Refusal:
    """Let something happen to a permit: lock, ask the table, append the event, publish. Call in a transaction."""
    after = step_permit(permit, act, actor=actor, at=at, moved=moved)
    if not isinstance(after, Refusal):
        events.append_each([told_of(permit, act, actor, data, note)], party=permit.party, actor=actor.label, at=at,
                           asked=[publication(permit, at)])
    return after


def step_permit(permit: Permit, act: PermitAct, *, actor: Actor, at: datetime,
                moved: Mapping[str, Decimal] | None = None, locked: bool = False) -> PermitState | Refusal:
    """`move_permit` without its telling: the caller appends `told_of` with its own events and asks for `publication`.

    `locked`: `permit.status` is the row under its lock already.
    """
    if not locked:
        permit.status = PermitStatus.objects.select_for_update().get(permit=permit)
    after = stepped(permit, act, at)
    if isinstance(after, Refusal):
        return after
    write_step(permit)
    books.settle(permit, act, moved or {}, actor=actor, at=at)
    return after


def stepped(permit: Permit, act: PermitAct, at: datetime) -> PermitState | Refusal:
    """Move the permit in memory, under its lock: `write_step` writes it, the books are still to be settled."""
    after = lifecycle.act(PermitState(permit.status.state), act)
    if isinstance(after, Refusal):
        return of_the_permit(after) or after
    permit.status.state, permit.status.changed_at = after.value, at
    return after


def write_step(permit: Permit) -> None:
    """Write where the permit stands now."""
    _moved.save(permit.status)


def write_steps(permits: Iterable[Permit], at: datetime) -> None:
    """The same of several that moved at that moment."""
    by_state: dict[str, list[int]] = {}
    for permit in permits:
        by_state.setdefault(permit.status.state, []).append(permit.pk)
    for state, keys in by_state.items():
        PermitStatus.objects.filter(pk__in=keys).update(state=state, changed_at=at)


_moved: Final = Update(PermitStatus, "state", "changed_at")


def told_of(permit: Permit, act: PermitAct, actor: Actor, data: Mapping[str, object] | None = None,
            note: str = "") -> Told:
    """The event of an act on a permit."""
    return Told(act.value, permit.subject, {**(data or {}), **actor.signed}, note)


def publication(permit: Permit, at: datetime) -> jobs.Wanted:
    """The signed list that tells everybody where the permit stands now."""
    return jobs.wanted(work.publish_status, permit.shard, due=at, party_code=permit.party, shard=permit.shard)


def cancel(*, actor: Actor, number: str, reason: str, at: datetime) -> Permit | Refusal:
    """Cancel an issued permit, with the reason; customs and every verifier see it with the next signed list."""
    return _by_an_officer(PermitAct.CANCELLED, Action.CANCEL, actor=actor, number=number, reason=reason, at=at)


def suspend(*, actor: Actor, number: str, reason: str, at: datetime) -> Permit | Refusal:
    """Let nobody use a permit while the authority inquires; what it has bound stays bound."""
    return _by_an_officer(PermitAct.SUSPENDED, Action.SUSPEND, actor=actor, number=number, reason=reason, at=at)


def reinstate(*, actor: Actor, number: str, reason: str, at: datetime) -> Permit | Refusal:
    """Let a suspended permit be used again."""
    return _by_an_officer(PermitAct.REINSTATED, Action.REINSTATE, actor=actor, number=number, reason=reason, at=at)


def _by_an_officer(act: PermitAct, action: Action, *, actor: Actor, number: str, reason: str,
                   at: datetime) -> Permit | Refusal:
    kept = written(reason, field="reason", what=say("the reason"), longest=500)
    if isinstance(kept, Refusal):
        return kept
    with transaction.atomic():
        permit = officially(actor, action, number)
        if isinstance(permit, Refusal):
            return permit
        after = move_permit(permit, act, actor=actor, at=at, note=kept)
        return after if isinstance(after, Refusal) else permit


def officially(actor: Actor, action: Action, number: str) -> Permit | Refusal:
    """The permit, when this officer may do `action` to it and has no interest in its holder."""
    permit = (Permit.objects.select_related("status", "organisation", "application")
              .filter(party=actor.party, number=number).first())
    if permit is None:
        return refuse("no-such-permit", "There is no permit %(number)s.", number=number[:30])
    return require(actor, action, permit) or conflict(actor, permit.organisation_id) or permit
