"""wrk at work: calls written to a file, callers let loose on a server, and what they met."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

LUA: Final = Path(__file__).with_name("load.lua")
TOKEN: Final = "w" * 32
"""A token against forged forms: the same in cookie and header, as a browser sends it."""
TICKS: Final = os.sysconf("SC_CLK_TCK")
DONE: Final = frozenset({"200", "302", "304"})
_said = re.compile(r"^JSON (.*)$", re.MULTILINE)


def there() -> bool:
    return shutil.which("wrk") is not None


@dataclass(frozen=True, slots=True)
class Met:
    """What callers met: answers by status, times in milliseconds. `bare` are refusals without Retry-After."""

    seconds: float
    p50: float
    p99: float
    worst: float
    errors: int
    bare: int
    statuses: dict[str, int]

    @property
    def done(self) -> int:
        return sum(count for status, count in self.statuses.items() if status in DONE)

    @property
    def sent_away(self) -> int:
        return self.statuses.get("503", 0) + self.statuses.get("429", 0)

    @property
    def others(self) -> int:
        """Answers that are neither what was asked for nor an orderly "later"."""
        return sum(self.statuses.values()) - self.done - self.sent_away

    @property
    def rate(self) -> float:
        """What was asked for and done, a second."""
        return self.done / self.seconds if self.seconds else 0.0


def call(method: str, path: str, body: Any = None, **headers: str) -> str:
    """One line for the script. A dictionary is sent as JSON, a text as a form."""
    head = dict(headers)
    if body is not None:
        head["Content-Type"] = "application/x-www-form-urlencoded" if isinstance(body, str) else "application/json"
    text = "" if body is None else body if isinstance(body, str) else json.dumps(body)
    said = "|".join(f"{name.replace('_', '-')}:{value}" for name, value in head.items())
    return f"{method}\t{path}\t{said}\t{text}\n"


def signed_in(session: str) -> dict[str, str]:
    """The headers of somebody at a desk."""
    return {"Cookie": f"sessionid={session}; csrftoken={TOKEN}", "X_CSRFToken": TOKEN}


class Callers:
    """Callers on their way: `connections` of them, each with one call after the other, for `seconds`."""

    def __init__(self, port: int, calls: Iterable[str], *, connections: int, seconds: float, once: bool = False,
                 pause: int = 0) -> None:
        """`once`: no call is made twice. `pause`: milliseconds between two calls of a connection."""
        self._file = Path(tempfile.mkstemp(prefix="wildgate-calls-")[1])
        self._file.write_text("".join(calls))
        self._wrk = subprocess.Popen(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds:.0f}s", "--timeout", "30s", "--latency", "-s", str(LUA),
             f"http://127.0.0.1:{port}/", "--", str(self._file), "once" if once else "round", str(pause)],
            stdout=subprocess.PIPE, text=True)

    def met(self) -> Met:
        """Wait until they are through."""
        told = self._wrk.communicate()[0]
        self._file.unlink()
        found = _said.search(told)
        if found is None:
            raise SystemExit(f"wrk did not end as it should: {told[-500:]}")
        said = json.loads(found[1])
        return Met(said["microseconds"] / 1e6, said["p50"] / 1e3, said["p99"] / 1e3, said["max"] / 1e3, said["errors"],
                   said["bare"], said["statuses"])


def processor(pids: Iterable[int]) -> float:
    """Seconds of the processor that these processes have had so far, for themselves and in the system."""
    total = 0.0
    for pid in pids:
        try:
            words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += (int(words[11]) + int(words[12])) / TICKS
    return total


def memory(pids: Iterable[int]) -> float:
    """Megabytes that these processes hold for themselves alone (USS): what they share is not counted twice."""
    total = 0
    for pid in pids:
        try:
            told = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in told.splitlines() if line.startswith("Private_"))
    return total / 1024


EMPTY: Final = '''
def app(environ, start):
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]


if __name__ == "__main__":
    import sys
    from granian import Granian
    from granian.constants import Interfaces
    Granian("empty:app", port=int(sys.argv[1]), interface=Interfaces.WSGI, workers=2, blocking_threads=4,
            log_enabled=False).serve()
'''


@contextmanager
def empty_app(port: int) -> Iterator[None]:
    """The same web server with an application that does nothing: the most that it could do here."""
    import sys
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "empty.py").write_text(EMPTY)
        server = subprocess.Popen([sys.executable, "empty.py", str(port)], cwd=folder)
        try:
            yield
        finally:
            server.terminate()
            server.wait(timeout=30)
