"""`wildgate verify`: is this permit real, and what may I do with it?

Needs no network. With --trust or --status it needs no database either; a home that has one answers for its own permits.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wildgate.convention.refusal import Refusal, refuse
from wildgate.seal.verdict import Answer, Role, Verdict, Verifier

if TYPE_CHECKING:
    from wildgate.message.evidence import Evidence
    from wildgate.message.judgement import Judgement
    from wildgate.seal.hindsight import Hindsight


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "verify", help="is this permit real, and may it be used?",
        description="Checks a permit handed over as a picture of its code, a PDF, an XML message or a text. "
                    "Exit status: 0 accept, 1 hold or refuse, 2 the file cannot be read.")
    parser.add_argument("file", metavar="FILE", help="PNG, JPG, PDF, XML or text; - reads a text from standard input")
    parser.add_argument("--endorsement", metavar="FILE", nargs="+", action="extend", default=[],
                        help="the labels on the permit, in any order: checked as a chain with the permit")
    parser.add_argument("--role", choices=[role.value for role in Role], default=Role.PUBLIC.value,
                        help="who asks (default: public)")
    parser.add_argument("--at", metavar="ISO-TIME", type=moment,
                        help="judge as of this time (default: now); before the lists at hand, what was known then and "
                             "what is known now are both shown")
    parser.add_argument("--home", type=Path, help="where the installation keeps its state (WILDGATE_HOME)")
    parser.add_argument("--trust", type=Path, metavar="FILE", action="append",
                        help="a signed trust list; may be repeated (default: HOME/trust.cwt and those imported)")
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
    try:
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except OverflowError:
        raise argparse.ArgumentTypeError(f"{text!r} lies outside the calendar") from None


def run(args: argparse.Namespace) -> int:
    from wildgate.message.evidence import examine
    from wildgate.message.judgement import judge, pins_of
    from wildgate.site import env

    at = args.at or datetime.now(UTC)
    verifier = _verifier(args)
    if isinstance(verifier, Refusal):
        return _unreadable(verifier, args.json)
    data = read_input(args.file)
    certificates: list[bytes] = []
    for path in args.certificate:
        certificate = _certificate(path)
        if isinstance(certificate, Refusal):
            return _unreadable(certificate, args.json)
        certificates.append(certificate)
    evidence = examine(data, "" if args.file == "-" else args.file, certificates, pins=pins_of(verifier), at=at,
                       tsa=[env.file("WILDGATE_TSA_CERTIFICATES")])
    if isinstance(evidence, Refusal):
        return _unreadable(evidence, args.json)
    role = Role(args.role)
    judgement = judge(evidence, verifier, role, at)
    if isinstance(judgement, Refusal):
        return _unreadable(judgement, args.json)
    past = _look_back(args, evidence, verifier, role, at)
    if args.at is None and not args.trust and not args.status and _has_register(args):
        judgement = _by_the_register(args, evidence, judgement, role, at)
    if past:
        judgement = replace(judgement, verdict=_of_the_day(judgement, past))
    labels: tuple[dict[str, Any], ...] = ()
    if args.endorsement:
        chained = _with_labels(args, evidence, verifier, judgement.verdict, role, at)
        if isinstance(chained, Refusal):
            return _unreadable(chained, args.json)
        judgement, labels = replace(judgement, verdict=chained[0]), chained[1]
    _print(args, judgement, past, labels)
    return 0 if judgement.verdict.genuine and judgement.verdict.answer.value == "accept" else 1


def _print(args: argparse.Namespace, judgement: Judgement, past: Hindsight | None,
           labels: tuple[dict[str, Any], ...]) -> None:
    if args.json:
        shown = judgement.as_json() | (past.as_json() if past else {})
        if args.endorsement:
            shown["endorsements"] = labels
        print(json.dumps(shown, indent=2, ensure_ascii=False))
    else:
        print(in_words(past) if past else in_three_lines(judgement.verdict))
        for label in labels:
            print(f"  {label['endorsed']}  {label['stage']} at {label['place']}: {', '.join(label['quantities'])}")
        for fault in judgement.faults:
            print(f"  {f'box {fault.box}: ' if fault.box else ''}{fault.sentence}")
        for line in _of_the_register(judgement):
            print(f"  {line}")


def _with_labels(args: argparse.Namespace, evidence: Evidence, verifier: Verifier, verdict: Verdict, role: Role,
                 at: datetime) -> tuple[Verdict, tuple[dict[str, Any], ...]] | Refusal:
    """The verdict with the labels that were given beside the permit."""
    from wildgate.message.evidence import examine
    from wildgate.seal.chain import read_with

    labels: list[str] = []
    for file in args.endorsement:
        found = examine(read_input(file), file)
        if isinstance(found, Refusal) or not found.texts:
            return found if isinstance(found, Refusal) else refuse(
                "no-code", "No square code was found in %(file)s; photograph the label, sharp and whole.", file=file)
        labels += found.texts
    return read_with(verifier, evidence.texts, labels, verdict, role, at)


def _look_back(args: argparse.Namespace, evidence: Evidence, verifier: Verifier, role: Role,
               at: datetime) -> Hindsight | None:
    """What was known then and now, when the question is of a day before the lists at hand and the home keeps more."""
    from wildgate.seal.hindsight import is_past, look_back
    from wildgate.seal.text import from_text
    from wildgate.site import env

    code = next((text for text in evidence.texts if isinstance(from_text(text), bytes)), None)
    if args.at is None or args.trust or code is None or not is_past(verifier, at):
        return None
    home, today = args.home or env.home(), datetime.now(UTC)
    if not _has_register(args):
        return look_back(code, role, at, home=home, present=verifier, today=today)
    from wildgate.site.cli import open_home
    open_home(str(home), migrate=False)
    from django.conf import settings

    from wildgate.apps.permits.hindsight import Recorded, record_of
    found = look_back(code, role, at, home=home, present=verifier, today=today,
                      register=lambda moment: Recorded(settings.PARTY, moment))
    facts = (found.then or found.now).facts
    if facts.get("party") != settings.PARTY:
        found = look_back(code, role, at, home=home, present=verifier, today=today)
    return replace(found, record=record_of(settings.PARTY, str(facts.get("number", "")), found.now.digest))


def _has_register(args: argparse.Namespace) -> bool:
    """Whether the home keeps a database: the register of the authority itself."""
    from wildgate.site import env

    return ((args.home or env.home()) / "wildgate.sqlite3").is_file() or bool(env.text("DATABASE_URL"))


def _by_the_register(args: argparse.Namespace, evidence: Evidence, judgement: Judgement, role: Role,
                     at: datetime) -> Judgement:
    """The judgement as the authority's own register and the law of today have it."""
    from wildgate.site import env
    from wildgate.site.cli import open_home
    open_home(str(args.home or env.home()), migrate=False)

    from wildgate.apps.permits.note_standing import by_the_law
    from wildgate.apps.permits.register import compared
    return compared(evidence, by_the_law(judgement, at), role, at)


def _of_the_register(judgement: Judgement) -> list[str]:
    """What the register says, and every fact on which code, pages, message and register do not agree."""
    entry = getattr(judgement, "entry", None)
    if not entry:
        return []
    if not entry.get("known"):
        return ["Register: not known."]
    told = [f"Register: {entry['state']}" + (f" since {entry['since']}" if entry.get("since") else "")
            + (f", replaced by {entry['replaced_by']}" if entry.get("replaced_by") else "") + "."]
    for each in getattr(judgement, "differing", ()):
        told.append(f"box {each.box}, {each.what}: " + "; ".join(f"{who} {said or 'empty'}"
                                                                 for who, said in each.said.items()))
    return told


def _of_the_day(judgement: Judgement, past: Hindsight) -> Verdict:
    """The seal's verdict of that day; a file that was altered stays refused."""
    altered = [why for why in judgement.verdict.reasons if why.code == "altered"]
    if not altered:
        return past.verdict
    return replace(past.verdict, genuine=False, answer=Answer.REFUSE, reasons=(*altered, *past.verdict.reasons))


def _certificate(file: Path) -> bytes | Refusal:
    """A file of certificates that can be read; what cannot would be taken for one that nobody has signed with."""
    from cryptography import x509

    data = file.read_bytes()
    try:
        x509.load_pem_x509_certificates(data) if b"-----BEGIN" in data else x509.load_der_x509_certificate(data)
    except ValueError:
        return refuse("not-a-certificate", "%(file)s holds no certificate that can be read; name a PEM file.",
                      file=file.name)
    return data


def read_input(file: str) -> bytes:
    """The bytes of a file or of standard input, one more than are ever accepted at most."""
    from wildgate.message.parsing import MAX_BYTES

    if file == "-":
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    with open(file, "rb") as source:
        return source.read(MAX_BYTES + 1)


def in_words(past: Hindsight) -> str:
    """What was known then, what is known now, and what the record says."""
    lists = ", ".join(f"number {each['number']} of {each['keeper']}, issued {each['issued_at']}, SHA-256 "
                      f"{each['sha256']}" for each in past.sources)
    then = in_three_lines(past.then) if past.then else "No trust list of that day is kept here."
    out = [f"On {past.at:%Y-%m-%d %H:%M} UTC:", then, *([f"Trust list: {lists}."] if lists else []), "",
           "Known today:", in_three_lines(past.now)]
    if past.record:
        out += ["", f"Event chain of the authority ({'it holds' if past.record['chain_holds'] else 'IT IS BROKEN'}):"]
        out += [f"  {each['seq']}  {each['at']}  {each['kind']}{_signed(each.get('level'))}"
                for each in past.record["events"]]
    return "\n".join(out)


def _signed(level: int | None) -> str:
    """How strongly whoever did it had signed in."""
    ways = {1: "a password", 2: "a second factor", 3: "a key in the device", 4: "a key in hardware"}
    return f"  (signed in with {ways[level]}: level {level})" if level in ways else ""


def in_three_lines(verdict: Verdict) -> str:
    """The answer; what the permit covers; why, and how old the lists are."""
    genuine = "GENUINE" if verdict.genuine else "NOT PROVEN" if verdict.answer is Answer.HOLD else "NOT GENUINE"
    as_of = verdict.lists_as_of
    age = f"Status as of {as_of:%Y-%m-%d %H:%M} UTC." if as_of else "No status list was used."
    return "\n".join([f"{genuine}: {verdict.answer.value.upper()} (state: {verdict.state})", _covers(verdict.facts),
                      " ".join([*(why.reason for why in verdict.reasons), age])])


def _covers(facts: dict[str, Any]) -> str:
    if not facts:
        return "The code gives no permit that could be shown."
    if facts["kind"] == "endorsement":
        return f"Endorsement by {facts['party']} of permit {facts['number']} at {facts['place']}, {facts['endorsed']}."
    if facts["kind"] == "note":
        items = "; ".join(f"{item['quantity']} {item['unit']} {item['term']} {item['taxon']} ({item['reason']})"
                          for item in facts["items"])
        return (f"Note {facts['number']} of {facts['party']}, valid until {facts['valid_until']}: no CITES document "
                f"needed from {facts['from']} to {facts['to']}: {items}.")
    if "document" in facts:
        return (f"Not the paper itself: the {facts['kind']} of {facts['document']} {facts['number']} of "
                f"{facts['party']}, valid until {facts['valid_until']}.")
    lines = "; ".join(f"{line['quantity']} {line['unit']} {line['term']} {line['taxon']} (App. {line['appendix']}, "
                      f"source {line['source']}, origin {line['origin']})" for line in facts["lines"])
    return f"{facts['kind']} {facts['number']} of {facts['party']}, valid until {facts['valid_until']}: {lines}."


def _verifier(args: argparse.Namespace) -> Verifier | Refusal:
    from wildgate.seal.trusted import home_verifier, verifier_of
    from wildgate.site import env

    home = args.home or env.home()
    if args.status and not args.status.is_dir():
        return refuse("no-status-lists", "There is no folder of status lists at %(folder)s.", folder=args.status)
    files = args.trust or ([home / "trust.cwt"] if args.status else [])
    missing = [file for file in files if not file.is_file()]
    verifier = verifier_of(files, args.status or home / "status") if files and not missing else home_verifier(home)
    if missing or (isinstance(verifier, Refusal) and verifier.code == "no-trust-list"):
        return refuse("no-trust-list", "There is no trust list at %(file)s; give one with --trust FILE, or write it "
                                       "with: wildgate keys trust -o %(file)s", file=(*missing, home / "trust.cwt")[0])
    return verifier


def _unreadable(why: Refusal, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"errors": [why.as_json()]}, indent=2, ensure_ascii=False))
    print(f"wildgate verify: {why.reason}", file=sys.stderr)
    return 2
