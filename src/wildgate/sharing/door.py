"""The door for files of others: limits before anything is parsed, then typed reading that names a fault's place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from wildgate.convention.refusal import Refusal, refuse

LARGEST: Final = 20_000_000
DEEPEST: Final = 40
MOST: Final = 1_000_000
"""Values in one file: strings, commas and brackets."""
LONGEST: Final = 1_000_000
"""Signs of one string."""
TOKENS: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+("?)|[][{},]', re.DOTALL)
FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Times outside cannot be shown in every time zone."""
LATEST: Final = int(datetime(LAST_YEAR, 1, 1, tzinfo=UTC).timestamp())
BAD: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Signs that no database or form of ours keeps; MISP and STIX have no use for them either."""


class Unreadable(Exception):
    """Something in the file cannot be taken: it carries the refusal to the door of this room, no further."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal


def parse(data: bytes) -> Any | Refusal:
    """The JSON value in `data`, within the limits; else a refusal that says where the fault lies."""
    if refused := _scan(data):
        return refused
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return refuse("not-utf-8", "At byte %(place)s: the file is not UTF-8 text.", place=error.start, field="file")
    try:
        value = json.loads(text, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_once)
    except Unreadable as error:
        return error.refusal
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        return refuse("not-json", "Line %(place)s: this is not valid JSON.", place=line, field="file")
    return _signs(value, "$") or value


def _scan(data: bytes) -> Refusal | None:
    """Size, depth, count and string length, from the bytes alone."""
    if len(data) > LARGEST:
        return refuse("too-large", "The file has more than %(limit)s MB; split it.", limit=LARGEST // 1_000_000,
                      field="file")
    depth = 0
    for count, found in enumerate(TOKENS.finditer(data)):
        sign = data[found.start()]
        if count >= MOST:
            return refuse("too-many", "At byte %(place)s: the file has more than %(limit)s values; split it.",
                          place=found.start(), limit=MOST, field="file")
        if sign == 0x22:
            if not found[1]:
                return refuse("not-json", "Line %(place)s: this is not valid JSON.", field="file",
                              place=data.count(b"\n", 0, found.start()) + 1)
            if found.end() - found.start() > LONGEST:
                return refuse("too-long", "At byte %(place)s: a text has more than %(limit)s signs.",
                              place=found.start(), limit=LONGEST, field="file")
        elif sign in b"[{":
            depth += 1
            if depth > DEEPEST:
                return refuse("too-deep", "At byte %(place)s: the file is nested more than %(limit)s deep.",
                              place=found.start(), limit=DEEPEST, field="file")
        elif sign in b"]}":
            depth -= 1
    return None


def _no_constant(word: str) -> Any:
    raise Unreadable(refuse("not-json", "%(place)s is no number of JSON.", place=word, field="file"))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a key that stands twice would be read differently by different programs."""
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise Unreadable(refuse("twice", "The key %(place)s stands twice in one object.", place=ascii(twice[:80]),
                                field="file"))
    return found


def _signs(value: Any, path: str) -> Refusal | None:
    """The first text with a sign that cannot be kept."""
    if isinstance(value, str):
        if BAD.search(value):
            return refuse("bad-sign", "%(place)s: the text has a control character or half a character.", place=path,
                          field="file")
        return None
    found = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in found:
        if isinstance(key, str) and BAD.search(key):
            return refuse("bad-sign", "%(place)s: the text has a control character or half a character.", place=path,
                          field="file")
        if isinstance(each, str | dict | list) and (refused := _signs(each, step(path, key))):
            return refused
    return None


def step(path: str, key: str | int) -> str:
    """One step down a JSON path."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if key.isidentifier() else f"{path}[{key[:80]!a}]"


@dataclass(frozen=True, slots=True)
class Node:
    """An object of a file, with the place where it stands."""

    value: dict[str, Any]
    path: str

    @staticmethod
    def of(value: Any, path: str) -> Node:
        if not isinstance(value, dict):
            raise Unreadable(refuse("wrong-type", "%(place)s: an object is expected.", place=path, field="file"))
        return Node(value, path)

    def fault(self, key: str, template: str, found: str = "") -> Unreadable:
        """What to raise when the value at `key` is not what it should be; the template has `%(place)s`."""
        return Unreadable(refuse("wrong-value", template, place=step(self.path, key), found=ascii(found[:40]),
                                 field="file"))

    def text(self, key: str, default: str | None = "") -> str:
        """A text; numbers are taken as they are written. Without a default it must be there."""
        found = self.value.get(key)
        if found is None and default is not None:
            return default
        if isinstance(found, bool) or not isinstance(found, str | int | Decimal):
            raise self.fault(key, "%(place)s: a text is expected.")
        return str(found)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; none where the key is absent."""
        found = self._list(key)
        if not all(isinstance(each, str) for each in found):
            raise self.fault(key, "%(place)s: a list of texts is expected.")
        return tuple(found)

    def nodes(self, key: str) -> Iterator[Node]:
        """A list of objects; none where the key is absent."""
        place = step(self.path, key)
        for no, each in enumerate(self._list(key)):
            yield Node.of(each, step(place, no))

    def node(self, key: str) -> Node:
        """An object; an empty one where the key is absent."""
        return Node.of(self.value.get(key) or {}, step(self.path, key))

    def _list(self, key: str) -> list[Any]:
        found = self.value.get(key)
        if found is None:
            return []
        if not isinstance(found, list):
            raise self.fault(key, "%(place)s: a list is expected.")
        return found

    def uid(self, key: str, default: UUID | None = None) -> UUID:
        """An id, also as the second half of an id of STIX."""
        found = self.value.get(key)
        if found is None and default is not None:
            return default
        try:
            return UUID(str(found).rpartition("--")[2])
        except ValueError:
            raise self.fault(key, "%(place)s: this is no UUID.") from None

    def time(self, key: str, default: datetime | None = None) -> datetime:
        """A time with its zone, or seconds since 1970."""
        found = self.value.get(key)
        if found is None and default is not None:
            return default
        try:
            if str(found).isdecimal():
                return datetime.fromtimestamp(min(int(str(found)), LATEST), UTC)
            read = datetime.fromisoformat(str(found))
            if not FIRST_YEAR <= read.year <= LAST_YEAR:
                raise ValueError
            return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
        except (ValueError, OverflowError, OSError):
            raise self.fault(key, "%(place)s: this is no time.") from None

    def number(self, key: str) -> Decimal | None:
        """A decimal number; None where the key is absent."""
        found = self.value.get(key)
        if found is None or found == "":
            return None
        try:
            read = Decimal(str(found))
        except InvalidOperation:
            raise self.fault(key, "%(place)s: this is no number.") from None
        if not read.is_finite() or abs(read.adjusted()) > 30:
            raise self.fault(key, "%(place)s: this is no number.")
        return read
