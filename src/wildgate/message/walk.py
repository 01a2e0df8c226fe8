"""What the reader of a message stands on: texts and values from its sheets, and saying what is wrong with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from wildgate.convention.permit import plain
from wildgate.convention.sentence import Sentence, say
from wildgate.message.payload import local
from wildgate.message.places import Places
from wildgate.message.profile import MODEL, Fault
from wildgate.message.sheets import Loose, Sheet, Steps, children, fill, fill_loosely, leaves, said, text_of

MAX_UNREAD = 500
MAX_DIGITS = 30
FIRST_YEAR = 1900
ONLY_FIRST = "W-ONLY-FIRST"
CONTEXT = "SpecifiedExchangedDocumentContext"
Elements = Sequence[etree._Element]


class Walk:
    """One pass over one message: gathers faults, each with its place. `own` reads letter by letter."""

    def __init__(self, payload: etree._Element, places: Places) -> None:
        self.payload, self.places = payload, places
        self.faults: list[Fault] = []
        self.foreign: dict[str, str] = {}
        self._seen: set[etree._Element] = set()
        self.parts = [(places.names[child.tag], child) for child in children(payload)]
        self.own = any(MODEL in fill(part, places.context, places.context.sheet.copy())["models"]
                       for name, part in self.parts if name == CONTEXT)

    def _sheet(self, element: etree._Element, steps: Steps) -> Sheet:
        if self.own:
            return fill(element, steps, steps.sheet.copy())
        return fill_loosely(element, steps, Loose(steps.kinds, self._seen), self._seen)

    def _texts(self, elements: Elements, scheme: str = "") -> list[str]:
        """What the elements say, of those with `scheme` alone if it is given."""
        if scheme:
            elements = [element for element in elements if element.get("schemeID") == scheme]
        if self.own:
            return [text_of(element) for element in elements]
        self._seen.update(elements)
        return said(elements)

    def _one(self, elements: Elements, scheme: str = "") -> str:
        texts = self._texts(elements, scheme) if elements else ()
        return texts[0] if texts else ""

    def _attribute(self, elements: Elements, name: str) -> str:
        """Of the first element."""
        value = elements[0].get(name, "") if elements else ""
        return "" if value == "?" and not self.own else value

    def _warn_of_more(self, found: Sequence[object], where: str, path: str, box: str,
                      word: Sentence) -> None:
        """The form has room for one. More of them are named, never dropped in silence."""
        if len(found) > 1:
            self._fault(f"{where}{path}[2]", box, say("The block holds %(times)s times a %(word)s; only the first is "
                                                      "read.", times=len(found), word=word), ONLY_FIRST)

    def _fault(self, path: str, box: str, sentence: Sentence, code: str = "") -> None:
        self.faults.append(Fault(f"/{local(self.payload)}/{path}", box, sentence, code))

    def _keep_unread(self) -> None:
        """Every word of a foreign message is kept, also where the record has no place for it."""
        left = [(element, path) for element, path in leaves(self.payload, self.places.names)
                if element not in self._seen]
        for element, path in left[:MAX_UNREAD]:
            text = text_of(element).strip()
            if text and text != "?":
                self.foreign.setdefault(path, text)

    def _keep(self, name: str, value: str) -> None:
        if value:
            self.foreign[name] = value

    def _coded(self, text: str, codes: Mapping[str, Any], where: str, path: str, box: str, word: Sentence) -> Any:
        """What the code stands for, or None."""
        code = text if self.own else text.strip().upper()
        if not code:
            return None
        found = codes.get(code)
        if found is None:
            self._fault(where + path, box, say("The %(word)s code %(code)s is not one that the Convention knows.",
                                               word=word, code=code[:20]))
        return found

    def _number(self, elements: Elements, where: str, path: str, box: str) -> Decimal | None:
        """Of the first element."""
        if not elements:
            return None
        self._seen.add(elements[0])
        text = (elements[0].text or "").strip()
        if text.isdecimal() and text.isascii() and len(text) <= MAX_DIGITS:
            return Decimal(text)
        if text in {"", "?"}:
            return None
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or number < 0 or len(text) > MAX_DIGITS or abs(number.adjusted()) > MAX_DIGITS:
            self._fault(where + path, box, say("The quantity %(text)s is not a number of at most %(digits)s digits.",
                                               text=text[:30], digits=MAX_DIGITS))
            return None
        return Decimal(plain(number))

    def _instant(self, text: str, path: str, box: str) -> datetime | None:
        if not text:
            return None
        moment = parse_instant(text)
        if moment is None:
            self._fault(path, box, say("The date and time %(text)s is not of the form 2025-03-01T09:00:00.000+00:00.",
                                       text=text[:40]))
        return moment

    def _day(self, text: str, where: str, path: str, box: str) -> date | None:
        """The calendar day as printed: the one in the sender's own offset."""
        if not text:
            return None
        try:
            on = datetime.fromisoformat(text.strip()).date()
        except ValueError:
            on = None
        if on is None or on.year < FIRST_YEAR:
            self._fault(where + path, box, say("The date %(text)s is not of the form 2025-03-01T00:00:00.000+00:00.",
                                               text=text[:40]))
            return None
        return on


def parse_instant(text: str) -> datetime | None:
    """An aware UTC instant; a time without offset counts as UTC."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if not FIRST_YEAR <= moment.year < 9999:
        return None
    moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.replace(microsecond=0) if moment.microsecond else moment
