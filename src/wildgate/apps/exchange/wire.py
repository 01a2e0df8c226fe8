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
CLOSED: Final = refuse("partner-unreachable", "Nothing answers at the address of the partner's service: it does not "
                       "run, or the address or port is another.")
BROKEN: Final = refuse("partner-unreachable", "The partner's service broke the line off before its answer was whole. "
                       "If it always does: is our certificate registered there?")
BROKEN_BY: Final = frozenset({"ConnectionResetError", "BrokenPipeError", "RemoteDisconnected", "IncompleteRead",
                              "ConnectionAbortedError"})
NOT_TRUSTED: Final = refuse(
    "partner-tls", "The certificate of the partner's server is not trusted here, or is of another name: compare it "
    "with the partner and write it down under \"How it is reached\".")
NOT_TAKEN: Final = refuse(
    "partner-tls", "The partner's server does not take our certificate: its administrator must register it there, and "
    "a second person there confirm it.")
NO_TLS: Final = refuse("partner-tls", "What answers at the address of the partner's service speaks no TLS: is the port "
                       "the right one?")


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
        return _tls(found.why)
    if found.why == "ConnectionRefusedError":
        return CLOSED
    if found.why in BROKEN_BY:
        return BROKEN
    return refuse("partner-unreachable", "The partner's service cannot be reached: %(why)s.", why=found.why)


def _tls(why: str) -> Refusal:
    """OpenSSL's reason, in the words of somebody who can do something about it."""
    if why == "CERTIFICATE_VERIFY_FAILED":
        return NOT_TRUSTED
    if "ALERT" in why and ("CERTIFICATE" in why or "UNKNOWN_CA" in why or "ACCESS_DENIED" in why):
        return NOT_TAKEN
    if why in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"):
        return NO_TLS
    return refuse("partner-tls", "No trusted connection to the partner's service: %(why)s.", why=why or "TLS")


def _track() -> dict[str, str]:
    """The partner's log can name our request: both sides find the same message."""
    return {tracks.HEADER: tracks.current()} if tracks.current() else {}
