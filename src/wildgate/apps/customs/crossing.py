"""The questions customs asks at the barrier: may this paper be used now, and does what moves stay within it?

Nothing is written here; services and the border page ask the same questions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Protocol

from wildgate.convention import tables
from wildgate.convention.lifecycle import PermitState
from wildgate.convention.permit import plain
from wildgate.convention.quantity import check_number, parse_quantity
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.signs import hidden
from wildgate.convention.vocabulary import DocumentKind
from wildgate.seal.claims import MULTIPLE_USE
from wildgate.seal.endorsement import Stage as SealStage

EXPORT, IMPORT = "export", "import"
AT_IMPORT: Final = frozenset({DocumentKind.IMPORT_PERMIT.value, DocumentKind.FROM_THE_SEA.value})
"""Home documents that are shown when goods arrive; every other kind is endorsed when they leave (US 23.27)."""
FOR_MANY: Final = frozenset(kind.value for kind in MULTIPLE_USE)
"""Certificates of travelling exhibitions, musical instruments and personal ownership."""
MANY_CROSSINGS: Final = ("Art. VII.7", "50 CFR 23.44, 23.49", "Res. Conf. 16.8")
LONGEST_PORT: Final = 60
LONGEST_DOCUMENT: Final = 48
ONE_USE = ("Art. VI.5", "50 CFR 23.26(c)(18)")
_is_locode = re.compile("[A-Z]{2}[A-Z0-9]{3}").fullmatch
_is_zero = re.compile(r"0{1,20}(\.0{1,6})?").fullmatch

STOPPED: Final[dict[PermitState, tuple[str, str, tuple[str, ...]]]] = {
    PermitState.CANCELLED: (
        "permit-cancelled",
        "The permit was cancelled by its Management Authority. Stop the goods and contact it.",
        ("Res. Conf. 12.3",),
    ),
    PermitState.REPLACED: (
        "permit-replaced",
        "The permit was replaced by another one. Ask for the replacement.",
        ("Res. Conf. 12.3", "50 CFR 23.52"),
    ),
    PermitState.LOST: (
        "permit-lost",
        "The permit was reported lost or stolen. Keep it and contact the Management Authority.",
        ("Res. Conf. 12.3", "50 CFR 23.52"),
    ),
    PermitState.SUSPENDED: (
        "permit-suspended",
        "The permit is suspended while the Management Authority inquires. Hold the goods and contact it.",
        ("House rule: lifecycle",),
    ),
    PermitState.EXPORTED: (
        "already-used",
        "The permit was already used for an export. It serves one consignment: stop the goods and "
        "contact the Management Authority.",
        ONE_USE,
    ),
    PermitState.USED: (
        "already-used",
        "The permit was already used. It serves one consignment: stop the goods and contact the Management Authority.",
        ONE_USE,
    ),
}


class Block(Protocol):
    """A line of a paper as customs sees it."""

    @property
    def block(self) -> str: ...
    @property
    def quantity(self) -> Decimal: ...
    @property
    def unit(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Act:
    """What an officer enters: read, within its limits, ready to be compared with the paper."""

    stage: str
    quantities: Mapping[str, Decimal]
    port: str
    transport_document: str
    at: datetime
    key: str = ""
    packages: int | None = None
    dead: Mapping[str, Decimal] | None = None
    arrived: datetime | None = None
    reference: str = ""


def stage_of(kind: str) -> str:
    """At which border control a home document of this kind is endorsed."""
    return IMPORT if kind in AT_IMPORT else EXPORT


def is_for_many(kind: str) -> bool:
    """Whether a document of this kind serves several crossings until it ends (Art. VII.3, VII.7, Res. Conf. 16.8)."""
    return kind in FOR_MANY


def way_after(last: str | None) -> str:
    """The direction of the next crossing of a home certificate: out first, then in and out by turns."""
    return IMPORT if last == EXPORT else EXPORT


def wrong_way(stage: str, last: str | None = None, port: str = "", on: date | None = None) -> Refusal | None:
    """Why a certificate for several crossings may not go this way now: the crossing between is not written down.

    The goods may be in order all the same, another post may have forgotten its endorsement: the authority is asked.
    """
    if stage == way_after(last):
        return None
    if on is None:
        return refuse(
            "not-left",
            "No exit is written down for this certificate, so nothing can come back on it. Hold the goods and ask the "
            "authority.",
            basis=MANY_CROSSINGS,
        )
    if stage == EXPORT:
        return refuse(
            "left-already",
            "This certificate left at %(port)s on %(day)s and no return is written down. Hold the goods and ask the "
            "authority.",
            port=port,
            day=_day(on),
            basis=MANY_CROSSINGS,
        )
    return refuse(
        "returned-already",
        "This certificate came back at %(port)s on %(day)s and no exit is written down since. Hold the goods and ask "
        "the authority.",
        port=port,
        day=_day(on),
        basis=MANY_CROSSINGS,
    )


def seal_stage(kind: str, stage: str) -> SealStage:
    """The stage that the seal names: a re-export certificate leaves as a re-export."""
    if stage == IMPORT:
        return SealStage.IMPORT
    return SealStage.RE_EXPORT if kind == DocumentKind.RE_EXPORT.value else SealStage.EXPORT


def why_not(kind: str, state: PermitState, issued_on: date, valid_until: date, stage: str, on: date) -> Refusal | None:
    """Why a paper in this state may not be endorsed at `stage` on that day; None when it may."""
    if stage not in (EXPORT, IMPORT):
        return refuse(
            "stage-unknown",
            "An endorsement is made at export or at import, not at %(stage)s.",
            stage=stage[:20],
            field="stage",
        )
    if state in STOPPED:
        code, template, basis = STOPPED[state]
        return refuse(code, template, basis=basis)
    if stage != stage_of(kind) and not is_for_many(kind):
        return refuse(
            "wrong-stage",
            "A document of the kind %(kind)s is endorsed at %(right)s, not at %(stage)s.",
            kind=kind,
            right=stage_of(kind),
            stage=stage,
            field="stage",
            basis=("50 CFR 23.27",),
        )
    return out_of_time(issued_on, valid_until, on)


def out_of_time(issued_on: date, valid_until: date, on: date) -> Refusal | None:
    """A paper is used from its day of issue until midnight of its last day."""
    if on > valid_until:
        return refuse(
            "expired",
            "The permit was valid until %(day)s. Hold the goods: an expired permit cannot be used or extended.",
            day=_day(valid_until),
            basis=("Art. VI.2", "50 CFR 23.54(b)"),
        )
    if on < issued_on:
        return refuse(
            "not-yet-issued",
            "The permit is of %(day)s, after the day of this endorsement. Check the date.",
            day=_day(issued_on),
            basis=("Art. VI.2",),
        )
    return None


def read_act(
    *,
    stage: str,
    quantities: Mapping[str, Decimal | str],
    lines: Iterable[Block],
    port: str,
    transport_document: str,
    at: datetime,
    key: str = "",
    packages: int | None = None,
    dead: Mapping[str, Decimal | str] | None = None,
    arrived: datetime | None = None,
    reference: str = "",
    most: bool = True,
) -> Act | Refusal:
    """What the officer entered, or the first thing wrong with it. `most`: no more than the paper permits."""
    lines = list(lines)
    moved = read_quantities(quantities, lines, stage, most=most)
    if isinstance(moved, Refusal):
        return moved
    died = _dead(dead or {}, moved, {line.block: line.unit for line in lines})
    if isinstance(died, Refusal):
        return died
    box = read_box_14(port, transport_document)
    if isinstance(box, Refusal):
        return box
    if len(key) > 64:
        return refuse("key-too-long", "An idempotency key has at most 64 characters.", field="key")
    if packages is not None and not 0 < packages < 1 << 31:
        return refuse(
            "packages-out-of-range", "Give the number of packages as a whole number above zero.", field="packages"
        )
    return Act(stage, moved, *box, at, key, packages, died, arrived, reference.strip()[:80])


def read_box_14(port: str, transport_document: str) -> tuple[str, str] | Refusal:
    """The place of the endorsement and the transport document (boxes 14 and 15)."""
    place = _text(port, "port", "the port or station", LONGEST_PORT)
    if isinstance(place, Refusal):
        return place
    document = _text(
        transport_document,
        "transport_document",
        "the bill of lading, air waybill or flight number (box 15)",
        LONGEST_DOCUMENT,
    )
    return document if isinstance(document, Refusal) else (place, document)


def read_quantities(
    quantities: Mapping[str, Decimal | str], lines: Iterable[Block], stage: str, *, most: bool = True
) -> dict[str, Decimal] | Refusal:
    """How much of each line moved: every line must be given, zero is allowed, none above what is permitted."""
    by_block = {line.block: line for line in lines}
    if unknown := [block for block in quantities if block not in by_block]:
        return refuse(
            "unknown-line",
            "The permit has no line %(block)s.",
            block=str(unknown[0])[:10],
            field=f"quantities[{str(unknown[0])[:10]}]",
        )
    moved: dict[str, Decimal] = {}
    for block, line in by_block.items():
        if block not in quantities:
            return refuse(
                "line-missing",
                "Give the quantity of line %(block)s; write 0 when nothing of it moves.",
                block=block,
                field=f"quantities[{block}]",
                basis=("Res. Conf. 12.3, box 14",),
            )
        amount = read_amount(quantities[block], line.unit, f"quantities[{block}]")
        if isinstance(amount, Refusal):
            return amount
        if most and amount > line.quantity:
            return _too_much(amount, line, stage)
        moved[block] = amount
    if not any(moved.values()):
        return refuse(
            "nothing-moves",
            "Every line is zero: nothing moves, so there is nothing to endorse.",
            field="quantities",
            basis=("Res. Conf. 12.3, box 14",),
        )
    return moved


def read_amount(value: Decimal | str, unit: str, field: str) -> Decimal | Refusal:
    """A quantity that may be zero, in the unit of the permit."""
    if isinstance(value, Decimal) and not value.is_finite():
        return refuse("quantity-not-a-number", "The quantity is not a number.", field=field)
    text = plain(value) if isinstance(value, Decimal) else str(value).strip()
    if _is_zero(text):
        return Decimal(0)
    if not text:
        return refuse("quantity-missing", "Give the quantity; write 0 when nothing moves.", field=field)
    if text[0] in "-−":
        return refuse("quantity-not-positive", "A quantity is never below zero.", field=field)
    amount = parse_quantity(text, field=field)
    if isinstance(amount, Refusal):
        return amount
    return check_number(amount, unit, field=field) or amount


def locode(port: str, party: str) -> str:
    """The UN/LOCODE of a place for the seal; `..ZZZ` of the Party for a station that has none."""
    return port if _is_locode(port) else f"{party}ZZZ"


def shown(amount: Decimal, unit: str) -> str:
    """`1,250` or `1,250.5 kg`: as a sentence says it."""
    whole, point, decimals = plain(amount).partition(".")
    text = f"{int(whole):,}{point}{decimals}"
    known = tables.unit(unit)
    return text if unit == "NAR" or known is None else f"{text} {known.symbol}"


def _too_much(amount: Decimal, line: Block, stage: str) -> Refusal:
    return refuse(
        "more-than-permitted",
        "%(moved)s %(verb)s but %(permitted)s are permitted on line %(block)s; stop and contact the "
        "Management Authority.",
        moved=shown(amount, line.unit),
        verb="leave" if stage == EXPORT else "arrive",
        permitted=shown(line.quantity, line.unit),
        block=line.block,
        field=f"quantities[{line.block}]",
        basis=ONE_USE,
    )


def _dead(dead: Mapping[str, Decimal | str], moved: Mapping[str, Decimal],
          units: Mapping[str, str]) -> dict[str, Decimal] | Refusal:
    out: dict[str, Decimal] = {}
    for block, value in dead.items():
        field = f"dead[{str(block)[:10]}]"
        amount = read_amount(value, units.get(block, ""), field)
        if isinstance(amount, Refusal):
            return amount
        if block not in moved or amount > moved[block]:
            return refuse(
                "more-dead-than-arrived",
                "More are dead on arrival on line %(block)s than arrived.",
                block=str(block)[:10],
                field=field,
                basis=("Res. Conf. 12.3",),
            )
        out[block] = amount
    return out


def _text(value: str, field: str, what: str, longest: int) -> str | Refusal:
    kept = " ".join(value.split())
    if not kept:
        return refuse("missing", "Give %(what)s.", what=what, field=field, basis=("Res. Conf. 12.3, boxes 14 and 15",))
    if hidden(kept, lines=False):
        return refuse("hidden-signs", "%(path)s holds signs that cannot be printed.", path=field, field=field)
    if len(kept.encode()) > longest:
        return refuse(
            "too-long",
            "%(what)s takes at most %(longest)s characters.",
            what=what[0].upper() + what[1:],
            longest=longest,
            field=field,
        )
    return kept


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
