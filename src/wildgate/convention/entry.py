"""An entry of the Appendices: the taxon as listed, the populations meant, the specimens covered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from wildgate.convention.annotation import Cover, Coverage, Specimen, annotation, coverage, current_term
from wildgate.convention.sentence import say
from wildgate.convention.tables import read_facts
from wildgate.convention.taxonomy import HIGHER, Rank
from wildgate.convention.vocabulary import Appendix, Kingdom, Purpose, Source


@dataclass(frozen=True, slots=True)
class ZeroQuota:
    """A zero export quota that the listing itself sets. None or empty means "any": source, purpose, terms, countries.

    `taxa` are the taxa it is set for; `treated_as` I: all specimens are deemed Appendix I.
    `partial`: countries of which it holds for a part only, so ask the authority.
    """

    annotation: str
    text: str
    source: Source | None = None
    purpose: Purpose | None = None
    terms: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    taxa: tuple[str, ...] = ()
    treated_as: Appendix | None = None
    partial: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FixedQuota:
    """An annual number of specimens that the listing itself allows (cheetahs, Nile crocodiles of Tanzania)."""

    annotation: str
    text: str
    amount: int
    terms: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """One entry of the Appendices, at the rank listed.

    `countries` are the populations included (empty: all), `not_countries` those excluded, `partial` the countries of
    which only a part is meant; `listed_by` the Parties of an Appendix III entry; `except_taxa` the taxa left out.
    `since` is the day the entry took effect, where known, and `since_by` the meeting or Party that made it so; `before`
    the Appendix that the taxon was transferred from: then `since` is not the day of its first listing. An entry of the
    past has `until`, the first day on which it no longer held, and `until_by`. `certainty` says how well those days
    are known (A, B, C, K, import; see `history.py`). `label` is the entry as written: `Crocodylia spp.`
    In an answer `annotations`, `zero_quotas` and `fixed_quotas` are those that touch the taxon asked, and `names` are
    its names from species upwards.
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
    only_taxa: tuple[str, ...] = ()
    since: date | None = None
    before: Appendix | None = None
    until: date | None = None
    since_by: str = ""
    until_by: str = ""
    certainty: str = ""
    note: str = ""
    scope: str = ""
    excludes_domesticated: bool = False
    others_unlisted: bool = False
    zero_quotas: tuple[ZeroQuota, ...] = ()
    fixed_quotas: tuple[FixedQuota, ...] = ()
    names: tuple[str, ...] = ()
    name_en: str = ""
    name_fr: str = ""

    @property
    def first_listed(self) -> date | None:
        """The day of the first listing, where an official text or a comparison of schedules gives it."""
        return self.since if self.before is None and self.certainty in ("A", "B") else None

    @property
    def annotation(self) -> str | None:
        """The annotation codes, for example `#15` or `A10`; None without one."""
        return " ".join(self.annotations) or None

    @property
    def annotation_text(self) -> str:
        """The texts of the annotations, in English."""
        return "\n".join(found.text for code in self.annotations if (found := annotation(code)))

    def covers(self, term: str | None, *, source: Source | None = None, purpose: Purpose | None = None,
               country: str | None = None, sender: str | None = None) -> Coverage:
        """Does this listing cover specimens of the term code `term`? None asks about a whole specimen.

        `country` is the country of origin, `sender` the State that they leave where it is another one.
        """
        asked = Specimen(current_term(term or "LIV"), self.names or (self.taxon,), source, purpose, country, sender)
        found = coverage(self.annotations, self.appendix, asked)
        if self.scope and found.answer is Cover.YES:
            return Coverage(Cover.CONDITIONAL, self.appendix, found.annotation, found.text,
                            say("The listing %(listing)s is limited: %(scope)s", listing=self.label,
                                scope=self.scope[0].lower() + self.scope[1:]))
        return found

    def holds_for(self, population: str | None) -> Cover:
        """Is this population meant? CONDITIONAL: only a part of the country, or the population is not told."""
        limited = self.countries or self.not_countries or self.partial
        if not limited:
            return Cover.YES
        if population is None or population in self.partial:
            return Cover.CONDITIONAL
        if self.countries:
            return Cover.YES if population in self.countries else Cover.NO
        return Cover.NO if population in self.not_countries or not self._excepts_only else Cover.YES

    @property
    def _excepts_only(self) -> bool:
        """True for "except the populations of ...": every other population is meant."""
        return self.note.casefold().startswith("except") or bool(self.not_countries)


@dataclass(frozen=True, slots=True)
class QuotaRow:
    """A quota of the listings as shipped, before it is bound to an answer."""

    annotation: str
    taxon: str
    appendix: Appendix
    amount: int
    zero: ZeroQuota


def entries() -> Iterator[Listing]:
    """The shipped entries in the order of the schedule."""
    for r in read_facts("listings"):
        rank = Rank(r["rank"])
        yield Listing(
            r["id"], r["taxon"], f"{r['taxon']} spp." if rank in HIGHER else r["taxon"], rank, Kingdom(r["kingdom"]),
            Appendix(r["appendix"]), _in_order(r["annotations"]), tuple(r["countries"].split()),
            tuple(r["not_countries"].split()), tuple(r["partial"].split()), tuple(r["listed_by"].split()),
            _names(r["except_taxa"]), _names(r["only_taxa"]), note=r["note"], scope=r["scope"],
            excludes_domesticated=r["domesticated"] == "excluded", others_unlisted=r["elsewhere"] == "none",
            name_en=r["name_en"], name_fr=r["name_fr"])


def quota_rows() -> Iterator[QuotaRow]:
    """The quotas that the listings set, zero or a number."""
    for r in read_facts("listing_quotas"):
        text = found.text if (found := annotation(r["annotation"])) else ""
        yield QuotaRow(r["annotation"], r["taxon"], Appendix(r["appendix"]), int(r["amount"]), ZeroQuota(
            r["annotation"], text, Source(r["sources"]) if r["sources"] else None,
            Purpose(r["purposes"]) if r["purposes"] else None, tuple(r["terms"].split()), tuple(r["countries"].split()),
            (r["taxon"],), Appendix(r["treated_as"]) if r["treated_as"] else None, tuple(r["partial"].split())))


def _in_order(codes: str) -> tuple[str, ...]:
    """Annotation codes with those of the Convention (`#`) first."""
    return tuple(sorted(codes.split(), key=lambda code: not code.startswith("#")))


def _names(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(";")))
