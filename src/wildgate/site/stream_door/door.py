"""Open lines and the turns of the door.

The web server gives each request a thread, and an open stream would keep it. So streams have a process of their own,
on asyncio. Each turn asks once for all: what is new, and who may still read. Nothing is sent by an older answer than
that of the same turn, and a line whose right has ended is closed in the turn that sees it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Protocol

from wildgate.site.stream_door.asked import Asked, Rules, asked

log = logging.getLogger(__name__)

EVERY: Final = 0.2
"""Seconds between two looks at the table of pulses."""
CHECKED_EVERY: Final = 1.0
"""Seconds after which everybody's right to read is asked anew, even where nothing is to be told."""
HEARTBEAT_SECONDS: Final = 15.0
REQUEST_SECONDS: Final = 5.0
LARGEST_REQUEST: Final = 16_000
LARGEST_BACKLOG: Final = 256_000
LONGEST_BACKLOG: Final = 1.5
"""Bytes, and seconds, that wait for one reader before the line is cut; the reader comes again with its cursor. What
waits was allowed when it was written: after these seconds it might be no more."""
TOLD_AGAIN: Final = 1_000
"""So many pulses back a cursor may lie; before that the reader opens the page anew."""
STREAMS: Final = 2_000
STREAMS_OF_ONE: Final = 6
ON_THE_WAY: Final = 500
"""Connections beyond the streams, whose request is still being read."""
RETRY_AFTER: Final = 30


class News(Protocol):
    """One pulse, ready to be sent, with who may have it."""

    @property
    def place(self) -> int: ...

    @property
    def said(self) -> bytes: ...

    def may(self, seat: Any) -> bool: ...


class Source(Protocol):
    """Where the door reads. Its functions run in one thread, never two at once.

    `seats` answers with who sits behind each session that may read now; who is missing may not. A seat has a
    `person_id`; sessions of one person may share it.
    """

    greeting: bytes
    heartbeat: bytes
    again: bytes
    end: bytes

    def newest(self) -> int: ...

    def place(self, cursor: str) -> int | None: ...

    def here(self, place: int) -> bytes: ...

    def after(self, place: int) -> Sequence[News]: ...

    def seats(self, sessions: Collection[str]) -> Mapping[str, Any]: ...

    def close(self) -> None: ...


@dataclass(eq=False, slots=True)
class Line:
    """One open stream. `place`: the last pulse that was told or withheld. `seat`: as of the last turn."""

    session: str
    writer: asyncio.StreamWriter
    place: int = 0
    seat: Any = None
    waits_since: float = 0.0

    def send(self, said: bytes) -> None:
        """Never waits: whoever reads too slowly loses the line, not the others their news."""
        transport = self.writer.transport
        if transport.is_closing():
            return
        if transport.get_write_buffer_size() > LARGEST_BACKLOG:
            transport.abort()
            return
        self.writer.write(said)

    def end(self, said: bytes) -> None:
        """Say goodbye and close; what still waited for a slow reader is thrown away."""
        transport = self.writer.transport
        if transport.get_write_buffer_size():
            transport.abort()
        else:
            self.send(said)
            self.writer.close()

    def hurry(self, now: float) -> None:
        """Cut the line of whoever did not take for too long what was written."""
        if not self.writer.transport.get_write_buffer_size():
            self.waits_since = 0.0
        elif not self.waits_since:
            self.waits_since = now
        elif now - self.waits_since > LONGEST_BACKLOG:
            self.writer.transport.abort()


@dataclass(eq=False, slots=True)
class Arrival:
    """A request that waits for the next turn, which admits it or says why not."""

    line: Line
    cursor: str
    answer: asyncio.Future[HTTPStatus]


@dataclass(frozen=True, slots=True)
class Looked:
    """What a turn saw: news in order, who may read, and where each arrival begins (None: too far back)."""

    news: Sequence[News]
    seats: Mapping[str, Any]
    begins: Sequence[int | None]


class Door:
    """`start` binds the port (0 takes a free one); `run` serves until it is cancelled."""

    def __init__(self, source: Source, rules: Rules, *, streams: int = STREAMS, of_one: int = STREAMS_OF_ONE,
                 every: float = EVERY) -> None:
        self.source, self.rules, self.most, self.most_of_one, self.every = source, rules, streams, of_one, every
        self.lines: set[Line] = set()
        self.port = 0
        self._arrivals: list[Arrival] = []
        self._open = self._place = 0
        self._checked = 0.0
        self._away = False
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="stream-reader")

    async def start(self, address: str, port: int) -> asyncio.Server:
        server = await asyncio.start_server(self._connected, address, port, limit=LARGEST_REQUEST, backlog=1024)
        self.port = server.sockets[0].getsockname()[1]
        self._place = await asyncio.get_running_loop().run_in_executor(self._reader, self.source.newest)
        return server

    async def run(self, server: asyncio.Server) -> None:
        beat = asyncio.create_task(self._beat())
        try:
            async with server:
                while True:
                    began = time.monotonic()
                    await self._turn_or_log()
                    await asyncio.sleep(max(0.005, self.every - (time.monotonic() - began)))
        finally:
            beat.cancel()
            for line in self.lines:
                line.writer.close()
            self._reader.submit(self.source.close)
            self._reader.shutdown()

    async def _turn_or_log(self) -> None:
        """The database may be away for a while: nothing is sent then, and the next turn asks again."""
        try:
            await self._turn()
            self._away = False
        except Exception as fault:  # noqa: BLE001  (whatever it is, the door stays open and silent)
            if not self._away:
                log.error("the stream could not read: %s", type(fault).__name__)
            self._away = True
            await asyncio.sleep(CHECKED_EVERY)

    async def _turn(self) -> None:
        arrivals, self._arrivals = self._arrivals, []
        try:
            looked = await asyncio.get_running_loop().run_in_executor(
                self._reader, self._look, {line.session for line in self.lines}, arrivals)
        except Exception:
            for arrival in arrivals:
                _tell(arrival, HTTPStatus.SERVICE_UNAVAILABLE)
            raise
        if looked is None:
            return
        counts = Counter(line.seat.person_id for line in self.lines)
        for arrival, begins in zip(arrivals, looked.begins, strict=True):
            self._admit(arrival, begins, looked, counts)
        newest = looked.news[-1].place if looked.news else self._place
        self._deliver(looked, max(newest, self._place))

    def _look(self, sessions: set[str], arrivals: Sequence[Arrival]) -> Looked | None:
        """In the reader's thread. Rights are read last, so that none of them is older than what they let through."""
        begins = [self._begin(arrival.cursor) for arrival in arrivals]
        news = self.source.after(min([self._place, *(place for place in begins if place is not None)]))
        now = time.monotonic()
        fresh = any(each.place > self._place for each in news)
        if not (fresh or arrivals or (sessions and now - self._checked >= CHECKED_EVERY)):
            return None
        self._checked = now
        return Looked(news, self.source.seats(sessions | {each.line.session for each in arrivals}), begins)

    def _begin(self, cursor: str) -> int | None:
        """Without a cursor a stream begins now; one that is none of ours, or lies too far back, begins anew."""
        if not cursor:
            return self._place
        place = self.source.place(cursor)
        return None if place is None or place < self._place - TOLD_AGAIN else min(place, self._place)

    def _admit(self, arrival: Arrival, begins: int | None, looked: Looked, counts: Counter[int]) -> None:
        line = arrival.line
        seat = looked.seats.get(line.session)
        if seat is None:
            _tell(arrival, HTTPStatus.NOT_FOUND)
        elif counts[seat.person_id] >= self.most_of_one:
            _tell(arrival, HTTPStatus.SERVICE_UNAVAILABLE)
        elif not arrival.answer.done():
            counts[seat.person_id] += 1
            line.place, line.seat = self._place if begins is None else begins, seat
            line.send(_head(HTTPStatus.OK) + self.source.greeting + self.source.here(line.place)
                      + (self.source.again if begins is None else b""))
            self.lines.add(line)
            _tell(arrival, HTTPStatus.OK)

    def _deliver(self, looked: Looked, newest: int) -> None:
        """Each line gets what came after its place, as far as its seat may have it now."""
        may: dict[tuple[int, int], bool] = {}
        now = time.monotonic()
        for line in list(self.lines):
            line.seat = looked.seats.get(line.session)
            if line.seat is None:
                line.end(self.source.end)
                self.lines.discard(line)
                continue
            line.hurry(now)
            for each in looked.news:
                if each.place <= line.place:
                    continue
                key = (each.place, id(line.seat))
                if key not in may:
                    may[key] = each.may(line.seat)
                if may[key]:
                    line.send(each.said)
            line.place = max(line.place, newest)
        self._place = newest

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            for line in list(self.lines):
                line.send(self.source.heartbeat)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request: its head within seconds, its answer, and then nothing but what turns send."""
        self._open += 1
        line = None
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                found = asked(await reader.readuntil(b"\r\n\r\n"), self.rules)
            line = await self._answered(found, writer)
            if line is not None:
                await self._until_gone(reader)
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            self._open -= 1
            self.lines.discard(line)
            writer.close()

    async def _answered(self, found: Asked | HTTPStatus, writer: asyncio.StreamWriter) -> Line | None:
        """The line that was opened; None after a refusal."""
        if len(self.lines) + len(self._arrivals) >= self.most or self._open > self.most + ON_THE_WAY:
            found = HTTPStatus.SERVICE_UNAVAILABLE
        if isinstance(found, Asked):
            line = Line(found.session, writer)
            arrival = Arrival(line, found.cursor, asyncio.get_running_loop().create_future())
            self._arrivals.append(arrival)
            found = await arrival.answer
            if found is HTTPStatus.OK:
                return line
        writer.write(_head(found))
        await writer.drain()
        return None

    async def _until_gone(self, reader: asyncio.StreamReader) -> None:
        while await reader.read(1024):
            """Readers of a stream say nothing; what they say is not looked at."""


def _tell(arrival: Arrival, status: HTTPStatus) -> None:
    if not arrival.answer.done():
        arrival.answer.set_result(status)


def _head(status: HTTPStatus) -> bytes:
    """The head of an answer. Only 200 has a body, and that one has no end."""
    own = {HTTPStatus.OK: "Content-Type: text/event-stream\r\nX-Accel-Buffering: no\r\n",
           HTTPStatus.SERVICE_UNAVAILABLE: f"Retry-After: {RETRY_AFTER}\r\nContent-Length: 0\r\n",
           HTTPStatus.METHOD_NOT_ALLOWED: "Allow: GET\r\nContent-Length: 0\r\n"}.get(status, "Content-Length: 0\r\n")
    return (f"HTTP/1.1 {status.value} {status.phrase}\r\n{own}Cache-Control: no-store\r\nConnection: close\r\n"
            "X-Content-Type-Options: nosniff\r\n\r\n").encode()
