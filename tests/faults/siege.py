"""A siege: processes of a real installation are killed at random while others work on, and then everything is counted.

`make faults MINUTES=5` runs it for long on both databases. The web server with its workers is the real one. Clerks
issue, endorse and cancel in processes of their own; a customs system writes off over HTTP, and people give tips over
HTTP. What is killed had answered since it was last started: else nothing would ever run.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Lock, Thread
from typing import IO, Any

from tests import postgres
from tests.clusters import NAME, furnish
from tests.house import ROOT, Forked, the_house

PATIENCE = 240
TARGETS = ("web", "server", "worker", "clerk")


@dataclass
class Heard:
    """What was acknowledged, and how often it was not."""

    acts: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in (
        "issued", "endorsed", "cancelled", "released", "told")})
    met: Counter[str] = field(default_factory=Counter)
    killed: Counter[str] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)
    issued: Event = field(default_factory=Event)

    def note(self, kind: str, what: str) -> None:
        with self.lock:
            self.acts[kind].append(what)
        if kind == "issued":
            self.issued.set()

    def meet(self, what: str) -> None:
        with self.lock:
            self.met[what] += 1


class Siege:
    """An installation in `home`, on SQLite or on a cluster of its own, and everybody who works in it."""

    def __init__(self, home: Path, cluster: postgres.Cluster | None, *, seed: int, pause: float = 0.1) -> None:
        self.home, self.cluster, self.dice, self.pause = home, cluster, random.Random(seed), pause
        self.port, self.over, self.heard = postgres.free_port(), Event(), Heard()
        self.address, self.left = f"http://{postgres.LOOPBACK}:{self.port}", Queue[str]()
        url = f"postgresql://{postgres.SERVING}@{postgres.LOOPBACK}:{cluster.port}/{NAME}" if cluster else ""
        self.env = {**os.environ, "WILDGATE_HOME": str(home), "DATABASE_URL": url, "WILDGATE_PARTY": "QM",
                    "WILDGATE_BASE_URL": self.address, "WILDGATE_DEMO": "no", "WILDGATE_DURABLE": "yes",
                    "DJANGO_SETTINGS_MODULE": "wildgate.site.settings"}
        self.log = open(home / "siege.log", "ab")  # noqa: SIM115  (the processes write to it until the end)
        self.clerks: dict[int, Forked] = {}
        self.up = Event()
        said = self.program("prepare").stdout
        self.key = re.search(r"^key (\S+)$", said, re.MULTILINE)[1]
        self.web = self.serve()

    def program(self, *words: str) -> subprocess.CompletedProcess[str]:
        done = the_house().run(self.env, "tests.faults.clerk", *words)
        assert done.returncode == 0, done.stderr
        return done

    def serve(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "wildgate", "serve", "--port", str(self.port), "--workers", "1",
                                 "--stream-port", "0"], cwd=ROOT, env=self.env, stdout=self.log, stderr=self.log)

    def run(self, seconds: float, every: tuple[float, float]) -> dict[str, Any]:
        """Kill one after the other for so long, and first each kind once; then let everybody end, and count."""
        people = [Thread(target=work, args=args) for work, args in
                  ((self._clerk, (0,)), (self._clerk, (1,)), (self._customs, ()), (self._tellers, ()))]
        for each in people:
            each.start()
        targets = [*TARGETS, *["database"] * bool(self.cluster)]
        try:
            self._wait_until_busy()
            end = time.monotonic() + seconds
            while time.monotonic() < end or not all(self.heard.killed[each] for each in targets):
                self.over.wait(self.dice.uniform(*every))
                self._wait_until_in_the_middle()
                fewest = min(self.heard.killed[each] for each in targets)
                self._kill(self.dice.choice([each for each in targets
                                             if self.heard.killed[each] <= fewest + bool(fewest)]))
                assert time.monotonic() < end + PATIENCE, dict(self.heard.killed)
        finally:
            self.over.set()
            for clerk in list(self.clerks.values()):
                clerk.kill()
            for each in people:
                each.join()
            stop(self.web)
        return json.loads(self.program("tell").stdout.splitlines()[-1])

    def _wait_until_busy(self) -> None:
        """Until the server has answered and both clerks have issued: a siege of what does not run shows nothing."""
        for _turn in range(PATIENCE * 4):
            if self.up.is_set() and len(self.clerks) == len((0, 1)):
                return
            self.over.wait(0.25)
        raise AssertionError((self.home / "siege.log").read_text()[-2000:])

    def _wait_until_in_the_middle(self) -> None:
        """Until somebody has just issued: the clerk goes on with that permit, a worker is about to write its documents.
        Where nobody can work just now, not for long."""
        self.heard.issued.clear()
        self.heard.issued.wait(3)
        self.over.wait(self.dice.uniform(0, 0.2))

    def _kill(self, who: str) -> None:
        """No process of it gets to say a word. What nobody else starts again is started here."""
        if self.web.poll() is not None:
            self.web = self.serve()
        if who == "clerk":
            if not self.clerks:
                return
            self.clerks.pop(self.dice.choice(list(self.clerks))).kill()
        elif not self.up.is_set():
            return
        elif who == "database" and self.cluster:
            self.cluster.kill()
            self.over.wait(self.dice.uniform(0, 1))
            self._start_database(self.cluster)
        elif who == "server":
            self.web.kill()
            self.web.wait()
            self.web = self.serve()
        elif pids := children(self.web.pid, jobs=who == "worker"):
            with suppress(ProcessLookupError):
                os.kill(self.dice.choice(pids), signal.SIGKILL)
        if who in ("server", "web"):
            self.up.clear()
        self.heard.killed[who] += 1

    def _start_database(self, cluster: postgres.Cluster) -> None:
        for turn in range(20):
            try:
                return cluster.start("shared_buffers=32MB", "max_connections=60")
            except AssertionError:  # the last of the killed ones holds its memory still
                if turn == 19:
                    raise
                self.over.wait(0.2)
        return None

    def _clerk(self, place: int) -> None:
        """A clerk who is hired again whenever one was killed."""
        while not self.over.is_set():
            clerk = the_house().start(self.env, "tests.faults.clerk", "work", str(self.pause),
                                      stderr=self.log.fileno())
            for line in clerk.stdout:
                if self.over.is_set():
                    break
                self.clerks[place] = clerk
                kind, _, what = line.strip().partition(" ")
                if kind == "left":
                    self.left.put(what)
                elif kind == "fault":
                    self.heard.meet(f"clerk {what}")
                elif line.endswith("\n"):
                    self.heard.note(kind, what)
            self.clerks.pop(place, None)
            clerk.kill()
            clerk.wait()

    def _customs(self) -> None:
        """Goods are declared and released over HTTP; a call without an answer is sent again until it has one."""
        while not self.over.is_set():
            try:
                number = self.left.get(timeout=0.2)
            except Empty:
                continue
            asked = {"number": number, "reference": f"D-{number}", "item": 1, "version": 1, "block": "A",
                     "quantity": "2", "unit": "NAR", "procedure": "1", "post": "Kivu-2",
                     "transport_document": f"AWB {number}"}
            if self._until_answered("reserve", asked) and self._until_answered("consume", {**asked, "version": 2}):
                self.heard.note("released", number)

    def _until_answered(self, call: str, asked: dict[str, Any]) -> bool:
        while not self.over.is_set():
            status, said = self._ask(f"/api/v1/permits/{call}", json.dumps(asked).encode(), "application/json",
                                     {"Authorization": f"Bearer {self.key}"})
            if status == 200:
                return True
            if 400 <= status <= 500 and status != 429:
                self.heard.meet(f"{call} refused: {said[:200]}")
                return False
            self.over.wait(0.2)
        return False

    def _tellers(self) -> None:
        """People who give a tip, with the toll paid; who gets no receipt tells it again, as another tip."""
        turn = 0
        while not self.over.is_set():
            status, page = self._ask("/tip/")
            found = re.search(r'data-toll="([^"]+)" data-bits="(\d+)"', page)
            puzzle = re.search(r'name="puzzle" value="([^"]+)"', page)
            if status == 200 and found and puzzle:
                turn += 1
                form = {"puzzle": puzzle[1], "work": toll(found[1], int(found[2])), "kind": "sale", "alive": "no",
                        "text": f"Somebody sells carvings at stall {turn} of the market, {puzzle[1][:9]}.", "total": ""}
                self.heard.meet("tips sent")
                status, page = self._ask("/tip/", urllib.parse.urlencode(form).encode())
                if status == 200:
                    self.heard.note("told", str(turn))
            self.over.wait(max(0.5, self.pause) if turn < 55 else 5)

    def _ask(self, path: str, data: bytes | None = None, kind: str = "application/x-www-form-urlencoded",
             head: dict[str, str] | None = None) -> tuple[int, str]:
        request = urllib.request.Request(self.address + path, data, {"Content-Type": kind, **(head or {})})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                self.up.set()
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            self.heard.meet(f"HTTP {refused.code}")
            return refused.code, refused.read().decode(errors="replace")
        except (OSError, EOFError, ValueError) as fault:
            self.heard.meet(f"no answer ({type(fault).__name__})")
            return 0, ""
        except Exception as fault:  # noqa: BLE001  (http.client: an answer that was cut off in the middle)
            self.heard.meet(f"no answer ({type(fault).__name__})")
            return 0, ""

    def faults(self, there: dict[str, Any]) -> list[str]:
        """What was acknowledged and is not there exactly once, and what else is not true."""
        acts, permits = self.heard.acts, Counter(there["permits"])
        wrong = [f"{number} is there {permits[number]} times" for number in acts["issued"] if permits[number] != 1]
        wrong += [f"{number} was endorsed {there['endorsed'].get(number, 0)} times"
                  for number in (*acts["endorsed"], *acts["released"]) if there["endorsed"].get(number) != 1]
        wrong += [f"{number} is {there['states'].get(number)}, not cancelled" for number in acts["cancelled"]
                  if there["states"].get(number) != "cancelled"]
        wrong += [f"{number} was endorsed {count} times" for number, count in there["endorsed"].items() if count != 1]
        if not len(acts["told"]) <= there["tips"] <= self.heard.met["tips sent"]:
            wrong.append(f"{there['tips']} tips, of {len(acts['told'])} with a receipt")
        if there["issues"] > 1 or there["last"] != len(there["permits"]):
            wrong.append(f"{len(there['permits'])} permits, number {there['last']}, {there['issues']} issues of one")
        wrong += [what for what in self.heard.met if "refused" in what or what == "HTTP 500"]
        return [*wrong, *there["faults"], *(f"dead: {job}" for job in there["dead"])]


def children(parent: int, *, jobs: bool) -> list[int]:
    """The job workers of a server, or its web workers."""
    told = subprocess.run(["ps", "-o", "pid=,stat=,args=", "--ppid", str(parent)], capture_output=True, text=True,
                          check=False).stdout
    return [int(row.split()[0]) for row in told.splitlines()
            if ("jobs work" in row) == jobs and row.split()[1][0] != "Z" and "ps -o" not in row]


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def toll(nonce: str, bits: int) -> str:
    """The work that the page's script does."""
    turn = 0
    while int.from_bytes(sha256(f"{nonce}:{turn}".encode()).digest()) >> (256 - bits):
        turn += 1
    return str(turn)


def held(folder: Path, seconds: float, *, on_server: bool, seed: int, every: tuple[float, float] = (0.5, 3),
         pause: float = 0.1, tell: IO[str] | None = None) -> tuple[Siege, dict[str, Any], list[str]]:
    """A siege of so many seconds in `folder`, which the database server's user can reach."""
    home = folder / "home"
    home.mkdir()
    cluster = postgres.Cluster(folder / "cluster", postgres.tools()) if on_server else None
    try:
        if cluster:
            furnish(cluster)
            cluster.start("shared_buffers=32MB", "max_connections=60")
        siege = Siege(home, cluster, seed=seed, pause=pause)
        there = siege.run(seconds, every)
    finally:
        if cluster:
            cluster.stop()
    wrong = siege.faults(there)
    if tell:
        done = {kind: len(all_) for kind, all_ in siege.heard.acts.items()}
        print(f"{'PostgreSQL' if on_server else 'SQLite'}, {seconds:.0f} s, seed {seed}\n  acknowledged {done}\n"
              f"  killed {dict(siege.heard.killed)}\n  met {dict(siege.heard.met)}\n  there: {len(there['permits'])} "
              f"permits, {len(there['endorsed'])} endorsed, {there['tips']} tips, {there['events']} events\n  "
              + ("\n  ".join(wrong) or "everything acknowledged is there once; the books balance"),
              file=tell, flush=True)
    return siege, there, wrong


def main() -> int:
    parser = argparse.ArgumentParser(description="Kill processes at random, then count.")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--on", choices=["sqlite", "postgresql"], action="append")
    args, bad = parser.parse_args(), 0
    for kind in args.on or ["sqlite", "postgresql"]:
        with tempfile.TemporaryDirectory(prefix="wildgate-siege-") as made:
            Path(made).chmod(0o755)
            bad += bool(held(Path(made), args.minutes * 60, on_server=kind == "postgresql", seed=args.seed,
                             tell=sys.stdout)[2])
    return bad


if __name__ == "__main__":
    sys.exit(main())
