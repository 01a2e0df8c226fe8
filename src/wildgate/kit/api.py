"""What every operation of the machine interface shares: size limits, strict JSON, refusals as problem JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError

from wildgate.convention.refusal import Refusal, refuse

ONE: Final = 1_000_000
"""Bytes that one thing may have."""
BATCH: Final = 10_000_000
"""Bytes that a batch may have."""
DEEPEST: Final = 32
MOST_VALUES: Final = 200_000
MOST_DIGITS: Final = 40
PROBLEM: Final = "application/problem+json"
TYPE: Final = "urn:wildgate:refusal:"
STATUS: Final[Mapping[str, int]] = {
    "not-allowed": 403, "wrong-role": 403, "message-id-used": 409, "too-large": 413, "unsupported-media-type": 415,
    "too-many-calls": 429, "too-many-checks": 429, "partner-suspended": 403,
    "partner-not-live": 403, "quota-of-calls": 429, "unreadable": 400, "cut-off": 400,
}
"""HTTP status by code; a code that begins with `key-` or `certificate-` is 401, one of what the address names
404, any other 422."""
MISSING: Final = frozenset({"no-such-thing", "no-such-declaration", "no-such-parcel", "no-such-list",
                            "no-such-lead"})
TEXT: Final[Mapping[str, Any]] = {"type": "string"}
WHOLE: Final[Mapping[str, Any]] = {"type": "integer"}
YES_NO: Final[Mapping[str, Any]] = {"type": "boolean"}
DAY: Final[Mapping[str, Any]] = {"type": "string", "format": "date"}
MOMENT: Final[Mapping[str, Any]] = {"type": "string", "format": "date-time"}
ANY: Final[Mapping[str, Any]] = {"type": "object"}
_NO_SIGN = re.compile(r"[\x00\ud800-\udfff]")
_MARKS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{},]', re.DOTALL)
"""A text that does not end reaches to the end of the message: nobody looks for its end again from each quote in it."""

FAULT: Final[Mapping[str, Any]] = {
    "type": "object", "required": ["type", "title", "status", "detail", "code", "basis"], "properties": {
        "type": {"type": "string", "pattern": "^urn:wildgate:refusal:"}, "title": TEXT, "status": WHOLE,
        "detail": {"type": "string", "description": "One sentence for a person"},
        "code": {"type": "string", "description": "Stays the same, for programs"},
        "basis": {"type": "array", "items": TEXT, "description": "Articles and resolutions"}, "field": TEXT,
        "suggestions": {"type": "array", "items": TEXT},
        "faults": {"type": "array", "items": ANY, "description": "All that is wrong, when it is more than one thing"}}}
REFUSED: Final[Mapping[str, Any]] = {"description": "Refused", "content": {
    PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


class Refused(Exception):
    """A refusal on its way out of a place that can return none, such as a check of keys."""

    def __init__(self, refusal: Refusal, *, wait: int = 0) -> None:
        super().__init__(refusal.code)
        self.refusal, self.wait = refusal, wait


def status_of(refusal: Refusal) -> int:
    """The HTTP status for a refusal."""
    if refusal.code in STATUS:
        return STATUS[refusal.code]
    if refusal.code.startswith(("key-", "certificate-")):
        return 401
    return 404 if refusal.code in MISSING else 422


def problem(refusal: Refusal, *, status: int = 0, wait: int = 0, more: Mapping[str, Any] | None = None) -> HttpResponse:
    """A refusal as problem JSON (RFC 9457): `type`, `title`, `status`, `detail`, and our code, field and basis."""
    number = status or status_of(refusal)
    said = {**problem_said(refusal, number), **(more or {})}
    answer = HttpResponse(written(said), content_type=PROBLEM, status=number)
    if number == 401:
        answer["WWW-Authenticate"] = "Bearer"
    if wait:
        answer["Retry-After"] = str(wait)
    answer["Cache-Control"] = "no-store"
    return answer


def problem_said(refusal: Refusal, status: int = 0) -> dict[str, Any]:
    """What problem JSON says of a refusal; where several things were asked, each is answered so by itself."""
    return {"type": TYPE + refusal.code, "title": refusal.code.replace("-", " ").capitalize(),
            "status": status or status_of(refusal), "detail": refusal.reason,
            **{name: value for name, value in refusal.as_json().items() if name != "reason"}}


def answered(value: Any, *, status: int = 200) -> HttpResponse:
    """A value as JSON, or its problem when it is a refusal."""
    if isinstance(value, Refusal):
        return problem(value)
    return HttpResponse(written(value), content_type="application/json", status=status,
                        headers={"Cache-Control": "no-store"})


def written(value: Any) -> bytes:
    """JSON as we write it: quantities and times as text."""
    return _writer.encode(value).encode()


def _as_text(value: Any) -> str:
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


_writer: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_as_text)


def thing(optional: Mapping[str, Any] | None = None, **needed: Any) -> dict[str, Any]:
    """The schema of an object: the names that are always there, and those that may be."""
    return {"type": "object", "required": list(needed), "properties": {**needed, **(optional or {})}}


def rows(schema: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """The schema of a list of such things."""
    return {"type": "array", "items": schema, **more}


def says(schema: Mapping[str, Any], *, status: int = 200, refusals: Iterable[int] = (),
         **kinds: Mapping[str, Any]) -> dict[str, Any]:
    """What an operation answers, for the description: its own form, and refusals beside those that every one has."""
    content = {"application/json": {"schema": schema}, **{kind.replace("_", "/"): {"schema": said}
                                                          for kind, said in kinds.items()}}
    return {"responses": {status: {"description": "Done", "content": content},
                          **{number: dict(REFUSED) for number in refusals}}}


def take_body(request: HttpRequest, most: int) -> bytes | Refusal:
    """The body, read no further than `most` bytes; afterwards `request.body` holds it."""
    try:
        length = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        length = 0
    if length > most:
        return _too_large(most)
    try:
        data = request.read(most + 1)
    except (UnreadablePostError, OSError):
        return refuse("cut-off", "The message was cut off on its way. Send it again.")
    if len(data) > most:
        return _too_large(most)
    request._body = data
    return data


def _too_large(most: int) -> Refusal:
    return refuse("too-large", "The message has more than %(most)s bytes. Send it in parts.", most=f"{most:,}")


def read_json(data: bytes, *, deepest: int = DEEPEST, most: int = MOST_VALUES) -> Any | Refusal:
    """JSON as it may come from outside: UTF-8, no name twice, no NaN, numbers as Decimal, neither deep nor endless."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        return refuse("unreadable", "The message is not UTF-8: look at byte %(byte)s.", byte=fault.start + 1)
    if too_much := _sized(text, deepest, most):
        return too_much
    try:
        found = _reader.decode(text)
    except json.JSONDecodeError as error:
        return refuse("unreadable", "The message is no JSON: %(what)s in line %(line)s, column %(column)s.",
                      what=error.msg, line=error.lineno, column=error.colno)
    except _Twice as twice:
        return refuse("name-twice", "The name %(name)s stands twice in one object.",
                      name=twice.args[0][:60].encode(errors="replace").decode())
    except ValueError as error:
        return refuse("not-a-number", "%(what)s is no number that can be read.", what=str(error)[:60])
    except RecursionError:
        return refuse("too-deep", "The message is nested more than %(most)s times.", most=deepest)
    if "\\u" in text and not _is_text(found):
        return refuse("hidden-signs", "The message holds signs that cannot be written: a null, or half of a pair.")
    return found


def _is_text(found: Any) -> bool:
    """Whether every text in it can be written down: neither a null character nor half of a surrogate pair."""
    rest = [found]
    while rest:
        each = rest.pop()
        if isinstance(each, dict):
            rest += [*each.keys(), *each.values()]
        elif isinstance(each, list):
            rest += each
        elif isinstance(each, str) and _NO_SIGN.search(each):
            return False
    return True


def _sized(text: str, deepest: int, most: int) -> Refusal | None:
    """Nesting and number of values, counted without building anything."""
    depth = values = 0
    for mark in _MARKS.finditer(text):
        sign = text[mark.start()]
        if sign in "[{":
            depth += 1
            values += 1
        elif sign in "]}":
            depth -= 1
        elif sign == ",":
            values += 1
        if depth > deepest:
            return refuse("too-deep", "The message is nested more than %(most)s times.", most=deepest)
        if values > most:
            return refuse("too-many-values", "The message holds more than %(most)s values. Send it in parts.",
                          most=f"{most:,}")
    return None


class _Twice(ValueError):
    """A name that stands twice in one object: two readers would see two different messages."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        raise _Twice(next(name for name in names if names.count(name) > 1))
    return found


def _no_number(text: str) -> Any:
    raise ValueError(text)


def _number(text: str) -> int | Decimal:
    """A number as it was written. Neither thousands of digits nor an exponent that would write them."""
    if len(text) > MOST_DIGITS:
        raise ValueError(text)
    found = Decimal(text)
    exponent = found.as_tuple().exponent
    if not isinstance(exponent, int) or abs(exponent) > MOST_DIGITS:
        raise ValueError(text)
    return int(found) if exponent == 0 and "." not in text else found


_reader: Final = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number, parse_float=_number,
                                  parse_int=_number)
