"""One request to a partner's service: https with our certificate and their authority, in time, of bounded size.

Redirects are answers like any other and are never followed; where we may call at all, `kit.outgoing` says.
The certificate of the other side is always checked: there is no switch that turns it off.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django.conf import settings

from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import calling, outgoing, tls, tracks
from wildgate.kit.outgoing import Target

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
    try:
        context = tls.client_context(settings.HOME, way.authority.encode()) if target.scheme == "https" else None
    except (OSError, ValueError) as fault:
        return _fault(calling.Fault("tls", type(fault).__name__))
    found = calling.call(target, method, body, {**_track(), **headers}, patience=way.patience, most=MOST + 1,
                         context=context)
    if isinstance(found, calling.Fault):
        return _fault(found)
    if len(found.body) > MOST:
        return refuse("partner-too-large", "The partner's answer has more than %(most)s MB.", most=MOST // 1_000_000)
    return Reply(found.status, found.body, found.headers)


def read(url: str) -> Target | Refusal:
    """The address with the number to connect to, if it is one that we connect to."""
    target = outgoing.read(url)
    if not isinstance(target, Refusal) and target.host.endswith(NOWHERE):
        return refuse("partner-nowhere", "%(host)s is a name for examples: nobody answers there.",
                      host=target.host[:100])
    found = target if isinstance(target, Refusal) else outgoing.resolve(target)
    if isinstance(found, Refusal):
        return refuse("partner-address", "The address of the partner's service cannot be used: %(why)s",
                      why=found.reason)
    return found


def _fault(found: calling.Fault) -> Refusal:
    if found.kind == "late":
        return LATE
    if found.kind == "tls":
        return refuse("partner-tls", "No trusted connection to the partner's service: %(why)s.", why=found.why or "TLS")
    return refuse("partner-unreachable", "The partner's service cannot be reached: %(why)s.", why=found.why)


def _track() -> dict[str, str]:
    """The partner's log can name our request: both sides find the same message."""
    return {tracks.HEADER: tracks.current()} if tracks.current() else {}
