"""What of a count may be published: small cells are withheld, and others with them, so that no total gives them away.

A cell of 1 to 4 could be somebody. Where a total is published, a single withheld cell could be worked out from the
rest; so more are withheld until, for all that can be worked out, each small cell might as well hold five or more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

LEAST = 5
"""A count from this on may be published; so may zero."""


@dataclass(frozen=True, slots=True)
class Published:
    """Counts by name as they may be published, None where withheld, and their total."""

    cells: Mapping[str, int | None]
    total: int | None


def small(count: int) -> bool:
    return 0 < count < LEAST


def protect(counts: Mapping[str, int], also: Collection[str] = ()) -> Published:
    """Withhold the small cells, then the smallest others until no small cell can be worked out, at last the total.

    `also` was withheld in an earlier version: what changed in between must not tell it.
    """
    total, held = sum(counts.values()), withheld(counts, also)
    told = None if small(total) or (held and not _safe(counts, held)) else total
    return Published({name: None if name in held else count for name, count in counts.items()}, told)


def withheld(counts: Mapping[str, int], also: Collection[str] = ()) -> set[str]:
    """Names of the small cells, and of the smallest others until no small cell can be worked out, or all are named."""
    held = {name for name, count in counts.items() if small(count) or (count and name in also)}
    others = sorted((name for name, count in counts.items() if count and name not in held),
                    key=lambda name: (counts[name], name))
    while held and others and not _safe(counts, held):
        held.add(others.pop(0))
    return held


def _safe(counts: Mapping[str, int], held: set[str]) -> bool:
    """Could each small cell hold five, the sum of the withheld and one in each of them being all that is known?"""
    whole = sum(counts[name] for name in held)
    return all(whole - (len(held) - 1) >= LEAST for name in held if small(counts[name])) and len(held) > 1


def rolled_up(counts: Mapping[str, int]) -> Published:
    """Small cells become one cell of the rest (named with nothing), with the next smallest until it is large enough.

    Nothing is withheld then, unless all of it together is small.
    """
    if small(total := sum(counts.values())):
        return Published({}, None)
    kept = {name: count for name, count in counts.items() if count >= LEAST and name}
    rest = total - sum(kept.values())
    while small(rest):
        name = min(kept, key=lambda each: (kept[each], each))
        rest += kept.pop(name)
    return Published({**kept, **({"": rest} if rest else {})}, total)
