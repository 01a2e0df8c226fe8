"""Reading one field of foreign input: text, dates, codes, flags, each within its limits or with a sentence why not."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from enum import Enum
from itertools import islice
from typing import Any, TypeVar

from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.sentence import as_text
from wildgate.convention.signs import hidden

LARGEST_JSON = 1_000_000
DEEPEST_JSON = 8
LONGEST_NAME = 200
LONGEST_NOTE = 2_000
SHOWN = 40
MOST_KEYS = 20
"""Unknown keys of one object that are told: the rest are most likely of the same kind."""

E = TypeVar("E", bound=Enum)
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_COUNTRY = re.compile(r"^[A-Z]{2}$")


class Reader:
    """Reads the fields of one JSON object and gathers the refusals; a field that is refused reads as None."""

    def __init__(self, data: Mapping[str, Any], prefix: str, refusals: list[Refusal]) -> None:
        self.data, self.prefix, self.refusals = data, prefix, refusals

    def name(self, key: str) -> str:
        return f"{self.prefix}{key}"

    def no(self, code: str, template: str, key: str, suggestions: Iterable[str] = (), /, **values: object) -> None:
        """Note a refusal of the field `key`."""
        texts = {name: as_text(value) for name, value in values.items()}
        self.refusals.append(Refusal(code, template % texts, (), self.name(key), tuple(suggestions), template, texts))

    def known(self, allowed: Iterable[str], what: str = "a trade") -> None:
        """Refuse keys that the shape `what` does not have: a misspelt key must not be lost in silence."""
        keys = tuple(allowed)
        foreign = (key for key in self.data if key not in keys)
        for key in islice(foreign, MOST_KEYS):
            close = get_close_matches(str(key), keys, n=2)
            self.no("key-unknown", "%(key)s is not a field of %(what)s.", shown(key)[1:-1], close, key=shown(key),
                    what=what)  # fmt: skip

    def text(self, key: str, *, most: int = LONGEST_NAME, required: bool = False) -> str | None:
        """A text in NFC without surrounding space; empty and null read as None."""
        value = self.data.get(key)
        if value is None or value == "":
            if required:
                self.no("missing", "%(field)s is missing.", key, field=self.name(key))
            return None
        if not isinstance(value, str) or isinstance(value, Number):
            self.no("not-a-text", "%(field)s must be a text.", key, field=self.name(key))
            return None
        if len(value) > most:
            self.no("too-long", "%(field)s has more than %(most)s characters.", key, field=self.name(key), most=most)
            return None
        if hidden(value.replace("\n", " "), lines=False):
            self.no(
                "control-character",
                "%(field)s holds control or invisible characters: type the text again.",
                key,
                field=self.name(key),
            )
            return None
        value = unicodedata.normalize("NFC", value).strip()
        if not value and required:
            self.no("missing", "%(field)s is missing.", key, field=self.name(key))
        return value or None

    def flag(self, key: str) -> bool:
        """True or false; missing and null read as false."""
        value = self.data.get(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        self.no("not-a-flag", "%(field)s must be true or false.", key, field=self.name(key))
        return False

    def day(self, key: str, *, required: bool = False) -> date | None:
        """A date in ISO form."""
        text = self.text(key, required=required, most=SHOWN)
        if text is None:
            return None
        try:
            if not _DATE.match(text):
                raise ValueError
            return date.fromisoformat(text)
        except ValueError:
            self.no(
                "date-wrong",
                "%(field)s is not a date: write year-month-day, for example 2027-03-03.",
                key,
                field=self.name(key),
            )
            return None

    def code(self, key: str, codes: type[E], what: str, *, required: bool = True) -> E | None:
        """A code of a closed list."""
        text = self.text(key, required=required)
        if text is None:
            return None
        values = [str(member.value) for member in codes]
        spelt = (text, text.upper(), text.lower()) if text.isascii() else ()  # "ß" has the capitals SS
        for member in codes:
            if member.value in spelt:
                return member
        self.no(
            "code-unknown",
            "%(text)s is not a %(what)s.",
            key,
            get_close_matches(text, values, n=3) or values,
            text=shown(text),
            what=what,
        )
        return None

    def country(
        self,
        key: str,
        exists: Callable[[str], bool],
        suggest: Callable[[str], tuple[str, ...]],
        *,
        required: bool = True,
    ) -> str | None:
        """A country code of two letters that exists."""
        text = self.text(key, required=required)
        if text is None:
            return None
        if text.isascii() and _COUNTRY.match(text.upper()) and exists(text.upper()):
            return text.upper()
        self.no(
            "country-unknown",
            "%(text)s is not a country code: use the two letters of ISO 3166-1.",
            key,
            suggest(text),
            text=shown(text),
        )
        return None


def shown(value: object) -> str:
    """A foreign value as a sentence may show it: short, quoted, without control characters."""
    text = str(value)
    clean = "".join(sign if sign.isprintable() else "?" for sign in text[:SHOWN])
    return f"'{clean}{'…' if len(text) > SHOWN else ''}'"


def read_json(data: bytes | str) -> Any | Refusal:
    """Parse JSON within limits of size and depth; numbers stay text so that nothing is rounded."""
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass")
    if len(data) > LARGEST_JSON:
        return refuse("json-too-large", "The file is larger than %(most)s bytes.", most=LARGEST_JSON)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return refuse("not-utf8", "The file is not UTF-8 text.")
    if not text.strip():
        return refuse("empty", "The file is empty.")
    if _depth(text) > DEEPEST_JSON:
        return refuse("json-too-deep", "The file is nested deeper than %(most)s levels.", most=DEEPEST_JSON)
    try:
        return json.loads(text, parse_float=Number, parse_int=Number, parse_constant=Number, object_pairs_hook=_object)
    except _TwiceError as twice:
        return refuse("key-twice", "The key %(key)s stands twice in one object.", key=shown(twice))
    except ValueError:
        return refuse("not-json", "The file is not JSON.")


class Number(str):
    """A JSON number in its own spelling."""

    __slots__ = ()


class _TwiceError(ValueError):
    """A key stands twice in one object: two readers could take two different values."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in pairs:
        if key in out:
            raise _TwiceError(key)
        out[key] = value
    return out


def _depth(text: str) -> int:
    """The deepest nesting of brackets outside strings. A string without an end ends with the text: it is read once."""
    deepest = depth = 0
    for mark in re.finditer(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', text, re.DOTALL):
        sign = mark.group()
        if sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth -= 1
    return deepest
