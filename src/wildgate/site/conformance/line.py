"""The line to a service under test: plain HTTP or TLS, one call after the other, every fault told as a value."""

from __future__ import annotations

import http.client
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

MOST: Final = 40_000_000


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
        parts, began = urlsplit(self.url), time.monotonic()
        try:
            line = self._open(parts, context or self.context)
            try:
                line.request(method, (path or parts.path or "/") + query, body, dict(headers or {}))
            except (BrokenPipeError, ConnectionResetError):
                if line.sock is None:
                    raise
            answer = line.getresponse()
            taken = Reply(answer.status, answer.read(MOST), dict(answer.headers.items()),
                          seconds=time.monotonic() - began)
            line.close()
        except ssl.SSLError as fault:
            return Reply(0, fault=f"TLS: {(fault.reason or 'no handshake').lower().replace('_', ' ')}")
        except (OSError, http.client.HTTPException) as fault:
            return Reply(0, fault=f"{type(fault).__name__}: {fault}"[:200])
        self.slowest = max(self.slowest, taken.seconds)
        return taken

    def _open(self, parts: Any, context: ssl.SSLContext | None) -> http.client.HTTPConnection:
        if parts.scheme == "https":
            return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=self.timeout, context=context)
        return http.client.HTTPConnection(parts.hostname, parts.port, timeout=self.timeout)
