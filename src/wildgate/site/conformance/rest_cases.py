"""The cases for another installation of this system, over REST. Nothing here changes anything at the partner."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote, urlsplit

from wildgate.convention.refusal import Refusal
from wildgate.kit.api import read_json
from wildgate.site.conformance import samples
from wildgate.site.conformance.judging import Case, Outcome, Subject, failed, passed, skipped, sound
from wildgate.site.conformance.line import Reply
from wildgate.site.conformance.soap_cases import NO_NUMBER, _old_tls, _tls

JSON: Final = {"Content-Type": "application/json", "Accept": "application/json"}
TWICE: Final = b'{"id":"a","id":"b"}'


def _get(subject: Subject, number: str, country: str = "") -> Reply:
    return subject.line.get(f"/permits/{quote(number, safe='')}?country={country or subject.country}")


def _post(subject: Subject, body: bytes, kind: str = "application/json", *, known: bool = True) -> Reply:
    path = f"{urlsplit(subject.line.url).path}/messages"
    return subject.line.post(body, JSON | {"Content-Type": kind}, path=path, known=known)


def _state(subject: Subject) -> Outcome:
    reply = subject.line.get(f"/state?country={subject.country}")
    said = read_json(reply.body) if reply.status == 200 else None
    word = str(said.get("state", "")) if isinstance(said, dict) else ""
    return passed(f"It says: {word[:80]}") if word else failed(reply.fault or f"HTTP {reply.status}, no state.")


def _permit(subject: Subject) -> Outcome:
    if not subject.number:
        return NO_NUMBER
    reply = _get(subject, subject.number)
    said = read_json(reply.body) if reply.status == 200 else None
    if not isinstance(said, dict):
        return failed(reply.fault or f"HTTP {reply.status}, no permit.")
    try:
        message = base64.b64decode(str(said.get("message", "")), validate=True)
    except ValueError:
        return failed("The message is not base64.")
    return sound(message, "v2", subject.number)


def _no(reply: Reply, *statuses: int) -> Outcome:
    """A refusal as problem JSON with one of these statuses."""
    if reply.status not in statuses:
        return failed(reply.fault or f"HTTP {reply.status}; expected {' or '.join(map(str, statuses))}.")
    said = read_json(reply.body)
    if isinstance(said, Refusal) or not isinstance(said, dict) or not said.get("code"):
        return failed(f"HTTP {reply.status}, but no problem JSON with a code.")
    return passed(f"HTTP {reply.status}, {said['code']}: {str(said.get('detail', ''))[:100]}")


def _no_certificate(subject: Subject) -> Outcome:
    if not subject.line.secure:
        return skipped("The address is plain HTTP.")
    reply = _post(subject, b"{}", known=False)
    return passed(f"Refused before anything was said ({reply.fault}).") if reply.status == 0 else _no(reply, 401, 403)


def message(subject: Subject, **more: Any) -> bytes:
    """A message about a permit that nobody has, from a country that sends none."""
    return json.dumps({"id": "conformance-1", "kind": "status", "from": "XX", "to": subject.country, "issuer": "XX",
                       "permit": samples.UNKNOWN, "sequence": 1, "at": "2026-01-01T00:00:00+00:00", "data": {},
                       "body": "", **more}).encode()


def _refused(make: Callable[[Subject], bytes], *statuses: int, kind: str = "application/json",
             ) -> Callable[[Subject], Outcome]:
    def run(subject: Subject) -> Outcome:
        return _no(_post(subject, make(subject), kind), *statuses)
    return run


def _oversize(subject: Subject) -> Outcome:
    reply = _post(subject, message(subject, body="A" * 60_000_000))
    told = passed(f"The line was closed ({reply.fault}).") if reply.status == 0 else (
        passed(f"HTTP {reply.status}.") if 400 <= reply.status < 500 else failed(f"HTTP {reply.status}."))
    after = _state(subject)
    return told if after.state is after.state.PASSED else failed(f"Afterwards the service was gone: {after.said}")


CASES: Final = (
    Case("tls", "The line is TLS and the certificate names the host.", _tls),
    Case("tls-old", "A caller who speaks TLS 1.1 at most is refused.", _old_tls),
    Case("no-certificate", "A caller without a certificate is refused.", _no_certificate),
    Case("state", "GET state is answered with a word.", _state),
    Case("get", "GET permits/NUMBER gives the signed message, without faults.", _permit),
    Case("get-unknown", "A number that nobody has is a problem with status 404.",
         lambda subject: _no(_get(subject, samples.UNKNOWN), 404)),
    Case("get-other-country", "A permit of another country is not asked here.",
         lambda subject: _no(_get(subject, subject.number or samples.UNKNOWN, "XX"), 404, 422)),
    Case("marks", "Marks of SQL and of paths in a number harm nothing.",
         lambda subject: _no(_get(subject, "1' OR '1'='1 ../..;"), 404)),
    Case("no-json", "What is no JSON is a problem.", _refused(lambda _subject: b"{", 400, 422)),
    Case("name-twice", "A name twice in one object is a problem.", _refused(lambda _subject: TWICE, 400, 422)),
    Case("too-deep", "Nesting without end is a problem.", _refused(lambda _subject: b"[" * 100_000, 400, 413, 422)),
    Case("missing-fields", "A message without its fields is a problem.", _refused(lambda _subject: b"{}", 400, 422)),
    Case("wrong-sender", "A message in the name of another country is refused.", _refused(message, 403, 404, 422)),
    Case("oversize", "A message of 60 MB is refused, and the service lives on.", _oversize),
)
