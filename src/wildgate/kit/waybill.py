"""Numbers of air waybills: three digits of the airline, seven of a series, one that checks them (remainder by 7)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from wildgate.convention.tables import read_facts

NOT_A_NUMBER, CHECK_DIGIT, UNKNOWN_AIRLINE = "waybill-no-number", "waybill-check-digit", "waybill-airline-unknown"


@dataclass(frozen=True, slots=True)
class Waybill:
    """An air waybill as read. `doubts` are codes: a doubt is told, nothing is refused for it."""

    number: str
    airline: str = ""
    doubts: tuple[str, ...] = ()


def read(text: str) -> Waybill:
    """Read `125-1234 5675` in any spelling."""
    bare = re.sub(r"[\s./-]", "", text)
    if not bare:
        return Waybill("")
    if not re.fullmatch(r"[0-9]{11}", bare):
        return Waybill(text.strip()[:40], doubts=(NOT_A_NUMBER,))
    airline = airlines().get(bare[:3], "")
    doubts = [] if int(bare[3:10]) % 7 == int(bare[10]) else [CHECK_DIGIT]
    if not airline:
        doubts.append(UNKNOWN_AIRLINE)
    return Waybill(f"{bare[:3]}-{bare[3:]}", airline, tuple(doubts))


def numbered(prefix: str, serial: int) -> str:
    """The waybill of a series number, with its check digit."""
    return f"{prefix}-{serial:07d}{serial % 7}"


@cache
def airlines() -> dict[str, str]:
    """Names by prefix, as far as the table goes."""
    return {row["prefix"]: row["name"] for row in read_facts("airlines")}
