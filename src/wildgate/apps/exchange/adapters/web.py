"""A Party without a service: its officers look our permits up with their accounts, ours ask theirs by hand."""

from __future__ import annotations

from wildgate.apps.exchange.adapters.base import NOTHING, Acknowledged, Envelope, Got, not_carried
from wildgate.apps.exchange.talking import Talk
from wildgate.convention.refusal import Refusal


class Web:
    """Nothing goes over a line."""

    pushes = NOTHING

    def send(self, talk: Talk, envelope: Envelope) -> Acknowledged | Refusal:
        return not_carried("messages")

    def get(self, talk: Talk, number: str, *, final: bool = False) -> Got | Refusal:
        return not_carried("questions")

    def state(self, talk: Talk) -> str | Refusal:
        return not_carried("questions")
