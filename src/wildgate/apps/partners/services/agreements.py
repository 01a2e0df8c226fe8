"""What was agreed with a partner: its rights and the way to it, by two people; suspended at once, by one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, TypeVar

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.partners import ways
from wildgate.apps.partners.models import Link, Partner, Proposal, Right
from wildgate.apps.partners.rights import BASIS, KINDS, WITHOUT_KIND, operation_of
from wildgate.apps.partners.services.registry import locked
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

LONGEST_BASIS: Final = 500
LONGEST_WHY: Final = 500
MOST_WAITING: Final = 50
NOT_WAITING: Final = refuse("not-waiting", "This does not wait for a decision any more: look again.", basis=BASIS)
REASON: Final = refuse("reason-missing", "Write the reason.", field="why", basis=BASIS)
Decided = TypeVar("Decided", Right, Link)


def propose_right(*, actor: Actor, code: str, operation: str, kinds: Sequence[str], since: date, legal_basis: str,
                  at: datetime, until: date | None = None) -> Right | Refusal:
    """Propose that a partner may ask for an operation on some kinds of documents. Nothing follows from it yet."""
    asked = operation_of(operation)
    if asked is None:
        return refuse("right-never", "This can be granted to nobody: applications, opinions, refusals and the data of "
                      "risk control are not exchanged.", field="operation", basis=BASIS)
    if fault := _unfit(asked in WITHOUT_KIND, kinds, since, until, legal_basis, at.date()):
        return fault
    with transaction.atomic():
        found = locked(actor, Action.PROPOSE_RIGHT, code)
        if isinstance(found, Refusal):
            return found
        if found.rights.filter(state=Proposal.State.PROPOSED).count() >= MOST_WAITING:
            return refuse("too-many-waiting", "%(most)s rights wait for a second person already.", most=MOST_WAITING)
        made = Right.objects.create(
            party=found.party, partner=found, operation=asked.value, since=since, until=until,
            kinds=[] if asked in WITHOUT_KIND else sorted(set(kinds)), legal_basis=legal_basis.strip(),
            proposed_by_id=actor.own_id, proposed_at=at)
        _say("partner-right-proposed", made, actor, at, told(made))
    return made


def _unfit(without_kind: bool, kinds: Sequence[str], since: date, until: date | None, legal_basis: str,
           today: date) -> Refusal | None:
    if unknown := sorted(set(kinds) - set(KINDS)):
        return refuse("right-never", "%(kind)s is no kind of issued document: it can be granted to nobody.",
                      kind=unknown[0][:60], field="kinds", basis=BASIS)
    if not kinds and not without_kind:
        return refuse("kinds-missing", "Choose at least one kind of document.", field="kinds", basis=BASIS)
    if not legal_basis.strip() or len(legal_basis) > LONGEST_BASIS:
        return refuse("basis-missing", "Write the legal basis, up to 500 characters.", field="legal_basis", basis=BASIS)
    if since < today:
        return refuse("since-past", "A right cannot begin in the past.", field="since", basis=BASIS)
    if until is not None and until < since:
        return refuse("dates-crossed", "The last day comes before the first.", field="until", basis=BASIS)
    return None


def confirm_right(*, actor: Actor, right: int, at: datetime) -> Right | Refusal:
    """Confirm somebody else's proposal. What was to begin earlier begins today."""
    with transaction.atomic():
        found = _waiting(Right, actor, right)
        if isinstance(found, Refusal):
            return found
        if refused := require(actor, Action.CONFIRM_RIGHT, found):
            return refused
        found.since = max(found.since, at.date())
        if found.until is not None and found.until < found.since:
            return refuse("right-over", "The time of this right is over: decline it.", basis=BASIS)
        _decide(found, Proposal.State.CONFIRMED, actor, at, "since")
        _say("partner-right-confirmed", found, actor, at, told(found))
    return found


def decline_right(*, actor: Actor, right: int, why: str, at: datetime) -> Right | Refusal:
    """Decline a proposal with the reason; whoever proposed it may take it back so."""
    return _decline(Right, "partner-right-declined", actor, right, why, at)


def withdraw_right(*, actor: Actor, right: int, why: str, at: datetime) -> Right | Refusal:
    """Take a right back, at once, by one person."""
    if refused := require(actor, Action.PROPOSE_RIGHT):
        return refused
    if not why.strip():
        return REASON
    with transaction.atomic():
        found = Right.objects.select_for_update().filter(party=actor.party, pk=right,
                                                         state=Proposal.State.CONFIRMED).first()
        if found is None or found.withdrawn_at is not None:
            return refuse("no-such-right", "There is no such right in force.", basis=BASIS)
        found.withdrawn_at, found.withdrawn_by_id = at, actor.own_id
        found.save(update_fields=["withdrawn_at", "withdrawn_by"])
        _say("partner-right-withdrawn", found, actor, at, told(found), why)
    return found


def propose_link(*, actor: Actor, code: str, given: Mapping[str, Any], at: datetime) -> Link | Refusal:
    """Propose how the partner is reached: tier, adapter, address, namespace, seconds, server's authority, hub.

    What `given` does not name stays as it is.
    """
    with transaction.atomic():
        found = locked(actor, Action.PROPOSE_RIGHT, code)
        if isinstance(found, Refusal):
            return found
        values = ways.read(found, given)
        if isinstance(values, Refusal):
            return values
        if found.links.filter(state=Proposal.State.PROPOSED).exists():
            return refuse("link-waits", "A change waits for a second person already: confirm or decline it first.",
                          basis=BASIS)
        made = Link.objects.create(party=found.party, partner=found, values=values, proposed_by_id=actor.own_id,
                                   proposed_at=at)
        _say("partner-link-proposed", made, actor, at, _told(made))
    return made


def confirm_link(*, actor: Actor, link: int, at: datetime) -> Link | Refusal:
    """Confirm somebody else's proposal: from now on the partner is reached so."""
    with transaction.atomic():
        found = _waiting(Link, actor, link)
        if isinstance(found, Refusal):
            return found
        if refused := require(actor, Action.CONFIRM_RIGHT, found):
            return refused
        partner = Partner.objects.select_for_update().get(pk=found.partner_id)
        values = ways.read(partner, found.values)
        if isinstance(values, Refusal):
            return values
        ways.apply(partner, values, at)
        _decide(found, Proposal.State.CONFIRMED, actor, at)
        _say("partner-link-confirmed", found, actor, at, _told(found))
    return found


def decline_link(*, actor: Actor, link: int, why: str, at: datetime) -> Link | Refusal:
    """Decline a proposal with the reason; whoever proposed it may take it back so."""
    return _decline(Link, "partner-link-declined", actor, link, why, at)


def suspend(*, actor: Actor, code: str, why: str, at: datetime) -> Partner | Refusal:
    """Nothing goes to or comes from the partner from this moment on. One person is enough."""
    if not why.strip():
        return REASON
    with transaction.atomic():
        found = locked(actor, Action.SUSPEND_PARTNER, code)
        if isinstance(found, Refusal) or found.suspended_at is not None:
            return found
        found.suspended_at, found.suspended_by_id = at, actor.own_id
        found.save(update_fields=["suspended_at", "suspended_by"])
        events.append("partner-suspended", found.subject, party=found.party, actor=actor.label, at=at,
                      note=why.strip()[:LONGEST_WHY])
    return found


def resume(*, actor: Actor, code: str, why: str, at: datetime) -> Partner | Refusal:
    """Take the exchange up again: somebody else than who suspended it. Rights are those that stand in the list."""
    if not why.strip():
        return REASON
    with transaction.atomic():
        found = locked(actor, Action.RESUME_PARTNER, code)
        if isinstance(found, Refusal) or found.suspended_at is None:
            return found
        if refused := require(actor, Action.RESUME_PARTNER, found):
            return refused
        found.suspended_at = found.suspended_by = None
        found.save(update_fields=["suspended_at", "suspended_by"])
        events.append("partner-resumed", found.subject, party=found.party, actor=actor.label, at=at,
                      note=why.strip()[:LONGEST_WHY])
    return found


def told(right: Right) -> dict[str, object]:
    """What the event chain keeps of a right; of the legal basis the SHA-256."""
    return {"partner": right.partner.code, "operation": right.operation, "kinds": list(right.kinds),
            "since": right.since.isoformat(), "until": right.until.isoformat() if right.until else "",
            "basis": hashlib.sha256(right.legal_basis.encode()).hexdigest()}


def _told(link: Link) -> dict[str, object]:
    """Which fields, and the digest of what they say: an address may be nobody's business."""
    spelling = json.dumps(link.values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return {"partner": link.partner.code, "fields": sorted(link.values),
            "digest": hashlib.sha256(spelling.encode()).hexdigest()}


def _waiting(kind: type[Decided], actor: Actor, pk: int) -> Decided | Refusal:
    found = (kind.objects.select_for_update(of=("self",)).select_related("partner")
             .filter(party=actor.party, pk=pk, state=Proposal.State.PROPOSED).first())
    return found or NOT_WAITING


def _decide(found: Right | Link, state: Proposal.State, actor: Actor, at: datetime, *more: str) -> None:
    found.state, found.decided_by_id, found.decided_at = state, actor.own_id, at
    found.save(update_fields=["state", "decided_by", "decided_at", *more])


def _decline(kind: type[Decided], event: str, actor: Actor, pk: int, why: str, at: datetime) -> Decided | Refusal:
    if refused := require(actor, Action.PROPOSE_RIGHT):
        return refused
    if not why.strip():
        return REASON
    with transaction.atomic():
        found = _waiting(kind, actor, pk)
        if isinstance(found, Refusal):
            return found
        _decide(found, Proposal.State.DECLINED, actor, at)
        _say(event, found, actor, at, told(found) if isinstance(found, Right) else _told(found), why)
    return found


def _say(kind: str, found: Right | Link, actor: Actor, at: datetime, data: Mapping[str, object], why: str = "") -> None:
    events.append(kind, found.partner.subject, party=found.party, actor=actor.label, at=at,
                  data={**data, "of": found.subject, **actor.signed}, note=why.strip()[:LONGEST_WHY])
