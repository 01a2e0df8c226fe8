"""`wildgate stream`: the door of the intelligence stream, a small process of its own beside the web server."""

from __future__ import annotations

import argparse
import asyncio
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

from wildgate.site.cli.serve import port

if TYPE_CHECKING:
    from wildgate.site.stream_door.door import Door


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "stream", help="keep open the streams of the intelligence space",
        description="Serve /intelligence/stream/, and nothing else: Server-Sent Events to signed-in contributors. "
                    "`wildgate serve` starts it. A proxy in front leads that one address here; without it the pages "
                    "ask the web server every few seconds.")
    parser.add_argument("--port", type=port, default=8001, help="port (default 8001; 0 takes a free one)")
    parser.add_argument("--address", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--home", help="state folder (default: WILDGATE_HOME)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Until the process is told to stop."""
    from django.conf import settings
    from django.http.request import split_domain_port, validate_host

    from wildgate.apps.intelligence.stream.reading import Reader
    from wildgate.apps.intelligence.stream.wire import ADDRESS
    from wildgate.site import orphans
    from wildgate.site.stream_door.asked import Rules
    from wildgate.site.stream_door.door import Door
    orphans.watch()
    rules = Rules(ADDRESS, settings.SESSION_COOKIE_NAME,
                  lambda host: validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS))
    with suppress(KeyboardInterrupt, asyncio.CancelledError):
        asyncio.run(_serve(Door(Reader(settings.PARTY), rules), args.address, args.port))
    return 0


async def _serve(door: Door, address: str, port: int) -> None:
    server = await door.start(address, port)
    print(f"Intelligence stream at http://{address}:{door.port}/intelligence/stream/  (stop with Ctrl-C)", flush=True)
    serving = asyncio.create_task(door.run(server))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, serving.cancel)
    await serving
