"""What every adapter can be asked for, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Protocol

from wildgate.apps.exchange.models import Message
from wildgate.apps.exchange.talking import Talk
from wildgate.convention.refusal import Refusal, refuse
from wildgate.message.soap import Attachment, Position

NOTHING: Final = frozenset[str]()
EVERYTHING: Final = frozenset(Message.Kind.values)
CODES: Final = {"accepted": "1", "accepted-with-warnings": "44", "rejected": "8"}
"""The codes of acknowledgements (UNTDID 1225 and the practice of WCO messages) by our states."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message as it leaves: of which permit, its place among those about it, and what it says.

    `body` is the signed message of a permit of ours, where the kind has one; `printed` its PDF.
    """

    key: str
    kind: str
    home: str
    to: str
    issuer: str
    number: str
    sequence: int
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    body: bytes = b""
    printed: bytes = b""

    @property
    def positions(self) -> tuple[Position, ...]:
        """The quantities that it confirms."""
        return tuple(Position(block, Decimal(quantity), unit)
                     for block, (quantity, unit) in sorted(self.data.get("positions", {}).items()))


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What the partner made of a message. `over`: nothing more will come, though nothing was acknowledged."""

    state: str
    code: str = ""
    reasons: tuple[str, ...] = ()
    at: datetime | None = None
    over: bool = False


@dataclass(frozen=True, slots=True)
class Got:
    """A permit as the partner's service gave it."""

    payload: bytes
    attachments: tuple[Attachment, ...] = ()
    state: str = ""


class Adapter(Protocol):
    """One kind of service. A Refusal with a code `partner-…` is about the line, any other about the matter."""

    pushes: frozenset[str]
    """The kinds of message that it can carry."""

    def send(self, talk: Talk, envelope: Envelope) -> Acknowledged | Refusal:
        """Hand a message over."""
        ...

    def get(self, talk: Talk, number: str, *, final: bool = False) -> Got | Refusal:
        """Ask for a permit."""
        ...

    def state(self, talk: Talk) -> str | Refusal:
        """Ask whether the service runs: its own word."""
        ...


def not_carried(what: str) -> Refusal:
    return refuse("adapter-not-available", "The service agreed with this partner has no way for %(what)s.", what=what)


def strange(status: int) -> Refusal:
    return refuse("other-answer", "The partner's service answered with status %(status)s and nothing that can be read.",
                  status=status)
