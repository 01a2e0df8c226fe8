"""One request to a partner's service: https with our certificate and their authority, in time, of bounded size.

Redirects are answers like any other and are never followed; plain http goes to this machine only, where allowed.
The certificate of the other side is always checked: there is no switch that turns it off.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import tls, tracks

MOST: Final = 20_000_000
"""Bytes of an answer that are read."""
NOWHERE: Final = (".example", ".invalid", ".test")
"""Names that lead nowhere by definition (RFC 2606)."""
LATE: Final = refuse("partner-timeout", "The partner's service did not answer in time.")


@dataclass(frozen=True, slots=True)
class Way:
    """How a partner is reached: whose certificate is trusted there, and how long we wait for a whole exchange."""

    authority: str = ""
    patience: float = 20.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What the other side answered."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def exchange(way: Way, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Reply | Refusal:
    """Send and read. A Refusal when there was no whole answer: its codes begin with `partner-`."""
    target = read(url)
    if isinstance(target, Refusal):
        return target
    ends = time.monotonic() + way.patience
    try:
        with socket.create_connection((target.hostname or "", _port(target)), timeout=way.patience) as plain:
            guard = threading.Timer(max(ends - time.monotonic(), 0), _cut, [plain])
            guard.start()
            try:
                found = _talk(way, target, plain, method, body, headers)
            finally:
                guard.cancel()
        return found if time.monotonic() < ends else LATE
    except ssl.SSLError as fault:
        return LATE if time.monotonic() >= ends else refuse(
            "partner-tls", "No trusted connection to the partner's service: %(why)s.", why=fault.reason or "TLS")
    except (OSError, http.client.HTTPException, ValueError) as fault:
        return LATE if time.monotonic() >= ends or isinstance(fault, TimeoutError) else refuse(
            "partner-unreachable", "The partner's service cannot be reached: %(why)s.", why=type(fault).__name__)


def read(url: str) -> SplitResult | Refusal:
    """The address, if it is one that we connect to."""
    bad = refuse("partner-address", "The address of the partner's service cannot be used: it must begin with https://.")
    try:
        parts = urlsplit(url.strip())
        host, _unused = parts.hostname or "", parts.port
    except ValueError:
        return bad
    if host.endswith(NOWHERE):
        return refuse("partner-nowhere", "%(host)s is a name for examples: nobody answers there.", host=host[:100])
    if not host or not url.isascii() or parts.username is not None or parts.fragment:
        return bad
    if parts.scheme == "https":
        return parts
    here = parts.scheme == "http" and _is_here(host) and (settings.WEBHOOK_LOOPBACK or settings.DEMO)
    return parts if here else bad


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _port(target: SplitResult) -> int:
    return target.port or {"https": 443, "http": 80}[target.scheme]


def _talk(way: Way, target: SplitResult, plain: socket.socket, method: str, body: bytes,
          headers: Mapping[str, str]) -> Reply | Refusal:
    host = target.hostname or ""
    line = plain
    if target.scheme == "https":
        line = tls.client_context(settings.HOME, way.authority.encode()).wrap_socket(plain, server_hostname=host)
    connection = http.client.HTTPConnection(host, _port(target))
    connection.auto_open = 0
    connection.sock = line
    path = (target.path or "/") + (f"?{target.query}" if target.query else "")
    try:
        connection.request(method, path, body=body or None, headers={**_track(), **headers, "Host": target.netloc})
        answer = connection.getresponse()
        found = answer.read(MOST + 1)
        if len(found) > MOST:
            return refuse("partner-too-large", "The partner's answer has more than %(most)s MB.",
                          most=MOST // 1_000_000)
        return Reply(answer.status, found, dict(answer.getheaders()))
    finally:
        connection.close()


def _track() -> dict[str, str]:
    """The partner's log can name our request: both sides find the same message."""
    return {tracks.HEADER: tracks.current()} if tracks.current() else {}


def _cut(line: socket.socket) -> None:
    """Time is up: whatever waits for the other side hears that it has gone."""
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
