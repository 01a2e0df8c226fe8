"""How people write numbers and days: digits of any script, points and commas, as the rest of the program reads them.

One rule for every page on which somebody types a number, the border's and the traders'. What can be read in one way is
read so: 19,5 and 19.5 are nineteen and a half, "1 200" and 1,200.5 have thousands. What can be read in two ways, 1,200
and 1.200, is asked about. `counting.js` of the border's phone does the same; a test holds both to the same examples.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from wildgate.convention.quantity import spelt

_DECIMALS: Final = re.compile(r"([0-9]+)(?:[.,\u066b]([0-9]+))?")
_GROUPS: Final = re.compile(
    r"(?!0[^0-9])([0-9]{1,3}(?:(?P<gap>[ \u00a0\u2009\u202f\u066c.,])[0-9]{3})(?:(?P=gap)[0-9]{3})*)"
    r"(?:(?!(?P=gap))[.,\u066b]([0-9]+))?")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def digits(text: str) -> str:
    """The text with digits of any script as 0 to 9."""
    return "".join(
        str(unicodedata.decimal(each)) if not each.isascii() and each.isdecimal() else each
        for each in unicodedata.normalize("NFC", text)
    )


def readings(text: str) -> tuple[str, ...]:
    """Every number that the text may mean, each as nobody reads it otherwise: none, one, or thousands and decimals."""
    plain = digits(text.strip())
    found = [(shape.fullmatch(plain), last) for shape, last in ((_GROUPS, 3), (_DECIMALS, 2))]
    return tuple(spelt(re.sub(r"[^0-9]", "", each[1]), each[last] or "") for each, last in found if each)


def number(text: str) -> str:
    """A number with one meaning as that number: ١٢٠٠ is 1200, "1,5" is 1.5, "1.234,50" and "1,234.50" are 1234.5.

    One with two is written with a comma, about which whoever reads it asks: 1.200 is 1,200. Anything else is as typed.
    """
    found = readings(text)
    if len(found) == 1:
        return found[0]
    return digits(text.strip()).replace(".", ",") if found else text


def day(text: str) -> str:
    """A day, year-month-day, with digits 0 to 9; anything else as it was typed."""
    plain = digits(text.strip())
    return plain if _DAY.fullmatch(plain) else text
