"""Names of animals and plants: a name as somebody wrote it becomes a taxon, or an honest "unknown"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

from wildgate.convention.outcome import Warning as Caution
from wildgate.convention.sentence import say
from wildgate.convention.tables import read_facts
from wildgate.convention.vocabulary import Kingdom

LONGEST_NAME = 200
HYBRID_WORDS = frozenset({"hybrid", "hybrids"})
SPECIES_WORDS = frozenset({"sp", "sp.", "spp", "spp.", "species", "spp.,"})
RANK_WORDS = frozenset({"ssp.", "ssp", "subsp.", "subsp", "var.", "var", "f.", "forma", "cf.", "aff.", "agg."})
EPITHET = re.compile(r"[a-z][a-z-]+")
GENUS = re.compile(r"[A-Z][a-z-]+")


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


HIGHER = (Rank.CLASS, Rank.ORDER, Rank.FAMILY, Rank.SUBFAMILY, Rank.GENUS)


@dataclass(frozen=True, slots=True)
class Taxon:
    """A name that we can place. `name` is the accepted name without "spp."; `asked` the name as given.

    Ranks above `rank` are filled as far as known. `via` is the rename that was followed: "synonym", or "within" when
    the listing holds the asked taxon to be part of `name`. `uncertain` says why the family of a genus is in dispute.
    """

    name: str
    rank: Rank
    kingdom: Kingdom
    class_: str = ""
    order: str = ""
    family: str = ""
    subfamily: str = ""
    genus: str = ""
    species: str = ""
    parents: tuple[Taxon, ...] = ()
    asked: str = ""
    via: str = ""
    uncertain: str = ""

    @property
    def lineage(self) -> tuple[str, ...]:
        """The names that a listing may stand at, the most specific first: self, species, genus ... class, kingdom."""
        families = re.split(r" \(|\)", self.family)
        names = (self.name, self.species, self.genus, self.subfamily, *families, self.order, self.class_,
                 self.kingdom.value)
        return tuple(dict.fromkeys(name for name in names if name))


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that the shipped tables cannot place or decide. It is never "not listed": it is perhaps listed."""

    name: str
    reason: str
    warnings: tuple[Caution, ...] = ()


class Taxonomy:
    """The shipped names: genera with their families, the taxa above them, and renames."""

    def __init__(self, genera: Mapping[str, Taxon], renames: Mapping[str, tuple[str, str]]) -> None:
        self.genera = genera
        self.renames = renames
        self.higher = _higher(genera)
        self.once = frozenset(name for name, genus in genera.items() if genus.uncertain and not genus.family)
        """Genera that only the history names: a register may place them."""

    def resolve(self, name: str) -> Taxon | Unknown:
        """Place a name as written: any case, with author, subgenus, "spp.", subspecies or a cross. Never raises."""
        if len(name) > LONGEST_NAME:
            return Unknown(name[:LONGEST_NAME], say("The name is longer than any scientific name."))
        words = _words(name)
        if not words:
            return Unknown(name, say("The name is empty."))
        if HYBRID_WORDS & {w.casefold() for w in words} or "x" in words[1:]:
            return self._hybrid(name, words)
        return self._plain(name, words)

    def _plain(self, asked: str, words: list[str]) -> Taxon | Unknown:
        if words[0].casefold() in self.higher and (len(words) == 1 or words[1].casefold() in SPECIES_WORDS):
            return replace(self.higher[words[0].casefold()], asked=asked)
        parts = _epithets(words)
        genus = words[0].capitalize()
        if not GENUS.fullmatch(genus):
            return Unknown(asked, say("%(name)s is not a scientific name: it begins with no genus and no higher taxon.",
                                      name=asked))
        full = " ".join([genus, *parts])
        listed_as, how = self._renamed(full)
        found = self._placed(asked, listed_as or full)
        return replace(found, via=how) if isinstance(found, Taxon) else found

    def _renamed(self, name: str) -> tuple[str, str]:
        """The listed name of a renamed taxon, and how; a subspecies of a renamed species becomes that species."""
        words = name.split()
        for size in range(len(words), 0, -1):
            found = self.renames.get(" ".join(words[:size]))
            if found:
                rest = words[size:]
                return (" ".join([found[0], *rest]) if size == 1 else found[0]), found[1]
        return "", ""

    def _placed(self, asked: str, name: str) -> Taxon | Unknown:
        words = [word for word in name.split() if word not in RANK_WORDS]
        home = self.genera.get(words[0])
        if home is None:
            return Unknown(asked, say("The genus %(genus)s is not in the shipped tables: unknown, perhaps listed.",
                                      genus=words[0]))
        if len(words) == 1:
            return replace(home, asked=asked)
        species = " ".join(words[:2])
        rank = Rank.SPECIES if len(words) == 2 else Rank.SUBSPECIES
        return replace(home, name=" ".join(words), rank=rank, species=species, asked=asked)

    def _hybrid(self, asked: str, words: list[str]) -> Taxon | Unknown:
        words = [w for w in words if w.casefold() not in HYBRID_WORDS]
        if not words:
            return Unknown(asked, say("The cross names no genus."))
        if "x" not in words:
            parent = self._plain(asked, words)
            return parent if isinstance(parent, Unknown) else _cross(asked, (parent,))
        if len(words) == 3 and words[1] == "x" and EPITHET.fullmatch(words[2]) and words[2] != "hybrid":
            return self._named_cross(asked, words)
        parents: list[Taxon] = []
        for part in " ".join(words).split(" x "):
            found = self._parent(part.split(), parents)
            if isinstance(found, Unknown):
                return Unknown(asked, say("A parent of the cross cannot be placed. %(why)s", why=found.reason))
            parents.append(found)
        return _cross(asked, tuple(parents))

    def _named_cross(self, asked: str, words: list[str]) -> Taxon | Unknown:
        """`Hatiora x graeseri`: a cross with a name of its own inside a genus."""
        genus = self._plain(asked, words[:1])
        return genus if isinstance(genus, Unknown) else replace(_cross(asked, (genus,)), name=" ".join(words))

    def _parent(self, words: list[str], earlier: list[Taxon]) -> Taxon | Unknown:
        if words and earlier and (words[0].rstrip(".") == earlier[0].genus[:1] or EPITHET.fullmatch(words[0])):
            rest = words if EPITHET.fullmatch(words[0]) else words[1:]
            if rest[0].capitalize() not in self.genera:
                words = [earlier[0].genus, *rest]
        return self._plain(" ".join(words), words) if words else Unknown("", say("One parent has no name."))


def shipped() -> Taxonomy:
    """The taxonomy of the package's own tables."""
    genera: dict[str, Taxon] = {}
    for r in read_facts("genera"):
        genera[r["genus"]] = Taxon(r["genus"], Rank.GENUS, Kingdom(r["kingdom"]), r["class"], r["order"], r["family"],
                                   r["subfamily"], r["genus"], uncertain=r["uncertain"])
    for r in read_facts("unlisted"):
        genus = r["name"].split()[0]
        if genus not in genera:
            kingdom = Kingdom.ANIMAL if r["kingdom"] == "A" else Kingdom.PLANT
            genera[genus] = Taxon(genus, Rank.GENUS, kingdom, genus=genus)
    for r in read_facts("history"):
        genus = r["taxon"].split()[0]
        if genus not in genera and not genus.endswith(("idae", "aceae")):
            once = ("%(genus)s is known here only for what was listed once (%(taxon)s, until %(day)s)." if r["on"] else
                    "%(genus)s is known here only for what was listed once (%(taxon)s, until a day not known).")
            genera[genus] = Taxon(genus, Rank.GENUS, Kingdom(r["kingdom"]), genus=genus, uncertain=say(
                once, genus=genus, taxon=r["taxon"], day=r["on"]))
    renames = {r["name"]: (r["listed_as"], r["how"]) for r in read_facts("renames")}
    return Taxonomy(genera, renames)


def _higher(genera: Mapping[str, Taxon]) -> dict[str, Taxon]:
    """Families, subfamilies, orders and classes by their names in lower case."""
    found: dict[str, Taxon] = {}
    for g in genera.values():
        if g.uncertain:
            continue
        if g.class_:
            found.setdefault(g.class_.casefold(), Taxon(g.class_, Rank.CLASS, g.kingdom, g.class_))
        if g.order:
            found.setdefault(g.order.casefold(), Taxon(g.order, Rank.ORDER, g.kingdom, g.class_, g.order))
        for family in filter(None, re.split(r" \(|\)", g.family)):
            found.setdefault(family.casefold(), Taxon(family, Rank.FAMILY, g.kingdom, g.class_, g.order, family))
        if g.subfamily:
            found.setdefault(g.subfamily.casefold(),
                             Taxon(g.subfamily, Rank.SUBFAMILY, g.kingdom, g.class_, g.order, g.family, g.subfamily))
    return found


def _words(name: str) -> list[str]:
    text = unicodedata.normalize("NFKC", name).replace("×", " x ").replace("\xa0", " ").replace("_", " ")
    text = re.sub(r"\bX\b", "x", text)
    text = re.sub(r"(?<=\w) \(([A-Z][a-z]+)\) (?=[a-z])", " ", text)
    return text.strip(" .,;").split() if text.strip(" .,;").lower() not in ("sp", "spp") else []


def _epithets(words: list[str]) -> list[str]:
    """The epithets after a genus: stops at an author, drops marks of rank; all-capital names count as names."""
    shouted = words[0].isupper() and len(words[0]) > 2
    parts: list[str] = []
    for word in words[1:]:
        bare = (word.lower() if shouted else word).strip(",;'\"")
        if bare.casefold() in SPECIES_WORDS or len(parts) == 2:
            break
        if bare.casefold() in RANK_WORDS:
            continue
        if not EPITHET.fullmatch(bare):
            break
        parts.append(bare)
    return parts


def _cross(asked: str, parents: tuple[Taxon, ...]) -> Taxon:
    first = parents[0]
    name = " x ".join(p.name for p in parents) if len(parents) > 1 else f"{first.name} hybrid"
    same_genus = all(p.genus == first.genus for p in parents)
    return Taxon(name, Rank.HYBRID, first.kingdom, first.class_, first.order, first.family, first.subfamily,
                 first.genus if same_genus else "", parents=parents, asked=asked)
