"""How people write numbers and days: digits of any script, points and commas, as the rest of the program reads them.

Only what has one meaning to every reader is rewritten. "1,200" is left as it is: twelve hundred to one reader and one
point two to another.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_COMMA_DECIMALS: Final = re.compile(
    r"""(?P<whole>0|\d{1,3}(?:[\s\u00a0\u202f]\d{3})+|\d{1,3}(?:\.\d{3})+|\d+),(?P<part>\d+)""")
_COMMA_GROUPS: Final = re.compile(r"[1-9]\d{0,2}(?:(?:,\d{3})+\.\d+|(?:,\d{3}){2,})")
_NUMBER: Final = re.compile(r"\d+(?:[ \u00a0\u202f]\d{3})*(?:\.\d+)?")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
GROUP: Final = 3


def digits(text: str) -> str:
    """The text with digits of any script as 0 to 9."""
    return "".join(
        str(unicodedata.digit(each))
        if each.isdigit() and not each.isascii() and unicodedata.digit(each, None) is not None
        else each
        for each in unicodedata.normalize("NFC", text)
    )


def number(text: str) -> str:
    """A number with a point for decimals where it has one meaning only; anything else as it was typed.

    ١٢٠٠ is 1200, "1,5" is 1.5, "1.234,50" and "1,234.50" are 1234.50.
    """
    plain = digits(text.strip()).replace("\u066b", ".").replace("\u066c", "")
    if _COMMA_GROUPS.fullmatch(plain):
        return plain.replace(",", "")
    found = _COMMA_DECIMALS.fullmatch(plain)
    if found is None:
        return plain if _NUMBER.fullmatch(plain) else text
    whole, part = found["whole"], found["part"]
    grouped = re.search(r"\D", whole) is not None
    if len(part) == GROUP and whole != "0" and not grouped and len(whole) <= GROUP:
        return text
    return f"{re.sub(r'[^0-9]', '', whole)}.{part}"


def day(text: str) -> str:
    """A day, year-month-day, with digits 0 to 9; anything else as it was typed."""
    plain = digits(text.strip())
    return plain if _DAY.fullmatch(plain) else text
