"""`wildgate message`: reads a permit message of any Party, and says what is wrong with one."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from typing import Any

from wildgate.convention.refusal import Refusal
from wildgate.site.cli.verify import read_input


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("message", help="read and check CITESEPermit, CBFShip and SOAP files")
    verbs = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    for name, run, text in (("read", run_read, "print the permit, or the call or fault, of a message as JSON"),
                            ("check", run_check, "list what is wrong with a message, with XPath and box")):
        verb = verbs.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        verb.add_argument("file", metavar="FILE", help="an XML file; - reads from standard input")
        verb.add_argument("--json", action="store_true", help="print one JSON document")
        verb.set_defaults(run=run, needs_database=False)


def run_read(args: argparse.Namespace) -> int:
    """Exit status 1 when the message lacks a fact without which there is no permit; what it does say is printed."""
    from wildgate.message.draft import d22a
    from wildgate.message.heard import hear
    from wildgate.message.xml import read_message

    data = read_input(args.file)
    said = hear(data)
    if said is not None:
        return _unreadable(said, args.json) if isinstance(said, Refusal) else _print_said(said)
    message = read_message(data, d22a())
    if isinstance(message, Refusal):
        return _unreadable(message, args.json)
    _warn_of_draft(message.version)
    print(json.dumps(_message_json(message), indent=2, ensure_ascii=False))
    return 0 if message.record else 1


def _message_json(message: Any) -> dict[str, Any]:
    record, amendment = message.record, message.amendment
    facts: dict[str, Any] = record.as_json() if record else message.facts
    return facts | {
        "version": message.version, "complete": record is not None, "digest": record.digest.hex() if record else None,
        "seal": message.seal_text or None, "foreign": message.foreign, "state": message.state or None,
        "amendment": {"version": amendment.version, "previous": amendment.previous, "on": amendment.on.isoformat(),
                      "reason": amendment.reason} if amendment else None,
        "endorsements": [{"at": each.at.isoformat(), "port": each.port, "officer": each.officer,
                          "transport_document": each.transport_document,
                          "quantities": {block: f"{amount:f} {unit}" for block, amount, unit in each.quantities}}
                         for each in message.endorsements],
        "faults": [fault.as_json() for fault in message.faults],
    }


def _print_said(said: dict[str, Any]) -> int:
    """A call or an acknowledgement is read; a fault is a partner's clear no."""
    print(json.dumps(said, indent=2, ensure_ascii=False))
    return 1 if said["soap"] == "fault" else 0


def run_check(args: argparse.Namespace) -> int:
    """Exit status 0 without faults, 1 with."""
    from wildgate.message.draft import d22a
    from wildgate.message.heard import hear
    from wildgate.message.judgement import beside_its_seals
    from wildgate.message.profile import Fault
    from wildgate.message.xml import check_message, version_in

    data = read_input(args.file)
    said = hear(data)
    faults: list[Fault] | Refusal
    if isinstance(said, Refusal):
        faults = [Fault("/Envelope/Body", "", said.reason, said.code)]
    elif said is not None:
        words = f"The partner answered with a fault: {said.get('string', '')}."
        faults = [Fault("/Envelope/Body/Fault", "", words)] if said["soap"] == "fault" else []
    else:
        faults = check_message(data, d22a())
        if not isinstance(faults, Refusal) and not faults:
            root = "CBFShip" if version_in(data) == "v1" else "CITESEPermit"
            faults = [replace(each, xpath=f"/{root}") for each in beside_its_seals(data)]
        _warn_of_draft(version_in(data))
    if isinstance(faults, Refusal):
        return _unreadable(faults, args.json)
    if args.json:
        print(json.dumps({"faults": [fault.as_json() for fault in faults]}, indent=2, ensure_ascii=False))
    else:
        for fault in faults:
            print(f"{fault.xpath}\t{f'box {fault.box}' if fault.box else '-'}\t{fault.sentence}")
        print("No fault was found." if not faults else "1 fault." if len(faults) == 1 else f"{len(faults)} faults.",
              file=sys.stderr)
    return 1 if faults else 0


def _warn_of_draft(version: str) -> None:
    from wildgate.message.draft import d22a

    if version == d22a().name:
        print(f"wildgate message: the profile {version} is {d22a().label}.", file=sys.stderr)


def _unreadable(why: Refusal, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"errors": [why.as_json()]}, indent=2, ensure_ascii=False))
    print(f"wildgate message: {why.reason}", file=sys.stderr)
    return 2
