"""The Appendices as data: which listing holds for a taxon and a population, and which specimens it covers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from wildgate.convention.outcome import Warning as Caution
from wildgate.convention.taxonomy import Rank, Taxon, Unknown
from wildgate.convention.vocabulary import Appendix, Kingdom, Purpose, Source


class Cover(str, Enum):
    """Whether a listing covers a specimen. CONDITIONAL: the annotation turns on facts that a term does not tell."""

    YES = "yes"
    NO = "no"
    CONDITIONAL = "conditional"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Coverage:
    """The answer to "does this listing cover this specimen?".

    `appendix` is the Appendix that the specimen is traded under: it differs from the listing's where the annotation
    deems "all other specimens" to be of Appendix I (elephants of Botswana, vicuñas, rhinoceroses of Eswatini).
    `annotation` and `text` name the annotation that decided, if one did; `reason` is one sentence.
    """

    answer: Cover
    appendix: Appendix
    annotation: str | None = None
    text: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ZeroQuota:
    """A zero export quota that the listing itself sets. None means "any": of source, purpose, term, country.

    `taxa` narrows it to species of a higher listing; `treated_as` I: all specimens are deemed Appendix I (pangolins).
    `partial`: it holds for part of the country only, so ask the authority.
    """

    annotation: str
    text: str
    source: Source | None = None
    purpose: Purpose | None = None
    terms: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    taxa: tuple[str, ...] = ()
    treated_as: Appendix | None = None
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """One entry of the Appendices, at the rank listed.

    `countries` are the populations included (empty: all), `not_countries` those excluded, `partial` the countries of
    which only a part is included; `listed_by` the Parties of an Appendix III entry; `except_taxa` the taxa left out;
    `since` the day it took effect, where known; `note` the schedule's own words on populations.
    `label` is the entry as written: `Crocodylia spp.`
    """

    id: str
    taxon: str
    label: str
    rank: Rank
    kingdom: Kingdom
    appendix: Appendix
    annotations: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    not_countries: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    listed_by: tuple[str, ...] = ()
    except_taxa: tuple[str, ...] = ()
    since: date | None = None
    note: str = ""
    excludes_domesticated: bool = False
    zero_quotas: tuple[ZeroQuota, ...] = ()

    @property
    def annotation(self) -> str | None:
        """The annotation codes as printed, for example `#15` or `A10`; None without one."""
        return " ".join(self.annotations) or None

    def covers(self, term: str | None, *, source: Source | None = None, purpose: Purpose | None = None,
               country: str | None = None) -> Coverage:
        """Does this listing cover specimens of the term code `term`? None asks about specimens in general."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Listed:
    """The entries that hold, the strictest Appendix first.

    One entry: it holds. Several: `ambiguous` says why they cannot be told apart (population not given, or a country of
    which only part is included): rule by none of them alone; ask the authority which population.
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


class Law:
    """The Appendices as they stood on `date` (ISO text of the listing data). An immutable value."""

    date: str

    def resolve(self, name: str) -> Taxon | Unknown:
        """Place a name; never raises."""
        raise NotImplementedError

    def listings(self, name: str | Taxon, population: str | None = None, on: date | None = None) -> Answer:
        """Which entries hold for `name`, taken from `population` (ISO code), on the day `on`."""
        raise NotImplementedError

    def warnings(self, name: str | Taxon, on: date | None = None) -> tuple[Caution, ...]:
        """Cautions on the taxon: `check-appendices` (CoP20), `hybrid`, `check-name`, `history`."""
        raise NotImplementedError

    def names(self) -> tuple[Listing, ...]:
        """Every entry, in the order of the schedule."""
        raise NotImplementedError

    def suggest(self, name: str, limit: int = 3) -> tuple[str, ...]:
        """Names near a misspelt one (standard library only; the web uses `apps.species.selectors`)."""
        raise NotImplementedError


def law() -> Law:
    """The law shipped with the package, loaded once."""
    raise NotImplementedError
