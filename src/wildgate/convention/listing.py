"""The Appendices as data: which listing holds for a taxon and a population on a day, and why if none does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property, lru_cache

from wildgate.convention.annotation import Cover, Coverage, annotation
from wildgate.convention.catalogue import caution
from wildgate.convention.changes import Changes
from wildgate.convention.entry import FixedQuota, Listing, QuotaRow, ZeroQuota, entries, quota_rows
from wildgate.convention.history import Change, History, shipped_changes
from wildgate.convention.outcome import Warning as Caution
from wildgate.convention.reservation import Reservation
from wildgate.convention.sentence import say
from wildgate.convention.spelling import near, slip, stem
from wildgate.convention.tables import read_facts
from wildgate.convention.taxonomy import HIGHER, Rank, Taxon, Taxonomy, Unknown, shipped
from wildgate.convention.vocabulary import Appendix

__all__ = ["Answer", "Cover", "Coverage", "FixedQuota", "Law", "Listed", "Listing", "NotListed", "ZeroQuota", "law"]

DATA_DATE = "2025-03-06"
MOST_NAMED = 20
MOST_TOLD = 6
NOWHERE = frozenset({"", "XX", "XV"})
STRICTEST = {Appendix.I: 0, Appendix.II: 1, Appendix.III: 2}


@dataclass(frozen=True, slots=True)
class Listed:
    """The entries that hold, the strictest Appendix first.

    One entry: it holds. `ambiguous` says why more than one (or perhaps none) may hold: the population is not told, only
    a part of the country is meant, or the name is too wide. Then rule by none of them alone; ask the authority.
    """

    taxon: Taxon
    listings: tuple[Listing, ...]
    ambiguous: str = ""
    warnings: tuple[Caution, ...] = ()

    @property
    def strictest(self) -> Listing:
        return self.listings[0]


@dataclass(frozen=True, slots=True)
class NotListed:
    """A known taxon (or population, or form) that no entry covers on that day, and why we are sure."""

    taxon: Taxon
    reason: str
    warnings: tuple[Caution, ...] = ()


Answer = Listed | NotListed | Unknown


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A taxon of `unlisted.tsv`: in no Appendix, perhaps only some populations of it."""

    countries: tuple[str, ...]
    reason: str


class Law:
    """The Appendices as they stood on `date` (ISO text), and before as far as `history` knows.

    A value: it never changes; answers are remembered. `reserving` are the States known to hold reservations; `decided`
    is what the Party of this law decided on top of the Convention (see `national.py`), None where it was not asked.
    """

    reserving: frozenset[str] = frozenset()
    decided: object = None

    def __init__(self, taxonomy: Taxonomy, listings: tuple[Listing, ...], history: History,
                 quotas: tuple[QuotaRow, ...], unlisted: dict[str, Exclusion], changes: Changes, day: str) -> None:
        self.date = day
        self.taxonomy = taxonomy
        self.history = history
        self._entries = tuple(history.dated(entry) for entry in listings)
        self._at = _by_taxon(self._entries)
        self._quotas = quotas
        self._unlisted = unlisted
        self._changes = changes
        self._remember = lru_cache(maxsize=65536)(self._find)
        self.resolve = lru_cache(maxsize=65536)(taxonomy.resolve)

    def listings(self, name: str | Taxon, population: str | None = None, on: date | None = None) -> Answer:
        """Which entries hold for `name`, taken from `population` (ISO code), on the day `on`.

        Without `on` the law speaks as it stands; XX (unknown) counts as no population. Never raises.
        """
        return self._remember(name, None if population in NOWHERE else population, on)

    def warnings(self, name: str | Taxon, on: date | None = None) -> tuple[Caution, ...]:
        """Cautions on the taxon: `check-appendices` (CoP20), `hybrid`, `name-subspecies`, `history`."""
        return self._remember(name, None, on).warnings

    def reservations(self, taxon: Taxon, country: str, on: date) -> tuple[Reservation, ...]:
        """The reservations of a State on the taxon or one above it (Art. XXIII); imports bring them."""
        return ()

    def entries(self) -> tuple[Listing, ...]:
        """Every entry, in the order of the schedule."""
        return self._entries

    def suggest(self, name: str, limit: int = 3) -> tuple[str, ...]:
        """Names near a misspelt one (the web uses the richer `apps.species.selectors`)."""
        return near(name, self._vocabulary, self.taxonomy.genera, limit)

    @cached_property
    def _vocabulary(self) -> list[str]:
        known = {e.taxon for e in self._entries} | set(self._unlisted) | set(self.taxonomy.renames)
        known |= self.history.taxa()
        return sorted(known | {r["name"] for r in read_facts("names")})

    @cached_property
    def _epithets(self) -> dict[str, tuple[str, ...]]:
        """Listed species by genus, to tell a slip of the pen from another species."""
        found: dict[str, set[str]] = {}
        for e in self._entries:
            if e.rank not in HIGHER:
                found.setdefault(e.taxon.split()[0], set()).add(" ".join(e.taxon.split()[:2]))
        return {genus: tuple(sorted(names)) for genus, names in found.items()}

    @cached_property
    def _named(self) -> frozenset[str]:
        return frozenset(self._vocabulary)

    def _find(self, name: str | Taxon, population: str | None, on: date | None) -> Answer:
        taxon = self.resolve(name) if isinstance(name, str) else name
        if isinstance(taxon, Unknown):
            return replace(taxon, warnings=self._changes.on_name(taxon.name, on))
        if taxon.rank is Rank.HYBRID:
            return self._cross(taxon, population, on)
        warnings = (*self._changes.on_taxon(taxon, on), *self.history.cautions(taxon.lineage, population, on))
        past = self.history.known(taxon.lineage, population, on)
        if taxon.uncertain and not past and not (taxon.rank in HIGHER and self.within(taxon.name, on)):
            why = say("%(why)s Check the Appendices.", why=taxon.uncertain)
            return Unknown(taxon.asked or taxon.name, why, warnings)
        if not past and (slip := self._slip(taxon)):
            return Unknown(taxon.asked or taxon.name, say(
                "%(taxon)s is not a name we know but is close to %(near)s, which is listed by name: check the "
                "spelling.", taxon=taxon.name, near=slip), warnings)
        return self._doubt_name(taxon, _with(self._climb(taxon, population, on), warnings))

    def _doubt_name(self, taxon: Taxon, answer: Answer) -> Answer:
        """An old combination may hide a stricter entry: `Felis pardalis` is listed as Leopardus pardalis."""
        if isinstance(answer, Unknown) or " " not in taxon.name or {taxon.name, taxon.species} & self._named:
            return answer
        least = STRICTEST[answer.strictest.appendix] if isinstance(answer, Listed) else len(STRICTEST)
        other = next((e for e in self._by_epithet.get(stem(taxon.name), ()) if STRICTEST[e.appendix] < least
                      and not e.taxon.startswith(taxon.name) and taxon.order and taxon.order == self._order(e)), None)
        if other is None:
            return answer
        doubt = caution("check-name", ("Res. Conf. 12.11",), other=other.taxon, appendix=other.appendix,
                        taxon=taxon.name)
        if isinstance(answer, NotListed):
            return Unknown(taxon.asked or taxon.name, say(doubt.template, **doubt.values), answer.warnings)
        return _with(answer, (doubt,))

    def _order(self, entry: Listing) -> str:
        home = self.taxonomy.genera.get(entry.taxon.split()[0])
        return home.order if home else ""

    @cached_property
    def _by_epithet(self) -> dict[str, tuple[Listing, ...]]:
        found: dict[str, list[Listing]] = {}
        for e in self._entries:
            if " " in e.taxon:
                found.setdefault(stem(e.taxon), []).append(e)
        return {end: tuple(rows) for end, rows in found.items()}

    def _climb(self, taxon: Taxon, population: str | None, on: date | None) -> Answer:
        """From the taxon upwards: the most specific entries that hold win; doubt is carried along."""
        doubtful: list[Listing] = []
        later: list[Change] = []
        for key in taxon.lineage:
            out = None if doubtful or self.history.on(key, on) else self._unlisted.get(key)
            if out and (not out.countries or population in out.countries):
                return NotListed(taxon, out.reason)
            held, open_, closed = self._level(key, taxon, population, on, later)
            doubtful += open_
            if held and not open_:
                return self._listed(taxon, [*doubtful, *held], population, bool(doubtful), on)
            doubtful += held
            if closed and closed[0].only_taxa:
                return Unknown(taxon.asked or taxon.name, say(
                    "The listing %(label)s names its species and %(taxon)s is not among them: check that it is not "
                    "another name of one of them.", label=closed[0].label, taxon=taxon.name))
            if closed and not doubtful:
                return NotListed(taxon, f"{closed[0].note.rstrip('.')}.")
            told = bool(later) and later[-1].certainty == "import"  # an imported history tells of wider entries too
            if (open_ and all(e.others_unlisted for e in open_)) or (held and open_) or (told and not open_):
                break
        if doubtful:
            return self._listed(taxon, doubtful, population, True, on)
        return self._nothing(taxon, later, on, population)

    def _level(self, key: str, taxon: Taxon, population: str | None, on: date | None,
               later: list[Change]) -> tuple[list[Listing], list[Listing], list[Listing]]:
        """The entries at one name: those that hold, those that may, and those that shut out other populations.

        Where the history knows what the taxon (or this population) was on that day, it speaks before the schedule.
        """
        held, open_, whole = self.history.level(key, population, on, later)
        closed: list[Listing] = []
        for entry in () if whole else self._at.get(key, ()):
            if entry.only_taxa and taxon.species and taxon.species not in entry.only_taxa:
                closed.append(entry)
                continue
            holds = entry.holds_for(population)
            if holds is Cover.NO:
                closed += [entry] if entry.others_unlisted else []
            else:
                names = taxon.lineage[:taxon.lineage.index(key)]
                (held if holds is Cover.YES else open_).append(self.history.dated(entry, population, names))
        return held, open_, closed

    def _listed(self, taxon: Taxon, found: list[Listing], population: str | None, doubt: bool,
                on: date | None) -> Listed:
        bound = sorted((self._bind(e, taxon, population) for e in found), key=lambda e: STRICTEST[e.appendix])
        ambiguous = ""
        left = next((e for e in bound if e.until == self.history.until), None)
        if doubt and left:
            ambiguous = say("%(label)s left Appendix %(appendix)s by %(until)s, on a day not known here.",
                            label=left.label, appendix=left.appendix, until=left.until)
        elif doubt or len({e.appendix for e in bound}) > 1:
            note = next((e.note.rstrip(".") for e in bound if e.note), say("its listing is split"))
            ambiguous = say(
                "It depends on the population, and the population is not told. %(note)s." if population is None else
                "It depends on the population, and only a part of %(population)s may be meant. %(note)s.",
                population=population, note=note)
        return Listed(taxon, tuple(bound), ambiguous, self._subspecies(taxon, bound[0].appendix, population, on))

    def _bind(self, entry: Listing, taxon: Taxon, population: str | None) -> Listing:
        """The entry with the quotas and annotations that touch this taxon and population."""
        zeros: list[ZeroQuota] = []
        fixed: list[FixedQuota] = []
        names = taxon.lineage
        for q in self._quotas:
            z = q.zero
            if q.taxon not in names or q.appendix is not entry.appendix:
                continue
            if z.countries and population is not None and population not in z.countries:
                continue
            if q.amount:
                fixed.append(FixedQuota(q.annotation, z.text, q.amount, z.terms, z.countries, z.source))
            else:
                zeros.append(z)
        codes = [c for c in entry.annotations if (a := annotation(c)) and a.kind != "quota"
                 and (c != "A1" or entry.rank is not Rank.FAMILY)]
        codes += [z.annotation for z in zeros] + [f.annotation for f in fixed]
        return replace(entry, annotations=tuple(dict.fromkeys(codes)), zero_quotas=tuple(zeros),
                       fixed_quotas=tuple(fixed), names=names)

    def _subspecies(self, taxon: Taxon, appendix: Appendix, population: str | None,
                    on: date | None) -> tuple[Caution, ...]:
        """Entries below an asked taxon that are listed otherwise; a doubt where one is stricter in that country."""
        below = [e for e in self.within(taxon.name, on) if e.appendix is not appendix]
        if not below or taxon.rank in (Rank.SUBSPECIES, Rank.VARIETY):
            return ()
        every = sorted({f"{e.taxon} ({e.appendix})" for e in below})
        named = ", ".join(every[:MOST_TOLD])
        names = named if len(every) <= MOST_TOLD else say(
            "%(names)s and %(more)s more", names=named, more=len(every) - MOST_TOLD)
        there = any(population in e.countries and STRICTEST[e.appendix] < STRICTEST[appendix] for e in below)
        code = "name-subspecies" if taxon.rank is Rank.SPECIES and not there else "name-species"
        return (caution(code, ("Res. Conf. 12.3",), names=names),)

    def within(self, name: str, on: date | None) -> list[Listing]:
        """The entries of taxa within a taxon, as they stood on a day."""
        if on is None or on >= self.history.until:
            return list(self._below.get(name, ()))
        found: list[Listing] = []
        inside = {e.taxon for e in self._below.get(name, ())} | self._once_below.get(name, set())
        for key in sorted(inside):
            held, open_, whole = self.history.level(key, None, on, [])
            found += [*held, *open_, *(() if whole else self._at.get(key, ()))]
        return found

    def once_within(self, names: Iterable[str]) -> frozenset[str]:
        """Taxa with a history within these taxa."""
        return frozenset(key for name in names for key in self._once_below.get(name, ()))

    @cached_property
    def _below(self) -> dict[str, tuple[Listing, ...]]:
        """Present entries by every taxon that contains them."""
        found: dict[str, list[Listing]] = {}
        for e in self._entries:
            for name in self._above(e.taxon):
                found.setdefault(name, []).append(e)
        return {name: tuple(rows) for name, rows in found.items()}

    @cached_property
    def _once_below(self) -> dict[str, set[str]]:
        """Taxa with a history by every taxon that contains them."""
        found: dict[str, set[str]] = {}
        for key in self.history.taxa():
            for name in self._above(key):
                found.setdefault(name, set()).add(key)
        return found

    def _above(self, name: str) -> tuple[str, ...]:
        taxon = self.resolve(name)
        return tuple(above for above in taxon.lineage if above != taxon.name) if isinstance(taxon, Taxon) else ()

    def _nothing(self, taxon: Taxon, later: list[Change], on: date | None, population: str | None) -> Answer:
        """No entry holds: not yet listed, listed in part, unlisted for certain, or unknown."""
        if below := self.within(taxon.name, on):
            below = sorted(below, key=lambda e: STRICTEST[e.appendix])[:MOST_NAMED]
            found = [self._bind(e, taxon, population) for e in below]
            return Listed(taxon, tuple(found), say("Only some taxa within %(taxon)s are listed: name the specimen as "
                                                   "narrowly as known.", taxon=taxon.name))
        if later:
            change = later[0]
            return NotListed(taxon, say(
                "%(taxon)s entered Appendix %(appendix)s on %(day)s (%(basis)s, certainty %(certainty)s), after the "
                "day asked.", taxon=change.taxon, appendix="/".join(change.becomes), day=change.on, basis=change.basis,
                certainty=change.certainty))
        if self._changes.lists(taxon, on):
            return Unknown(taxon.asked or taxon.name, say(
                "No entry of %(day)s covers %(taxon)s, but the secondary list of the changes of 5 March 2026 names it: "
                "check the Appendices.", day=self.date, taxon=taxon.name))
        if taxon.genus and (others := self._below.get(taxon.genus)) and taxon.genus not in self._unlisted:
            names = ", ".join(sorted({e.taxon for e in others})[:5])
            return Unknown(taxon.asked or taxon.name, say(
                "%(taxon)s is not listed by this name, but the genus has listed taxa (%(names)s): check that it is not "
                "another name of one of them.", taxon=taxon.name, names=names))
        return NotListed(taxon, say("No entry of the Appendices of %(day)s covers %(taxon)s or a taxon above it.",
                                    day=self.date, taxon=taxon.name))

    def _slip(self, taxon: Taxon) -> str:
        """A listed species or subspecies that this unlisted name may be a misspelling of."""
        words = taxon.name.split()
        species = self._epithets.get(taxon.genus, ())
        if not taxon.species or taxon.name in self._named:
            return ""
        said = {words[1], "".join(words[1:])}  # an epithet may also be cut in two
        if taxon.species in species or taxon.species in self._named:
            species = tuple(e.taxon for e in self._below.get(taxon.species, ()))
            cut = "".join((taxon.asked or taxon.name).casefold().split()[2:4])
            said = {words[-1], cut} if words[2:] and not any(n.endswith(f" {words[-1]}") for n in species) else set()
        return next((n for n in species if any(slip(word, n.split()[-1]) for word in said)), "")

    def _cross(self, taxon: Taxon, population: str | None, on: date | None) -> Answer:
        """A cross is traded as its strictest parent (Res. Conf. 10.17 and 11.11)."""
        answers = [self.listings(parent, population, on) for parent in taxon.parents]
        if unknown := next((a for a in answers if isinstance(a, Unknown)), None):
            return Unknown(taxon.asked or taxon.name, say(
                "A parent of the cross cannot be decided. %(why)s", why=unknown.reason), unknown.warnings)
        warnings = (caution("hybrid", ("Res. Conf. 10.17", "Res. Conf. 11.11")),
                    *(w for a in answers if not isinstance(a, Unknown) for w in a.warnings
                      if w.code != "name-species" or " " in a.taxon.name))
        listed = [a for a in answers if isinstance(a, Listed)]
        if not listed:
            return NotListed(taxon, say("No parent of the cross is listed."), tuple(dict.fromkeys(warnings)))
        rows = [e for a in listed for e in a.listings]
        ambiguous = next((a.ambiguous for a in listed if a.ambiguous), "")
        if len(taxon.parents) == 1 and taxon.parents[0].rank is Rank.GENUS:
            below = [self._bind(e, taxon, population) for e in self.within(taxon.genus, on)]
            held = {row.appendix for row in rows}
            rows += {e.appendix: e for e in reversed(below) if e.appendix not in held}.values()
            if len({row.appendix for row in rows}) > 1:
                ambiguous = say("The parents are not named and species of %(genus)s stand in several Appendices.",
                                genus=taxon.genus)
        rows = sorted((replace(e, names=taxon.lineage + e.names) for e in rows), key=lambda e: STRICTEST[e.appendix])
        return Listed(taxon, tuple(rows if ambiguous else rows[:1]), ambiguous, tuple(dict.fromkeys(warnings)))


def _with(answer: Answer, warnings: tuple[Caution, ...]) -> Answer:
    return replace(answer, warnings=tuple(dict.fromkeys((*answer.warnings, *warnings)))) if warnings else answer


def _by_taxon(listings: tuple[Listing, ...]) -> dict[str, tuple[Listing, ...]]:
    """Entries by their name, without the marks of rank that plant names carry."""
    found: dict[str, list[Listing]] = {}
    for e in listings:
        found.setdefault(e.taxon.replace(" ssp. ", " ").replace(" var. ", " "), []).append(e)
    return {name: tuple(rows) for name, rows in found.items()}


@cache
def law() -> Law:
    """The law shipped with the package, loaded once."""
    return Law(*law_parts(shipped()))


def law_parts(taxonomy: Taxonomy) -> tuple[Taxonomy, tuple[Listing, ...], History, tuple[QuotaRow, ...],
                                           dict[str, Exclusion], Changes, str]:
    """What a `Law` is built from: the shipped entries, placed by `taxonomy`, and the shipped history."""
    unlisted = {r["name"]: Exclusion(tuple(r["countries"].split()), r["reason"]) for r in read_facts("unlisted")}
    listings = tuple(entries())
    history = History(shipped_changes(), {e.taxon: e.rank for e in listings}, date.fromisoformat(DATA_DATE))
    return taxonomy, listings, history, tuple(quota_rows()), unlisted, Changes(taxonomy), DATA_DATE
