"""`wildgate figures`: count the kept figures anew, or what is new; publish statistics, or publish a period again."""

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
    publish = verbs.add_parser("publish", help="publish the statistics of months and quarters that are over")
    publish.add_argument("--again", nargs=2, metavar=("DATA-SET", "PERIOD"), help="a new version of one period")
    publish.add_argument("--why", default="", help="why it is published again")
    publish.add_argument("--home", help="state folder (default: WILDGATE_HOME)")
    publish.add_argument("--json", action="store_true", help="one JSON document on stdout")
    publish.set_defaults(run=run_publish)


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


def run_publish(args: argparse.Namespace) -> int:
    """Count what is new, then publish what is due; exit status 1 when a period cannot be published again."""
    from django.conf import settings
    from django.utils import timezone

    from wildgate.apps.figures import counting, publishing
    from wildgate.convention.refusal import Refusal
    from wildgate.kit import events
    at = timezone.now()
    while counting.catch_up(settings.PARTY, at):
        pass
    if args.again:
        made = publishing.correct(party=settings.PARTY, data_set=args.again[0], period=args.again[1], why=args.why,
                                  by=events.SYSTEM, at=at)
        if isinstance(made, Refusal):
            print(json.dumps(made.as_json()) if args.json else made.reason)
            return 1
        found = [made]
    else:
        found = publishing.publish(settings.PARTY, at)
    told = [{"data_set": each.data_set, "period": each.period, "version": each.version, "digest": each.digest}
            for each in found]
    print(json.dumps({"published": told}) if args.json else f"{len(told)} publications made")
    return 0
