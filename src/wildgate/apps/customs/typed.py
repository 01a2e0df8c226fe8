"""What an officer types: a permit's number however it is spaced. Quantities are read by `species.figures`."""

from __future__ import annotations

from wildgate.apps.balances.finding import squeeze


def spellings(number: str, party: str) -> tuple[str, ...]:
    """The numbers that may be meant: as typed, in capitals, without signs between, without our country before it."""
    bare = squeeze(number)
    return tuple(dict.fromkeys(each for each in (
        number.strip()[:30], number.strip().upper()[:30], bare, bare.removeprefix(party)) if each))
