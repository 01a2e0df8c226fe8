"""What the pages about species show: the tabs between them, and all that is known of one taxon."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.species.models import ImportRun, TaxonListing, TaxonName, TaxonRange
from wildgate.apps.species.models import Taxon as Row
from wildgate.apps.species.selectors import Names, explained, names_of, search
from wildgate.convention.annotation import annotation
from wildgate.convention.entry import Listing
from wildgate.convention.history import Change
from wildgate.convention.listing import Answer, Listed, NotListed
from wildgate.convention.outcome import Warning as Caution
from wildgate.convention.tables import read_facts
from wildgate.convention.taxonomy import Taxon, Unknown

MOST_SUGGESTED = 5
PAGES = (("species", Action.SIGNED_IN), ("name-lists", Action.CHECK_NAMES), ("imports", Action.IMPORT))


def tabs(actor: Actor, now: str) -> list[dict[str, Any]]:
    """The pages about names and registers that this person may open."""
    words = {"species": _("Find a name"), "name-lists": _("Check a list"), "imports": _("Imports")}
    return [{"label": words[name], "url": reverse(name), "current": name == now, "count": None}
            for name, action in PAGES if can(actor, action)]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the Appendices with the texts of its annotations."""

    listing: Listing
    annotations: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Countries where a taxon occurs in one way: native, introduced, extinct ..."""

    certainty: str
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TaxonFacts:
    """All that is known of a name. `taxon` is None for a name that cannot be placed; then `reason` says why.

    `why` tells how the name asked for leads to the accepted one. `known_changes` are those that the law reads, of the
    taxon and of those above it; `register_changes` the history and reservations as the imported register words them;
    `source` the newest import that brought something about the taxon.
    """

    asked: str
    taxon: Taxon | None
    answer: Answer
    reason: str
    why: str
    entries: tuple[Entry, ...]
    synonyms: tuple[str, ...]
    common: tuple[tuple[str, tuple[str, ...]], ...]
    places: tuple[Place, ...]
    known_changes: tuple[Change, ...]
    register_changes: tuple[TaxonListing, ...]
    source: ImportRun | None
    suggestions: tuple[str, ...]
    law_date: str

    @property
    def name(self) -> str:
        return self.taxon.name if self.taxon else self.asked

    @property
    def appendices(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(entry.listing.appendix.value for entry in self.entries))

    @property
    def unknown(self) -> bool:
        return isinstance(self.answer, Unknown)

    @property
    def ambiguous(self) -> str:
        return self.answer.ambiguous if isinstance(self.answer, Listed) else ""

    @property
    def warnings(self) -> tuple[Caution, ...]:
        return self.answer.warnings

    @property
    def lineage(self) -> tuple[str, ...]:
        return self.taxon.lineage if self.taxon else ()

    @property
    def classification(self) -> list[tuple[str, str]]:
        """Ranks above the taxon, the widest first."""
        if self.taxon is None:
            return []
        it = self.taxon
        ranks = ((_("Kingdom"), {"animal": _("Animals"), "plant": _("Plants")}.get(it.kingdom.name.lower(),
                                                                                  it.kingdom.value)),
                 (_("Class"), it.class_), (_("Order"), it.order), (_("Family"), it.family),
                 (_("Subfamily"), it.subfamily), (_("Genus"), it.genus))
        return [(label, name) for label, name in ranks if name]


def taxon_facts(name: str, *, party: str, population: str | None = None, on: date | None = None) -> TaxonFacts:
    """All that the law and a Party's imports say of a name, of one population and on a day where they are given."""
    names = names_of(party)
    answer = names.law.listings(name, population, on)
    placed = names.law.resolve(name)
    taxon = placed if isinstance(placed, Taxon) else None
    target = taxon.name if taxon else name
    row = Row.objects.filter(party=party, name=target, accepted=True).select_related("run").order_by("id").first()
    written = " ".join(name.split())
    return TaxonFacts(
        written, taxon, answer, answer.reason if isinstance(answer, Unknown | NotListed) else "",
        _why(written, target, names), tuple(_entries(answer)), tuple(_synonyms(row, target, names)),
        tuple(_common(row, target, names)), tuple(_places(row)), tuple(_known(taxon, names)),
        tuple(_changes(row)), row.run if row else None,
        _suggested(name, party) if taxon is None else (), names.law.date)


def _why(name: str, target: str, names: Names) -> str:
    if name == target:
        return ""
    return explained(name, "synonym" if name in names.law.taxonomy.renames else "", target, names)


def _entries(answer: Answer) -> Iterator[Entry]:
    for listing in answer.listings if isinstance(answer, Listed) else ():
        codes = [(code, found.text) for code in listing.annotations if (found := annotation(code))]
        yield Entry(listing, tuple(codes))


def _synonyms(row: Row | None, target: str, names: Names) -> list[str]:
    """Shipped and imported synonyms, without author where two agree in the name."""
    shipped = {old for old, (new, _how) in names.law.taxonomy.renames.items() if new == target}
    told = row.names.filter(kind=TaxonName.Kind.SYNONYM).values_list("name", flat=True) if row else ()
    return sorted(shipped.union(told))


def _common(row: Row | None, target: str, names: Names) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Common names by language code: of the shipped lists, then of the imports."""
    found: dict[str, dict[str, None]] = {}
    for entry in names.law.entries():
        if entry.taxon == target:
            for language, text in (("en", entry.name_en), ("fr", entry.name_fr)):
                _add(found, language, text.replace(",", ";").replace("/", ";").split(";"))
    for fact in read_facts("names"):
        if fact["name"] == target:
            for language in ("en", "fr", "es"):
                _add(found, language, fact[language].split(";"))
    told = row.names.filter(kind=TaxonName.Kind.COMMON).order_by("name").values_list("language", "name") if row else ()
    for language, text in told:
        _add(found, language, [text])
    for language in sorted(found, key=lambda code: ({"en": 0, "fr": 1, "es": 2}.get(code, 3), code)):
        yield language, tuple(found[language])


def _add(found: dict[str, dict[str, None]], language: str, texts: Iterable[str]) -> None:
    for text in filter(None, (text.strip() for text in texts)):
        told = found.setdefault(language, {})
        if text.casefold() not in {each.casefold() for each in told}:
            told[text] = None


def _places(row: Row | None) -> Iterator[Place]:
    """Range States in the order of how sure they are."""
    if row is None:
        return
    told: dict[str, list[str]] = {}
    for country, certainty in row.ranges.order_by("country").values_list("country", "certainty"):
        told.setdefault(certainty, []).append(country)
    for each in TaxonRange.Certainty:
        if each.value in told:
            yield Place(each.value, tuple(told[each.value]))


def _known(taxon: Taxon | None, names: Names) -> list[Change]:
    """The newest first; those without a day come last."""
    found = [change for name in (taxon.lineage if taxon else ()) for change in names.law.history.of(name)]
    return sorted(found, key=lambda change: change.on or date.min, reverse=True)


def _changes(row: Row | None) -> list[TaxonListing]:
    if row is None:
        return []
    return list(row.listings.filter(origin=TaxonListing.Origin.HISTORY).select_related("note", "annotation")
                .order_by("-since", "-id"))


def _suggested(name: str, party: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(match.accepted for match in search(name, MOST_SUGGESTED, party=party)))
