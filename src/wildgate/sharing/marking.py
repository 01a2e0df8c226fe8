"""Markings: who may see a piece of intelligence, and whether it may leave (FIRST, Traffic Light Protocol 2.0)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Final, TypeVar

T = TypeVar("T")


class Tlp(IntEnum):
    """TLP 2.0, strictest last: a higher number is seen by fewer."""

    CLEAR = 0
    GREEN = 1
    AMBER = 2
    AMBER_STRICT = 3
    RED = 4

    @property
    def word(self) -> str:
        """As TLP 2.0 writes it after `TLP:`."""
        return WORDS[self]


WORDS: Final = {Tlp.CLEAR: "CLEAR", Tlp.GREEN: "GREEN", Tlp.AMBER: "AMBER", Tlp.AMBER_STRICT: "AMBER+STRICT",
                Tlp.RED: "RED"}
BY_WORD: Final = {word: tlp for tlp, word in WORDS.items()}


@dataclass(frozen=True, slots=True)
class Marking:
    """How a report, or one part of it, is held.

    `owner`: the authority that it comes from, which alone may lower it (originator control). `compartments`: all of
    them are needed. `groups`: sharing groups, of which one is enough. `named`: the persons, by their key, to whom RED
    is shown. None for either sets no such limit; an empty set lets nobody but the owner in. `nominal`: it tells of
    identifiable persons. `barred`: no group is left because limits to groups exclude each other, so nobody outside may
    be given it; an AMBER that was given no group may still leave by the word of its originator. It changes nothing for
    readers here, and so nothing in a comparison.
    """

    tlp: Tlp
    owner: str
    compartments: frozenset[str] = frozenset()
    groups: frozenset[str] | None = None
    named: frozenset[int] | None = None
    nominal: bool = False
    barred: bool = field(default=False, compare=False)

    def with_stricter(self, other: Marking) -> Marking:
        """The marking of what holds both: the stricter colour, every compartment, only the groups and names of both."""
        groups = _both(self.groups, other.groups)
        apart = groups is not None and not groups and bool(self.groups or other.groups)
        return Marking(
            tlp=max(self.tlp, other.tlp), owner=self.owner, compartments=self.compartments | other.compartments,
            groups=groups, named=_both(self.named, other.named), nominal=self.nominal or other.nominal,
            barred=self.barred or other.barred or apart)


def _both(first: frozenset[T] | None, second: frozenset[T] | None) -> frozenset[T] | None:
    """Who is within both limits; without a limit everybody is."""
    if first is None or second is None:
        return second if first is None else first
    return first & second


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most that a target may be given: its colour, its compartments and groups, and whether persons are named."""

    tlp: Tlp
    compartments: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    nominal: bool = False

    def lets(self, marking: Marking) -> bool:
        """May a thing so marked leave for this target? RED never does: it is for named persons."""
        return (marking.tlp <= self.tlp and marking.tlp < Tlp.RED and marking.compartments <= self.compartments
                and (marking.groups is None or bool(marking.groups & self.groups))
                and (self.nominal or not marking.nominal))


def strictest(first: Marking, others: Iterable[Marking]) -> Marking:
    """The marking of a whole from those of its parts; the owner is the first's."""
    for other in others:
        first = first.with_stricter(other)
    return first


def settled(marking: Marking) -> Marking:
    """The same with the limits written out that its colour implies, so that `with_stricter` can never open a door.

    AMBER+STRICT stays with the owner; AMBER reaches the groups that it is shared with, and without any stays with the
    owner; RED is for the persons that it names, and without any for nobody (TLP 2.0). CLEAR or GREEN for no group is
    `barred`: no colour implies that limit, and raised to AMBER it must not look like one without a group.
    """
    groups, named = marking.groups, marking.named
    barred = marking.barred or (marking.tlp <= Tlp.GREEN and groups is not None and not groups)
    if marking.tlp == Tlp.AMBER_STRICT or (marking.tlp == Tlp.AMBER and groups is None):
        groups = frozenset()
    if marking.tlp == Tlp.RED and named is None:
        named = frozenset()
    return replace(marking, groups=groups, named=named, barred=barred)
