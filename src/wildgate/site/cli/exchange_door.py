"""`wildgate exchange-door`: the server with mutual TLS through which other Parties come."""

from __future__ import annotations

import argparse
import errno
import os
import ssl
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wildgate.site import env
from wildgate.site.cli.serve import port

if TYPE_CHECKING:
    from wildgate.site.exchange_door import Contexts


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "exchange-door", help="serve the exchange with other Parties, mutual TLS",
        description="Serve /epix/ and /api/v1/exchange/, and nothing else, over TLS 1.2 or newer to callers who show a "
                    "certificate that is registered for a partner. It runs beside `wildgate serve`.")
    parser.add_argument("--port", type=port, default=8443, help="port (default 8443; 0 takes a free one)")
    parser.add_argument("--address", default="0.0.0.0",  # noqa: S104  (partners are elsewhere)
                        help="address to listen on (default: all)")
    parser.add_argument("--home", help="state folder (default: WILDGATE_HOME)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from django.core.wsgi import get_wsgi_application

    from wildgate.kit import tls
    from wildgate.site.exchange_door import Door, serve
    found, at = tls.identity(env.home()), datetime.now(UTC)
    if told := tls.warning(found, at):
        print(f"wildgate exchange-door: {told.reason}", file=sys.stderr)
    if found is None:
        return 2
    door = Door(args.address, args.port, get_wsgi_application(), contexts())
    door.prepare()
    print(f"Exchange door at https://{args.address}:{door.bind_addr[1]}  (home {env.home()}; stop with Ctrl-C)",
          flush=True)
    serve(door)
    return 0


def contexts() -> Contexts:
    """TLS rules that follow the partners' certificates and our own, without a restart."""
    from wildgate.apps.partners import caller
    from wildgate.kit import tls
    from wildgate.site.exchange_door import Contexts

    def version() -> object:
        seen = (tls.folder(env.home()) / "identity.pem").stat()
        return seen.st_mtime_ns, seen.st_ino, caller.anchors_version()

    def make() -> ssl.SSLContext:
        found = tls.identity(env.home())
        if found is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), "identity.pem")
        return tls.server_context(found, caller.anchors())
    return Contexts(version, make)
