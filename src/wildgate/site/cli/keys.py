"""`wildgate keys`: the keys of this installation, the trust list that tells others about them, and others' lists."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from wildgate.convention.refusal import Refusal
from wildgate.kit.hsm import Hsm
from wildgate.kit.keybook import CERTIFIED
from wildgate.kit.keys import KeyFault, KeyPart, KeyStore, Use
from wildgate.seal.files import write_atomically
from wildgate.seal.trust import KeyState, TrustList, read_trust_list
from wildgate.site import env
from wildgate.site.cli.verify import moment

SOON = timedelta(days=60)
FROM = "--from"


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    keys = commands.add_parser("keys", help="make, rotate, retire and export keys; trust lists, own and others'")
    actions = keys.add_subparsers(title="actions", metavar="ACTION", required=True)
    _action(actions, "list", list_keys, "list the public parts of all keys")
    _action(actions, "create", create_keys, "make the keys that the Party does not have yet")
    rotate = _action(actions, "rotate", rotate_key, "make the next key and retire the one before", database=True)
    _use(rotate)
    rotate.add_argument(FROM, dest="since", type=moment, metavar="ISO-TIME",
                        help="in force from then (default: now; a root key: in 30 days)")
    retire = _action(actions, "retire", retire_key, "end the use of one key", database=True)
    _use(retire)
    retire.add_argument("number", type=int, help="its number, as `wildgate keys list` shows it")
    stolen = _action(actions, "stolen", report_stolen, "report a key stolen; another one takes over at once",
                     database=True)
    _use(stolen)
    stolen.add_argument("--number", type=int, help="its number (default: the one in force)")
    stolen.add_argument("--since", type=moment, metavar="ISO-TIME", help="stolen since then, as far as known "
                                                                         "(default: now)")
    export = _action(actions, "export", export_key, "write the public part of a key as JSON, or its certificate")
    _use(export)
    export.add_argument("--number", type=int, help="its number (default: the one in force)")
    export.add_argument("-o", "--out", type=Path, metavar="FILE", help="the file to write (default: standard output)")
    take = _action(actions, "import", import_list, "take a partner's trust list, once fingerprints were compared",
                   database=True)
    take.add_argument("file", type=Path, metavar="FILE", help="the partner's trust.cwt")
    take.add_argument("--fingerprint", default="", help="of its root key, as the partner read it out by telephone")
    take.add_argument("--speaks-for", default="", metavar="CC,CC", help="Parties whose keys the list may name; * for "
                                                                        "all (default: its keeper only)")
    trust = _action(actions, "trust", show_trust, "write the own trust list, or show the lists in use")
    trust.add_argument("-o", "--out", type=Path, metavar="FILE", help="sign a new list into this file")
    trust.add_argument("--at", type=moment, metavar="ISO-TIME", help="show the lists in force at that time")
    _action(actions, "fingerprint", show_fingerprint, "print the root key's fingerprint, to be read to a partner")


def _action(actions: Any, name: str, run: Callable[[argparse.Namespace], int], text: str, *,
            database: bool = False) -> argparse.ArgumentParser:
    action: argparse.ArgumentParser = actions.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    action.add_argument("--home", type=Path, help="where the installation keeps its state (WILDGATE_HOME)")
    action.add_argument("--json", action="store_true", help="print one JSON document")
    action.add_argument("--party", help="ISO code of the Party (WILDGATE_PARTY)")
    action.set_defaults(run=_speaking(run), needs_database=database)
    return action


def _use(action: argparse.ArgumentParser) -> None:
    action.add_argument("use", choices=[use.value for use in Use], help="what the key is kept for")


def list_keys(args: argparse.Namespace) -> int:
    parts = KeyStore(env.home()).parts(args.party)
    if not parts and not args.json:
        print(f"No keys in {env.home()} yet. Make them with: wildgate keys create", file=sys.stderr)
    _print(parts, args.json)
    return 0


def create_keys(args: argparse.Namespace) -> int:
    _print(_store().create(_party(args), datetime.now(UTC)), args.json)
    return 0


def rotate_key(args: argparse.Namespace) -> int:
    from wildgate.apps.permits import keeping
    made = keeping.rotate(_party(args), Use(args.use), by="operator", at=datetime.now(UTC), since=args.since)
    _print((made,), args.json)
    return 0


def retire_key(args: argparse.Namespace) -> int:
    from wildgate.apps.permits import keeping
    _print((keeping.retire(_party(args), Use(args.use), args.number, by="operator", at=datetime.now(UTC)),), args.json)
    return 0


def report_stolen(args: argparse.Namespace) -> int:
    from wildgate.apps.permits import keeping
    pair = keeping.report_stolen(_party(args), Use(args.use), args.number, by="operator", at=datetime.now(UTC),
                                 since=args.since)
    _print(pair, args.json)
    if not args.json and pair[0].use is Use.ROOT:
        print("Readers who hold no list that announced this root must compare fingerprints again: "
              f"{pair[1].public.fingerprint}")
    elif not args.json:
        print("The trust list and all status lists are signed anew. Tell your partners to fetch them now.")
    return 0


def export_key(args: argparse.Namespace) -> int:
    store, party, use = KeyStore(env.home()), _party(args), Use(args.use)
    found = [part for part in store.parts(party) if part.use is use and (
        part.number == args.number if args.number else part.state is KeyState.ACTIVE)]
    if not found:
        raise KeyFault(f"{party} has no such {use.value} key; see: wildgate keys list")
    data = (json.dumps(found[-1].as_json(), indent=1) + "\n").encode()
    if use in CERTIFIED and not args.json:
        data = store.certificate_file(found[-1]).read_bytes()
    if args.out:
        write_atomically(args.out, data)
        print(f"{args.out}: {len(data)} bytes", file=sys.stderr)
    else:
        sys.stdout.write(data.decode())
    return 0


def import_list(args: argparse.Namespace) -> int:
    from wildgate.apps.permits import keeping
    from wildgate.seal.trusted import disagreements
    data, at = args.file.read_bytes(), datetime.now(UTC)
    speaks_for = tuple(code.strip() for code in args.speaks_for.split(",") if code.strip())
    typed = args.fingerprint
    taken = keeping.import_list(data, by="operator", at=at, fingerprint=typed, speaks_for=speaks_for)
    if isinstance(taken, Refusal) and taken.code == "trust-fingerprint-needed" and not args.json and sys.stdin.isatty():
        taken = keeping.import_list(data, by="operator", at=at, fingerprint=_asked(data), speaks_for=speaks_for)
    if isinstance(taken, Refusal):
        if args.json:
            print(json.dumps({"errors": [taken.as_json()]}, ensure_ascii=False))
        print(f"wildgate keys: {taken.reason}", file=sys.stderr)
        return 1
    told = disagreements(env.home())
    if args.json:
        print(json.dumps(_list_json(taken.list, taken.keeper, taken.speaks_for) | {"disagreements": told}, indent=1))
    elif taken.list:
        print(f"The list of {taken.keeper}, number {taken.list.sequence}, is used from now on: "
              f"{len(taken.list.entries)} keys, for {', '.join(taken.speaks_for)}, until "
              f"{taken.list.expires_at:%Y-%m-%d}.")
    for sentence in told:
        print(f"The lists disagree. {sentence}", file=sys.stderr)
    return 0


def _asked(data: bytes) -> str:
    """Show the fingerprint and let the operator type the one heard on the telephone."""
    found = read_trust_list(data, None)
    if isinstance(found, Refusal):
        return ""
    print(f"Root key of {found.operator}:\n{in_rows(found.root.fingerprint)}")
    return input("Call the keeper on a number that you know. Type the fingerprint that you hear: ")


def show_trust(args: argparse.Namespace) -> int:
    if not args.out:
        return _show_lists(args)
    store, party, at = _store(), _party(args), datetime.now(UTC)
    own = env.home() / "trust.cwt"
    published = read_trust_list(own.read_bytes(), None) if own.exists() else None
    number = max(int(at.timestamp()), published.sequence + 1 if isinstance(published, TrustList) else 0)
    data = store.trust_list(party, at, sequence=number)
    write_atomically(args.out, data)
    root = store.root(party)
    if args.json:
        print(json.dumps({"file": str(args.out), "bytes": len(data), "sequence": number,
                          "root": root.thumbprint.hex(), "fingerprint": root.fingerprint}))
    else:
        print(f"{args.out}: {len(data)} bytes, signed by the root key {root.fingerprint}")
    return 0


def _show_lists(args: argparse.Namespace) -> int:
    """The lists in use, or those in force at a past time; exit status 1 when there is none."""
    from wildgate.seal.trusted import disagreements, held, in_force
    home = env.home()
    found = [(each, in_force(home, each.keeper, args.at) if args.at else each.list) for each in held(home)]
    told = [] if args.at else disagreements(home)
    shown = [_list_json(trust, each.keeper, each.speaks_for) | {
        "own": each.own, "problem": each.problem.reason if each.problem and not args.at else None}
        for each, trust in found]
    if args.json:
        print(json.dumps({"lists": shown, "disagreements": told}, indent=1))
    for row in shown if not args.json else ():
        if not row["number"]:
            print(f"{row['keeper'] or '?'}  {row['problem'] or 'no list of that time is kept'}")
            continue
        print(f"{row['keeper']}{' (own)' if row['own'] else ''}  number {row['number']}, issued {row['issued_at']}, "
              f"ends {row['expires_at']}, speaks for {', '.join(row['speaks_for'])}")
        for key in row["keys"]:
            stolen = f"  stolen since {key['compromised_since']}" if key["compromised_since"] else ""
            print(f"  {key['party']}  {key['purpose']:<11}  {key['kid']}  {key['state']:<11}  {key['since'][:10]} to "
                  f"{key['until'][:10]}{stolen}")
    if not shown and not args.json:
        print(f"No trust list is used in {home} yet: the own one is signed when the service starts.", file=sys.stderr)
    for sentence in told if not args.json else ():
        print(f"The lists disagree. {sentence}")
    return 0 if any(row["number"] for row in shown) else 1


def _list_json(found: TrustList | None, keeper: str, speaks_for: tuple[str, ...]) -> dict[str, Any]:
    if found is None:
        return {"keeper": keeper, "number": None, "speaks_for": list(speaks_for), "keys": []}
    return {
        "keeper": keeper, "number": found.sequence, "issued_at": found.issued_at.isoformat(),
        "expires_at": found.expires_at.isoformat(), "speaks_for": list(speaks_for),
        "root": found.root.fingerprint, "next_root": found.next_root.fingerprint if found.next_root else None,
        "keys": [{"party": entry.party, "purpose": entry.purpose.name.lower(), "kid": entry.kid.hex(),
                  "state": entry.state.name.lower(), "since": entry.since.isoformat(), "until": entry.until.isoformat(),
                  "compromised_since": entry.compromised_since.isoformat() if entry.compromised_since else None}
                 for entry in found.entries]}


def show_fingerprint(args: argparse.Namespace) -> int:
    party = _party(args)
    root = KeyStore(env.home()).root(party)
    if args.json:
        print(json.dumps({"party": party, "fingerprint": root.fingerprint, "thumbprint": root.thumbprint.hex()}))
    else:
        print(f"Root key of {party}:\n{in_rows(root.fingerprint)}")
    return 0


def in_rows(fingerprint: str) -> str:
    """Four groups of five digits in a line: what fits in one breath on the telephone."""
    groups = fingerprint.split()
    return "\n".join("  " + "  ".join(groups[at:at + 4]) for at in range(0, len(groups), 4))


def _speaking(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Let a key's fault end as one line and exit status 2."""
    def command(args: argparse.Namespace) -> int:
        if args.home:
            os.environ["WILDGATE_HOME"] = str(args.home)
        try:
            return run(args)
        except KeyFault as fault:
            print(f"wildgate keys: {fault}", file=sys.stderr)
            return 2
    return command


def _store() -> KeyStore:
    uri = env.text("WILDGATE_PKCS11")
    return KeyStore(env.home(), env.secret_key(), Hsm(uri, env.text("WILDGATE_PKCS11_PIN")) if uri else None)


def _party(args: argparse.Namespace) -> str:
    return args.party or env.text("WILDGATE_PARTY")


def _print(parts: tuple[KeyPart, ...], as_json: bool) -> None:
    if as_json:
        print(json.dumps({"keys": [part.as_json() for part in parts]}, indent=1))
        return
    now = datetime.now(UTC)
    for part in parts:
        state = "announced" if part.since > now else part.state.name.lower()
        ends = part.state is KeyState.ACTIVE and now < part.until < now + SOON
        print(f"{part.party}  {part.use.value:<11}  {part.number}  {state:<11}  {part.public.alg.name}  "
              f"{part.public.kid.hex()}  {part.since:%Y-%m-%d} to {part.until:%Y-%m-%d}"
              f"{'  in hardware' if part.token else ''}{'  ends soon: rotate it' if ends else ''}")
