"""The Management Authority verifies organisations and keeps the last days of their registration."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.accounts.models import Organisation, Role
from wildgate.apps.accounts.services.people import appoint
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

State = Organisation.State


def accept_organisation(*, actor: Actor, organisation: int, registered_until: date | None, regular_until: date | None,
                        at: datetime) -> Organisation | Refusal:
    """It exists and is who it says: whoever registered it becomes its manager and may apply from now on."""
    with transaction.atomic():
        found = _waiting(actor, organisation)
        if isinstance(found, Refusal):
            return found
        twin = Organisation.objects.filter(party=found.party, name=found.name, address=found.address,
                                           state=State.VERIFIED).first()
        if twin is not None:
            return refuse("organisation-known", "An organisation of this name and address is verified already. Refuse "
                          "this one and let a manager of the other invite the person.")
        found.registered_until, found.regular_until = registered_until, regular_until
        _decide(found, State.VERIFIED, actor, at, "")
        if found.asked_by is not None:
            appoint(person=found.asked_by, role=Role.TRADER, party=found.party, organisation=found, manager=True,
                    by=actor.label, at=at)
        events.append("organisation-verified", found.subject, party=found.party, actor=actor.label, at=at,
                      data=_terms(found))
    return found


def refuse_organisation(*, actor: Actor, organisation: int, reason: str, at: datetime) -> Organisation | Refusal:
    """The authority does not accept it, and says why."""
    if not (kept := reason.strip()[:500]):
        return refuse("missing", "Write the reason.", field="reason")
    with transaction.atomic():
        found = _waiting(actor, organisation)
        if isinstance(found, Refusal):
            return found
        _decide(found, State.REFUSED, actor, at, kept)
        events.append("organisation-refused", found.subject, party=found.party, actor=actor.label, at=at, note=kept)
    return found


def set_terms(*, actor: Actor, organisation: int, registered_until: date | None, regular_until: date | None,
              at: datetime) -> Organisation | Refusal:
    """The last days of registration and of regularity; none: without end."""
    with transaction.atomic():
        found = _locked(actor, organisation)
        if isinstance(found, Refusal):
            return found
        if found.state != State.VERIFIED:
            return refuse("not-verified", "Only a verified organisation has days of registration.")
        found.registered_until, found.regular_until = registered_until, regular_until
        found.save(update_fields=["registered_until", "regular_until"])
        events.append("registration-set", found.subject, party=found.party, actor=actor.label, at=at,
                      data=_terms(found))
    return found


def _locked(actor: Actor, organisation: int) -> Organisation | Refusal:
    found = Organisation.objects.select_for_update().filter(party=actor.party, pk=organisation).first()
    if found is None:
        return refuse("no-such-organisation", "There is no such organisation.")
    return require(actor, Action.VERIFY_ORGANISATION, found) or found


def _waiting(actor: Actor, organisation: int) -> Organisation | Refusal:
    found = _locked(actor, organisation)
    if isinstance(found, Organisation) and found.state != State.WAITING:
        return refuse("wrong-state", "It was decided already.")
    return found


def _decide(found: Organisation, state: Organisation.State, actor: Actor, at: datetime, decision: str) -> None:
    found.state, found.decided_by_id, found.decided_at, found.decision = state, actor.own_id, at, decision
    found.save(update_fields=["state", "decided_by", "decided_at", "decision", "registered_until", "regular_until"])


def _terms(found: Organisation) -> dict[str, str | None]:
    return {"registered_until": found.registered_until.isoformat() if found.registered_until else None,
            "regular_until": found.regular_until.isoformat() if found.regular_until else None}
