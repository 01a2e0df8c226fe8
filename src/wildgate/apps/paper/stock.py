"""The arithmetic of security paper: a sheet's life as a table, numbers in ranges, what must lie in each drawer.

No law: an installation may have other paper, but a sheet leaves the stock once, wherever it lies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.vocabulary import Code

MOST_SHEETS = 10_000
"""In one delivery or hand-out."""
NUMBER = re.compile(r"([A-Z]{0,6})([0-9]{1,12})")
"""A number on a sheet: perhaps letters, then digits; the zeros in front belong to it."""
DASH = "–"


class SheetAct(Code):
    """What happens to a sheet; the kinds of ledger lines."""

    RECEIVED = "received"
    HANDED_OUT = "handed-out"
    GIVEN_BACK = "given-back"
    USED = "used"
    VOID = "void"
    LOST = "lost"
    SPOILED = "spoiled"
    RETURNED = "returned"
    WRITTEN_OFF = "written-off"


class SheetState(Code):
    """Where a sheet is. A sheet that left the stock never comes back to it."""

    IN_STORE = "in-store"
    AT_OFFICE = "at-office"
    USED = "used"
    VOID = "void"
    LOST = "lost"
    SPOILED = "spoiled"
    RETURNED = "returned"
    WRITTEN_OFF = "written-off"


A, S = SheetAct, SheetState
STEPS: dict[tuple[SheetState | None, SheetAct], SheetState] = {
    (None, A.RECEIVED): S.IN_STORE,
    (S.IN_STORE, A.HANDED_OUT): S.AT_OFFICE,
    (S.AT_OFFICE, A.GIVEN_BACK): S.IN_STORE,
    (S.AT_OFFICE, A.USED): S.USED,
    (S.IN_STORE, A.VOID): S.VOID,
    (S.AT_OFFICE, A.VOID): S.VOID,
    (S.IN_STORE, A.LOST): S.LOST,
    (S.AT_OFFICE, A.LOST): S.LOST,
    (S.USED, A.SPOILED): S.SPOILED,
    (S.USED, A.RETURNED): S.RETURNED,
    (S.USED, A.WRITTEN_OFF): S.WRITTEN_OFF,
}
LEAVING = (A.USED, A.VOID, A.LOST)
"""A sheet leaves the stock by one of these, once."""
ENDING = (A.SPOILED, A.RETURNED, A.WRITTEN_OFF)
"""A printed sheet ends by one of these, once."""
ON_A_PRINT = (A.USED, *ENDING)


def step(state: SheetState | None, act: SheetAct) -> SheetState | None:
    """The state after `act`; None when it cannot happen to such a sheet."""
    return STEPS.get((state, act))


@dataclass(frozen=True, slots=True, order=True)
class SheetNumber:
    """A number as printed on a sheet: `0071233` is (7, "", 71233). Sorted, sheets of one kind stand together."""

    width: int
    prefix: str
    value: int

    def __str__(self) -> str:
        return f"{self.prefix}{self.value:0{self.width}d}"


def read_number(text: str) -> SheetNumber | Refusal:
    """The number of one sheet as somebody typed it."""
    tidy = "".join(text.split()).upper()
    found = NUMBER.fullmatch(tidy)
    if found is None:
        return refuse("sheet-number", "%(text)s is not the number of a sheet: write it as printed, for example "
                      "0071233.", text=tidy[:30] or "A blank", field="sheets")
    return SheetNumber(len(found[2]), found[1], int(found[2]))


def read_numbers(text: str) -> tuple[str, ...] | Refusal:
    """Numbers and ranges: `0071233, 0071240-0071242`. Each once, in the order given."""
    out: dict[str, None] = {}
    for part in re.split(r"[,;\s]+", re.sub(r"\s*[-–—]\s*", DASH, text.strip())):
        ends = [read_number(end) for end in part.split(DASH)]
        if refused := next((end for end in ends if isinstance(end, Refusal)), None):
            return refused
        run = _run([end for end in ends if isinstance(end, SheetNumber)], part)
        if isinstance(run, Refusal):
            return run
        out.update(dict.fromkeys(run))
        if len(out) > MOST_SHEETS:
            return too_many()
    return tuple(out)


def _run(ends: list[SheetNumber], part: str) -> list[str] | Refusal:
    first, last = ends[0], ends[-1]
    if len(ends) > 2 or (first.prefix, first.width) != (last.prefix, last.width) or last.value < first.value:
        return refuse("sheet-range", "%(text)s is not a range of sheets: write the first and the last number in full, "
                      "for example 0071233-0071290.", text=part.strip()[:60], field="sheets")
    if last.value - first.value >= MOST_SHEETS:
        return too_many()
    return numbers_from(first, last.value - first.value + 1)


def too_many() -> Refusal:
    return refuse("too-many-sheets", "At most %(most)s sheets at once.", most=MOST_SHEETS, field="sheets")


def numbers_from(first: SheetNumber, many: int) -> list[str]:
    """So many numbers, one after the other."""
    return [str(SheetNumber(first.width, first.prefix, first.value + i)) for i in range(many)]


def compressed(numbers: Iterable[str]) -> str:
    """Numbers as ranges: `0071233–0071290, 0071295`."""
    read = sorted(found for found in map(read_number, numbers) if isinstance(found, SheetNumber))
    runs: list[list[SheetNumber]] = []
    for number in read:
        if runs and runs[-1][-1] == SheetNumber(number.width, number.prefix, number.value - 1):
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return ", ".join(DASH.join(str(end) for end in run) for run in runs)


def expected(moves: Iterable[tuple[SheetAct, int | None, int]]) -> dict[int | None, int]:
    """How many unused sheets must lie in each place, None being the store: the fold of (act, place, how many).

    A hand-out and a giving-back name the office; the store is their other side.
    """
    balance: dict[int | None, int] = {None: 0}
    for act, place, many in moves:
        if act is A.RECEIVED:
            balance[None] += many
        elif act in (A.HANDED_OUT, A.GIVEN_BACK):
            out = many if act is A.HANDED_OUT else -many
            balance[None] -= out
            balance[place] = balance.get(place, 0) + out
        elif act in LEAVING:
            balance[place] = balance.get(place, 0) - many
    return balance
