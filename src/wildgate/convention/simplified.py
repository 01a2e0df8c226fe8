"""The simplified procedure: certificates signed beforehand and completed by an approved holder (Res. Conf. 12.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from wildgate.convention.listing import Law
from wildgate.convention.permit import plain
from wildgate.convention.quota import lineage
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.vocabulary import Code, Source

BASIS = ("Res. Conf. 12.3 (simplified procedures)",)
NEGLIGIBLE = frozenset({Source.CAPTIVE_BRED.value, Source.PROPAGATED.value, Source.REGISTERED.value,
                        Source.PRE_CONVENTION.value})
"""Bred in captivity, propagated, from a registered breeder, pre-Convention: of negligible impact or none."""
SAMPLES = frozenset({"SPE", "TIS"})
"""Scientific specimens and tissue: biological samples may be of any source."""
MOST_LINES = 8


class Box(Code):
    """Boxes of the standard form that the authority may leave to the holder."""

    CONSIGNEE = "3"
    PURPOSE = "5a"
    SPECIES = "7"
    DESCRIPTION = "9"
    QUANTITY = "11"


class MasterState(Code):
    """Where a master file stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"
    ENDED = "ended"


class PaperState(Code):
    """What became of one pre-signed certificate."""

    GIVEN = "given"
    COMPLETED = "completed"
    RETURNED = "returned"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class Allowance:
    """One line of a master file: specimens of which so much may leave, on one certificate and in all.

    `taxa` is one taxon or the annotated list that shares the allowance; a higher taxon stands for all below it.
    """

    taxa: tuple[str, ...]
    term: str
    unit: str
    source: str
    origin: str
    most: Decimal
    free: Decimal
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Consignee:
    """Box 3."""

    name: str
    address: str
    country: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What the authority signed beforehand. `boxes` are those that the holder fills; the others stand as signed."""

    direction: str
    purposes: tuple[str, ...]
    boxes: frozenset[Box]
    consignee: Consignee | None
    lines: tuple[Allowance, ...]
    until: date


@dataclass(frozen=True, slots=True)
class FilledLine:
    """What the holder writes for one line of the master file; empty where the box is not theirs."""

    place: int
    taxon: str = ""
    quantity: Decimal | None = None
    description: str = ""
    marks: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """A certificate as the holder completes it."""

    lines: tuple[FilledLine, ...]
    consignee: Consignee | None = None
    purpose: str = ""
    transport_document: str = ""


def sound(terms: Terms) -> tuple[Refusal, ...]:
    """Why these terms cannot be a master file."""
    faults = []
    if not 1 <= len(terms.lines) <= MOST_LINES:
        faults.append(refuse("no-lines", "Name 1 to %(most)s kinds of specimens.", most=MOST_LINES, field="lines"))
    if not terms.purposes:
        faults.append(refuse("missing", "Choose at least one purpose.", field="purposes"))
    if len(terms.purposes) > 1 and Box.PURPOSE not in terms.boxes:
        faults.append(refuse("purpose-open", "Several purposes are allowed, so the holder must fill box 5a.",
                             field="purposes"))
    if terms.consignee is None and Box.CONSIGNEE not in terms.boxes:
        faults.append(refuse("consignee-open", "Name the importer, or leave box 3 to the holder.", field="boxes"))
    for place, line in enumerate(terms.lines):
        faults += _sound(line, terms, place)
    return tuple(faults)


def _sound(line: Allowance, terms: Terms, place: int) -> list[Refusal]:
    faults = []
    if line.source not in NEGLIGIBLE and line.term not in SAMPLES:
        faults.append(refuse("not-negligible", "Specimens of source %(source)s cannot be sent by the simplified "
                             "procedure: only biological samples, pre-Convention specimens, and what was bred or "
                             "propagated.", source=line.source or "–", basis=BASIS, field=f"lines[{place}].source"))
    if not line.taxa:
        faults.append(refuse("missing", "Name the species, or the list of species.", field=f"lines[{place}].taxa"))
    if len(line.taxa) > 1 and Box.SPECIES not in terms.boxes:
        faults.append(refuse("species-open", "A list of species needs box 7 to be filled by the holder.",
                             field=f"lines[{place}].taxa"))
    if not 0 < line.most <= line.free:
        faults.append(refuse("allowance-order", "The most on one certificate must be above zero and not above the "
                             "most in all.", field=f"lines[{place}].most"))
    return faults


def misfits(terms: Terms, filled: Filled, law: Law, on: date) -> tuple[Refusal, ...]:
    """Where a completed certificate goes beyond what was signed beforehand; empty when it fits."""
    faults = []
    if on > terms.until:
        faults.append(refuse("master-ended", "The permission to complete certificates ended on %(day)s.",
                             day=terms.until.isoformat(), basis=BASIS))
    if not filled.lines or len({line.place for line in filled.lines}) != len(filled.lines):
        faults.append(refuse("missing", "Fill at least one line, and each only once.", field="lines"))
    if filled.consignee is not None and Box.CONSIGNEE not in terms.boxes:
        faults.append(_not_yours(Box.CONSIGNEE))
    if filled.purpose and (filled.purpose not in terms.purposes or (
            Box.PURPOSE not in terms.boxes and filled.purpose != terms.purposes[0])):
        faults.append(refuse("purpose-not-allowed", "The purpose %(purpose)s is not among those that were approved.",
                             purpose=filled.purpose, field="purpose", basis=BASIS))
    for line in filled.lines:
        faults += _misfits(terms, line, law)
    return tuple(faults)


def _misfits(terms: Terms, line: FilledLine, law: Law) -> list[Refusal]:
    if not 0 <= line.place < len(terms.lines):
        return [refuse("no-such-line", "The master file has no line %(line)s.", line=line.place + 1, field="lines")]
    allowed, at = terms.lines[line.place], f"lines[{line.place}]"
    faults = []
    if line.taxon and Box.SPECIES not in terms.boxes and line.taxon != allowed.taxa[0]:
        faults.append(_not_yours(Box.SPECIES))
    elif line.taxon and not set(lineage(law, line.taxon)) & set(allowed.taxa):
        faults.append(refuse("taxon-not-approved", "%(taxon)s is not on the list that was approved.",
                             taxon=line.taxon[:80], field=f"{at}.taxon", basis=BASIS))
    elif not line.taxon and Box.SPECIES in terms.boxes:
        faults.append(refuse("missing", "Name the species.", field=f"{at}.taxon"))
    if (line.description or line.marks) and Box.DESCRIPTION not in terms.boxes:
        faults.append(_not_yours(Box.DESCRIPTION))
    quantity = quantity_of(terms, line)
    if quantity is None:
        faults.append(refuse("missing", "Give the quantity.", field=f"{at}.quantity"))
    elif line.quantity is not None and Box.QUANTITY not in terms.boxes and line.quantity != allowed.most:
        faults.append(_not_yours(Box.QUANTITY))
    elif not 0 < quantity <= allowed.most:
        faults.append(refuse("beyond-certificate", "At most %(most)s %(unit)s may stand on one certificate.",
                             most=plain(allowed.most), unit=allowed.unit, field=f"{at}.quantity", basis=BASIS))
    elif quantity > allowed.free:
        faults.append(refuse("beyond-master", "Only %(left)s %(unit)s are left of what was approved.",
                             left=plain(allowed.free), unit=allowed.unit, field=f"{at}.quantity", basis=BASIS))
    return faults


def _not_yours(box: Box) -> Refusal:
    return refuse("box-not-yours", "Box %(box)s was filled by the authority and cannot be changed.", box=box.value,
                  field="lines", basis=BASIS)


def quantity_of(terms: Terms, line: FilledLine) -> Decimal | None:
    """What the line sends: as filled in, or as signed beforehand where box 11 is not the holder's."""
    if line.quantity is not None:
        return line.quantity
    return None if Box.QUANTITY in terms.boxes else terms.lines[line.place].most


def answers_of(terms: Terms, filled: Filled) -> dict[str, object]:
    """The completed certificate as the answers of an application; ask `misfits` first."""
    consignee = filled.consignee or terms.consignee or Consignee("", "", "")
    lines = []
    for line in filled.lines:
        allowed, quantity = terms.lines[line.place], quantity_of(terms, line)
        lines.append({
            "taxon": line.taxon or allowed.taxa[0], "term": allowed.term, "unit": allowed.unit,
            "quantity": plain(quantity or Decimal(0)), "source": allowed.source, "origin": allowed.origin,
            "description": line.description, "marks": line.marks, **allowed.facts})
    return {
        "direction": terms.direction, "purpose": filled.purpose or terms.purposes[0],
        "other_country": consignee.country, "other_name": consignee.name, "other_address": consignee.address,
        "transport_document": filled.transport_document, "lines": lines,
    }
