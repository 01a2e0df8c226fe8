"""Whose the lines of a ledger are: the apps above tell where an application or permit can be looked at, and by whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from wildgate.apps.accounts.access import Actor


@dataclass(frozen=True, slots=True)
class Link:
    """Where to read about the subject of a ledger line."""

    label: str
    url: str


Finder = Callable[[Actor, Iterable[str]], Mapping[str, tuple[Link, ...]]]
_finders: list[Finder] = []


def finds(finder: Finder) -> Finder:
    """Decorator for a function that gives the links of subjects, and none that the actor may not follow."""
    _finders.append(finder)
    return finder


def links(actor: Actor, subjects: Iterable[str]) -> dict[str, tuple[Link, ...]]:
    """The links of each subject that the actor may follow."""
    asked = tuple(dict.fromkeys(subjects))
    found: dict[str, tuple[Link, ...]] = {}
    for finder in _finders if asked else ():
        found.update(finder(actor, asked))
    return found
