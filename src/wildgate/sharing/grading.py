"""Grading of intelligence: the source and the content apart (Admiralty code; UK 3x5x2 as a view by table)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Reliability(StrEnum):
    """Of the source, Admiralty A to F."""

    COMPLETELY = "A"
    USUALLY = "B"
    FAIRLY = "C"
    NOT_USUALLY = "D"
    UNRELIABLE = "E"
    UNKNOWN = "F"


class Credibility(StrEnum):
    """Of the content, Admiralty 1 to 6."""

    CONFIRMED = "1"
    PROBABLE = "2"
    POSSIBLE = "3"
    DOUBTFUL = "4"
    IMPROBABLE = "5"
    UNKNOWN = "6"


class Handling(StrEnum):
    """How a report may be passed on (3x5x2): as it is, or under the conditions that its text names."""

    PERMITTED = "P"
    CONDITIONS = "C"


@dataclass(frozen=True, slots=True)
class Grading:
    """What an assessor says of one report: `B2` with a handling code."""

    source: Reliability
    content: Credibility
    handling: Handling = Handling.PERMITTED

    @property
    def code(self) -> str:
        return f"{self.source}{self.content}"

    @property
    def as_3x5x2(self) -> str:
        """The nearest code of 3x5x2, such as `1BP`; the scales do not match one to one, so it is a view only."""
        return f"{SOURCES_3X5X2[self.source]}{CONTENT_3X5X2[self.content]}{self.handling}"


SOURCES_3X5X2: Final = {
    Reliability.COMPLETELY: "1", Reliability.USUALLY: "1", Reliability.FAIRLY: "2", Reliability.UNKNOWN: "2",
    Reliability.NOT_USUALLY: "3", Reliability.UNRELIABLE: "3",
}
"""1 reliable, 2 untested, 3 not reliable (general knowledge, K)."""
CONTENT_3X5X2: Final = {
    Credibility.CONFIRMED: "A", Credibility.PROBABLE: "B", Credibility.POSSIBLE: "C", Credibility.UNKNOWN: "D",
    Credibility.DOUBTFUL: "D", Credibility.IMPROBABLE: "E",
}
"""A known directly, B indirectly but corroborated, C indirectly, D not known, E suspected false (K)."""
