"""Addresses of other systems: registered, changed, given a new secret, taken away by the administrator."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.letters import delivering
from wildgate.apps.letters.models import Webhook
from wildgate.apps.letters.notices import FOR_MACHINES
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events, outgoing

MOST = 20
NO_WEBHOOK = refuse("no-such-webhook", "There is no such address.")


def register_webhook(*, actor: Actor, url: str, kinds: Collection[str], at: datetime,
                     side: str = "") -> Webhook | Refusal:
    """Register an address for events of these kinds; none: all that people are told of. `side`: whose system it is."""
    if refused := require(actor, Action.KEEP_WEBHOOKS):
        return refused
    checked = _usable(url)
    if isinstance(checked, Refusal):
        return checked
    if fault := _known(kinds) or _side(side):
        return fault
    with transaction.atomic():
        if Webhook.objects.filter(party=actor.party).count() >= MOST:
            return refuse("too-many", "%(most)s addresses are registered: take one away first.", most=MOST, field="url")
        if Webhook.objects.filter(party=actor.party, url=url.strip()).exists():
            return refuse("webhook-twice", "This address is registered already.", field="url")
        made = Webhook.objects.create(party=actor.party, url=url.strip(), salt=secrets.token_hex(16),
                                      kinds=sorted(set(kinds)), side=side, made_by_id=actor.own_id, made_at=at)
        _tell("webhook-registered", made, actor, at)
    return made


def change_webhook(*, actor: Actor, key: int, active: bool, kinds: Collection[str], at: datetime,
                   side: str = "") -> Webhook | Refusal:
    """Other kinds, on or off. Switched on, it gets what it missed, in order."""
    with transaction.atomic():
        found = _locked(actor, key)
        if isinstance(found, Refusal):
            return found
        if fault := _known(kinds) or _side(side):
            return fault
        found.kinds, found.side = sorted(set(kinds)), side
        if active:
            found.failures, found.next_at = 0, None
        found.active = active
        found.save(update_fields=["kinds", "side", "active", "failures", "next_at"])
        _tell("webhook-changed", found, actor, at, {"active": active})
        if active:
            delivering.wake(found, at=at)
    return found


def renew_secret(*, actor: Actor, key: int, at: datetime) -> Webhook | Refusal:
    """A new secret; the old one signs nothing any more."""
    with transaction.atomic():
        found = _locked(actor, key)
        if isinstance(found, Refusal):
            return found
        found.salt = secrets.token_hex(16)
        found.save(update_fields=["salt"])
        _tell("webhook-secret", found, actor, at)
    return found


def remove_webhook(*, actor: Actor, key: int, at: datetime) -> Webhook | Refusal:
    """Take an address away, with its log; the chain keeps that it was there."""
    with transaction.atomic():
        found = _locked(actor, key)
        if isinstance(found, Refusal):
            return found
        _tell("webhook-removed", found, actor, at)
        found.delete()
    return found


def _locked(actor: Actor, key: int) -> Webhook | Refusal:
    if refused := require(actor, Action.KEEP_WEBHOOKS):
        return refused
    return Webhook.objects.select_for_update().filter(party=actor.party, pk=key).first() or NO_WEBHOOK


def _usable(url: str) -> Refusal | None:
    """The address is looked up now so that a wrong one is told at once; it is looked up again at each delivery."""
    found = outgoing.checked(url)
    return found if isinstance(found, Refusal) else None


def _known(kinds: Collection[str]) -> Refusal | None:
    strange = next((kind for kind in kinds if kind not in FOR_MACHINES), None)
    return refuse("no-such-kind", "There are no events of the kind %(kind)s.", kind=strange[:40],
                  field="kinds") if strange is not None else None


def _side(side: str) -> Refusal | None:
    return None if side in Webhook.Side.values else refuse("no-such-side", "Say whose system it is.", field="side")


def _tell(kind: str, webhook: Webhook, actor: Actor, at: datetime, data: dict[str, object] | None = None) -> None:
    events.append(kind, webhook.subject, party=webhook.party, actor=actor.label, at=at, data=data)
