"""One machine notice to an address that was judged: signed, in time, never redirected, with a short answer read."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from wildgate.kit import calling
from wildgate.kit.outgoing import Target

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
    found = calling.call(target, "POST", body, headers, patience=patience, most=MOST_READ)
    if isinstance(found, calling.Answer):
        return Answer(status=found.status)
    if found.kind == "tls":
        return Answer(error=f"no trusted TLS connection ({found.why})"[:200] if found.why else
                      "no trusted TLS connection")
    return Answer(error=LATE if found.kind == "late" else found.why)
