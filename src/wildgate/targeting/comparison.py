"""A permit beside a declaration: what the two say differently about one item, how bad that is, and in which words.

Each rule looks at one box. `stop`: the permit does not cover the item as declared. `doubt`: a person must look.
`note`: worth knowing, nothing is asked. Limits of likeness and rounding are house values.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from typing import Final

from rapidfuzz import fuzz

from wildgate.convention import tables
from wildgate.convention.listing import law
from wildgate.convention.permit import plain
from wildgate.convention.quantity import NUMBER, convert
from wildgate.convention.refusal import Refusal
from wildgate.convention.spelling import apart
from wildgate.convention.taxonomy import HIGHER, Taxon, Unknown
from wildgate.targeting.consignment import Consignment, Item, PermitRef, Trader

SAME_NAME: Final = 99.0
LIKE_NAME: Final = 82.0
ROUNDING: Final = Decimal("0.01")
"""House value: at most so much of what is left may be over by rounding."""
WORD_REACH: Final = 2

NOBODY: Final = Trader()

Placing = Callable[[str], Taxon | Unknown]


class Severity(str, Enum):
    """How bad a difference is, the worst first."""

    STOP = "stop"
    DOUBT = "doubt"
    NOTE = "note"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One block of a permit. `taxon` is the accepted name at issue, `names` other names of the same taxon that the
    issuer knows; `left` what is neither used nor reserved (None: not known, then `quantity` counts)."""

    block: str
    taxon: str
    term: str
    quantity: Decimal
    unit: str
    left: Decimal | None = None
    names: tuple[str, ...] = ()
    source: str = ""
    second_source: str = ""
    origin: str = ""
    marks: tuple[str, ...] = ()

    @property
    def remaining(self) -> Decimal:
        return self.quantity if self.left is None else self.left


@dataclass(frozen=True, slots=True)
class PermitFacts:
    """A permit as its issuer has it. `uses` are references of earlier declarations that used it; a document of which
    `multiple_use` holds crosses again and again."""

    number: str
    country: str
    kind: str
    issued_on: date
    valid_until: date
    state: str = "valid"
    lines: tuple[LineFacts, ...] = ()
    purpose: str = ""
    exporter: Trader = NOBODY
    importer: Trader = NOBODY
    transport_document: str = ""
    uses: tuple[str, ...] = ()
    multiple_use: bool = False
    retrospective: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that the two papers say differently. `where` is the box: taxon, term, quantity, exporter ..."""

    code: str
    severity: Severity
    where: str
    permit_says: str
    declared: str
    template: str
    values: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def sentence(self) -> str:
        return self.template % self.values


STOP, DOUBT, NOTE = Severity.STOP, Severity.DOUBT, Severity.NOTE
SENTENCES: Final[dict[str, tuple[Severity, str, str]]] = {
    "permit-not-usable": (STOP, "state", "The permit is %(permit)s."),
    "expired": (STOP, "validity", "The permit ended on %(permit)s; the declaration is of %(declared)s."),
    "issued-after-lodging": (STOP, "validity", "The permit was issued on %(permit)s, after the declaration of "
                                               "%(declared)s."),
    "retrospective": (DOUBT, "validity", "The permit was issued on %(permit)s, after the declaration of %(declared)s, "
                                         "and says that it is retrospective: see why."),
    "issue-date-differs": (DOUBT, "number", "The permit was issued on %(permit)s; the declaration gives %(declared)s."),
    "issuer-differs": (STOP, "number", "The permit is of %(permit)s; the declaration says %(declared)s."),
    "wrong-kind": (STOP, "kind", "A document of the kind %(permit)s does not serve %(declared)s."),
    "second-use": (STOP, "use", "The permit was used before (%(permit)s); it serves one consignment."),
    "used-again": (NOTE, "use", "The document crossed before (%(permit)s), as its kind allows."),
    "no-line": (STOP, "taxon", "The permit has no line."),
    "taxon-missing": (DOUBT, "taxon", "The declaration names no taxon; the permit is for %(permit)s."),
    "taxon-differs": (STOP, "taxon", "The permit is for %(permit)s; declared is %(declared)s."),
    "taxon-misspelt": (DOUBT, "taxon", "%(declared)s is perhaps a slip for %(permit)s."),
    "taxon-unknown": (DOUBT, "taxon", "%(declared)s cannot be placed; the permit is for %(permit)s."),
    "taxon-wider": (DOUBT, "taxon", "%(declared)s is wider than the permit's %(permit)s."),
    "taxon-narrower": (NOTE, "taxon", "%(declared)s is within the permit's %(permit)s."),
    "term-missing": (NOTE, "term", "The declaration names no term; the permit is for %(permit)s."),
    "term-differs": (STOP, "term", "The permit is for %(permit)s; declared is %(declared)s."),
    "term-near": (DOUBT, "term", "The permit says %(permit)s, the declaration %(declared)s: near terms, look at the "
                                 "goods."),
    "quantity-missing": (DOUBT, "quantity", "The declaration gives no quantity; %(permit)s is left."),
    "unit-not-comparable": (STOP, "unit", "%(declared)s cannot be compared with the permit's %(permit)s."),
    "used-up": (STOP, "quantity", "Nothing is left on the line; declared is %(declared)s."),
    "quantity-over": (STOP, "quantity", "%(permit)s is left on the permit; declared is %(declared)s."),
    "quantity-over-rounding": (NOTE, "quantity", "%(declared)s is %(permit)s rounded up: write off what is left."),
    "quantity-fraction": (DOUBT, "quantity", "Specimens are counted whole; declared is %(declared)s."),
    "source-differs": (STOP, "source", "The permit says source %(permit)s, the declaration %(declared)s."),
    "source-near": (DOUBT, "source", "The permit says source %(permit)s, the declaration %(declared)s."),
    "purpose-differs": (STOP, "purpose", "The permit is for purpose %(permit)s, the declaration for %(declared)s."),
    "purpose-near": (DOUBT, "purpose", "The permit says purpose %(permit)s, the declaration %(declared)s."),
    "origin-differs": (STOP, "origin", "The permit gives the origin %(permit)s, the declaration %(declared)s."),
    "marks-differ": (STOP, "marks", "Marks %(declared)s are not on the permit."),
    "marks-missing": (DOUBT, "marks", "The permit's specimens are marked (%(permit)s); no mark is declared."),
    "exporter-differs": (STOP, "exporter", "The permit's exporter is %(permit)s; declared is %(declared)s."),
    "exporter-similar": (DOUBT, "exporter", "The permit's exporter is %(permit)s; the declaration has %(declared)s."),
    "exporter-missing": (NOTE, "exporter", "The declaration names no exporter."),
    "exporter-country": (STOP, "exporter", "The permit's exporter is in %(permit)s; declared is %(declared)s."),
    "importer-differs": (STOP, "importer", "The permit's importer is %(permit)s; declared is %(declared)s."),
    "importer-similar": (DOUBT, "importer", "The permit's importer is %(permit)s; the declaration has %(declared)s."),
    "importer-missing": (NOTE, "importer", "The declaration names no importer."),
    "importer-country": (STOP, "importer", "The permit's importer is in %(permit)s; declared is %(declared)s."),
    "departure-differs": (DOUBT, "route", "The permit is for goods from %(permit)s; they leave from %(declared)s."),
    "destination-differs": (STOP, "route", "The permit is for %(permit)s; the goods go to %(declared)s."),
    "transport-differs": (DOUBT, "transport", "The permit names transport document %(permit)s, the declaration "
                                              "%(declared)s."),
}
"""Code: severity, the box, the sentence with `permit` and `declared`."""

DEAD_STATES: Final = frozenset({"cancelled", "replaced", "lost", "suspended", "void", "returned", "used",
                                "revoked", "stolen", "destroyed", "draft"})
NEAR_TERMS: Final = tuple(map(frozenset, (
    {"SKI", "SKP", "SID"}, {"LPS", "LPL"}, {"LOG", "TIM"}, {"SAW", "TIM", "TRW"}, {"MEA", "BOD", "LEG"},
    {"CHP", "POW"}, {"FFN", "DFN"}, {"BON", "BOP"}, {"HOR", "HOP"}, {"TUS", "IVP"}, {"IVC", "IJW"}, {"EGG", "EGL"},
    {"FPL", "FPS"}, {"STE", "ROO", "LVS", "DPL"}, {"EXT", "OIL"}, {"MED", "DER"}, {"PLA", "SKI"}, {"ROO", "LIV"})))
SOURCE_GROUPS: Final = tuple(map(frozenset, ({"W", "X", "R", "U"}, {"C", "D", "F"}, {"A", "D", "Y"}, {"I"}, {"O"})))
SERVES: Final[dict[str, frozenset[str]]] = {
    "export": frozenset({"re-export-certificate", "import-permit", "introduction-from-the-sea-certificate"}),
    "re-export": frozenset({"export-permit", "import-permit", "introduction-from-the-sea-certificate"}),
    "import": frozenset(),
}
"""By direction, the kinds that do not serve as the paper the goods leave with."""
LEGAL_FORMS: Final = re.compile(
    r"\b(ltd|limited|llc|inc|incorporated|corp|corporation|co|company|plc|pty|gmbh|ag|kg|sa|s a|sarl|sas|srl|spa|bv|nv|"
    r"sl|sl u|oy|ab|as|aps|pte|sdn bhd|et cie|cie)\b")


def compare(said: Item, consignment: Consignment, permit: PermitFacts, *,
            place: Placing | None = None) -> tuple[Difference, ...]:
    """Everything that `permit` and the item `said` of the declaration say differently, the worst first.

    `place` resolves names (a Party's own law); without it the shipped names are used.
    """
    placing = place or law().resolve
    found = [*_document(said, consignment, permit), *_parties(consignment, permit), *_way(consignment, permit)]
    line = line_for(said, permit, place=placing)
    found += _line(said, line, permit, placing) if line else [_differ("no-line", "", said.taxon)]
    return tuple(sorted(found, key=lambda each: list(Severity).index(each.severity)))


def line_for(said: Item, permit: PermitFacts, *, place: Placing | None = None) -> LineFacts | None:
    """The line of the permit that is meant: the one that fits best by taxon, then term, unit, source, what is left."""
    placing = place or law().resolve

    def fits(line: LineFacts) -> tuple[int, bool, bool, bool, bool]:
        turned = _turned(said, line)
        taxon = _taxon(said.taxon, line, placing)
        return (0 if taxon == "" else 1 if taxon != "taxon-differs" else 2, line.term != said.term, turned is None,
                bool(said.source) and line.source != said.source, turned is not None and turned > line.remaining)
    return min(permit.lines, key=fits, default=None)


def worst(found: tuple[Difference, ...]) -> Severity | None:
    """The worst of some differences; None when there is none."""
    return min((each.severity for each in found), key=list(Severity).index, default=None)


def _differ(code: str, permit_says: object, declared: object) -> Difference:
    severity, where, template = SENTENCES[code]
    values = {"permit": str(permit_says), "declared": str(declared)}
    return Difference(code, severity, where, values["permit"], values["declared"], template, values)


def _document(said: Item, consignment: Consignment, permit: PermitFacts) -> Iterator[Difference]:
    """The paper itself: alive, in its time, of the right kind, not used before, cited as it is."""
    day = consignment.lodged_at.date()
    if permit.state in DEAD_STATES and not (permit.state == "used" and consignment.reference in permit.uses):
        yield _differ("permit-not-usable", permit.state, "")
    if day > permit.valid_until:
        yield _differ("expired", permit.valid_until, day)
    if permit.issued_on > day:
        yield _differ("retrospective" if permit.retrospective else "issued-after-lodging", permit.issued_on, day)
    if permit.kind in SERVES.get(consignment.direction, frozenset()) and cited(said, permit, role="home"):
        yield _differ("wrong-kind", permit.kind, consignment.direction)
    if before := [each for each in permit.uses if each != consignment.reference]:
        yield _differ("used-again" if permit.multiple_use else "second-use", ", ".join(before[:3]), "")
    for ref in (each for each in said.permits if squeezed(each.number) == squeezed(permit.number)):
        if ref.issued_on and ref.issued_on != permit.issued_on:
            yield _differ("issue-date-differs", permit.issued_on, ref.issued_on)
        if ref.country and ref.country != permit.country:
            yield _differ("issuer-differs", permit.country, ref.country)


def cited(said: Item, permit: PermitFacts, *, role: str = "") -> PermitRef | None:
    """How the item cites this permit: its number without regard to spaces, strokes and case."""
    return next((each for each in said.permits if squeezed(each.number) == squeezed(permit.number)
                 and (not role or each.role == role)), None)


def squeezed(number: str) -> str:
    """A number of a document without what people write differently."""
    return re.sub(r"[^0-9A-Z]", "", number.upper())


def _parties(consignment: Consignment, permit: PermitFacts) -> Iterator[Difference]:
    for role, ours, theirs in (("exporter", permit.exporter, consignment.exporter),
                               ("importer", permit.importer, consignment.importer)):
        if not ours.name:
            continue
        if not theirs.name:
            yield _differ(f"{role}-missing", ours.name, "")
            continue
        alike = likeness(ours.name, theirs.name)
        if alike < LIKE_NAME:
            yield _differ(f"{role}-differs", ours.name, theirs.name)
        elif alike < SAME_NAME:
            yield _differ(f"{role}-similar", ours.name, theirs.name)
        if ours.country and theirs.country and ours.country != theirs.country:
            yield _differ(f"{role}-country", ours.country, theirs.country)


def likeness(one: str, other: str) -> float:
    """How alike two names of firms or people are, 0 to 100: case, accents, order and legal forms do not count."""
    left, right = _bare_name(one), _bare_name(other)
    return max(fuzz.ratio(left, right), fuzz.token_sort_ratio(left, right))


def _bare_name(name: str) -> str:
    text = unicodedata.normalize("NFKD", name.casefold())
    text = "".join(letter for letter in text if not unicodedata.combining(letter)).replace("&", " and ")
    text = " ".join(re.sub(r"[^\w ]|_", " ", re.sub(r"\b(\w)\.", r"\1", text)).split())
    return " ".join(LEGAL_FORMS.sub(" ", text).split()) or text


def _way(consignment: Consignment, permit: PermitFacts) -> Iterator[Difference]:
    start, end = permit.exporter.country, permit.importer.country
    if start and consignment.departure and start != consignment.departure[:2]:
        yield _differ("departure-differs", start, consignment.departure)
    if end and consignment.destination and end != consignment.destination[:2]:
        yield _differ("destination-differs", end, consignment.destination)
    ours, theirs = squeezed(permit.transport_document), squeezed(consignment.transport_document)
    if ours and theirs and ours != theirs:
        yield _differ("transport-differs", permit.transport_document, consignment.transport_document)


def _line(said: Item, line: LineFacts, permit: PermitFacts, place: Placing) -> Iterator[Difference]:
    if code := _taxon(said.taxon, line, place):
        yield _differ(code, line.taxon, said.taxon)
    yield from _term(said, line)
    yield from _amount(said, line)
    yield from _codes(said, line, permit)
    ours, theirs = ({squeezed(mark) for mark in marks} for marks in (line.marks, said.marks))
    if theirs and ours and theirs - ours:
        yield _differ("marks-differ", ", ".join(line.marks),
                      ", ".join(mark for mark in said.marks if squeezed(mark) not in ours))
    elif ours and not theirs:
        yield _differ("marks-missing", ", ".join(line.marks), "")


def _taxon(asked: str, line: LineFacts, place: Placing) -> str:
    """The code of what is different about the taxon; empty when both names are of one taxon."""
    if not asked.strip():
        return "taxon-missing"
    known = {name.casefold() for name in (line.taxon, *line.names)}
    if asked.strip().casefold() in known:
        return ""
    theirs, ours = place(asked), place(line.taxon)
    if isinstance(theirs, Unknown):
        return "taxon-misspelt" if any(_near(asked, name) for name in known) else "taxon-unknown"
    if theirs.name.casefold() in known:
        return ""
    if isinstance(ours, Unknown):
        return "taxon-unknown"
    if theirs.name == ours.name:
        return ""
    if theirs.rank in HIGHER and theirs.name in ours.lineage:
        return "taxon-wider"
    if ours.name in theirs.lineage:
        return "taxon-narrower"
    if theirs.name in ours.lineage:
        return "taxon-wider"
    return "taxon-misspelt" if _near(asked, line.taxon) and not _listed_alone(theirs) else "taxon-differs"


def _near(asked: str, name: str) -> bool:
    return apart(asked.strip().casefold(), name.casefold(), WORD_REACH)


def _listed_alone(taxon: Taxon) -> bool:
    """Does a listing, a rename or a common name hold exactly this name? Then it is no slip."""
    return any(entry.taxon == taxon.name for entry in law().entries()) or taxon.name in _told()


def _told() -> frozenset[str]:
    return frozenset(row["name"] for table in ("names", "unlisted") for row in tables.read_facts(table))


def _term(said: Item, line: LineFacts) -> Iterator[Difference]:
    if not said.term:
        yield _differ("term-missing", line.term, "")
        return
    theirs, ours = (tables.legacy_term(code) or code for code in (said.term, line.term))
    if theirs != ours:
        near = any({theirs, ours} <= group for group in NEAR_TERMS)
        yield _differ("term-near" if near else "term-differs", line.term, said.term)


def _turned(said: Item, line: LineFacts) -> Decimal | None:
    """The declared quantity in the permit's unit; None where the two do not measure the same."""
    if said.quantity is None:
        return None
    turned = convert(said.quantity, said.unit or NUMBER, line.unit or NUMBER)
    return None if isinstance(turned, Refusal) else turned


def _amount(said: Item, line: LineFacts) -> Iterator[Difference]:
    left = f"{plain(line.remaining)} {line.unit}"
    if said.quantity is None:
        yield _differ("quantity-missing", left, "")
        return
    declared, turned = f"{plain(said.quantity)} {said.unit or NUMBER}", _turned(said, line)
    if (said.unit or NUMBER) == NUMBER and said.quantity != said.quantity.to_integral_value():
        yield _differ("quantity-fraction", left, declared)
    if turned is None:
        yield _differ("unit-not-comparable", left, declared)
    elif line.remaining <= 0:
        yield _differ("used-up", left, declared)
    elif turned > line.remaining:
        yield _differ("quantity-over-rounding" if _rounded(said, line, turned) else "quantity-over", left, declared)


def _rounded(said: Item, line: LineFacts, turned: Decimal) -> bool:
    """Is the declared figure what is left, rounded to the declared decimals? Counted specimens are never rounded."""
    left = convert(line.remaining, line.unit or NUMBER, said.unit or NUMBER)
    if (line.unit or NUMBER) == NUMBER or said.quantity is None or isinstance(left, Refusal):
        return False
    exponent = said.quantity.normalize().as_tuple().exponent
    step = Decimal(1).scaleb(min(exponent, 0)) if isinstance(exponent, int) else Decimal(1)
    return left.quantize(step, ROUND_HALF_UP) == said.quantity and turned - line.remaining <= line.remaining * ROUNDING


def _codes(said: Item, line: LineFacts, permit: PermitFacts) -> Iterator[Difference]:
    ours = line.source + (f"/{line.second_source}" if line.second_source else "")
    if said.source and line.source and said.source not in (line.source, line.second_source, ours):
        near = any({said.source, line.source} <= group for group in SOURCE_GROUPS)
        yield _differ("source-near" if near else "source-differs", ours, said.source)
    if said.purpose and permit.purpose and said.purpose != permit.purpose:
        commerce = "T" in (said.purpose, permit.purpose)
        yield _differ("purpose-differs" if commerce else "purpose-near", permit.purpose, said.purpose)
    if said.origin and line.origin and said.origin != line.origin:
        yield _differ("origin-differs", line.origin, said.origin)
