"""`load.*`: what a whole server bears, asked by wrk over the loopback: `wildgate serve` with two web processes and the
workers of jobs, on a PostgreSQL cluster of its own where its programs are here, else on SQLite.

`http.verify` and `http.status`: answers a second. `load.mixed`: a day of work at once: applications handed in, permits
issued, endorsed and verified. `load.overload`: ten times as many callers as the server lets in. `load.soak`: memory
after WILDGATE_SOAK_MINUTES (1) of everything. Everybody shares the machine: the callers, the server, the database, and
whatever else runs on it. So the processor's time for one answer stands beside each rate; it hardly depends on others.
"""

from __future__ import annotations

import atexit
import os
import time
from contextlib import ExitStack
from functools import cache
from typing import Any, Final

from benchmarks.load_calls import Callers, Met, call, empty_app, memory, processor, signed_in, there
from benchmarks.load_world import World, world
from benchmarks.measure import Peer, Result

VERIFY_LIMIT: Final = 1_500.0
STATUS_LIMIT: Final = 8_000.0
P99_LIMIT: Final = 100.0
ROUNDS: Final = 3
SECONDS: Final = 5.0
ENDORSED: Final = {"quantity": "1", "unit": "NAR", "item": 1, "procedure": "1000", "post": "Kivu-2",
                   "transport_document": "AWB 123-45678903"}
NO_WRK: Final = "The load benches need wrk (Debian: apt install wrk)."


@cache
def server() -> World:
    """One world for all benches of a run, gone with the process."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(world())


@cache
def most() -> float:
    """Answers a second of the same web server with an empty application."""
    from tests.postgres import free_port
    port = free_port()
    with empty_app(port):
        time.sleep(2)
        return max(Callers(port, [call("GET", "/")], connections=16, seconds=3).met().rate for _ in range(2))


def absent(name: str) -> Result:
    print(NO_WRK)
    return Result(name, 0.0, "1/s", (Peer("needs wrk", None, ""),))


def verifications(found: World) -> list[str]:
    return [call("POST", "/api/v1/verify", {"code": code}) for code in found.callers["codes"]]


WARMING = 10
"""Seconds before the first round: each web process reads the law beside its first answers."""


def fastest(name: str, calls: list[str], limit: float, connections: int) -> Result:
    """The best of some rounds: what else the machine does takes from all of them."""
    found, best = server(), None
    Callers(found.port, calls, connections=connections, seconds=WARMING).met()
    for _ in range(ROUNDS):
        before = processor(found.web()), processor(found.database())
        met = Callers(found.port, calls, connections=connections, seconds=SECONDS).met()
        cost = [(now - then) / max(1, met.done) * 1000 for now, then in zip(
            (processor(found.web()), processor(found.database())), before, strict=True)]
        if best is None or met.rate > best[0].rate:
            best = met, cost
    assert best is not None
    met, cost = best
    from benchmarks.seal import openssl
    return Result(name, met.rate, "1/s", (Peer("limit", limit, "1/s"), Peer("empty app, same server", most(), "1/s")), {
        "p50 ms": round(met.p50, 1), "p99 ms": round(met.p99, 1), "p99 limit ms": P99_LIMIT,
        "processor ms an answer, web": round(cost[0], 3), "database": round(cost[1], 3),
        "a second if both processors did nothing else": round(2000 / max(0.001, sum(cost))),
        "OpenSSL ES256 verify 1/s, then": round(openssl()[1]),
        "other answers": met.others + met.sent_away + met.errors})


def verify() -> Result:
    """Codes of many permits, one after the other, by the public operation."""
    return fastest("http.verify", verifications(server()), VERIFY_LIMIT, 16) if there() else absent("http.verify")


def status() -> Result:
    """The status list, its digests, the index and the trust list."""
    if not there():
        return absent("http.status")
    shard = server().callers["shard"]
    quarter, _, number = shard.partition("/")
    paths = [f"/status/QM/{shard}.cwt", f"/status/QM/{quarter}/digests/{number}.cwt", "/trust.cwt"]
    return fastest("http.status", [call("GET", path) for path in paths], STATUS_LIMIT, 16)


def journey(found: World, seconds: float, pause: int = 0) -> dict[str, Callers]:
    """Everybody at work. What changes something is done once: the pool of cases and permits has an end."""
    amina, mario = (signed_in(found.callers["sessions"][who]) for who in ("amina", "mario"))
    key = {"Authorization": f"Bearer {found.callers['key']}"}
    work = {
        "applications": [call("POST", f"/apply/{number}/check/", "declared=yes", **mario)
                         for number in found.callers["drafts"]],
        "issues": [call("POST", f"/cases/{number}/issue/", "do=issue", **amina) for number in found.callers["ready"]],
        "endorsements": [call("POST", "/api/v1/permits/consume", ENDORSED | {
            "number": number, "reference": f"27QM{place:06d}"}, **key)
            for place, number in enumerate(found.callers["numbers"])]}
    started = {name: Callers(found.port, calls, connections=2, seconds=seconds, once=True, pause=pause)
               for name, calls in work.items()}
    return started | {"verifications": Callers(found.port, verifications(found), connections=8, seconds=seconds)}


def mixed() -> Result:
    """All four at once; the value is what was done in a second altogether."""
    if not there():
        return absent("load.mixed")
    found = server()
    before = processor(found.family()) + processor(found.database())
    met = {name: callers.met() for name, callers in journey(found, 20).items()}
    spent = processor(found.family()) + processor(found.database()) - before
    detail: dict[str, float] = {}
    for name, each in met.items():
        detail |= {f"{name} 1/s": round(each.rate, 1), f"{name} p99 ms": round(each.p99, 1)}
    return Result("load.mixed", sum(each.rate for each in met.values()), "1/s", (), detail | {
        "processor seconds": round(spent, 1), "other answers": sum(each.others + each.errors for each in met.values())})


def _desk(found: World, seconds: float) -> Callers:
    """An officer who opens one page after the other."""
    amina = signed_in(found.callers["sessions"]["amina"])
    return Callers(found.port, [call("GET", "/cases/", **amina)], connections=1, seconds=seconds, pause=100)


def overload() -> Result:
    """Ten times as many callers as all places of work and lines hold, who come again at once whatever they are told."""
    if not there():
        return absent("load.overload")
    from django.conf import settings
    found, calls = server(), verifications(server())
    crowd = 10 * 2 * (settings.AT_WORK + settings.WAITING)
    alone, desk = Callers(found.port, calls, connections=16, seconds=5), _desk(found, 5)
    before, quiet = alone.met(), desk.met()
    flood, desk = Callers(found.port, calls, connections=crowd, seconds=15), _desk(found, 12)
    life = Callers(found.port, [call("GET", "/healthz")], connections=1, seconds=12, pause=100)
    sign, officer, met = life.met(), desk.met(), flood.met()
    again, after = Callers(found.port, calls, connections=16, seconds=5).met(), _desk(found, 3).met()
    return Result("load.overload", met.rate, "1/s", (Peer("before", before.rate, "1/s"),
                                                     Peer("afterwards", again.rate, "1/s")), {
        "callers": crowd, "sent away 1/s": round(met.sent_away / met.seconds), "without Retry-After": met.bare,
        "broken": met.errors + met.others, "officer's page p99 ms before": round(quiet.p99, 1),
        "in the flood": round(officer.p99, 1), "pages refused": officer.sent_away + officer.others,
        "afterwards": round(after.p99, 1), "sign of life p99 ms": round(sign.p99, 1),
        "signs of life missing": sign.sent_away + sign.others + sign.errors})


def soak() -> Result:
    """Megabytes that all processes of the server gain in a minute, in the second half; none is the aim."""
    if not there():
        return absent("load.soak")
    found, minutes = server(), float(os.environ.get("WILDGATE_SOAK_MINUTES", "1"))
    seconds = minutes * 60
    callers = journey(found, seconds, pause=int(seconds * 2000 / max(1, len(found.callers["ready"]))))
    callers["pages"] = _desk(found, seconds)
    seen, began, web = [], time.monotonic(), set(found.web())
    while (now := time.monotonic() - began) < seconds:
        seen.append((now / 60, memory(web), memory(set(found.family()) - web)))
        time.sleep(min(5.0, seconds / 20))
    met: dict[str, Met] = {name: each.met() for name, each in callers.items()}
    later = [each for each in seen if each[0] > minutes / 2]
    slopes = [_slope([(each[0], each[place]) for each in later]) for place in (1, 2)]
    detail: dict[str, float] = {"minutes": minutes}
    for when, each in (("start", seen[0]), ("middle", seen[len(seen) // 2]), ("end", seen[-1])):
        detail |= {f"{when} MB, web": round(each[1]), f"{when} MB, jobs": round(each[2])}
    return Result("load.soak", sum(slopes), "MB/min", (Peer("limit", 1.0, "MB/min"),), detail | {
        "web MB/min": round(slopes[0], 2), "jobs MB/min": round(slopes[1], 2),
        "requests": sum(each.done for each in met.values()), "worst p99 ms": max(each.p99 for each in met.values()),
        "sent away": sum(each.sent_away for each in met.values()),
        "other answers": sum(each.others + each.errors for each in met.values())})


def _slope(points: list[tuple[float, float]]) -> float:
    """Of the straight line that fits best."""
    count = max(1, len(points))
    x, y = sum(each[0] for each in points) / count, sum(each[1] for each in points) / count
    spread = sum((each[0] - x) ** 2 for each in points)
    return sum((each[0] - x) * (each[1] - y) for each in points) / spread if spread else 0.0


BENCHES: dict[str, Any] = {"http.verify": verify, "http.status": status, "load.mixed": mixed,
                           "load.overload": overload, "load.soak": soak}
