"""`wildgate figures`: count the kept figures anew, or what is new."""

from __future__ import annotations

import argparse
import json
import time


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("figures", help="the kept figures of the service")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    for verb, help_ in (("rebuild", "forget all figures and count every application and permit anew"),
                        ("count", "count what is new since the last time")):
        one = verbs.add_parser(verb, help=help_)
        one.add_argument("--home", help="state folder (default: WILDGATE_HOME)")
        one.add_argument("--json", action="store_true", help="one JSON document on stdout")
        one.set_defaults(run=run, verb=verb)


def run(args: argparse.Namespace) -> int:
    from django.conf import settings
    from django.utils import timezone

    from wildgate.apps.figures import counting
    from wildgate.apps.figures.models import Mark
    begun, at, counted = time.perf_counter(), timezone.now(), 0
    if args.verb == "rebuild":
        counted = counting.rebuild(settings.PARTY, at)
    else:
        while found := counting.catch_up(settings.PARTY, at):
            counted += found
    told = {"counted": counted, "seconds": round(time.perf_counter() - begun, 2),
            "up_to": Mark.objects.filter(party=settings.PARTY).values_list("seq", flat=True).first() or 0}
    what = "applications" if args.verb == "rebuild" else "events"
    print(json.dumps(told) if args.json else
          f"{counted} {what} counted in {told['seconds']} s, up to event {told['up_to']} of the chain")
    return 0
