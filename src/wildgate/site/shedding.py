"""Who works, who waits and who is sent away when more is asked than the machine can do.

Each process of the web server works on WILDGATE_AT_WORK requests at a time. So many more may wait, for some seconds;
whoever comes after them, or has waited longer, is told at once to come again (503 with Retry-After), before anything
was begun: no session was read, no database asked. What has begun is always finished.

One place in four, at least one, is kept for those whom this process knows: people who are signed in and programs that
showed their key, by an answer that they got before. They also wait in a line of their own, which is served first. So a
flood of public questions leaves the desks a way through, and nobody gets it by writing a cookie of their own.

Whether a permit is real is asked most and costs least. It has a place of its own beside the others, one for each four:
nearly all of it is Python, of which a process does one thing at a time. Several at once answered no more in a second,
and fought over the interpreter so that some of them stood for seconds.

Signed lists and the sign of life are answered beside all this, for they need neither database nor session.
"""

from __future__ import annotations

import hashlib
import io
import logging
import re
import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import connections
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import resolve
from django.utils import timezone

from wildgate.site import sent_away

log = logging.getLogger(__name__)

Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]
KNOWN: Final = "wildgate.known"
MOST_KNOWN: Final = 4_096
A_MINUTE: Final = 60.0
STRAIGHT: Final = frozenset({"/api/v1/verify"})
WHOLE: Final = 1_000_000
"""Bytes of a file that is read as a whole."""
SHORT: Final = 16_000
"""Bytes of a question that is taken in before it gets a place."""


class Places:
    """The places of work of a process, `most` in all, of which `kept` are for those who are known.

    In each of the two lines `waiting` may stand, for `patience` seconds at most.
    """

    def __init__(self, most: int, kept: int, waiting: int, patience: float) -> None:
        self.most, self.waiting, self.patience = most, waiting, patience
        self._open_to = {True: most, False: max(1, most - kept)}
        self._lock = threading.Lock()
        self._taken = 0
        self._lines: dict[bool, deque[threading.Event]] = {True: deque(), False: deque()}

    def take(self, *, known: bool) -> bool:
        """Take a place, after some waiting if need be; False: there is none, and nothing was taken."""
        line = self._lines[known]
        with self._lock:
            if self._taken < self._open_to[known]:
                self._taken += 1
                return True
            if len(line) >= self.waiting:
                return False
            turn = threading.Event()
            line.append(turn)
        if turn.wait(self.patience):
            return True
        with self._lock:
            if turn.is_set():  # the place came in the moment in which we gave up
                return True
            line.remove(turn)
        return False

    def leave(self) -> None:
        """Give the place to whoever has stood longest in the line of the known, else in the other one."""
        with self._lock:
            self._taken -= 1
            for known, line in self._lines.items():
                if line and self._taken < self._open_to[known]:
                    self._taken += 1
                    line.popleft().set()
                    return

    def counts(self) -> tuple[int, int, int]:
        """Places taken, and how many wait in the line of the known and in the other."""
        with self._lock:
            return self._taken, len(self._lines[True]), len(self._lines[False])


class Acquaintance:
    """Cookies and keys that were good when they were last shown: their hashes, under a key of this process."""

    def __init__(self) -> None:
        self._key, self._lock = secrets.token_bytes(16), threading.Lock()
        self._good: OrderedDict[bytes, None] = OrderedDict()

    def name_of(self, environ: Environ) -> bytes | None:
        """A name for whatever the caller shows; None for a caller who shows nothing."""
        shown = environ.get("HTTP_AUTHORIZATION") or ""
        if cookie := _session().search(environ.get("HTTP_COOKIE") or ""):
            shown = cookie[1]
        return hashlib.blake2b(shown.encode(), key=self._key, digest_size=16).digest() if shown else None

    def knows(self, name: bytes | None) -> bool:
        return name is not None and name in self._good

    def note(self, name: bytes | None) -> None:
        if name is None:
            return
        with self._lock:
            self._good[name] = None
            self._good.move_to_end(name)
            while len(self._good) > MOST_KNOWN:
                self._good.popitem(last=False)


@cache
def _session() -> re.Pattern[str]:
    return re.compile(rf"(?:^|;\s*){re.escape(settings.SESSION_COOKIE_NAME)}=([^;]+)")


class Lines:
    """Connections to the databases belong to a place of work and not to a thread: threads are many and come and go."""

    def __init__(self) -> None:
        self._idle: list[dict[str, Any]] = []

    def lend(self) -> None:
        """Give this thread the connections of a place that nobody works at."""
        try:
            held = self._idle.pop()
        except IndexError:
            return
        for alias, line in held.items():
            connections[alias] = line

    def take_back(self) -> None:
        held = {line.alias: line for line in connections.all(initialized_only=True)}
        for alias, line in held.items():
            if not line.allow_thread_sharing:
                line.inc_thread_sharing()
            del connections[alias]
        self._idle.append(held)


class Shedding:
    """The site behind its places of work. `ahead` answers what needs none of them, or None."""

    def __init__(self, site: Application, places: Places, ahead: Callable[[Environ], Any] = lambda environ: None, *,
                 straight: Places | None = None) -> None:
        """`straight`: the places for what goes straight to its operation; it shares the others where none are given."""
        self.site, self.places, self.ahead = site, places, ahead
        self.straight = straight or places
        self.acquaintance, self.lines = Acquaintance(), Lines()
        self._sent_away, self._told_at, self._lock = 0, 0.0, threading.Lock()

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        said = self.ahead(environ)
        if said is not None:
            start(said[0], said[1])
            return [said[2]]
        name = self.acquaintance.name_of(environ)
        places = self.places
        if environ.get("PATH_INFO") in STRAIGHT:
            places = self.straight
            _take_in(environ)
        if not places.take(known=self.acquaintance.knows(name)):
            return self._send_away(environ, start)
        held = _Held(self.lines, places)
        try:
            self.lines.lend()
            answer = self.site(environ, start)
            if environ.get(KNOWN):
                self.acquaintance.note(name)
            if isinstance(answer, list):  # whole already
                return answer
            if isinstance(answer, HttpResponse) or (isinstance(answer, FileResponse) and _is_small(answer)):
                body = [b"".join(answer)]  # whole: the server sends it while the next one works
                answer.close()
                return body
            return answer if isinstance(answer, FileResponse) else held.around(answer)
        finally:
            held.done_unless_sending()

    def _send_away(self, environ: Environ, start: Start) -> list[bytes]:
        status, headers, body = sent_away.answer(environ)
        start(status, headers)
        with self._lock:
            self._sent_away += 1
            now = time.monotonic()
            if now - self._told_at < A_MINUTE:
                return [body]
            count, self._sent_away, self._told_at = self._sent_away, 0, now
        log.warning("more is asked than can be done: %d requests sent away with 503 since this was last told", count)
        return [body]


def _take_in(environ: Environ) -> None:
    """The body of a short question is here before it takes a place: who sends slowly holds up nobody."""
    length = environ.get("CONTENT_LENGTH", "")
    if length.isdecimal() and 0 < int(length) <= SHORT:
        environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(int(length)))


def _is_small(answer: FileResponse) -> bool:
    """A larger file is sent from where it lies: no place of work waits for a slow reader."""
    length = str(answer.headers.get("Content-Length", ""))
    return length.isdecimal() and int(length) <= WHOLE


class _Held:
    """A place that is taken until the answer is through: once given back, never twice."""

    def __init__(self, lines: Lines, places: Places) -> None:
        self._lines, self._places = lines, places
        self._sending = self._done = False

    def around(self, answer: Iterable[bytes]) -> Iterable[bytes]:
        self._sending = True
        return _Sending(self, answer)

    def done_unless_sending(self) -> None:
        if not self._sending:
            self.done()

    def done(self) -> None:
        if not self._done:
            self._done = True
            self._lines.take_back()
            self._places.leave()


class _Sending:
    """An answer that is made while it is sent; its place is free when it is through, closed or forgotten."""

    def __init__(self, held: _Held, answer: Iterable[bytes]) -> None:
        self._held, self._answer, self._parts = held, answer, iter(answer)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._parts)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        try:
            getattr(self._answer, "close", lambda: None)()
        finally:
            self._held.done()

    def __del__(self) -> None:
        self._held.done()


class StraightMiddleware:
    """Questions of programs that are open to anyone go to their operation at once. No cookie, person, language or
    message is read for them, so nothing that reads these stands on their way; what every answer carries stays."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path not in STRAIGHT:
            return self.get_response(request)
        request.get_host()  # an unknown name of this host is refused here, too
        request.at = timezone.now()  # type: ignore[attr-defined]
        return _operation(request.path)(request)


@cache
def _operation(path: str) -> Callable[[HttpRequest], HttpResponse]:
    found = resolve(path)
    return partial(found.func, *found.args, **found.kwargs)


class RecognisedMiddleware:
    """Tells the places of work that whoever asked is signed in, or a program with a good key."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session: Any = getattr(request, "session", None)  # tips have none
        if hasattr(request, "program") or (session is not None and session.accessed and SESSION_KEY in session):
            request.META[KNOWN] = True
        return response


def places() -> Places:
    """As the settings have it."""
    most = settings.AT_WORK
    return Places(most, max(1, most // 4) if most > 1 else 0, settings.WAITING, settings.WAIT_SECONDS)


def straight_places() -> Places:
    """Those beside them for what goes straight to its operation."""
    return Places(max(1, settings.AT_WORK // 4), 0, settings.WAITING, settings.WAIT_SECONDS)


def threads() -> int:
    """So many threads a process needs: for those at work, for two full lines, and some who send others away.

    More would not help: all of them want the interpreter, and those who send away would keep it from those at work.
    With twice as many, a flood left a third of the verifications.
    """
    return places().most + straight_places().most + 2 * int(settings.WAITING) + SPARE


SPARE: Final = 8
