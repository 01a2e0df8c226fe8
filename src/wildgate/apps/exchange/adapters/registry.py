"""Drawing down a permit whose quantities another system counts: its register is asked, and nothing is counted here.

The functions are those of the EU's exchange with customs (Implementing Regulation (EU) 2024/2145). This is not TRACES:
its specification is not at hand. `RestRegistry` speaks a plain form of our own; another register is another class.

Three answers only: counted, refused with the register's code, or "ask the authority". A call that ran out of time may
have been counted or not, so nothing is concluded from it. The same call sent again has the same key and the same bytes.
Every call goes over the line and into the transport log: never call from inside a transaction, whose end would take
the log with it and whose locks would wait for another Party.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Protocol

from wildgate.apps.exchange.adapters.rest import JSON
from wildgate.apps.exchange.talking import Talk
from wildgate.apps.exchange.transport import printable
from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.writeoff import NO_QUANTITY, NOTHING, Balance, Share
from wildgate.kit import api

LONGEST: Final = 80
ASK: Final = "partner-ask-authority"
"""No answer that counts. Like every code of the line it says that nothing was decided."""
CODES: Final = frozenset({
    "unknown", "unknown-line", "expired", "suspended", "cancelled", "superseded", "lost", "used", "wrong-procedure",
    "wrong-species", "wrong-party", "unit-not-comparable", "exhausted", "already-released", "nothing-reserved",
    "stale-version", "version-used"})
"""Why a register says no: the codes of our own ledger. Any other is `register-refused`, with the register's words."""
_is_amount = re.compile(r"[0-9]{1,18}(\.[0-9]{1,9})?").fullmatch


@dataclass(frozen=True, slots=True)
class Paper:
    """The permit, as its issuer keys it."""

    country: str
    number: str
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class Draw:
    """One item of one version of one declaration against one line of the paper, in the unit of that line."""

    paper: Paper
    block: str
    reference: str
    item: int = 1
    version: int = 1
    quantity: Decimal = NOTHING
    unit: str = ""
    procedure: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the permit, and where it stands in the register."""

    block: str
    taxon: str
    term: str
    unit: str
    balance: Balance


@dataclass(frozen=True, slots=True)
class Registered:
    """The permit as its register has it now. `state` is the register's own word."""

    state: str
    valid_until: date
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What one item of one declaration has of a line. `version` 0: the register knows nothing of it."""

    version: int
    share: Share
    unit: str
    repeated: bool = False


class ExternalRegistry(Protocol):
    """A register of quantities that is not ours. A Refusal with the code of `ASK` decides nothing."""

    def fetch(self, talk: Talk, paper: Paper) -> Registered | Refusal:
        """The permit with the balance of each line."""
        ...

    def reserve(self, talk: Talk, draw: Draw) -> Drawn | Refusal:
        """Set the quantity aside; what an earlier version had counts towards it."""
        ...

    def consume(self, talk: Talk, draw: Draw) -> Drawn | Refusal:
        """Write off what was released; what was set aside beyond it is free again."""
        ...

    def give_back(self, talk: Talk, draw: Draw) -> Drawn | Refusal:
        """The goods were not released: nothing is set aside any more."""
        ...

    def status(self, talk: Talk, draw: Draw) -> Drawn | Refusal:
        """What the register has for this item of this declaration now. After a call without an answer it shows what
        was counted so far, and not that the call will not arrive yet: the same call sent again settles it."""
        ...


class RestRegistry:
    """`POST quantities/<call>` below the partner's address, JSON both ways, quantities as text."""

    def fetch(self, talk: Talk, paper: Paper) -> Registered | Refusal:
        if fault := _unfit(paper):
            return fault
        said = _ask("fetch", talk, paper, {})
        return said if isinstance(said, Refusal) else _registered(said) or ask(talk, "other-answer")

    def reserve(self, talk: Talk, draw: Draw) -> Drawn | Refusal:
        return _counted("reserve", talk, draw, Share(reserved=draw.quantity))

    def consume(self, talk: Talk, draw: Draw) -> Drawn | Refusal:
        return _counted("consume", talk, draw, Share(consumed=draw.quantity))

    def give_back(self, talk: Talk, draw: Draw) -> Drawn | Refusal:
        return _counted("give-back", talk, draw, Share())

    def status(self, talk: Talk, draw: Draw) -> Drawn | Refusal:
        if fault := _unfit(draw.paper) or _unnamed(draw):
            return fault
        said = _ask("status", talk, draw.paper, {"block": draw.block, "reference": draw.reference, "item": draw.item})
        return said if isinstance(said, Refusal) else _drawn(said) or ask(talk, "other-answer")


REST: Final[ExternalRegistry] = RestRegistry()


def ask(talk: Talk, why: str) -> Refusal:
    """Nobody knows whether the register counted it."""
    return refuse(ASK, "No answer that counts came from the register of %(country)s (%(why)s). Ask its authority; the "
                  "same call may be sent again.", country=talk.partner.code, why=why)


def _counted(call: str, talk: Talk, draw: Draw, meant: Share) -> Drawn | Refusal:
    """A call that writes. It counts only when the register has exactly what was asked for, in the same unit."""
    if fault := _unfit(draw.paper) or _unnamed(draw):
        return fault
    gives = call == "give-back"
    amount = draw.quantity
    if not gives and (not amount.is_finite() or amount <= 0 or not _is_amount(plain(amount))):
        return NO_QUANTITY
    said = _ask(call, talk, draw.paper, {
        "block": draw.block, "reference": draw.reference, "item": draw.item, "version": draw.version,
        "procedure": draw.procedure, **({} if gives else {"quantity": plain(amount), "unit": draw.unit})})
    if isinstance(said, Refusal):
        return said
    found = _drawn(said)
    fits = found is not None and (found.version, found.share) == (draw.version, meant) and (
        gives or found.unit == draw.unit)
    return found if found is not None and fits else ask(talk, "other-answer")


def _ask(call: str, talk: Talk, paper: Paper, more: Mapping[str, Any]) -> dict[str, Any] | Refusal:
    """The answer to this very call, where it is "allow"; the register's refusal; or nothing that counts."""
    day = paper.issued_on.isoformat() if paper.issued_on else ""
    of = {"country": paper.country, "number": paper.number, "issued_on": day}
    key = hashlib.sha256(json.dumps(
        [call, *of.values(), *(more.get(name) for name in ("reference", "item", "version"))]).encode()).hexdigest()
    reply = talk.send(f"register-{call}", paper.number, url=f"{talk.near.endpoint.rstrip('/')}/quantities/{call}",
                      body=api.written({"key": key, **of, **more}), headers=JSON)
    if isinstance(reply, Refusal):
        return ask(talk, reply.code)
    said = api.read_json(reply.body) if reply.status == 200 else None
    if not isinstance(said, dict) or said.get("key") != key:
        return ask(talk, f"status {reply.status}")
    if said.get("answer") == "refuse":
        return _refused(talk, said)
    return said if said.get("answer") == "allow" else ask(talk, "other-answer")


def _refused(talk: Talk, said: Mapping[str, Any]) -> Refusal:
    code = str(said.get("code", ""))
    words = printable(str(said.get("reason", "")))[:300] or printable(code)[:40] or "?"
    return refuse(code if code in CODES else "register-refused", "The register of %(country)s refused: %(said)s",
                  country=talk.partner.code, said=words)


def _unfit(paper: Paper) -> Refusal | None:
    good = paper.country and 0 < len(paper.number) <= LONGEST and paper.number.isprintable()
    return None if good else refuse("missing", "Write %(what)s.", what="the number of the permit", field="number")


def _unnamed(draw: Draw) -> Refusal | None:
    """A call without a name of its own could be counted twice."""
    if 0 < len(draw.reference) <= LONGEST and 0 < draw.item < 100_000 and draw.version > 0:
        return None
    return refuse("reference-missing", "Give the reference of the declaration, at most %(most)s characters.",
                  most=LONGEST, field="reference")


def _drawn(said: Mapping[str, Any]) -> Drawn | None:
    version, unit, amounts = said.get("version"), said.get("unit"), _amounts(said, "reserved", "consumed")
    if type(version) is not int or version < 0 or not isinstance(unit, str) or amounts is None:
        return None
    return Drawn(version, Share(*amounts), unit, said.get("repeated") is True)


def _registered(said: Mapping[str, Any]) -> Registered | None:
    rows = said.get("lines")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return None
    lines = [line for row in rows if (line := _line(row)) is not None]
    day, state = _day(said.get("valid_until")), said.get("state")
    if day is None or not isinstance(state, str) or not state or not lines or len(lines) != len(rows) or (
            len({line.block for line in lines}) != len(lines)):
        return None
    return Registered(printable(state)[:40], day, tuple(lines))


def _line(row: Mapping[str, Any]) -> Line | None:
    texts = [row.get(name) for name in ("block", "taxon", "term", "unit")]
    amounts = _amounts(row, "authorised", "reserved", "consumed")
    if amounts is None or not all(isinstance(text, str) and text.isprintable() for text in texts):
        return None
    authorised, reserved, consumed = amounts
    block, taxon, term, unit = (str(text)[:200] for text in texts)
    return Line(block, taxon, term, unit, Balance(authorised, NOTHING, reserved, consumed))


def _amounts(said: Mapping[str, Any], *names: str) -> tuple[Decimal, ...] | None:
    """Quantities as text: a number in JSON may have been rounded on its way."""
    texts = [said.get(name) for name in names]
    good = all(isinstance(text, str) and _is_amount(text) for text in texts)
    return tuple(Decimal(str(text)) for text in texts) if good else None


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
