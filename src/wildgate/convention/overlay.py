"""National stricter measures (Article XIV.1): a file that adds documents, findings and refusals to a ruling.

An overlay is a TOML file with measures; each says for which trades it holds and what it adds. It is merged after the
ruling by the Convention and never takes anything from it. See `wildgate/data/overlays` for examples.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from wildgate.convention import tables
from wildgate.convention.case import strictest
from wildgate.convention.catalogue import caution, refusal
from wildgate.convention.fields import Reader, shown
from wildgate.convention.listing import Law
from wildgate.convention.listing import law as shipped_law
from wildgate.convention.outcome import Document, Finding, LineRuling
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.taxonomy import Unknown
from wildgate.convention.trade import Line, Trade
from wildgate.convention.vocabulary import Appendix, By, Direction, DocumentKind, FindingKind, Outcome, Purpose, Source

LARGEST = 500_000
MOST_MEASURES = 1_000
MOST_VALUES = 2_000
LONGEST_WORDS = 1_000
CROSSINGS = frozenset(Direction) - {Direction.TRANSIT}
DOUBTFUL = frozenset({"annotation-conditional", "ask-population", "taxon-unknown"})
FILE_KEYS = ("title", "source", "confirmed", "annex", "measure")
ANNEX_KEYS = ("appendix", "taxa", "except")
MEASURE_KEYS = (
    "id", "words", "basis", "countries", "at", "direction", "annex", "appendix", "taxa", "except", "source", "purpose",
    "term", "live", "exemptions_too", "from", "until", "document", "by", "when", "finding", "authority", "refuse",
    "ask",
)  # fmt: skip

Papers = frozenset[DocumentKind] | None
E = TypeVar("E", bound=Enum)
T = TypeVar("T")


class At(str, Enum):
    """Which State of the trade a measure is about: that of export, of destination, or of origin."""

    SENDER = "from"
    RECEIVER = "to"
    ORIGIN = "origin"


@dataclass(frozen=True, slots=True)
class Annex:
    """A national list: all of some Appendices and some taxa besides, but for the taxa excepted."""

    appendices: frozenset[Appendix]
    taxa: frozenset[str]
    excepted: frozenset[str]


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: for which trades it holds (None: any) and what it adds. `until` is its last day.

    `exemptions_too`: it holds for specimens that the Convention exempts (Article VII, annotations) as well.
    """

    id: str
    words: str
    basis: tuple[str, ...]
    countries: frozenset[str]
    at: At
    directions: frozenset[Direction] = CROSSINGS
    annex: Annex | None = None
    appendices: frozenset[Appendix] | None = None
    taxa: frozenset[str] | None = None
    excepted: frozenset[str] = frozenset()
    sources: frozenset[Source] | None = None
    purposes: frozenset[Purpose] | None = None
    terms: frozenset[str] | None = None
    live: bool | None = None
    exemptions_too: bool = False
    since: date | None = None
    until: date | None = None
    document: tuple[DocumentKind, At, str] | None = None
    finding: tuple[FindingKind, By] | None = None
    refuses: bool = False
    asks: bool = False

    def holds(self, ruled: LineRuling, line: Line, trade: Trade, names: frozenset[str], exempt: bool) -> bool:
        """Does the measure hold for a line that was ruled so? `names` are the taxon's, `exempt` that it needs none."""
        return (
            self._state(line, trade, self.at) in self.countries
            and trade.direction in self.directions
            and (self.since is None or self.since <= trade.on)
            and (self.until is None or trade.on <= self.until)
            and (self.sources is None or line.source in self.sources)
            and (self.purposes is None or trade.purpose in self.purposes)
            and (self.terms is None or line.term in self.terms)
            and (self.live is None or self.live is line.live)
            and self._lists(ruled.appendix, names)
            and (not exempt or self.exemptions_too or ruled.appendix is None)
        )

    def add(self, ruled: LineRuling, line: Line, trade: Trade, overlay: Overlay, papers: Papers) -> LineRuling:
        """The line with what the measure brings; a refused line stays refused and gains its reason only."""
        told = caution("stricter-national-law", self.basis, unconfirmed=not overlay.confirmed, title=overlay.title,
                       words=self.words)  # fmt: skip
        ruled = replace(ruled, warnings=(*ruled.warnings, told))
        no = None
        if self.refuses:
            no = refusal("national-measure", self.basis, title=overlay.title, words=self.words)
        elif self.document and trade.direction is Direction.IMPORT and papers is not None:
            kind = self.document[0]
            missing = kind not in papers
            no = refusal("document-missing", self.basis, taxon=ruled.accepted, document=kind) if missing else None
        if no is not None and not any(warning.code in DOUBTFUL for warning in ruled.warnings):
            return replace(ruled, decision=Outcome.REFUSE, documents=(), findings=(), refusals=(*ruled.refusals, no))
        if ruled.decision is Outcome.REFUSE:
            return ruled
        return self._brought(ruled, line, trade)

    def _brought(self, ruled: LineRuling, line: Line, trade: Trade) -> LineRuling:
        decision = Outcome.CONDITIONAL if self.asks or self.refuses else ruled.decision
        documents, findings = ruled.documents, ruled.findings
        if self.document is not None:
            kind, at, when = self.document
            new = Document(kind, self._state(line, trade, at), when, self.basis)
            known = any((one.kind, one.issued_by) == (new.kind, new.issued_by) for one in documents)
            documents = documents if known else (*documents, new)
        if self.finding is not None:
            found = Finding(*self.finding, self.basis)
            known = any((one.kind, one.by) == (found.kind, found.by) for one in findings)
            findings = findings if known else (*findings, found)
        if documents or findings:
            decision = strictest(decision, Outcome.ALLOW)
        return replace(ruled, decision=strictest(ruled.decision, decision), documents=documents, findings=findings)

    def _lists(self, appendix: Appendix | None, names: frozenset[str]) -> bool:
        """Is the taxon meant? One outside the Appendices is meant only where it is named."""
        annex, named = self.annex, self.taxa is not None and not self.taxa.isdisjoint(names)
        if not self.excepted.isdisjoint(names) or (self.taxa is not None and not named):
            return False
        if self.appendices is not None and appendix not in self.appendices:
            return False
        if annex is not None:
            if not annex.excepted.isdisjoint(names):
                return False
            named = named or not annex.taxa.isdisjoint(names)
            if not named and appendix not in annex.appendices:
                return False
        return appendix is not None or named

    @staticmethod
    def _state(line: Line, trade: Trade, at: At) -> str:
        return {At.SENDER: trade.sender, At.RECEIVER: trade.receiver, At.ORIGIN: line.origin}[at]


@dataclass(frozen=True, slots=True)
class Overlay:
    """The measures of a State or a group of States. `confirmed`: its authority stands for the text of the file."""

    title: str
    source: str
    confirmed: bool
    measures: tuple[Measure, ...]


def add_measures(
    ruled: LineRuling,
    line: Line,
    trade: Trade,
    law: Law,
    overlays: Iterable[Overlay],
    *,
    exempt: bool,
    papers: Papers = None,
) -> LineRuling:
    """The ruling on a line with the measures that hold for it. Stricter or equal, never milder (Art. XIV.1).

    `exempt`: the Convention asks for nothing or for an exemption's certificate; `papers` as in `ruling.rule`.
    """
    taxon = law.resolve(line.taxon)
    names = frozenset((line.taxon, *(() if isinstance(taxon, Unknown) else taxon.lineage)))
    out = ruled
    for overlay in overlays:
        for measure in overlay.measures:
            if measure.holds(ruled, line, trade, names, exempt):
                out = measure.add(out, line, trade, overlay, papers)
    return out


def load_overlay(text: str) -> Overlay | tuple[Refusal, ...]:
    """Read an overlay file, or say everything that is wrong with it, each fault with its line or key."""
    if len(text) > LARGEST:
        return (refuse("overlay-too-large", "The overlay has more than %(most)s characters.", most=LARGEST),)
    try:
        data = tomllib.loads(text)
    except RecursionError:
        return (refuse("overlay-too-deep", "The overlay is nested too deeply to be read."),)
    except tomllib.TOMLDecodeError as fault:
        at = re.search(r"\(at (.+)\)$", str(fault))
        what = str(fault).partition(" (at ")[0]
        return (refuse("not-toml", "The overlay is not TOML: %(what)s.", field=at[1] if at else None, what=what),)
    refusals: list[Refusal] = []
    reader = Reader(data, "", refusals)
    reader.known(FILE_KEYS, "an overlay")
    title = reader.text("title", required=True) or ""
    source = reader.text("source", most=LONGEST_WORDS) or ""
    confirmed = reader.flag("confirmed")
    annexes = _annexes(reader)
    measures = _measures(reader, annexes, _lines_of(text))
    return tuple(refusals) if refusals else Overlay(title, source, confirmed, measures)


@cache
def shipped_overlays() -> dict[str, Overlay]:
    """The examples that come with the package, by the name of their file. Raises ValueError for a broken one."""
    found: dict[str, Overlay] = {}
    folder = files("wildgate") / "data" / "overlays"
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".toml"):
            overlay = load_overlay(file.read_text("utf-8"))
            if isinstance(overlay, tuple):
                raise ValueError(f"{file.name}: {overlay[0].field}: {overlay[0].reason}")
            found[file.name.removesuffix(".toml")] = overlay
    return found


def _lines_of(text: str) -> list[int]:
    """The lines on which measures begin."""
    return [number for number, line in enumerate(text.splitlines(), 1) if re.match(r"\s*\[\[\s*measure\s*\]\]", line)]


def _annexes(reader: Reader) -> dict[str, Annex]:
    raw = reader.data.get("annex", {})
    if not isinstance(raw, Mapping):
        reader.no("not-a-table", "%(field)s must be a table of annexes.", "annex", field="annex")
        return {}
    found = {}
    for name, item in raw.items():
        if not isinstance(item, Mapping):
            reader.no("not-a-table", "%(field)s must be a table.", f"annex.{name}", field=f"annex.{name}")
            continue
        part = Reader(item, f"annex.{name}.", reader.refusals)
        part.known(ANNEX_KEYS, "an annex")
        found[str(name)] = Annex(
            _codes(part, "appendix", Appendix) or frozenset(), _taxa(part, "taxa") or frozenset(),
            _taxa(part, "except") or frozenset(),
        )  # fmt: skip
    return found


def _measures(reader: Reader, annexes: Mapping[str, Annex], lines: list[int]) -> tuple[Measure, ...]:
    raw = reader.data.get("measure")
    if not isinstance(raw, list) or not raw or not all(isinstance(item, Mapping) for item in raw):
        reader.no("measures-missing", "An overlay has at least one [[measure]].", "measure")
        return ()
    if len(raw) > MOST_MEASURES:
        reader.no("measures-too-many", "An overlay has at most %(most)s measures.", "measure", most=MOST_MEASURES)
        return ()
    found: list[Measure] = []
    for number, item in enumerate(raw):
        where = f"line {lines[number]}, " if len(lines) == len(raw) else ""
        part = Reader(item, f"{where}measure[{number}].", reader.refusals)
        before = len(reader.refusals)
        measure = _measure(part, annexes)
        if any(measure.id == other.id for other in found):
            part.no("id-twice", "The id %(id)s stands twice.", "id", id=shown(measure.id))
        if len(reader.refusals) == before:
            found.append(measure)
    return tuple(found)


def _measure(part: Reader, annexes: Mapping[str, Annex]) -> Measure:
    part.known(MEASURE_KEYS, "a measure")
    since, until = _day(part, "from"), _day(part, "until")
    if since and until and until < since:
        part.no("dates-crossed", "The measure ends before it begins.", "until")
    annex = part.text("annex")
    if annex is not None and annex not in annexes:
        part.no("annex-unknown", "%(name)s is not an annex of this file.", "annex", annexes, name=shown(annex))
    countries = _many(part, "countries", _country)
    if not countries:
        part.no("countries-missing", "A measure names the States that took it, as a list of codes.", "countries")
    basis = part.data.get("basis")
    if not isinstance(basis, list) or not basis or not all(isinstance(one, str) and one.strip() for one in basis):
        part.no("basis-missing", "A measure names its legal basis, as a list of texts.", "basis")
        basis = []
    measure = Measure(
        part.text("id", required=True) or "",
        part.text("words", most=LONGEST_WORDS, required=True) or "",
        tuple(basis),
        countries or frozenset(),
        part.code("at", At, "side of the trade") or At.RECEIVER,
        _codes(part, "direction", Direction) or CROSSINGS,
        annexes.get(annex or ""),
        _codes(part, "appendix", Appendix),
        _taxa(part, "taxa"),
        _taxa(part, "except") or frozenset(),
        _codes(part, "source", Source),
        _codes(part, "purpose", Purpose),
        _many(part, "term", _term),
        part.flag("live") if "live" in part.data else None,
        part.flag("exemptions_too"),
        since,
        until,
        _document(part),
        _finding(part),
        part.flag("refuse"),
        part.flag("ask"),
    )
    if not (measure.document or measure.finding or measure.refuses or measure.asks):
        part.no("adds-nothing", "A measure adds a document, a finding, refuse = true or ask = true.", "document")
    if annex is None and measure.appendices is None and measure.taxa is None:
        part.no("taxa-missing", "A measure says by annex, appendix or taxa what it is about.", "appendix")
    return measure


def _document(part: Reader) -> tuple[DocumentKind, At, str] | None:
    kind = part.code("document", DocumentKind, "kind of document", required=False)
    by = part.code("by", At, "side of the trade", required=kind is not None)
    when = part.text("when", required=kind is not None)
    return (kind, by, when) if kind and by and when else None


def _finding(part: Reader) -> tuple[FindingKind, By] | None:
    kind = part.code("finding", FindingKind, "kind of finding", required=False)
    by = part.code("authority", By, "authority", required=kind is not None)
    return (kind, by) if kind and by else None


def _codes(part: Reader, key: str, codes: type[E]) -> frozenset[E] | None:
    known = {str(member.value): member for member in codes}

    def one(text: str) -> E | Refusal:
        found = known.get(text)
        return found or refuse("code-unknown", "%(text)s is not a value of %(key)s.", suggestions=tuple(known),
                               text=shown(text), key=key)  # fmt: skip

    return _many(part, key, one)


def _taxa(part: Reader, key: str) -> frozenset[str] | None:
    return _many(part, key, _taxon)


def _many(part: Reader, key: str, one: Callable[[str], T | Refusal]) -> frozenset[T] | None:
    """A list of texts, each read by `one`; None where the key is absent. An empty list is a slip, not "any"."""
    values = part.data.get(key)
    if values is None:
        return None
    if not isinstance(values, list) or not values or len(values) > MOST_VALUES:
        part.no("not-a-list", "%(field)s must be a list of 1 to %(most)s texts.", key, field=part.name(key),
                most=MOST_VALUES)  # fmt: skip
        return None
    found = []
    for value in values:
        read = one(value) if isinstance(value, str) else refuse("not-a-text", "%(value)s is not a text.",
                                                                value=shown(value))  # fmt: skip
        if isinstance(read, Refusal):
            part.refusals.append(replace(read, field=part.name(key)))
        else:
            found.append(read)
    return frozenset(found)


def _taxon(name: str) -> str | Refusal:
    taxon = shipped_law().resolve(name)
    if isinstance(taxon, Unknown):
        return refuse("taxon-unknown", "%(name)s is not a name in the tables. %(why)s", name=shown(name),
                      why=taxon.reason)  # fmt: skip
    return taxon.name


def _country(code: str) -> str | Refusal:
    country = tables.country(code)
    if country is None or country.kind in ("region", "former"):
        return refuse("country-unknown", "%(text)s is not a country code: use the two letters of ISO 3166-1.",
                      text=shown(code))  # fmt: skip
    return code


def _term(code: str) -> str | Refusal:
    term = tables.term(code)
    if term is None or not term.current:
        return refuse("term-unknown", "%(text)s is not a current term code.", text=shown(code))
    return code


def _day(part: Reader, key: str) -> date | None:
    """A TOML date, or a text in ISO form."""
    value: Any = part.data.get(key)
    return value if isinstance(value, date) and not isinstance(value, datetime) else part.day(key)
