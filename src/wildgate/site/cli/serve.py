"""`wildgate serve`: the web server, the job worker and the door of the intelligence stream under one roof."""

from __future__ import annotations

import argparse
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from wildgate.site import env, orphans

AGAIN_SECONDS = 2.0
"""How long after its death a worker is started again."""
HEADS = 40
"""So many of the newest published heads are compared with the database at a start; `wildgate audit books` reads all."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("serve", help="serve the web pages and run background jobs")
    parser.add_argument("--port", type=port, default=8000, help="port on the loopback address (default 8000)")
    parser.add_argument("--address", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--workers", type=int, default=2, help="web worker processes (default 2)")
    parser.add_argument("--stream-port", type=port, help="port of the intelligence stream's door, on the same address "
                        "(default: the next after --port; 0: no door, the pages ask the web server)")
    parser.add_argument("--home", help="state folder (default: WILDGATE_HOME)")
    parser.add_argument("--furnish-only", action="store_true", help="fill the demo world and end")
    parser.set_defaults(run=run, needs_database=False)


def port(text: str) -> int:
    """The number of a port; 0 leaves the choice to the system, or is none where none is wanted."""
    if not text.isascii() or not text.isdigit() or len(text) > 5 or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is no port, a number up to 65535")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """An empty home of the demo Party becomes the demo world first; any other home is served as it is."""
    from wildgate.site.cli import open_home
    if args.home:
        os.environ["WILDGATE_HOME"] = args.home
    os.environ.setdefault("WILDGATE_BASE_URL", f"http://127.0.0.1:{args.port}")
    from wildgate.site.demo.world import clear_half_made, mark
    if not env.text("DATABASE_URL"):
        clear_half_made(env.home())
    if wants_demo_world(env.home()):
        mark(env.home())
    open_home(None, migrate=True)
    if args.furnish_only:
        from wildgate.site.demo.world import furnish
        furnish()
        return 0
    if is_older_than_published():
        return 1
    if not greet(args):
        return 1
    os.environ[orphans.PARENT] = str(os.getpid())
    with job_workers(), stream_door(args):
        return serve(args)


def is_older_than_published() -> bool:
    """Whether an old backup was restored: then nothing is served, for numbers would be given twice."""
    from django.conf import settings

    from wildgate.site.books import heads
    found = list(heads.every_head(settings.PARTY, newest=HEADS))
    for fault in found[:1]:
        print(f"wildgate serve: {fault.says}\n{fault.do}", file=sys.stderr)
    return bool(found)


@contextmanager
def job_workers() -> Iterator[None]:
    """A worker, and a second one beside it where there is a second processor: a batch seals on both. One that dies is
    started again; none outlives this process."""
    work = [sys.executable, "-m", "wildgate", "jobs", "work", "--under", str(os.getpid())]
    commands = [[*work, *also] for also in ([], ["--beside"])[:os.cpu_count() or 1]]
    workers = [subprocess.Popen(command) for command in commands]
    ended = Event()

    def keep() -> None:
        while not ended.wait(AGAIN_SECONDS):
            for place, worker in enumerate(workers):
                if worker.poll() is not None and not ended.is_set():
                    workers[place] = subprocess.Popen(commands[place])

    keeper = Thread(target=keep, daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait(timeout=10)


@contextmanager
def stream_door(args: argparse.Namespace) -> Iterator[None]:
    """The door of the intelligence stream. Where its port is taken it says so and ends; the pages go on without it."""
    port = args.port + 1 if args.stream_port is None else args.stream_port
    if not port:
        yield
        return
    door = subprocess.Popen([sys.executable, "-m", "wildgate", "stream", "--address", args.address,
                             "--port", str(port)])
    try:
        yield
    finally:
        door.terminate()
        door.wait(timeout=10)


def wants_demo_world(home: Path) -> bool:
    """Only an untouched home, of the demo Party, without a database of its own, may be filled with invented people."""
    from wildgate.site.demo.world import foreign
    return (not (home / "wildgate.sqlite3").exists() and not env.text("DATABASE_URL")
            and env.text("WILDGATE_PARTY") == "QM" and not foreign(home))


def greet(args: argparse.Namespace) -> bool:
    """Say where to go, and in the demo world with which log-ins; False where that world could not be made."""
    from django.conf import settings
    print(f"Wildgate at {settings.BASE_URL}  (home {settings.HOME}; stop with Ctrl-C)")
    if settings.DEMO:
        from wildgate.site.demo.cast import CAST, PASSWORD, is_somebody_elses
        if is_somebody_elses():
            print("wildgate serve: these are no people of the demo world. Start a real register without WILDGATE_DEMO "
                  "and without the file demo-world in its home: as a demo it would ask nobody for a second factor.",
                  file=sys.stderr)
            return False
        if not furnished():
            return False
        print("Demo world. Everybody's password is", PASSWORD)
        for member in CAST:
            print(f"  {member.email:24} {member.name}, {member.title}")
    sys.stdout.flush()
    return True


def furnished() -> bool:
    """Fill the demo world where that is not done yet, in a process of its own: the engines of the trade store and of
    risk keep threads, and web workers forked from a process that used them would wait for those for ever."""
    from wildgate.site.demo.world import is_furnished
    if is_furnished():
        return True
    print("Filling the demo world; this takes half a minute ...", flush=True)
    return subprocess.run([sys.executable, "-m", "wildgate", "serve", "--furnish-only"]).returncode == 0


def serve(args: argparse.Namespace) -> int:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from wildgate.site import shedding
    # Most of our threads wait in line: advice to have fewer is not for the operator.
    logging.getLogger("_granian").addFilter(lambda record: "Python threads" not in record.getMessage())
    Granian("wildgate.site.wsgi:application", address=args.address, port=args.port, interface=Interfaces.WSGI,
            workers=args.workers, blocking_threads=shedding.threads(), log_level=LogLevels.warning,
            respawn_failed_workers=True).serve()
    return 0
