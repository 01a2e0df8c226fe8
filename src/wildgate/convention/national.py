"""What an authority added to the Convention, and which open facts of it the authority settled."""

from __future__ import annotations

import copy
from dataclasses import dataclass

from wildgate.convention.listing import Law
from wildgate.convention.overlay import Overlay


@dataclass(frozen=True, slots=True, eq=False)
class National:
    """Overlays with the `texts` of their files, and the ids of facts that were confirmed or are not accepted."""

    overlays: tuple[Overlay, ...] = ()
    confirmed: frozenset[str] = frozenset()
    not_accepted: frozenset[str] = frozenset()
    texts: tuple[str, ...] = ()


def with_national(law: Law, national: National) -> Law:
    """The same law of a Party that decided so. What it has answered about names is not asked again."""
    same = copy.copy(law)
    same.decided = national
    return same
