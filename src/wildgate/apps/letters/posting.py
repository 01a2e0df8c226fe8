"""One request to an address that was checked: signed, in time, never redirected, with a short answer read at most."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.client
import socket
import ssl
import threading
import time
from dataclasses import dataclass

from wildgate.apps.letters.address import Target

PATIENCE = 5.0
"""Seconds for the whole exchange, from the connection to the end of the answer."""
MOST_READ = 2_000
LATE = "no answer in time"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it: the status of the answer, or in a word why there was none."""

    status: int | None = None
    error: str = ""

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def signature(secret: str, stamp: str, body: bytes) -> str:
    """HMAC-SHA256 over the time stamp, a full stop and the body, in hexadecimal, with the version in front."""
    return "v1=" + hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def post(target: Target, body: bytes, headers: dict[str, str], *, patience: float = PATIENCE) -> Answer:
    """POST the body. A redirect is an answer like any other: it is not followed."""
    ends = time.monotonic() + patience
    try:
        with socket.create_connection((target.number, target.port), timeout=patience) as plain:
            guard = threading.Timer(max(ends - time.monotonic(), 0), _cut, [plain])
            guard.start()
            try:
                status = _exchange(target, plain, body, headers)
                return Answer(status=status) if time.monotonic() < ends else Answer(error=LATE)
            finally:
                guard.cancel()
    except ssl.SSLError as fault:
        said = "no trusted TLS connection" if time.monotonic() < ends else LATE
        return Answer(error=f"{said} ({fault.reason})"[:200] if fault.reason and said != LATE else said)
    except (OSError, http.client.HTTPException, ValueError) as fault:
        return Answer(error=type(fault).__name__ if time.monotonic() < ends else LATE)


def _exchange(target: Target, plain: socket.socket, body: bytes, headers: dict[str, str]) -> int:
    """Send and read over a connection to the checked number; TLS asks for a certificate of the name."""
    line = plain
    if target.scheme == "https":
        line = ssl.create_default_context().wrap_socket(plain, server_hostname=target.host)
    connection = http.client.HTTPConnection(target.number, target.port)
    connection.auto_open = 0
    connection.sock = line
    try:
        connection.request("POST", target.path, body=body, headers={**headers, "Host": target.netloc})
        answer = connection.getresponse()
        answer.read(MOST_READ)
        return answer.status
    finally:
        connection.close()


def _cut(line: socket.socket) -> None:
    """Time is up: whatever waits for the other side hears that it has gone."""
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
