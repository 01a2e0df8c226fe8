"""The ways in which partners write a date: bare, or in a `DateTimeString` with a UN/EDIFACT 2379 format code."""

from __future__ import annotations

import re

DIGITS = {"102": 8, "203": 12, "204": 14, "205": 12, "304": 14}
"""Format code -> digits before the offset. 205 and 304 end with an offset, as +0100 or +01:00."""
SPELLED = re.compile(r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?\s?(Z|[+-]\d\d:?\d\d)?")


def spelled(text: str, code: str) -> str:
    """The text as ISO 8601. What does not fit its own format code is given back as it is: the reader names it."""
    found = SPELLED.fullmatch(text.strip())
    if found is None:
        return text
    year, month, day, hour, minute, second, offset = found.groups()
    wanted = DIGITS.get(code)
    if wanted and sum(len(part) for part in found.groups()[:6] if part) != wanted:
        return text
    if hour is None:
        return f"{year}-{month}-{day}"
    return f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}{_offset(offset)}"


def _offset(text: str | None) -> str:
    if text is None or text == "Z":
        return text or ""
    return f"{text[:3]}:{text[-2:]}"
