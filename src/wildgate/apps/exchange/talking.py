"""A talk with one partner: what is asked and what is answered goes over the line and into the log, both ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from wildgate.apps.exchange import transport, wire
from wildgate.apps.exchange.models import Entry
from wildgate.apps.exchange.transport import Wire
from wildgate.apps.exchange.wire import Reply, Way
from wildgate.apps.partners.models import Partner
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

Exchange = Callable[[Way, str, str, bytes, Mapping[str, str]], Reply | Refusal]
AGENT: Final = "Wildgate"
PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses after which the same message may be taken later."""


@dataclass(frozen=True, slots=True)
class Talk:
    """With whom, in whose name, and over which line. `at` is our time. `token`: the security code of the permit that is
    asked for, or the text that was agreed; it is never written down."""

    partner: Partner
    who: str
    at: datetime
    line: Exchange = wire.exchange
    ends: date | None = None
    message: str = ""
    token: str = ""

    @property
    def way(self) -> Way:
        """A partner behind a hub is reached by the hub's address."""
        near = self.near
        return Way(near.server_ca, float(near.timeout_seconds))

    @property
    def near(self) -> Partner:
        """Who is connected to: the partner, or the hub that leads to it."""
        return self.partner.through or self.partner

    def send(self, operation: str, number: str, *, url: str, body: bytes = b"", method: str = "POST",
             headers: Mapping[str, str] | None = None, faults: frozenset[int] = frozenset()) -> Reply | Refusal:
        """One request with its answer, both written down. A Refusal when the line failed; `faults` are statuses that
        are answers all the same."""
        said = {"User-Agent": AGENT, **(headers or {})}
        asked = transport.keep(
            Wire(self.partner.adapter or "none", self.who, body, said), partner=self.partner.code, way=Entry.Way.OUT,
            operation=operation, number=number, outcome="tried", at=self.at, ends=self.ends, message=self.message)
        reply = self.line(self.way, method, url, body, said)
        if isinstance(reply, Reply) and reply.status in PASSING - faults:
            self._note(asked, reply.body, reply.headers, f"status {reply.status}")
            return refuse("partner-busy", "The partner's service answered with status %(status)s.",
                          status=reply.status)
        if isinstance(reply, Refusal):
            self._note(asked, b"", {}, reply.code)
            return reply
        self._note(asked, reply.body, reply.headers, f"status {reply.status}")
        return reply

    def _note(self, asked: Entry, body: bytes, headers: Mapping[str, str], outcome: str) -> None:
        who = self.partner.subject if body or headers else events.SYSTEM
        transport.keep(Wire(self.partner.adapter or "none", who, body, headers), partner=self.partner.code,
                       way=Entry.Way.IN, operation=asked.operation, number=asked.number, outcome=outcome, at=self.at,
                       ends=self.ends, answers=asked, message=self.message)


def of_the_line(refusal: Refusal) -> bool:
    """Whether it is the line that failed, not the message: then the message waits and nothing is decided about it."""
    return refusal.code.startswith("partner-")
