"""`wildgate doctor`: is this installation well, and what is to be done?"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wildgate.site.doctor.found import Found


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "doctor", help="look over the installation and say what to do",
        description="Looks at settings, database, events, keys, lists, clock, fonts, disk, jobs, emergency rights, "
                    "backups, restore drills, mail, virus scanner, time stamps and partners. Changes nothing. Exit "
                    "status: 0 nothing is wrong, 1 something is.")
    parser.add_argument("--home", help="state folder (default: WILDGATE_HOME)")
    parser.add_argument("--here", action="store_true", help="ask nobody outside this machine")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.set_defaults(run=run, needs_tables=False)


def run(args: argparse.Namespace) -> int:
    from wildgate.site.doctor.found import State
    found = list(everything(here=args.here))
    if args.json:
        print(json.dumps([asdict(each) for each in found], indent=2))
    else:
        for each in found:
            print(f"{each.state:6} {each.thing}: {each.says}" + (f"\n       -> {each.do}" if each.do else ""))
        worse = sum(each.state is State.WRONG for each in found)
        print(f"{len(found)} looked at, {worse} wrong, {sum(each.state is State.LOOK for each in found)} to look at.")
    return int(any(each.state is State.WRONG for each in found))


def everything(*, here: bool = False) -> Iterator[Found]:
    """All that is looked at, in the order in which one would mend it; without a database only what needs none."""
    from pathlib import Path

    from django.conf import settings
    from django.utils import timezone

    from wildgate.apps.permits.sealing import keys
    from wildgate.kit.hsm import Hsm
    from wildgate.kit.keybook import KeyFault
    from wildgate.site import profiles
    from wildgate.site.doctor import books, within, without
    from wildgate.site.doctor.found import State
    from wildgate.site.operations import selectors
    at = timezone.now()
    yield from within.configuration()
    yield from within.disk()
    readable = True
    try:
        parts = keys().parts(settings.PARTY, at)
    except KeyFault as fault:
        readable = False
        yield within.damaged_keys(fault)
    else:
        yield from within.keys(parts, Path(settings.HOME) / "keys", at)
        yield from within.signing(parts, keys().open)
    if settings.PKCS11:
        yield from within.hardware(Hsm(settings.PKCS11, settings.PKCS11_PIN))
    yield from within.lists(at)
    yield from within.fonts()
    base = list(within.database())
    yield from base
    answers = not any(each.state is State.WRONG for each in base)
    if answers:
        yield from within.roles()
        yield from within.chain(at)
        yield from within.jobs(at)
        yield from within.emergencies(at)
        yield from selectors.backed_up(at)
        yield from selectors.drilled(at)
        if readable:
            yield from books.backup_and_books(at)
    if not here:
        yield from without.mail()
        yield from without.scanner()
        yield from without.time_stamps()
        yield from without.addresses()
        if answers and profiles.shows("partners"):
            yield from without.lines(at)
