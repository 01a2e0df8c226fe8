"""The border's way to a register of another Party: whose permits are counted there, and one call over the line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from wildgate.apps.customs import elsewhere
from wildgate.apps.customs.elsewhere import Answer, Call, Said
from wildgate.apps.exchange.adapters.registry import ASK, REST, Draw, Drawn, ExternalRegistry, Paper
from wildgate.apps.exchange.talking import Talk
from wildgate.apps.partners.models import Partner
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

REGISTERS: Final[dict[str, ExternalRegistry]] = {Partner.Register.REST.value: REST}
SUSPENDED: Final = Answer(Said.UNKNOWN, refuse(ASK, "The exchange with this Party is suspended: its register was not "
                                                    "asked."))
CALLS: Final[dict[Call, Callable[[ExternalRegistry, Talk, Draw], Drawn | Refusal]]] = {
    Call.RESERVE: lambda register, talk, draw: register.reserve(talk, draw),
    Call.CONSUME: lambda register, talk, draw: register.consume(talk, draw),
    Call.GIVE_BACK: lambda register, talk, draw: register.give_back(talk, draw),
}


def _partner(party: str, country: str) -> Partner | None:
    return (Partner.objects.select_related("through").filter(party=party, code=country[:2])
            .exclude(register=Partner.Register.NONE).first())


def knows(party: str, country: str) -> bool:
    """Two people agreed that the permits of that country are counted by its own register."""
    return _partner(party, country) is not None


def ask(party: str, call: Call, drawn: elsewhere.Drawn, at: datetime) -> Answer:
    """One call. An answer that does not count, and none at all, leave it open."""
    partner = _partner(party, drawn.country)
    if partner is None:
        return elsewhere.NOBODY
    if partner.suspended_at is not None:
        return SUSPENDED
    if partner.register_endpoint:
        partner.through, partner.endpoint = None, partner.register_endpoint  # for this talk; nothing is saved
    draw = Draw(Paper(drawn.country, drawn.number, drawn.issued_on), drawn.block, drawn.reference, drawn.item,
                drawn.version, drawn.quantity, drawn.unit, drawn.procedure)
    said = CALLS[call](REGISTERS[partner.register], Talk(partner, events.SYSTEM, at), draw)
    if not isinstance(said, Refusal):
        return Answer(Said.COUNTED)
    return Answer(Said.UNKNOWN if said.code == ASK else Said.REFUSED, replace(said, field=None))


elsewhere.counts(knows, ask)
