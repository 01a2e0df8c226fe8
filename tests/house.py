"""Programs of an installation without their start: `python -m tests.house` forks each that it is asked for.

A start takes seconds of a processor, most of it for imports, and the story of an installation starts its programs many
times over. What is forked is a process as any other, with its own settings, output and death; only its imports were
made before it was born. One that is a hub, or shows how a program itself starts, is started in earnest.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 1 << 17


class Forked:
    """A program that a house was asked for, as `subprocess.Popen` has it."""

    def __init__(self, house: House, pid: int, stdin: IO[str], stdout: IO[str]) -> None:
        self.house, self.pid, self.stdin, self.stdout = house, pid, stdin, stdout

    def send_signal(self, how: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, how)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def wait(self) -> int:
        return self.house.ended(self.pid)


class House:
    """Starts programs, each with the environment that it is given. The house itself opens no database."""

    def __init__(self, env: Mapping[str, str] | None) -> None:
        """Without an environment: forked from this process, which has not opened a database yet."""
        self.line, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.lock = Lock()
        with there:
            if env is not None:
                program = [sys.executable, "-m", "tests.house"]
                self.process = subprocess.Popen(program, cwd=ROOT, env=env, stdin=there)
            elif os.fork() == 0:
                self.line.close()
                serve(there)
                os._exit(0)

    def close(self) -> None:
        """The house hears that nobody is there any more."""
        self.line.close()
        if hasattr(self, "process"):
            self.process.wait()

    def asked(self, what: Mapping[str, object], *files: int) -> int:
        with self.lock:
            socket.send_fds(self.line, [json.dumps(what).encode()], files)
            said = self.line.recv(LONGEST)
        assert said, "the house ended"
        return int(said)

    def ended(self, pid: int) -> int:
        """The exit status of a program that was started here; nothing else can be asked for until it ends."""
        return self.asked({"wait": pid})

    def start(self, env: Mapping[str, str], *words: str, stderr: int = 2) -> Forked:
        """`python -m WORDS`, to be spoken to and listened to."""
        (theirs, ours), (listened, spoken) = os.pipe(), os.pipe()
        pid = self.asked({"words": words, "env": dict(env)}, theirs, spoken, stderr)
        os.close(theirs)
        os.close(spoken)
        return Forked(self, pid, os.fdopen(ours, "w"), os.fdopen(listened))

    def run(self, env: Mapping[str, str], *words: str, said: str = "") -> subprocess.CompletedProcess[str]:
        """`python -m WORDS` to its end."""
        with tempfile.TemporaryFile("w+") as given, tempfile.TemporaryFile("w+") as out, \
                tempfile.TemporaryFile("w+") as errors:
            given.write(said)
            given.seek(0)
            pid = self.asked({"words": words, "env": dict(env)}, *(each.fileno() for each in (given, out, errors)))
            status = self.ended(pid)
            for each in (out, errors):
                each.seek(0)
            return subprocess.CompletedProcess(words, status, out.read(), errors.read())

    def wildgate(self, env: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[str]:
        return self.run(env, "wildgate", *words)


@functools.cache
def the_house() -> House:
    """One for all tests of this process. Its own environment is nobody's."""
    home = tempfile.TemporaryDirectory(prefix="wildgate-house-")
    house = House({**os.environ, "WILDGATE_HOME": home.name, "DATABASE_URL": "",
                   "DJANGO_SETTINGS_MODULE": "wildgate.site.settings"})
    atexit.register(home.cleanup)
    atexit.register(house.close)
    return house


def become(words: list[str], env: dict[str, str], files: list[int]) -> int:
    """In the child: the program, in this environment, with these files as its input, output and errors."""
    for place, file in enumerate(files):
        os.dup2(file, place)
        os.close(file)
    os.environ.clear()
    os.environ.update(env)
    settled()
    sys.argv[1:] = words[1:]
    try:
        runpy.run_module(words[0], run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        return end.code if isinstance(end.code, int) else bool(end.code)
    except BaseException:  # noqa: BLE001  (said and told as any program does it)
        sys.excepthook(*sys.exc_info())
        return 1
    return 0


def settled() -> None:
    """Read the settings anew from the environment: nothing of the house's own may stay."""
    from django.conf import Settings, settings
    from django.db import connections
    name = os.environ["DJANGO_SETTINGS_MODULE"]
    for each in {name, "wildgate.site.settings"}:
        sys.modules.pop(each, None)
    kept = settings._wrapped  # others have put their own words into it
    kept.__dict__.update(Settings(name).__dict__)
    settings._wrapped = kept  # and what was read from it is forgotten
    for connection in connections.all(initialized_only=True):
        del connections[connection.alias]
    connections.settings = connections.configure_settings(settings.DATABASES)


def serve(line: socket.socket) -> None:
    """Until nobody is there any more who could ask."""
    while True:
        data, files, _flags, _from = socket.recv_fds(line, LONGEST, 3)
        if not data:
            return
        asked = json.loads(data)
        if "wait" in asked:
            line.send(str(os.waitstatus_to_exitcode(os.waitpid(asked["wait"], 0)[1])).encode())
        elif pid := os.fork():
            for file in files:
                os.close(file)
            line.send(str(pid).encode())
        else:
            line.close()
            status = 1
            try:
                status = become(asked["words"], asked["env"], files)
                sys.stdout.flush()
                sys.stderr.flush()
            finally:
                os._exit(status)


def main() -> int:
    from wildgate.site.cli import open_home, parser
    open_home(None, migrate=False)
    parser()
    from tests import cast  # noqa: F401  (most programs of tests begin with them, and with the law)

    from wildgate.convention.listing import law
    law()
    serve(socket.socket(fileno=os.dup(0)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
