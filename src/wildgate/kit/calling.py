"""One request to an address that `kit.outgoing` found good: to the judged number, in time, never redirected.

Proxies that the environment names are not used: the number that was judged is the number that is connected to.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from requests import ConnectionError as NotReached
from requests import PreparedRequest, Response, Session
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from wildgate.convention.refusal import Refusal
from wildgate.kit import outgoing
from wildgate.kit.outgoing import Target

PATIENCE: Final = 10.0
"""Seconds for a whole exchange of the web, from the connection to the end of the answer."""
MOST: Final = 1_000_000
"""Bytes of an answer to a call of the web."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said. The body ends after the bytes that were asked for, however many more there are."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why there was no whole answer: `late`, `tls` or `unreachable`, with the library's word for it."""

    kind: str
    why: str = ""


def call(target: Target, method: str, body: bytes, headers: Mapping[str, str], *, patience: float, most: int,
         context: ssl.SSLContext | None = None) -> Answer | Fault:
    """Send and read at most `most` bytes. A redirect is an answer like any other.

    `target` must come from `outgoing.resolve`: ValueError when it names no number. TLS asks for a certificate of the
    name, by `context` where there is one.
    """
    if not target.number:
        raise ValueError("an address is resolved before it is called")
    ends = time.monotonic() + patience
    try:
        with socket.create_connection((target.number, target.port), timeout=patience) as plain:
            guard = threading.Timer(max(ends - time.monotonic(), 0), _cut, [plain])
            guard.start()
            try:
                found = _exchange(target, plain, method, body, headers, most, context)
            finally:
                guard.cancel()
        return found if time.monotonic() < ends else Fault("late")
    except ssl.SSLError as fault:
        return Fault("late") if time.monotonic() >= ends else Fault("tls", fault.reason or "")
    except (OSError, http.client.HTTPException, ValueError) as fault:
        late = time.monotonic() >= ends or isinstance(fault, TimeoutError)
        return Fault("late") if late else Fault("unreachable", type(fault).__name__)


def _exchange(target: Target, plain: socket.socket, method: str, body: bytes, headers: Mapping[str, str], most: int,
              context: ssl.SSLContext | None) -> Answer:
    line = plain
    if target.scheme == "https":
        line = (context or ssl.create_default_context()).wrap_socket(plain, server_hostname=target.host)
    connection = http.client.HTTPConnection(target.number, target.port)
    connection.auto_open = 0
    connection.sock = line
    try:
        connection.request(method, target.path, body=body or None, headers={**headers, "Host": target.netloc})
        answer = connection.getresponse()
        said = answer.read(most)
        if answer.length and len(said) < most:  # `read` takes what came before the line broke for the whole
            raise http.client.IncompleteRead(said, answer.length)
        return Answer(answer.status, said, dict(answer.getheaders()))
    finally:
        connection.close()


def _cut(line: socket.socket) -> None:
    """Time is up: whatever waits for the other side hears that it has gone."""
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


class Guarded(BaseAdapter):
    """For libraries that speak through `requests`: each of their calls passes the same guard and the same limits."""

    def send(self, request: PreparedRequest, *_unused: Any, **_also: Any) -> Response:
        target = outgoing.checked(request.url or "")
        if isinstance(target, Refusal):
            raise NotReached(target.reason, request=request)
        body = request.body if isinstance(request.body, bytes) else str(request.body or "").encode()
        told = {name: str(value) for name, value in request.headers.items()} | {"Accept-Encoding": "identity"}
        found = call(target, request.method or "GET", body, told, patience=PATIENCE, most=MOST + 1)
        if isinstance(found, Fault) or len(found.body) > MOST:
            raise NotReached(found.kind if isinstance(found, Fault) else "too much", request=request)
        response = Response()
        response.status_code, response.url, response.request = found.status, request.url or "", request
        response.headers = CaseInsensitiveDict(found.headers)
        response._content = found.body  # as requests' own adapter does
        return response

    def close(self) -> None:
        """Nothing is held open."""


class GuardedSession(Session):
    """A session of `requests` that calls only where this installation may, and follows no redirect."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False
        for scheme in ("https://", "http://"):
            self.mount(scheme, Guarded())

    def request(self, *args: Any, **kwargs: Any) -> Response:
        return super().request(*args, **{**kwargs, "allow_redirects": False})
