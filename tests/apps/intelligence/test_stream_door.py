"""The door by itself, in front of a board in memory: requests, limits, order, slow readers."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from wildgate.apps.intelligence.stream.wire import Cursors
from wildgate.site.stream_door.asked import Asked, Rules, asked
from wildgate.site.stream_door.door import Door, Source

RULES = Rules("/stream/", "sid", lambda host: host == "desk.example")


@dataclass(frozen=True)
class Chair:
    person_id: int


@dataclass(frozen=True)
class Note:
    place: int
    said: bytes
    readers: frozenset[int]

    def may(self, seat: Chair) -> bool:
        return seat.person_id in self.readers


@dataclass
class Board:
    """Notes and chairs in memory, as a door reads them. A session is the number of a person."""

    notes: list[Note] = field(default_factory=list)
    chairs: set[str] = field(default_factory=set)
    greeting: bytes = b"retry: 5\n\n"
    heartbeat: bytes = b":\n\n"
    again: bytes = b"event: again\ndata: {}\n\n"
    end: bytes = b"event: end\ndata: {}\n\n"

    def newest(self) -> int:
        return self.notes[-1].place if self.notes else 0

    def place(self, cursor: str) -> int | None:
        return int(cursor) if cursor.isdigit() else None

    def here(self, place: int) -> bytes:
        return f"id: {place}\n\n".encode()

    def after(self, place: int) -> Sequence[Note]:
        return [note for note in self.notes if note.place > place]

    def seats(self, sessions: Collection[str]) -> Mapping[str, Chair]:
        return {key: Chair(int(key)) for key in sessions if key in self.chairs}

    def close(self) -> None:
        """Nothing is held."""

    def put(self, *readers: int, said: str = "") -> None:
        place = self.newest() + 1
        self.notes.append(Note(place, f"id: {place}\ndata: {said or place}\n\n".encode(), frozenset(readers)))


@contextmanager
def opened(source: Source, rules: Rules = RULES, **limits: float) -> Iterator[Door]:
    """A door that serves in a thread of its own, on a free port."""
    door = Door(source, rules, **{"every": 0.01, **limits})  # type: ignore[arg-type]
    loop, begun, stopping = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def serve() -> None:
        serving = asyncio.create_task(door.run(await door.start("127.0.0.1", 0)))
        begun.set()
        await stopping.wait()
        serving.cancel()
        await asyncio.wait([serving])

    def run() -> None:
        try:
            loop.run_until_complete(serve())
        finally:
            begun.set()
            loop.close()

    thread = threading.Thread(target=run)  # a test with a browser may have left a loop running in this one
    thread.start()
    begun.wait(10)
    try:
        yield door
    finally:
        loop.call_soon_threadsafe(stopping.set)
        thread.join(10)


class Reader:
    """One open line, as a browser reads it."""

    def __init__(self, port: int, session: str, cursor: str = "", *, path: str = "/stream/", cookie: str = "sid",
                 host: str = "desk.example", buffer: int = 0) -> None:
        self.socket = socket.socket()
        if buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.socket.settimeout(10)
        self.socket.connect(("127.0.0.1", port))
        again = f"Last-Event-ID: {cursor}\r\n" if cursor else ""
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}={session}\r\n{again}\r\n"
                            .encode())
        self.read = b""

    def until(self, mark: bytes) -> bytes:
        """Everything up to `mark`, read on until it comes or the line ends."""
        while mark not in self.read[-2 * len(mark) - 65536:] and (more := self.socket.recv(65536)):
            self.read += more
        return self.read

    def rest(self) -> bytes:
        """Everything until the line ends."""
        while more := self.socket.recv(65536):
            self.read += more
        return self.read

    @property
    def told(self) -> list[str]:
        return [line.removeprefix("data: ") for line in self.read.decode().splitlines() if line.startswith("data: ")]

    def close(self) -> None:
        self.socket.close()


@pytest.fixture
def line() -> Iterator[Callable[..., Reader]]:
    made: list[Reader] = []

    def open_line(*given: object, **named: object) -> Reader:
        made.append(Reader(*given, **named))  # type: ignore[arg-type]
        return made[-1]
    yield open_line
    for each in made:
        each.close()


def test_each_reader_gets_what_is_theirs_in_order_and_no_more(line):
    board = Board(chairs={"1", "2"})

    with opened(board) as door:
        one, two = line(door.port, "1"), line(door.port, "2")
        one.until(b"id: 0")
        two.until(b"id: 0")
        for readers in ((1,), (1, 2), (2,), (1,)):
            board.put(*readers)
        one.until(b"data: 4")
        two.until(b"data: 3")

    assert one.told == ["1", "2", "4"]
    assert two.told == ["2", "3"]


def test_who_comes_back_with_a_cursor_gets_what_came_after_it_once(line):
    board = Board(chairs={"1"})
    for _ in range(5):
        board.put(1)

    with opened(board) as door:
        back = line(door.port, "1", "2")
        back.until(b"data: 5")
        board.put(1)
        back.until(b"data: 6")

    assert back.told == ["3", "4", "5", "6"]


def test_a_cursor_too_far_back_or_of_another_house_is_told_to_look_again(line):
    board = Board(chairs={"1"}, notes=[Note(5000, b"data: old\n\n", frozenset({1}))])

    with opened(board) as door:
        readers = [line(door.port, "1", cursor) for cursor in ("12", "made-up")]
        for each in readers:
            each.until(b"again")

    assert [each.told for each in readers] == [["{}"], ["{}"]]


def test_a_right_that_ends_closes_the_line_and_tells_nothing_of_what_came_since(line):
    board = Board(chairs={"1", "2"})

    with opened(board) as door:
        one, two = line(door.port, "1"), line(door.port, "2")
        one.until(b"id: 0")
        two.until(b"id: 0")
        board.chairs.remove("1")
        board.put(1, 2)
        two.until(b"data: 1")
        one.rest()
        back = line(door.port, "1")
        back.rest()

    assert one.told == ["{}"]
    assert b"event: end" in one.read
    assert back.read.startswith(b"HTTP/1.1 404 ")


def test_while_the_database_is_away_nothing_is_sent_and_afterwards_nothing_is_missing(line, caplog):
    class Away(Board):
        away = False

        def after(self, place: int) -> Sequence[Note]:
            if self.away:
                raise OSError
            return super().after(place)
    board = Away(chairs={"1"})

    with opened(board) as door:
        one = line(door.port, "1")
        one.until(b"id: 0")
        board.away = True
        board.put(1)
        refused = line(door.port, "1").rest()
        board.away = False
        one.until(b"data: 1")

    assert refused.startswith(b"HTTP/1.1 503 ")
    assert one.told == ["1"]
    assert caplog.text.count("the stream could not read") == 1


def test_one_person_has_so_many_streams_and_all_together_so_many(line):
    board = Board(chairs={"1", "2", "3"})

    with opened(board, streams=3, of_one=2) as door:
        for session in ("1", "1", "2"):
            line(door.port, session).until(b"id: 0")
        full = line(door.port, "3").rest()
    with opened(board, streams=9, of_one=2) as door:
        for _ in range(2):
            line(door.port, "1").until(b"id: 0")
        third = line(door.port, "1").rest()
        other = line(door.port, "2").until(b"id: 0")

    assert full.startswith(b"HTTP/1.1 503 ")
    assert third.startswith(b"HTTP/1.1 503 ")
    assert b"Retry-After: 30" in third
    assert other.startswith(b"HTTP/1.1 200 ")


def test_who_reads_too_slowly_loses_the_line_and_the_others_do_not_wait(line):
    board = Board(chairs={"1", "2"})

    with opened(board) as door:
        slow, quick = line(door.port, "1", buffer=4096), line(door.port, "2")
        slow.until(b"id: 0")
        quick.until(b"id: 0")
        for round_ in range(40):
            board.put(1, 2, said=f"{'x' * 200_000} {round_}.")
            quick.until(f" {round_}.".encode())
        with suppress(ConnectionResetError):
            slow.rest()

    assert len(quick.told) == 40
    assert len(slow.told) < 40


HEAD = "GET /stream/ HTTP/1.1\r\nHost: desk.example\r\nCookie: other=7; sid=abc\r\n"


@pytest.mark.parametrize(("head", "answer"), [
    (HEAD, Asked("abc", "")),
    (HEAD + "Last-Event-ID: 12\r\n", Asked("abc", "12")),
    (HEAD.replace("/stream/", "/stream/?after=9"), Asked("abc", "9")),
    (HEAD.replace("/stream/", "/stream/?after=9") + "Last-Event-ID: 12\r\n", Asked("abc", "12")),
    (HEAD.replace("GET", "POST"), HTTPStatus.METHOD_NOT_ALLOWED),
    (HEAD.replace("/stream/", "/accounts/"), HTTPStatus.NOT_FOUND),
    (HEAD.replace("desk.example", "elsewhere.example"), HTTPStatus.BAD_REQUEST),
    (HEAD + "Sec-Fetch-Site: cross-site\r\n", HTTPStatus.BAD_REQUEST),
    (HEAD.replace("sid", "aid"), HTTPStatus.UNAUTHORIZED),
    ("nonsense", HTTPStatus.BAD_REQUEST),
])
def test_a_request_is_read_or_refused_by_its_head(head, answer):
    assert asked(head.encode(), RULES) == answer


@pytest.mark.parametrize("sent", [b"GET /stream/ HTTP/1.1\r\nX: " + b"y" * 40_000, b"\r\n\r\n", b"\x16\x03\x01" * 20])
def test_what_is_no_request_gets_no_stream(sent):
    with opened(Board()) as door, closing(socket.create_connection(("127.0.0.1", door.port), 10)) as stranger:
        stranger.sendall(sent)
        stranger.shutdown(socket.SHUT_WR)
        try:
            got = stranger.recv(1000)
        except ConnectionResetError:
            got = b""

    assert b"200" not in got


@given(st.integers(0, 2 ** 63), st.binary(max_size=8))
@hypothesis_settings(max_examples=60)
def test_a_cursor_leads_back_to_its_place_and_with_no_other_key(place, key):
    mine, other = Cursors(b"mine" + key), Cursors(b"other" + key)

    assert mine.place(mine.of(place)) == place
    assert other.place(mine.of(place)) is None


@given(st.text(max_size=40))
@hypothesis_settings(max_examples=100)
def test_made_up_cursors_lead_nowhere(text):
    assert Cursors(b"key").place(text) is None
