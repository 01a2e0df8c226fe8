"""`wildgate verify`: is this permit real, and what may I do with it? Needs no network and no database."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wildgate.convention.refusal import Refusal, refuse
from wildgate.seal.verdict import Role, Verdict, Verifier


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "verify", help="is this permit real, and may it be used?",
        description="Checks a permit handed over as a picture of its code, a PDF, an XML message or a text. "
                    "Exit status: 0 accept, 1 hold or refuse, 2 the file cannot be read.")
    parser.add_argument("file", metavar="FILE", help="PNG, JPG, PDF, XML or text; - reads a text from standard input")
    parser.add_argument("--role", choices=[role.value for role in Role], default=Role.PUBLIC.value,
                        help="who asks (default: public)")
    parser.add_argument("--at", metavar="ISO-TIME", type=moment, help="judge as of this time (default: now)")
    parser.add_argument("--home", type=Path, help="where the installation keeps its state (WILDGATE_HOME)")
    parser.add_argument("--trust", type=Path, metavar="FILE", help="the signed trust list (default: HOME/trust.cwt)")
    parser.add_argument("--status", type=Path, metavar="DIR", help="the signed status lists (default: HOME/status)")
    parser.add_argument("--certificate", type=Path, metavar="PEM", action="append", default=[],
                        help="a further certificate to trust for PDF signatures; may be repeated")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run, needs_database=False)


def moment(text: str) -> datetime:
    """An ISO time; without an offset it is UTC."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time such as 2027-03-03T09:30:00Z") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def run(args: argparse.Namespace) -> int:
    from wildgate.message.evidence import examine
    from wildgate.message.judgement import judge, pins_of

    at = args.at or datetime.now(UTC)
    verifier = _verifier(args)
    if isinstance(verifier, Refusal):
        return _unreadable(verifier, args.json)
    data = read_input(args.file)
    certificates = [path.read_bytes() for path in args.certificate]
    evidence = examine(data, "" if args.file == "-" else args.file, certificates, pins=pins_of(verifier), at=at)
    judgement = evidence if isinstance(evidence, Refusal) else judge(evidence, verifier, Role(args.role), at)
    if isinstance(judgement, Refusal):
        return _unreadable(judgement, args.json)
    if args.json:
        print(json.dumps(judgement.as_json(), indent=2, ensure_ascii=False))
    else:
        print(in_three_lines(judgement.verdict))
        for fault in judgement.faults:
            print(f"  {f'box {fault.box}: ' if fault.box else ''}{fault.sentence}")
    return 0 if judgement.verdict.genuine and judgement.verdict.answer.value == "accept" else 1


def read_input(file: str) -> bytes:
    """The bytes of a file or of standard input, one more than are ever accepted at most."""
    from wildgate.message.parsing import MAX_BYTES

    if file == "-":
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    with open(file, "rb") as source:
        return source.read(MAX_BYTES + 1)


def in_three_lines(verdict: Verdict) -> str:
    """The answer; what the permit covers; why, and how old the lists are."""
    genuine = "GENUINE" if verdict.genuine else "NOT GENUINE"
    as_of = verdict.lists_as_of
    age = f"Status as of {as_of:%Y-%m-%d %H:%M} UTC." if as_of else "No status list was used."
    return "\n".join([f"{genuine}: {verdict.answer.value.upper()} (state: {verdict.state})", _covers(verdict.facts),
                      " ".join([*(why.reason for why in verdict.reasons), age])])


def _covers(facts: dict[str, Any]) -> str:
    if not facts:
        return "The code gives no permit that could be shown."
    if facts["kind"] == "endorsement":
        return f"Endorsement by {facts['party']} of permit {facts['number']} at {facts['place']}, {facts['endorsed']}."
    lines = "; ".join(f"{line['quantity']} {line['unit']} {line['term']} {line['taxon']} (App. {line['appendix']}, "
                      f"source {line['source']}, origin {line['origin']})" for line in facts["lines"])
    return f"{facts['kind']} {facts['number']} of {facts['party']}, valid until {facts['valid_until']}: {lines}."


def _verifier(args: argparse.Namespace) -> Verifier | Refusal:
    from wildgate.seal.status import StatusLists
    from wildgate.seal.trust import read_trust_list
    from wildgate.site import env

    home = args.home or env.home()
    trust_file = args.trust or home / "trust.cwt"
    status = args.status or home / "status"
    if not trust_file.is_file():
        return refuse("no-trust-list", "There is no trust list at %(file)s; give one with --trust FILE, or write it "
                                       "with: wildgate keys trust -o %(file)s", file=trust_file)
    if args.status and not status.is_dir():
        return refuse("no-status-lists", "There is no folder of status lists at %(folder)s.", folder=status)
    trust = read_trust_list(trust_file.read_bytes(), None)
    return trust if isinstance(trust, Refusal) else Verifier(trust, StatusLists(status))


def _unreadable(why: Refusal, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"errors": [why.as_json()]}, indent=2, ensure_ascii=False))
    print(f"wildgate verify: {why.reason}", file=sys.stderr)
    return 2
