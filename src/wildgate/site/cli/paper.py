"""`wildgate paper`: unused security paper in every place, and whether the counts agree."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wildgate.apps.paper.selectors import Drawer


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("paper", help="security paper: what lies where, do the counts agree?")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    stock = verbs.add_parser("stock", help="unused sheets in the store and at each office")
    stock.set_defaults(run=run_stock)
    count = verbs.add_parser("count", help="the newest count of each place; status 1 when one does not agree")
    count.set_defaults(run=run_count)
    for each in (stock, count):
        each.add_argument("--home", help="state folder (default: WILDGATE_HOME)")
        each.add_argument("--json", action="store_true", help="one JSON document on stdout")


def run_stock(args: argparse.Namespace) -> int:
    shapes = [{"place": _place(each), "sheets": each.expected, "numbers": each.numbers} for each in _drawers()]
    if args.json:
        print(json.dumps({"places": shapes}, indent=2, ensure_ascii=False))
    else:
        for shape in shapes:
            print(f"{shape['place']}: {shape['sheets']} sheets  {shape['numbers']}")
    return 0


def run_count(args: argparse.Namespace) -> int:
    shapes = [_count(each) for each in _drawers()]
    if args.json:
        print(json.dumps({"counts": shapes}, indent=2, ensure_ascii=False))
    else:
        for shape in shapes:
            print(f"{shape['place']}: {shape['state']}" + (
                f", counted {shape['counted']} of {shape['expected']} on {shape['day']}" if shape["day"] else ""))
    return 0 if all(shape["state"] in ("agrees", "never counted") for shape in shapes) else 1


def _count(drawer: Drawer) -> dict[str, Any]:
    count = drawer.count
    if count is None:
        return {"place": _place(drawer), "state": "never counted", "day": None}
    state = "differs" if count.difference else "agrees" if hasattr(count, "check_made") else "unchecked"
    return {"place": _place(drawer), "state": state, "day": count.day.isoformat(), "counted": count.counted,
            "expected": count.expected, "difference": count.difference, "explanation": count.explanation}


def _place(drawer: Drawer) -> str:
    return drawer.office.name if drawer.office else "store"


def _drawers() -> list[Drawer]:
    from django.conf import settings

    from wildgate.apps.paper import selectors
    party = settings.PARTY
    return [selectors.drawer(party, place) for place in (None, *selectors.offices(party))]
