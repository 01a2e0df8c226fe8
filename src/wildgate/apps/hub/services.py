"""Writes about the hub: who may reach whom, by two people; ended by one."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.hub.models import Access
from wildgate.apps.hub.ways import BASIS
from wildgate.apps.partners.selectors import partner as partner_of
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events


def propose(*, actor: Actor, callee: str, caller: str, basis: str, at: datetime) -> Access | Refusal:
    """Propose that a Party lets another reach it through this hub. Nobody does yet."""
    if refused := require(actor, Action.KEEP_PARTNERS):
        return refused
    if not basis.strip() or len(basis) > 500:
        return refuse("basis-missing", "Write the legal basis, up to 500 characters.", field="basis", basis=BASIS)
    pair = [partner_of(code) for code in (callee, caller)]
    if any(each is None or each.is_hub for each in pair) or callee == caller:
        return refuse("no-such-partner", "Nothing is kept of this Party here.", field="caller")
    try:
        with transaction.atomic():
            made = Access.objects.create(party=actor.party, callee=callee, caller=caller, basis=basis.strip(),
                                         made_at=at, made_by_id=actor.own_id)
            events.append("hub-access-proposed", f"partner:{callee}", party=actor.party, actor=actor.label, at=at,
                          data={"caller": caller}, note=basis.strip())
    except IntegrityError:
        return refuse("access-twice", "%(caller)s may reach %(callee)s already.", caller=caller, callee=callee,
                      field="caller")
    return made


def confirm(*, actor: Actor, access: int, at: datetime) -> Access | Refusal:
    """Somebody else agrees: from now on that Party is reached."""
    with transaction.atomic():
        found = Access.objects.select_for_update().filter(party=actor.party, pk=access, ended_at=None,
                                                          confirmed_at=None).first()
        if found is None:
            return refuse("not-waiting", "This does not wait for a decision any more: look again.", basis=BASIS)
        if refused := require(actor, Action.CONFIRM_RIGHT, found):
            return refused
        found.confirmed_at, found.confirmed_by_id = at, actor.own_id
        found.save(update_fields=["confirmed_at", "confirmed_by"])
        events.append("hub-access-allowed", f"partner:{found.callee}", party=actor.party, actor=actor.label, at=at,
                      data={"caller": found.caller, **actor.signed})
    return found


def end(*, actor: Actor, access: int, at: datetime) -> Access | Refusal:
    """From now on that Party is not reached any more; what waits for a second person is declined so."""
    if refused := require(actor, Action.KEEP_PARTNERS):
        return refused
    with transaction.atomic():
        found = Access.objects.select_for_update().filter(party=actor.party, pk=access, ended_at=None).first()
        if found is None:
            return refuse("no-such-access", "This has ended already.")
        found.ended_at, found.ended_by_id = at, actor.own_id
        found.save(update_fields=["ended_at", "ended_by"])
        events.append("hub-access-ended", f"partner:{found.callee}", party=actor.party, actor=actor.label, at=at,
                      data={"caller": found.caller})
    return found
