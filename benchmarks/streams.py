"""`intelligence.streams`: open streams of the intelligence space, from post to receipt, and from revocation to silence.

The door runs as its own process on the durable database of this home, as in production. Each reader is another person
with a session of their own. Beside it, on the same number of sockets, a program that only passes bytes on.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from benchmarks.measure import Peer, Result, percentile

STREAMS = int(os.environ.get("WILDGATE_BENCH_STREAMS", "500"))
POSTS, REVOKED, PAUSE = 20, 10, 0.33
SERVED_WITHIN = 60
BARE = """
import asyncio, sys
async def main():
    readers, posts = set(), None
    async def taken(reader, writer):
        first = await reader.readline()
        if first != b"POST\\n":
            readers.add(writer)
            return
        while line := await reader.readline():
            for each in readers:
                each.write(b"data: " + line + b"\\n")
    server = await asyncio.start_server(taken, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


@dataclass
class Ear:
    """One reader: when it heard what, and when its line was closed."""

    heard: dict[str, float] = field(default_factory=dict)
    closed: float = 0.0

    async def listen(self, port: int, greeting: bytes, ready: asyncio.Semaphore) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(greeting)
        if greeting.startswith(b"GET"):
            await reader.readuntil(b"\nid: ")
        ready.release()
        while line := await reader.readline():
            if line.startswith(b"data: ") and b"bench-" in line:
                self.heard[line.partition(b"bench-")[2][:4].decode()] = time.perf_counter()
        self.closed = time.perf_counter()
        writer.close()


def streams() -> Result:
    """The 95th of a hundred receipts, in milliseconds from the beginning of the post."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 2 * STREAMS + 200)), hard))
    keys = _readers(STREAMS)
    with _process([sys.executable, "-m", "wildgate", "stream", "--port", "0"]) as said:
        port = int(said.partition("http://127.0.0.1:")[2].partition("/")[0])
        head = "GET /intelligence/stream/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: sessionid="
        greetings = [f"{head}{key}\r\n\r\n".encode() for key in keys]
        times, opened, silence, late = asyncio.run(_ours(port, greetings))
    with _process([sys.executable, "-c", BARE]) as said:
        bare = asyncio.run(_bare(int(said), len(keys)))
    return Result("intelligence.streams", 1000 * percentile(times, 0.95), "ms",
                  (Peer("asyncio passing bytes on", 1000 * percentile(bare, 0.95), "ms"),
                   Peer("limit", 1000.0, "ms")),
                  detail={"streams": len(keys), "median, ms": round(1000 * percentile(times, 0.5), 1),
                          "slowest, ms": round(1000 * times[-1], 1), "all streams open after, s": round(opened, 2),
                          "revocation to closed line, slowest, s (limit 2)": round(silence, 2),
                          "events to revoked people": late})


def _readers(count: int) -> list[str]:
    """Contributors with a post and a session each; the keys of the sessions."""
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session

    from wildgate.apps.accounts.models import Authority, Person, Post, Role
    from wildgate.apps.intelligence.models import Contributor
    from wildgate.site.demo.cast import is_settled, settle
    at = datetime.now(UTC) - timedelta(days=1)
    if not is_settled():
        settle("QM", "Demoland", at)
    body = Authority.objects.get(party="QM", kind="enforcement")
    two = list(Person.objects.order_by("pk")[:2])
    people = Person.objects.bulk_create([
        Person(email=f"ear{place}@bench.example", name=f"Ear {place}", password="!") for place in range(count)])
    Post.objects.bulk_create([Post(party="QM", person=each, role=Role.INVESTIGATOR, authority=body) for each in people])
    Contributor.objects.bulk_create([Contributor(
        party="QM", person=each, authority=body, clearance=2, valid_until=(at + timedelta(days=300)).date(),
        proposed_by=two[0], proposed_at=at, confirmed_by=two[1], confirmed_at=at) for each in people])
    store = SessionStore()
    keys = [f"bench{place:027}" for place in range(count)]
    Session.objects.bulk_create([Session(
        session_key=key, expire_date=at + timedelta(days=3), session_data=store.encode({
            "_auth_user_id": str(each.pk), "_auth_user_hash": each.get_session_auth_hash()}))
        for key, each in zip(keys, people, strict=True)])
    return keys


@contextlib.contextmanager
def _process(command: list[str]) -> Iterator[str]:
    """A program that says in its first line where it listens."""
    env = {**os.environ, "WILDGATE_DEMO": "yes"}
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)
    try:
        assert running.stdout is not None
        yield running.stdout.readline()
    finally:
        running.terminate()
        running.wait(timeout=10)


async def _ours(port: int, greetings: list[bytes]) -> tuple[list[float], float, float, int]:
    """Receipts after their posts; how long opening took; the last line of the revoked closed; what they still got."""
    await asyncio.to_thread(_post, 9998)  # what a first post of a process loads is not of the stream
    ears, ready = [Ear() for _ in greetings], asyncio.Semaphore(0)
    began = time.perf_counter()
    tasks = [asyncio.create_task(ear.listen(port, said, ready)) for ear, said in zip(ears, greetings, strict=True)]
    async with asyncio.timeout(SERVED_WITHIN):
        for _ in ears:
            await ready.acquire()
    opened = time.perf_counter() - began
    posted: dict[str, float] = {}
    for number in range(POSTS):
        await asyncio.sleep(PAUSE + number * 0.01)
        posted[f"{number:04}"] = await asyncio.to_thread(_post, number)
    await asyncio.sleep(1)
    times = sorted(ear.heard[name] - at for name, at in posted.items() for ear in ears)
    revoked = await asyncio.to_thread(_revoke)
    await asyncio.to_thread(_post, POSTS)
    await asyncio.sleep(2.5)
    gone = ears[:REVOKED]
    late = sum(f"{POSTS:04}" in ear.heard for ear in gone)
    silence = max(ear.closed - revoked if ear.closed else float("inf") for ear in gone)
    assert sum(f"{POSTS:04}" in ear.heard for ear in ears) == len(ears) - REVOKED
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return times, opened, silence, late


def _post(number: int) -> float:
    """File a report; the moment at which it began."""
    from wildgate.apps.intelligence import services
    from wildgate.sharing.marking import Marking, Tlp
    began = time.perf_counter()
    services.file_report(actor=None, party="QM", origin="own", origin_key="", title=f"bench-{number:04}", text="Seen.",
                         grading=None, marking=Marking(Tlp.GREEN, ""), at=datetime.now(UTC))
    return began


def _revoke() -> float:
    """End the membership of the first readers; the moment at which it held."""
    from wildgate.apps.intelligence.models import Contributor
    first = Contributor.objects.filter(person__email__in=[f"ear{place}@bench.example" for place in range(REVOKED)])
    first.update(ended_at=datetime.now(UTC))
    return time.perf_counter()


async def _bare(port: int, count: int) -> list[float]:
    """The same posts through a program that reads no database and asks nobody."""
    ears, ready = [Ear() for _ in range(count)], asyncio.Semaphore(0)
    tasks = [asyncio.create_task(ear.listen(port, b"READ\n", ready)) for ear in ears]
    for _ in ears:
        await ready.acquire()
    _reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST\n")
    posted = {}
    for number in range(POSTS):
        await asyncio.sleep(0.1)
        posted[f"{number:04}"] = time.perf_counter()
        writer.write(f"bench-{number:04} {'x' * 120}\n".encode())
    await asyncio.sleep(1)
    times = sorted(ear.heard[name] - at for name, at in posted.items() for ear in ears if name in ear.heard)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    writer.close()
    return times


BENCHES = {"intelligence.streams": streams}
