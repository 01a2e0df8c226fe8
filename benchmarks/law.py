"""`convention.check`: ruled lines a second on one core, for a mixed bag of real trades."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import cycle

from benchmarks.measure import Peer, Result, rate
from wildgate.convention.listing import law
from wildgate.convention.ruling import rule
from wildgate.convention.trade import Line, Trade
from wildgate.convention.vocabulary import Direction, Purpose, Source

TARGET = 20_000
ON = date(2026, 11, 22)
SPECIMENS = [
    ("Crocodylus novaeguineae", "SKI", Source.CAPTIVE_BRED, False), ("Python regius", "LIV", Source.WILD, True),
    ("Gorilla gorilla", "LIV", Source.WILD, True), ("Prionace glauca", "DFN", Source.WILD, False),
    ("Dalbergia nigra", "SAW", Source.PRE_CONVENTION, False), ("Cattleya trianae", "LIV", Source.PROPAGATED, True),
    ("Loxodonta africana", "TUS", Source.WILD, False), ("Antilope cervicapra", "TRO", Source.WILD, False),
]


def trades() -> list[Trade]:
    """Every direction and purpose that matters, four lines each."""
    lines = cycle([Line(taxon, term, Decimal(3), "NAR", source, "KE", live=live, acquired=date(1970, 1, 1))
                   for taxon, term, source, live in SPECIMENS])
    return [Trade(direction, ON, "KE", "FR", purpose, tuple(next(lines) for _ in range(4)))
            for direction in (Direction.EXPORT, Direction.RE_EXPORT, Direction.IMPORT)
            for purpose in (Purpose.COMMERCIAL, Purpose.SCIENTIFIC, Purpose.ZOO, Purpose.TROPHY)]


def check() -> Result:
    cases, now = trades(), law()
    lines = sum(len(trade.lines) for trade in cases)
    each = rate(lambda: [rule(trade, now) for trade in cases])
    return Result("convention.check", each * lines, "1/s", (Peer("target, lines a second", TARGET, "1/s"),))


BENCHES = {"convention.check": check}
