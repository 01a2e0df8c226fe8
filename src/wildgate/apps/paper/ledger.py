"""The sheets' ledger at work: sheets under their row locks, one line for each change.

Locks are taken in the order of the sheets' numbers, after a permit's and before the event chain. Every caller is in
a transaction; a refusal leaves nothing changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count

from wildgate.apps.paper.models import Print, PrintOffice, Sheet, SheetMove
from wildgate.apps.paper.stock import SheetAct, SheetState, compressed, expected, step
from wildgate.convention.refusal import Refusal, refuse

BATCH = 500
STORE = None
"""The authority's own store, from which offices are served."""


def locked(party: str, numbers: Sequence[str]) -> list[Sheet] | Refusal:
    """The sheets of these numbers, under their locks, in the order of the numbers."""
    found: list[Sheet] = []
    asked = sorted(numbers)
    for start in range(0, len(asked), BATCH):
        found += Sheet.objects.select_for_update(of=("self",)).select_related("office").filter(
            party=party, number__in=asked[start:start + BATCH]).order_by("number")
    if unknown := set(numbers) - {sheet.number for sheet in found}:
        return refuse("no-such-sheet", "There is no sheet %(sheets)s in the stock.", sheets=compressed(unknown),
                      field="sheets")
    return found


def held(sheets: Sequence[Sheet], place: PrintOffice | None) -> Refusal | None:
    """Why these sheets are not unused sheets of this place; None when they are."""
    wanted = SheetState.AT_OFFICE if place else SheetState.IN_STORE
    where, key = (place.name, place.pk) if place else ("the store", None)
    gone = [sheet for sheet in sheets if SheetState(sheet.state) not in (SheetState.AT_OFFICE, SheetState.IN_STORE)]
    if gone:
        return refuse("sheet-gone", "Sheet %(sheets)s is %(state)s: no sheet is used twice.", field="sheets",
                      sheets=compressed(sheet.number for sheet in gone), state=gone[0].state)
    away = [sheet for sheet in sheets if (sheet.state, sheet.office_id) != (wanted.value, key)]
    if away:
        return refuse("sheet-elsewhere", "Sheet %(sheets)s is not in the stock of %(place)s.", field="sheets",
                      sheets=compressed(sheet.number for sheet in away), place=where)
    return None


def move(sheets: Sequence[Sheet], act: SheetAct, *, place: PrintOffice | None, actor: str, at: datetime,
         print_made: Print | None = None, note: str = "") -> None:
    """Write the act for each sheet. Raises ValueError when it cannot happen: callers ask `held`, or take used ones."""
    after = {step(SheetState(sheet.state), act) for sheet in sheets}
    if len(after) != 1 or (state := after.pop()) is None:
        raise ValueError(f"{act} cannot happen to all of {compressed(sheet.number for sheet in sheets)}")
    office = None if state is SheetState.IN_STORE else place
    for start in range(0, len(sheets), BATCH):
        Sheet.objects.filter(pk__in=[sheet.pk for sheet in sheets[start:start + BATCH]]).update(
            state=state.value, office=office)
    SheetMove.objects.bulk_create([SheetMove(sheet=sheet, kind=act.value, office=place, print=print_made, note=note,
                                             actor=actor, at=at) for sheet in sheets], batch_size=BATCH)


def balances(party: str) -> dict[int | None, int]:
    """How many unused sheets the ledger expects in each place."""
    rows = (SheetMove.objects.filter(sheet__party=party).order_by().values_list("kind", "office_id")
            .annotate(many=Count("pk")))
    return expected((SheetAct(kind), office, many) for kind, office, many in rows)


def balance(party: str, place: PrintOffice | None) -> int:
    """How many unused sheets the ledger expects in this place."""
    return balances(party).get(place.pk if place else STORE, 0)
