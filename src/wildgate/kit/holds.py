"""Legal holds: is this thing, or what it belongs to, to be kept whatever a rule of retention says?

Each place that erases or deletes asks `held` with the name under which events speak of the thing. It need not know what
that belongs to: a room above says so with `belongs` (a file to its case, a case to its organisation).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from wildgate.kit.models import Hold

Wider = Callable[[str, str], Iterable[str]]
"""Of a Party and a subject: the subjects that it belongs to."""
_wider: dict[str, list[Wider]] = defaultdict(list)


def belongs(prefix: str) -> Callable[[Wider], Wider]:
    """Decorator: the function tells what things with this prefix belong to."""
    def keep(function: Wider) -> Wider:
        _wider[prefix].append(function)
        return function
    return keep


def in_force(party: str) -> frozenset[str]:
    """The subjects that are held now."""
    return frozenset(Hold.objects.filter(party=party, lifted_at=None).values_list("subject", flat=True))


def held(party: str, subject: str) -> bool:
    """Is the thing held, or anything that it belongs to? One question to the database where nothing is held at all."""
    return bool(among(party, [subject]))


def among(party: str, subjects: Iterable[str]) -> frozenset[str]:
    """Those of the subjects that are held."""
    holds = in_force(party)
    return frozenset(each for each in subjects if _touched(party, each, holds)) if holds else frozenset()


def _touched(party: str, subject: str, holds: frozenset[str]) -> bool:
    seen, left = {subject}, [subject]
    while left:
        each = left.pop()
        if each in holds:
            return True
        for wider in _wider[each.partition(":")[0]]:
            new = set(wider(party, each)) - seen
            seen |= new
            left += new
    return False
