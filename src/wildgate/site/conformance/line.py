"""The line to a service under test: plain HTTP or TLS, one call after the other, every fault told as a value."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

MOST: Final = 40_000_000
PATIENCE: Final = 3
"""So many calls in a row may go unanswered in time; after them nobody is kept waiting by the rest."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. `status` 0: nothing did, and `fault` says why."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""
    seconds: float = 0.0


@dataclass(slots=True)
class Line:
    """Calls to one address. `contexts` makes the TLS rules with or without our certificate."""

    url: str
    context: ssl.SSLContext | None = None
    anonymous: ssl.SSLContext | None = None
    timeout: float = 30.0
    slowest: float = 0.0
    silent: int = 0

    @property
    def secure(self) -> bool:
        return urlsplit(self.url).scheme == "https"

    def get(self, query: str = "") -> Reply:
        return self._call("GET", query)

    def post(self, body: bytes, headers: Mapping[str, str], *, path: str = "", known: bool = True) -> Reply:
        """`known` False: without our certificate."""
        return self._call("POST", "", body, headers, path=path, context=self.context if known else self.anonymous)

    def versions(self, most: ssl.TLSVersion) -> Reply:
        """What becomes of a caller who speaks nothing newer than `most`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, most
        context.set_ciphers("ALL:@SECLEVEL=0")
        return self._call("GET", "?wsdl", context=context)

    def _call(self, method: str, query: str, body: bytes | None = None, headers: Mapping[str, str] | None = None, *,
              path: str = "", context: ssl.SSLContext | None = None) -> Reply:
        if self.silent >= PATIENCE:
            return Reply(0, fault=f"Not asked: {PATIENCE} calls before had no answer in {self.timeout:.0f} seconds.")
        parts, began = urlsplit(self.url), time.monotonic()
        try:
            line = self._open(parts, context or self.context)
            try:
                line.request(method, (path or parts.path or "/") + query, body, dict(headers or {}))
            except (BrokenPipeError, ConnectionResetError):
                if line.sock is None:
                    raise
            answer = line.getresponse()
            body = _read(answer, began + self.timeout)
            taken = Reply(answer.status, body, dict(answer.headers.items()), seconds=time.monotonic() - began)
            line.close()
        except (OSError, http.client.HTTPException) as fault:
            self.silent = self.silent + 1 if isinstance(fault, TimeoutError) else 0
            return Reply(0, fault=self._told(fault))
        self.slowest, self.silent = max(self.slowest, taken.seconds), 0
        return taken

    def _told(self, fault: Exception) -> str:
        """What went wrong on the line, and what the operator can do."""
        match fault:
            case ssl.SSLCertVerificationError():
                return (f"Its certificate is not trusted here ({fault.verify_message.rstrip('.')}). "
                        "Is it theirs, with this name? Then give it, or who issued it, with --ca.")
            case ssl.SSLError(reason=str(reason)) if "ALERT" in reason:
                return (f"It refused our certificate, or wants one (TLS: {reason.lower().replace('_', ' ')}). "
                        "Its operator must register ours; --cert shows another.")
            case ssl.SSLError():
                return f"No TLS line came about (TLS: {(fault.reason or 'closed').lower().replace('_', ' ')})."
            case TimeoutError():
                return f"No whole answer within {self.timeout:.0f} seconds."
            case socket.gaierror():
                return "No machine has that name."
            case ConnectionRefusedError():
                return "Nothing listens at that port."
            case ConnectionResetError() | BrokenPipeError() | http.client.RemoteDisconnected():
                return "It closed the line without an answer."
        return f"{type(fault).__name__}: {fault}"[:200]

    def _open(self, parts: Any, context: ssl.SSLContext | None) -> http.client.HTTPConnection:
        if parts.scheme == "https":
            return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=self.timeout, context=context)
        return http.client.HTTPConnection(parts.hostname, parts.port, timeout=self.timeout)


def _read(answer: http.client.HTTPResponse, until: float) -> bytes:
    """The body, if it is whole by `until`: one that trickles would hold the test for hours."""
    read = bytearray()
    while len(read) < MOST and (part := answer.read1(1 << 16)):
        read += part
        if time.monotonic() > until:
            raise TimeoutError
    return bytes(read)
