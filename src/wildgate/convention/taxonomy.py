"""Names of animals and plants: a name as somebody wrote it becomes a taxon, or an honest "unknown"."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from wildgate.convention.outcome import Warning as Caution
from wildgate.convention.vocabulary import Kingdom


class Rank(str, Enum):
    """Ranks of the listings, the widest first. HYBRID is a cross; its parents stand in `Taxon.parents`."""

    CLASS = "class"
    ORDER = "order"
    FAMILY = "family"
    SUBFAMILY = "subfamily"
    GENUS = "genus"
    SPECIES = "species"
    SUBSPECIES = "subspecies"
    VARIETY = "variety"
    HYBRID = "hybrid"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Taxon:
    """A name that we can place. `name` is the accepted name without "spp."; `asked` the name as given.

    Ranks above `rank` are filled as far as known; `via` says which rename was followed, if any.
    `uncertain` marks a genus whose family authors place differently: the answer must be checked.
    """

    name: str
    rank: Rank
    kingdom: Kingdom
    class_: str = ""
    order: str = ""
    family: str = ""
    genus: str = ""
    species: str = ""
    parents: tuple[Taxon, ...] = ()
    asked: str = ""
    via: str = ""
    uncertain: str = ""

    @property
    def lineage(self) -> tuple[str, ...]:
        """The names that a listing may stand at, the most specific first: self, species, genus ... class."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that the shipped tables do not know. It is never "not listed": it is perhaps listed."""

    name: str
    reason: str
    warnings: tuple[Caution, ...] = ()
