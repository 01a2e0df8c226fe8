"""What the reader of a message stands on: finding texts and values in it, and saying what is wrong with one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from wildgate.convention.permit import plain
from wildgate.message.parts import Names, Part, every, gather, text_of
from wildgate.message.payload import local
from wildgate.message.profile import MODEL, Fault

MAX_UNREAD = 500
MAX_DIGITS = 30
FIRST_YEAR = 1900
ONLY_FIRST = "W-ONLY-FIRST"


class Walk:
    """One pass over one message: gathers faults, each with its place. `own` reads letter by letter."""

    def __init__(self, payload: etree._Element, names: Names) -> None:
        self.payload = payload
        self.whole = gather(payload, names)
        self.faults: list[Fault] = []
        self.foreign: dict[str, str] = {}
        self._seen: set[int] = set()
        self.own = any(text_of(part) == MODEL for part in every(
            self.whole, "SpecifiedExchangedDocumentContext/BIMSpecifiedDocumentContextParameter/Value"))

    def _texts(self, at: Part | None, path: str, scheme: str = "") -> list[str]:
        parts = every(at, path)
        if scheme:
            parts = [part for part in parts if part.element.get("schemeID") == scheme]
        if self.own:
            return [text_of(part) for part in parts]
        self._see(*parts)
        texts = (text_of(part).strip() for part in parts)
        return [text for text in texts if text and text != "?"]

    def _one(self, at: Part | None, path: str, scheme: str = "") -> str:
        if self.own and not scheme:
            found = every(at, path)
            return text_of(found[0]) if found else ""
        texts = self._texts(at, path, scheme)
        return texts[0] if texts else ""

    def _only(self, at: Part | None, path: str, where: str, box: str, word: str) -> Part | None:
        """The one that the form has room for. More of them are named, never dropped in silence."""
        found = every(at, path)
        if len(found) > 1:
            self._fault(f"{where}/{path}[2]", box,
                        f"The block holds {len(found)} times a {word}; only the first is read.", ONLY_FIRST)
        return found[0] if found else None

    def _see(self, *parts: Part) -> None:
        if not self.own:
            self._seen.update(id(part.element) for part in parts)

    def _attribute(self, at: Part | None, name: str) -> str:
        value = at.element.get(name, "") if at is not None else ""
        return "" if value == "?" and not self.own else value

    def _fault(self, path: str, box: str, sentence: str, code: str = "") -> None:
        self.faults.append(Fault(f"/{local(self.payload)}/{path}", box, sentence, code))

    def _keep_unread(self) -> None:
        """Every word of a foreign message is kept, also where the record has no place for it."""
        left = [(part, path) for part, path in _leaves(self.whole, "") if id(part.element) not in self._seen]
        for part, path in left[:MAX_UNREAD]:
            text = text_of(part).strip()
            if text and text != "?":
                self.foreign.setdefault(path, text)

    def _keep(self, name: str, value: str) -> None:
        if value:
            self.foreign[name] = value

    def _coded(self, text: str, codes: Any, path: str, box: str, word: str) -> str | None:
        code = text if self.own else text.strip().upper()
        if not code:
            return None
        if code not in codes._value2member_map_:
            self._fault(path, box, f"The {word} code {code[:20]} is not one that the Convention knows.")
            return None
        return code

    def _number(self, at: Part | None, path: str, box: str) -> str | None:
        if at is not None:
            self._see(at)
        text = (at.element.text or "").strip() if at is not None else ""
        if text in {"", "?"}:
            return None
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or number < 0 or len(text) > MAX_DIGITS or abs(number.adjusted()) > MAX_DIGITS:
            self._fault(path, box, f"The quantity {text[:30]} is not a number of at most {MAX_DIGITS} digits.")
            return None
        return plain(number)

    def _instant(self, text: str, path: str, box: str) -> str | None:
        if not text:
            return None
        moment = parse_instant(text)
        if moment is None:
            self._fault(path, box, f"The date and time {text[:40]} is not of the form 2025-03-01T09:00:00.000+00:00.")
            return None
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _day(self, text: str, path: str, box: str) -> str | None:
        """The calendar day as printed: the one in the sender's own offset."""
        if not text:
            return None
        try:
            on = datetime.fromisoformat(text.strip()).date()
        except ValueError:
            on = None
        if on is None or on.year < FIRST_YEAR:
            self._fault(path, box, f"The date {text[:40]} is not of the form 2025-03-01T00:00:00.000+00:00.")
            return None
        return on.isoformat()


def _leaves(part: Part, path: str) -> Iterator[tuple[Part, str]]:
    for name, parts in part.inside.items():
        for at, each in enumerate(parts, 1):
            here = f"{path}/{name}".lstrip("/") + (f"[{at}]" if at > 1 else "")
            if each.inside and not name.endswith("DateTime"):
                yield from _leaves(each, here)
            else:
                yield each, here


def parse_instant(text: str) -> datetime | None:
    """An aware UTC instant; a time without offset counts as UTC."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if not FIRST_YEAR <= moment.year < 9999:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).replace(microsecond=0)
