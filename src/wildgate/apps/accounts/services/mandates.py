"""A client lets an agent act for it, and takes the mandate back at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.accounts.models import Mandate, Organisation
from wildgate.apps.accounts.wording import MANDATE_KINDS
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events


def give_mandate(*, actor: Actor, client: int, agent_code: str, kinds: Iterable[str], since: date, until: date | None,
                 at: datetime) -> Mandate | Refusal:
    """Let the organisation with that code act for the client, from the first day to the last, both included."""
    with transaction.atomic():
        giver = Organisation.objects.filter(party=actor.party, pk=client).first()
        if giver is None:
            return refuse("no-such-organisation", "There is no such organisation.")
        if refused := require(actor, Action.GIVE_MANDATE, giver):
            return refused
        agent = Organisation.objects.filter(party=actor.party, code=agent_code.strip().upper().replace(" ", ""),
                                            state=Organisation.State.VERIFIED).first()
        if agent is None or agent.pk == giver.pk:
            return refuse("no-such-agent", "No other organisation has this code. Ask your agent for the code that "
                          "stands on its page of mandates.", field="agent")
        wanted = sorted(set(kinds))
        if fault := _fault(wanted, since, until, at.date()):
            return fault
        mandate = Mandate.objects.create(party=actor.party, client=giver, agent=agent, kinds=wanted, since=since,
                                         until=until, given_by_id=actor.own_id, given_at=at)
        events.append("mandate-given", giver.subject, party=actor.party, actor=actor.label, at=at,
                      data={"mandate": mandate.pk, "agent": agent.pk, "kinds": wanted, "since": since.isoformat(),
                            "until": until.isoformat() if until else None})
    return mandate


def _fault(kinds: list[str], since: date, until: date | None, today: date) -> Refusal | None:
    if unknown := [kind for kind in kinds if kind not in MANDATE_KINDS]:
        return refuse("kind-unknown", "%(kind)s is nothing that a mandate can be given for.", kind=unknown[0][:40],
                      field="kinds")
    if since < today:
        return refuse("since-past", "A mandate begins today at the earliest.", field="since")
    if until is not None and until < since:
        return refuse("period-reversed", "The last day of a mandate is not before its first.", field="until")
    return None


def end_mandate(*, actor: Actor, mandate: int, at: datetime) -> Mandate | Refusal:
    """The client takes the mandate back, or the agent gives it back. From the next request on it holds no more."""
    with transaction.atomic():
        found = Mandate.objects.select_for_update().filter(party=actor.party, pk=mandate).first()
        if found is None or require(actor, Action.END_MANDATE, found):
            return refuse("no-such-mandate", "There is no such mandate.")
        if found.revoked_at is not None:
            return refuse("mandate-ended", "This mandate was ended already.")
        found.revoked_by_id, found.revoked_at = actor.own_id, at
        found.save(update_fields=["revoked_by", "revoked_at"])
        events.append("mandate-revoked", f"organisation:{found.client_id}", party=actor.party, actor=actor.label, at=at,
                      data={"mandate": found.pk, "agent": found.agent_id})
    return found
