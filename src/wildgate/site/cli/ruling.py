"""`wildgate ruling again`: is a stored ruling reproduced by the law of its day?"""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wildgate.apps.permits.ruled_again import Again

MOST_SHOWN = 12
LONGEST_SHOWN = 90


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("ruling", help="make a stored ruling again by the law of its day")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    again = verbs.add_parser(
        "again", help="rule once more on stored cases and compare",
        description="Unpacks the edition of the law that a ruling was made by (facts, imported names, national "
        "settings) and rules once more in a fresh interpreter. Exit status 0: all the same; 1: a ruling differs or was "
        "altered; 2: there is no such case, or an edition cannot be read.")
    again.add_argument("numbers", metavar="NUMBER", nargs="*", help="an application or a permit")
    again.add_argument("--all", action="store_true", help="every stored ruling of the home Party")
    again.add_argument("--own-program", action="store_true",
                       help="also run the program that was kept with the edition, instead of the installed one. It is "
                            "code from the database: first check the chain with `wildgate audit verify`")
    again.add_argument("--json", action="store_true", help="one JSON document on stdout")
    again.add_argument("--home", help="state folder (default: WILDGATE_HOME)")
    again.set_defaults(run=run_again)


def run_again(args: argparse.Namespace) -> int:
    from django.conf import settings

    from wildgate.apps.permits.ruled_again import reproduce, stored_rulings
    if bool(args.numbers) == args.all:
        print("Give the number of an application or permit, or --all.", file=sys.stderr)
        return 2
    found = stored_rulings(settings.PARTY, args.numbers).select_related("application__permit")
    answers = list(reproduce(found.iterator(chunk_size=500), own_program=args.own_program))
    if not answers:
        print(f"No ruling of {settings.PARTY} is stored under {', '.join(args.numbers) or 'any number'} in "
              f"{settings.HOME}.", file=sys.stderr)
        return 2
    if args.json:
        print(json.dumps({"rulings": len(answers), "same": sum(answer.same for answer in answers),
                          "rows": [answer.as_json() for answer in answers]}, indent=2, ensure_ascii=False))
    else:
        _tell(answers)
    if any(answer.fault and answer.fault.code != "ruling-altered" for answer in answers):
        return 2
    return 0 if all(answer.same for answer in answers) else 1


def _tell(answers: list[Again]) -> None:
    for answer in answers:
        head = f"{answer.number} {answer.step} of {answer.on}, edition {answer.edition[:12]}"
        if answer.same:
            print(f"{head}: the same.")
            continue
        print(f"{head}: {answer.fault.reason if answer.fault else 'DIFFERENT.'}")
        for field, stored, again in answer.differences[:MOST_SHOWN]:
            print(f"  {field}: stored {_short(stored)}, now {_short(again)}")
        if len(answer.differences) > MOST_SHOWN:
            print(f"  and {len(answer.differences) - MOST_SHOWN} more; --json tells all.")
        if not answer.same_program:
            print("  The program was another one then: ask again with --own-program.")
    print(f"{sum(answer.same for answer in answers)} of {len(answers)} stored rulings are reproduced.")


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + " ..."
