"""`wildgate tls`: the key and certificate that this installation shows to partners."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wildgate.convention.refusal import Refusal
from wildgate.kit import tls
from wildgate.seal.files import write_atomically
from wildgate.site import env


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("tls", help="the certificate that partners see: make, request, take, show")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    make = _action(actions, "make", make_pair, "make a key and a certificate that it signs itself, in use at once")
    _names(make)
    make.add_argument("--days", type=int, default=365, help="so long it lasts (default 365)")
    make.add_argument("--again", action="store_true", help="also when there is one already")
    ask = _action(actions, "request", make_request, "make a key that waits, and the request for its certificate (CSR)")
    _names(ask)
    ask.add_argument("-o", "--out", type=Path, metavar="FILE", help="the file to write (default: standard output)")
    take = _action(actions, "take", take_certificate, "take the certificate that an authority made, in use at once")
    take.add_argument("file", type=Path, metavar="FILE", help="PEM: the certificate, then those above it")
    show = _action(actions, "show", show_certificate, "show the certificate in use; exit status 1 when it ends soon")
    show.add_argument("--pem", action="store_true", help="print the certificates for partners, and nothing else")


def _action(actions: Any, name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
    action: argparse.ArgumentParser = actions.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    action.add_argument("--home", type=Path, help="where the installation keeps its state (WILDGATE_HOME)")
    action.add_argument("--json", action="store_true", help="print one JSON document")
    action.set_defaults(run=_at_home(run), needs_database=False, needs_installation=True)
    return action


def _names(action: argparse.ArgumentParser) -> None:
    action.add_argument("names", nargs="+", metavar="HOST", help="host names or addresses under which partners call")


def make_pair(args: argparse.Namespace) -> int:
    if tls.identity(env.home()) and not args.again:
        print("wildgate tls: there is a certificate already; partners may have pinned it. --again makes another one.",
              file=sys.stderr)
        return 1
    return _show(tls.make(env.home(), _party(), args.names, at=datetime.now(UTC), days=args.days), args)


def make_request(args: argparse.Namespace) -> int:
    made = tls.request(env.home(), _party(), args.names)
    if args.json:
        print(json.dumps({"request": made.decode()}))
    elif args.out:
        write_atomically(args.out, made)
        print(f"{args.out}: send it to your certificate authority, then: wildgate tls take FILE", file=sys.stderr)
    else:
        sys.stdout.write(made.decode())
    return 0


def take_certificate(args: argparse.Namespace) -> int:
    taken = tls.take(env.home(), args.file.read_bytes(), _party(), at=datetime.now(UTC))
    if isinstance(taken, Refusal):
        if args.json:
            print(json.dumps({"errors": [taken.as_json()]}))
        print(f"wildgate tls: {taken.reason}", file=sys.stderr)
        return 1
    return _show(taken, args)


def show_certificate(args: argparse.Namespace) -> int:
    found = tls.identity(env.home())
    if found and args.pem:
        sys.stdout.write(found.public_pem.decode())
        return 0
    told = tls.warning(found, datetime.now(UTC))
    if told and not args.json:
        print(f"wildgate tls: {told.reason}", file=sys.stderr)
    if found:
        _show(found, args)
    elif args.json:
        print(json.dumps({"certificate": None}))
    return 1 if told else 0


def _show(found: tls.Identity, args: argparse.Namespace) -> int:
    told = tls.warning(found, datetime.now(UTC))
    shown = {"subject": found.certificate.subject.rfc4514_string(),
             "issuer": found.certificate.issuer.rfc4514_string(), "sha256": found.fingerprint,
             "since": found.certificate.not_valid_before_utc.isoformat(), "until": found.until.isoformat(),
             "warning": told.code if told else None}
    if args.json:
        print(json.dumps(shown, indent=1))
        return 0
    print(f"{shown['subject']}, made by {shown['issuer']}\nSHA-256 {found.fingerprint}\n"
          f"in force {found.certificate.not_valid_before_utc:%Y-%m-%d} to {found.until:%Y-%m-%d}")
    return 0


def _party() -> str:
    return env.text("WILDGATE_PARTY").upper()


def _at_home(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    def command(args: argparse.Namespace) -> int:
        if args.home:
            os.environ["WILDGATE_HOME"] = str(args.home)
        return run(args)
    return command
