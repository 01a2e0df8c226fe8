"""Permits whose quantities another system counts: an app above asks it; nothing here imports that app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from wildgate.convention.refusal import Refusal, refuse


class Call(StrEnum):
    """What the register is asked to have of an item: set aside, written off, nothing any more."""

    RESERVE = "reserve"
    CONSUME = "consume"
    GIVE_BACK = "give-back"


class Said(StrEnum):
    """What came of a call. UNKNOWN decides nothing: it may have been counted or not, and is asked again."""

    COUNTED = "counted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Drawn:
    """One item of one version of one declaration, or of one act at the border, against one line of a permit."""

    country: str
    number: str
    issued_on: date
    block: str
    reference: str
    item: int
    version: int
    quantity: Decimal
    unit: str
    procedure: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the register said, and why where it did not count it."""

    said: Said
    why: Refusal | None = None


Knowing = Callable[[str, str], bool]
Asking = Callable[[str, Call, Drawn, datetime], Answer]
NOBODY: Final = Answer(Said.UNKNOWN, refuse("register-none", "Nothing leads to that register any more."))
_ways: list[tuple[Knowing, Asking]] = []


def counts(knows: Knowing, asks: Asking) -> None:
    """`knows(party, country)`: does another system count that country's permits? `asks` calls it, never from inside a
    transaction: the call waits for another Party."""
    if (knows, asks) not in _ways:
        _ways.append((knows, asks))


def counted(party: str, country: str) -> bool:
    """Whether another system counts the quantities of that country's permits."""
    return any(knows(party, country) for knows, _asks in _ways)


def ask(party: str, call: Call, drawn: Drawn, at: datetime) -> Answer:
    """One call to the register. The same call sent again is the same call there."""
    return next((asks(party, call, drawn, at) for knows, asks in _ways if knows(party, drawn.country)), NOBODY)
