"""`wildgate keys`: the keys of this installation, and the trust list that tells others about them."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from wildgate.kit.keys import KeyFault, KeyPart, KeyStore
from wildgate.seal.files import write_atomically
from wildgate.site import env


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    keys = commands.add_parser("keys", help="list and make keys, write the trust list")
    actions = keys.add_subparsers(title="actions", metavar="ACTION", required=True)
    for name, run, text in (("list", list_keys, "list the public parts of all keys"),
                            ("create", create_keys, "make the keys that the Party does not have yet"),
                            ("trust", write_trust, "write the signed trust list")):
        action = actions.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        action.add_argument("--home", type=Path, help="where the installation keeps its state (WILDGATE_HOME)")
        action.add_argument("--json", action="store_true", help="print one JSON document")
        if name != "list":
            action.add_argument("--party", help="ISO code of the Party (WILDGATE_PARTY)")
        if name == "trust":
            action.add_argument("-o", "--out", type=Path, required=True, metavar="FILE", help="the file to write")
        action.set_defaults(run=_speaking(run), needs_database=False)


def list_keys(args: argparse.Namespace) -> int:
    parts = KeyStore(env.home()).parts()
    if not parts and not args.json:
        print(f"No keys in {env.home()} yet. Make them with: wildgate keys create", file=sys.stderr)
    _print(parts, args.json)
    return 0


def create_keys(args: argparse.Namespace) -> int:
    _print(_store().create(_party(args), datetime.now(UTC)), args.json)
    return 0


def write_trust(args: argparse.Namespace) -> int:
    store, party, at = _store(), _party(args), datetime.now(UTC)
    data = store.trust_list(party, at)
    write_atomically(args.out, data)
    thumbprint = store.root(party).thumbprint.hex()
    if args.json:
        print(json.dumps({"file": str(args.out), "bytes": len(data), "sequence": int(at.timestamp()),
                          "root": thumbprint}))
    else:
        print(f"{args.out}: {len(data)} bytes, signed by the root key {thumbprint}")
    return 0


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
    return KeyStore(env.home(), env.secret_key())


def _party(args: argparse.Namespace) -> str:
    return args.party or env.text("WILDGATE_PARTY")


def _print(parts: tuple[KeyPart, ...], as_json: bool) -> None:
    if as_json:
        print(json.dumps({"keys": [part.as_json() for part in parts]}, indent=1))
        return
    for part in parts:
        print(f"{part.party}  {part.use.value:<11}  {part.number}  {part.state.name.lower():<11}  "
              f"{part.public.alg.name}  {part.public.kid.hex()}  until {part.until:%Y-%m-%d}")
