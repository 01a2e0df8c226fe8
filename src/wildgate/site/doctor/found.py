"""What the doctor says of one thing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a thing is. With `WRONG` the installation cannot do its work, or not safely; `LOOK` can wait for a day."""

    WELL = "well"
    LOOK = "look"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was looked at: how it is, in a sentence, and what to do about it."""

    thing: str
    state: State
    says: str
    do: str = ""


def well(thing: str, says: str) -> Found:
    return Found(thing, State.WELL, says)


def look(thing: str, says: str, do: str) -> Found:
    return Found(thing, State.LOOK, says, do)


def wrong(thing: str, says: str, do: str) -> Found:
    return Found(thing, State.WRONG, says, do)
