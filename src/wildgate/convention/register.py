"""The shipped law widened by a register of names (Checklist, Species+): more names are placed, no Appendix changes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from wildgate.convention.history import Change
from wildgate.convention.listing import STRICTEST, Answer, Law, Listed, NotListed, law, law_parts
from wildgate.convention.outcome import doubt
from wildgate.convention.reservation import Reservation
from wildgate.convention.sentence import say
from wildgate.convention.taxonomy import RANK_WORDS, Rank, Taxon, Taxonomy, Unknown, _epithets
from wildgate.convention.vocabulary import Kingdom

LOW = (Rank.SPECIES, Rank.SUBSPECIES, Rank.VARIETY)
MOST_TOLD = 6


@dataclass(frozen=True, slots=True)
class Registered:
    """A taxon as a register has it. `appendices` is its summary: `I/II`, `NC` for not listed, empty for none."""

    name: str
    kingdom: str
    family: str
    genus: str
    appendices: str


class Register:
    """Names of a register: which it accepts, what each synonym stands for, where each genus belongs.

    It may hold the listing history of some taxa and the reservations of States as well.
    `origin` says in words where the names come from, for the warnings: `Index_of_CITES_Species_2017-04-21.csv.xz`.
    """

    def __init__(self, taxa: Iterable[Registered], synonyms: Iterable[tuple[str, str]], origin: str,
                 timelines: Mapping[str, tuple[Change, ...]] | None = None,
                 reservations: Iterable[Reservation] = ()) -> None:
        self.origin = origin
        self.timelines = timelines or {}
        self.reservations: dict[str, dict[str, tuple[Reservation, ...]]] = {}
        """Reservations by State and taxon."""
        for row in reservations:
            held = self.reservations.setdefault(row.country, {})
            held[row.taxon] = (*held.get(row.taxon, ()), row)
        self.accepted: dict[str, str] = {}
        self.families: dict[str, tuple[str, str]] = {}
        for taxon in taxa:
            self.accepted[normal(taxon.name)] = taxon.appendices
            if taxon.genus and taxon.family:
                self.families.setdefault(taxon.genus.capitalize(), (taxon.family, taxon.kingdom))
        told: dict[str, tuple[str, ...]] = {}
        for synonym, accepted in synonyms:
            key, target = normal(synonym), normal(accepted)
            if key not in self.accepted and target not in told.get(key, ()):
                told[key] = (*told.get(key, ()), target)
        self.synonyms = told

    def appendices(self, name: str) -> frozenset[str] | None:
        """The Appendices of the register's summary, empty for "not listed"; None when it does not tell."""
        told = self.accepted.get(name)
        return frozenset(told.split("/")) - {"NC"} if told else None


class RegisterTaxonomy(Taxonomy):
    """The shipped names first; a register's accepted names, synonyms and genera where the shipped ones say nothing."""

    def __init__(self, base: Taxonomy, register: Register, listed: frozenset[str]) -> None:
        self._register = register
        self._listed = listed
        super().__init__({**base.genera, **_genera(base, register)}, base.renames)

    def resolve(self, name: str) -> Taxon | Unknown:
        return super().resolve(name if name.isascii() else _unaccented(name))

    def _renamed(self, name: str) -> tuple[str, str]:
        found = super()._renamed(name)
        if found[0]:
            return found
        told = self._synonym(name)
        if len(told) != 1:
            return "", ""
        return super()._renamed(told[0])[0] or told[0], "synonym"

    def _synonym(self, name: str) -> tuple[str, ...]:
        """What a name stands for by the register; nothing for a name that is listed or accepted as it is."""
        words = name.split()
        for size in range(len(words), min(len(words), 2) - 1, -1):
            part = " ".join(words[:size])
            if part in self._listed or part in self._register.accepted:
                return ()
            told = self._register.synonyms.get(part, ())
            if part in (super(RegisterTaxonomy, self)._renamed(name)[0] for name in told):
                return ()  # the schedule's own name of a taxon that the register calls otherwise
            if told:
                return told
        return ()

    def _plain(self, asked: str, words: list[str]) -> Taxon | Unknown:
        found = super()._plain(asked, words)
        if isinstance(found, Taxon) and found.via:
            return found
        name = found.name if isinstance(found, Taxon) else " ".join([words[0].capitalize(), *_epithets(words)])
        told = self._synonym(name)
        if len(told) < 2:
            return found
        return Unknown(asked, say("%(name)s has been used for %(count)s taxa (%(taxa)s): name the one that is meant.",
                                  name=name, count=len(told), taxa="; ".join(told[:MOST_TOLD])))


class RegisterLaw(Law):
    """The shipped Appendices, asked with the names of a register as well.

    The Appendix always comes from the shipped schedule. Where the register has another one, the answer carries the
    warning `import-differs`; where the schedule has no entry for a taxon that the register lists, the answer is
    `Unknown`, never "not listed". A synonym of the register that would lead to a milder Appendix than the name as
    written does not. For past days the imported history of a taxon speaks before the shipped one.
    """

    def __init__(self, register: Register) -> None:
        base = law()
        self.register = register
        listed = frozenset(normal(entry.taxon) for entry in base.entries()) | frozenset(base._unlisted)
        parts = law_parts(RegisterTaxonomy(base.taxonomy, register, listed))
        taxonomy, entries, history, quotas, unlisted, changes, day = parts
        split = frozenset(entry.taxon for entry in entries if entry.countries or entry.not_countries or entry.partial)
        history = history.widened(register.timelines, split)
        super().__init__(taxonomy, entries, history, quotas, unlisted, changes, day)
        self.reserving = frozenset(register.reservations)

    def reservations(self, taxon: Taxon, country: str, on: date) -> tuple[Reservation, ...]:
        held = self.register.reservations.get(country)
        if not held:
            return ()
        return tuple(row for name in taxon.lineage for row in held.get(name, ()) if row.holds(on))

    def _find(self, name: str | Taxon, population: str | None, on: date | None) -> Answer:
        taxon = self.resolve(name) if isinstance(name, str) else name
        answer = super()._find(taxon if isinstance(taxon, Taxon) else name, population, on)
        if not isinstance(taxon, Taxon):
            return answer
        if isinstance(name, str) and taxon.via:
            answer = self._strict(name, taxon, answer, population, on)
        if self.history.speaks(taxon.lineage, on):
            return self._beside(taxon, answer, population, on)
        return self._compared(taxon, answer) if taxon.rank in LOW else answer

    def _beside(self, taxon: Taxon, answer: Answer, population: str | None, on: date | None) -> Answer:
        """An answer on a past day with a warning where the shipped history has another Appendix than the imported."""
        if taxon.name not in self.register.timelines:
            return answer
        shipped = law().listings(taxon, population, on)
        ours, theirs = _appendices(answer), _appendices(shipped)
        if ours == theirs or theirs is None or ours is None:
            return answer
        differs = doubt("import-differs", "%(origin)s has %(taxon)s %(ours)s on %(day)s, the shipped history "
                        "%(theirs)s; the import is used. Ask the authority.", unconfirmed=True,
                        origin=self.register.origin, taxon=taxon.name, ours=_where(ours), day=on,
                        theirs=_where(theirs))
        return replace(answer, warnings=(*answer.warnings, differs))

    def _strict(self, name: str, taxon: Taxon, answer: Answer, population: str | None, on: date | None) -> Answer:
        """The stricter of the answers for the name as written and for what it is a synonym of."""
        written = law().listings(name, population, on)
        if not isinstance(written, Listed) or isinstance(answer, Unknown):
            return answer
        reach = STRICTEST[answer.strictest.appendix] if isinstance(answer, Listed) else len(STRICTEST)
        if STRICTEST[written.strictest.appendix] >= reach:
            return answer
        told = doubt("import-differs", "%(origin)s holds %(name)s to be %(taxon)s, which is listed less strictly than "
                     "the name as written; the stricter listing is used.", unconfirmed=True,
                     origin=self.register.origin, name=name, taxon=taxon.name)
        return replace(written, warnings=(*written.warnings, told))

    def _compared(self, taxon: Taxon, answer: Answer) -> Answer:
        """The answer with a warning where the register differs; no "not listed" for what the register lists."""
        told = self.register.appendices(taxon.name)
        if told is None:
            return answer
        where = _where(told)
        differs = doubt("import-differs", "%(origin)s has %(taxon)s %(ours)s; the shipped schedule of %(day)s decides. "
                        "Check which is newer.", unconfirmed=True, origin=self.register.origin,
                        taxon=taxon.name, ours=where, day=self.date)
        if isinstance(answer, Listed):
            agree = bool({e.appendix.value for e in answer.listings} & told)
            return answer if agree else replace(answer, warnings=(*answer.warnings, differs))
        if not told:
            return answer
        if isinstance(answer, NotListed):
            if isinstance(super()._find(taxon, None, None), Listed):
                return answer
            if not taxon.via and any(key in self._unlisted for key in taxon.lineage):
                return replace(answer, warnings=(*answer.warnings, differs))
            return Unknown(taxon.asked or taxon.name, say(
                "No entry of %(day)s covers %(taxon)s, but %(origin)s has it %(where)s: removed or renamed since, or "
                "missing here. Check the Appendices.", day=self.date, taxon=taxon.name, origin=self.register.origin,
                where=where), answer.warnings)
        return replace(answer, warnings=(*answer.warnings, differs))

    def _slip(self, taxon: Taxon) -> str:
        """No misspelling of another name when the register accepts both."""
        found = super()._slip(taxon)
        both = {taxon.species, found} <= self._accepted
        return "" if both else found

    def _doubt_name(self, taxon: Taxon, answer: Answer) -> Answer:
        """A name that the register accepts is no older name of another taxon."""
        return answer if taxon.name in self._accepted else super()._doubt_name(taxon, answer)

    @cached_property
    def _accepted(self) -> frozenset[str]:
        return frozenset(self.register.accepted)


def _where(appendices: frozenset[str]) -> str:
    if not appendices:
        return say("in no Appendix")
    return say("in Appendix %(appendix)s", appendix="/".join(sorted(appendices)))


def _appendices(answer: Answer) -> frozenset[str] | None:
    """The Appendices of an answer; None where the law does not know."""
    if isinstance(answer, Unknown):
        return None
    return frozenset(e.appendix.value for e in answer.listings) if isinstance(answer, Listed) else frozenset()


def normal(name: str) -> str:
    """A name as the taxonomy compares it: no accents, no marks of rank, only the genus with a capital."""
    words = (name if name.isascii() else _unaccented(name)).split()
    return " ".join([words[0].capitalize(), *(word for word in words[1:] if word not in RANK_WORDS)]) if words else ""


def _unaccented(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


def _genera(base: Taxonomy, register: Register) -> dict[str, Taxon]:
    """Genera that only the register knows, in the families of the schedule; in another family their place is open."""
    found: dict[str, Taxon] = {}
    for genus, (family, kingdom) in register.families.items():
        if genus in base.genera and genus not in base.once:
            continue
        home = base.higher.get(family.casefold())
        if home and home.rank is Rank.FAMILY and home.kingdom.value == kingdom:
            found[genus] = replace(home, name=genus, rank=Rank.GENUS, genus=genus)
        else:
            found[genus] = Taxon(genus, Rank.GENUS, Kingdom(kingdom), family=family, genus=genus, uncertain=say(
                "%(origin)s places %(genus)s in %(family)s, a family that the shipped schedule does not name.",
                origin=register.origin, genus=genus, family=family))
    return found
