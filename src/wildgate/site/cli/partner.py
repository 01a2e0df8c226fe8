"""`wildgate partner`: test another Party's service, write sample messages, or be a partner to be tested with."""

from __future__ import annotations

import argparse
import json
import os
import re
import ssl
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wildgate.site import env
from wildgate.site.cli.serve import port


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("partner", help="test a partner's service; samples; a sandbox to be tested with")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    _test(actions)
    _samples(actions)
    box = actions.add_parser("sandbox", help="start an installation of QZ with sample permits", description=(
        "Start an installation of Quartzland (QZ) with sample permits, for others to test against. Its folder also "
        "gets a client certificate that it knows, and a file sandbox.json that says what there is."))
    box.add_argument("--home", type=Path, default=Path("sandbox"), help="its folder (default: ./sandbox)")
    box.add_argument("--port", type=port, default=8444, help="port (default 8444; 0 takes a free one)")
    box.add_argument("--address", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    box.add_argument("--host", default="127.0.0.1", help="name under which it is called (default 127.0.0.1)")
    box.add_argument("--country", default="QM", help="country of whoever tests (default QM)")
    box.add_argument("--cert", type=Path, metavar="FILE", help="their certificate, PEM (default: one is made)")
    box.set_defaults(run=run_sandbox, needs_database=False)


def _test(actions: Any) -> None:
    test = actions.add_parser("test", help="run the conformance cases against a partner's address", description=(
        "Run the conformance cases against a partner's address. Exit status 0: none failed; 1: some did; 2: nothing "
        "answered there. Nothing changes at the partner unless --confirm is given."))
    test.add_argument("url", help="the service's address, such as https://permits.example/epix/v2")
    test.add_argument("--version", choices=("v1", "v2", "rest"), help="(default: what the address ends with, or v2)")
    test.add_argument("--number", default="", help="a permit there that may be asked for")
    test.add_argument("--country", default="", help="ISO code of the Party asked")
    test.add_argument("--token", default="", help="the text agreed with the partner")
    test.add_argument("--cert", type=Path, metavar="FILE", help="our certificate, PEM (default: the one in use here)")
    test.add_argument("--key", type=Path, metavar="FILE", help="its key, PEM (default: in the same file)")
    test.add_argument("--ca", type=Path, metavar="FILE", help="whom to trust there, PEM (default: this machine's list)")
    test.add_argument("--confirm", action="store_true", help="also confirm quantities for --number; agree on it first")
    test.add_argument("--only", action="append", metavar="CASE", help="this case only; can be repeated")
    test.add_argument("--html", type=Path, metavar="FILE", help="also write the report as a page")
    test.add_argument("--json", action="store_true", help="one JSON document on stdout")
    test.set_defaults(run=run_test, needs_database=False)


def _samples(actions: Any) -> None:
    samples = actions.add_parser("samples", help="write the messages that the cases send, one file each")
    samples.add_argument("out", type=Path, metavar="DIR", help="the folder to write to")
    samples.add_argument("--version", choices=("v1", "v2"), default="v2", help="of the service (default v2)")
    samples.add_argument("--number", default="26QZ000001E", help="the number asked for (default 26QZ000001E)")
    samples.add_argument("--country", default="QZ", help="the Party asked (default QZ)")
    samples.set_defaults(run=run_samples, needs_database=False)


def run_test(args: argparse.Namespace) -> int:
    from wildgate.site.conformance import report, rest_cases, soap_cases
    from wildgate.site.conformance.judging import Case, Outcome, Subject
    version = args.version or {"v1": "v1", "exchange": "rest"}.get(args.url.rstrip("/").rsplit("/", 1)[-1], "v2")
    cases: tuple[Case, ...] = rest_cases.CASES if version == "rest" else soap_cases.CASES
    if args.only:
        if unknown := set(args.only) - {case.name for case in cases}:
            print(f"wildgate partner: there is no case {min(unknown)}; there are "
                  f"{', '.join(case.name for case in cases)}.", file=sys.stderr)
            return 2
        cases = tuple(case for case in cases if case.name in args.only)
    line = _line(args)
    if isinstance(line, str):
        print(f"wildgate partner: {line}", file=sys.stderr)
        return 2
    if not (reached := line.get("?wsdl" if version != "rest" else "/state")).status:
        print(f"wildgate partner: nothing answers at {args.url}: {reached.fault}", file=sys.stderr)
        return 2

    def tell(case: Case, outcome: Outcome) -> None:
        if sys.stderr.isatty():
            print(f"{case.name}: {outcome.state.value}", file=sys.stderr)
    made = report.run(Subject(line, version, args.number, args.country.upper(), args.token, args.confirm), cases,
                      datetime.now(UTC), tell)
    if args.html:
        args.html.write_text(made.as_html(), encoding="utf-8")
    print(json.dumps(made.as_json(), indent=1, ensure_ascii=False) if args.json else made.as_text())
    return 0 if made.good else 1


def _line(args: argparse.Namespace) -> Any:
    """The line to the partner; a sentence when the address or a file cannot be meant."""
    from wildgate.kit import tls
    from wildgate.site.conformance.line import Line
    if not re.match(r"https?://[^/]", args.url):
        return f"{args.url} is no address; write it whole, such as https://permits.example/epix/v2."
    trusted = args.ca.read_bytes() if args.ca else b""
    try:
        known, anonymous = (tls.client_context(home, trusted) for home in (env.home(), Path(os.devnull)))
    except (ssl.SSLError, ValueError):
        return f"{args.ca} holds no certificate in PEM; ask the partner for it, or leave --ca out."
    if args.cert:
        for file in filter(None, (args.cert, args.key)):
            file.read_bytes()
        known = tls.client_context(Path(os.devnull), trusted)
        try:
            known.load_cert_chain(args.cert, args.key)
        except ssl.SSLError:
            return f"{args.cert} and its key do not go together, or are no PEM; name the file of the key with --key."
    return Line(args.url.partition("?")[0].rstrip("/"), known, anonymous)


def run_samples(args: argparse.Namespace) -> int:
    from wildgate.site.conformance import samples
    args.out.mkdir(parents=True, exist_ok=True)
    made = samples.all_of(args.version, args.number, args.country.upper())
    for name, body in made.items():
        (args.out / f"{args.version}-{name}.xml").write_bytes(body)
    print(f"{len(made)} messages in {args.out}")
    return 0


def run_sandbox(args: argparse.Namespace) -> int:
    """Its own settings come first: they are read when Django starts."""
    os.environ.update(WILDGATE_HOME=str(args.home), WILDGATE_PARTY="QZ", WILDGATE_PARTY_NAME="Quartzland",
                      DATABASE_URL="", WILDGATE_HOSTS=f"{args.host},127.0.0.1,localhost")
    from wildgate.site.cli import open_home
    open_home(None, migrate=True)
    from wildgate.site import sandbox
    made = sandbox.furnish(args.home, args.host, args.country.upper(), args.cert.read_bytes() if args.cert else None)
    return _serve(args, made)


def _serve(args: argparse.Namespace, made: dict[str, Any]) -> int:
    from django.core.wsgi import get_wsgi_application

    from wildgate.site.cli.exchange_door import contexts
    from wildgate.site.exchange_door import Door, serve
    door = Door(args.address, args.port, get_wsgi_application(), contexts())
    door.prepare()
    url = f"https://{args.host}:{door.bind_addr[1]}"
    told = made | {"v1": f"{url}/epix/v1", "v2": f"{url}/epix/v2", "rest": f"{url}/api/v1/exchange"}
    (args.home / "sandbox.json").write_text(json.dumps(told, indent=1) + "\n")
    print(f"Sandbox of Quartzland (QZ) at {url}; permits: {', '.join(made['permits'])}\n"
          f"Try:  wildgate partner test {told['v2']} --cert {made['cert']} --ca {made['ca']} "
          f"--number {made['permits'][0]} --country QZ", flush=True)
    serve(door)
    return 0


