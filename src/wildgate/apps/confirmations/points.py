"""What one authority asks another about a permit, point by point, and what a register answers (Res. Conf. 11.3, 12.3).

The facts are those of the copy in the asker's hands: lines as `taxon | term | quantity | unit`, one on each line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from wildgate.convention import tables
from wildgate.convention.permit import plain
from wildgate.convention.quantity import parse_quantity
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.vocabulary import Code

MOST_LINES = 50


class Point(Code):
    """Everything that one authority asks another about a permit."""

    OURS = "ours"
    UNALTERED = "unaltered"
    VALID = "valid"
    UNUSED = "unused"
    QUANTITIES = "quantities"
    LEFT = "left"
    ENDORSED = "endorsed"


class About(Code):
    """What a question is about: the paper as such, or the export endorsement that it came without."""

    PERMIT = "permit"
    ENDORSEMENT = "endorsement"


POINTS: Final[Mapping[str, tuple[Point, ...]]] = {
    About.PERMIT.value: (Point.OURS, Point.UNALTERED, Point.VALID, Point.UNUSED, Point.QUANTITIES),
    About.ENDORSEMENT.value: (Point.OURS, Point.LEFT, Point.ENDORSED, Point.QUANTITIES),
}
FIVE: Final = POINTS[About.PERMIT.value]


class Say(Code):
    """An answer to a point."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Stated:
    """One line of the copy: how much of what."""

    taxon: str
    term: str
    quantity: str
    unit: str

    def __str__(self) -> str:
        return f"{self.taxon} | {self.term} | {self.quantity} | {self.unit}"


@dataclass(frozen=True, slots=True)
class Held:
    """One line of the register: how much the permit is for, and how much customs saw leave."""

    taxon: str
    term: str
    quantity: Decimal
    unit: str
    moved: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: yes, no or unknown to each point, the lines that differ, and a remark."""

    points: Mapping[str, str]
    differences: tuple[str, ...] = ()
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "points": dict(self.points), "differences": list(self.differences)}

    @property
    def good(self) -> bool:
        """Every point is a yes."""
        return bool(self.points) and set(self.points.values()) == {Say.YES.value}


def read_lines(text: str) -> tuple[Stated, ...] | Refusal:
    """The lines as typed, or the first that cannot be read."""
    found = []
    rows = [row for row in text.splitlines() if row.strip()]
    if len(rows) > MOST_LINES:
        return refuse("too-many-lines", "At most %(most)s lines fit in one question.", most=MOST_LINES, field="lines")
    for number, row in enumerate(rows, start=1):
        parts = [part.strip() for part in row.split("|")]
        if len(parts) != 4:
            return refuse("line-shape", "Line %(line)s must read: scientific name | term | quantity | unit.",
                          line=number, field="lines")
        taxon, term, quantity, unit = parts[0], parts[1].upper(), parts[2], parts[3].upper()
        amount = parse_quantity(quantity, field="lines")
        if isinstance(amount, Refusal):
            return refuse("line-quantity", "Line %(line)s: %(text)s is not a quantity; write digits, such as 1200.5.",
                          line=number, text=quantity[:20], field="lines")
        if tables.term(term) is None or tables.unit(unit) is None:
            return refuse("line-code", "Line %(line)s: %(text)s is not a code of the CITES guidelines.", line=number,
                          text=(term if tables.term(term) is None else unit)[:10], field="lines")
        found.append(Stated(taxon[:200], term, plain(amount), unit))
    return tuple(found)


def compared(stated: Sequence[Stated], held: Iterable[Held]) -> tuple[str, ...]:
    """The stated lines that the register does not hold so, each with what it holds instead."""
    rest = list(held)
    out = []
    for line in stated:
        what = (line.taxon, line.term, line.unit)
        same = next((one for one in rest if (one.taxon, one.term, one.unit) == what), None)
        if same is None:
            out.append(f"{line} ≠ –")
        else:
            rest.remove(same)
            if same.quantity != Decimal(line.quantity):
                out.append(f"{line} ≠ {plain(same.quantity)}")
    return tuple(out)


def from_register(stated: Sequence[Stated], held: Sequence[Held], *, on: date, state: str, valid_until: date,
                  copy_until: date | None) -> Answer:
    """The answer that the register of the issuing authority gives about one of its own permits.

    What customs saw leave under it is no use that forbids the arrival: it is told in the remark.
    """
    differences = compared(stated, held)
    unaltered = not differences and copy_until in (None, valid_until)
    usable = state in ("valid", "partly-used", "export-endorsed") and on <= valid_until
    points = {
        Point.OURS: True, Point.UNALTERED: unaltered, Point.VALID: usable,
        Point.UNUSED: state != "used", Point.QUANTITIES: not differences,
    }
    note = "; ".join(f"{line.taxon} {line.term}: {plain(line.moved)} / {plain(line.quantity)} {line.unit}"
                     for line in held if line.moved)
    return Answer({point.value: (Say.YES if yes else Say.NO).value for point, yes in points.items()}, differences, note)


NOT_OURS = Answer({Point.OURS.value: Say.NO.value,
                   **{point.value: Say.UNKNOWN.value for point in FIVE if point is not Point.OURS}})
"""What a register answers about a number that it never gave out."""


def read_answer(given: Mapping[str, str], note: str, asked: Sequence[Point] = FIVE) -> Answer | Refusal:
    """An answer as somebody filled it in: each point that was asked must be answered."""
    points = {}
    for point in asked:
        said = given.get(point.value, "")
        if said not in {one.value for one in Say}:
            return refuse("point-open", "Answer each of the questions: yes, no or not known.", field=point.value)
        points[point.value] = said
    if len(note) > 1000:
        return refuse("too-long", "The remark is %(length)s characters long; shorten it to 1,000.", length=len(note),
                      field="note")
    return Answer(points, note=note.strip())
