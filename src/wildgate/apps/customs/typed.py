"""What an officer types: a permit's number however it is spaced, a quantity grouped as the page shows it."""

from __future__ import annotations

import re

from django.utils.formats import get_format

from wildgate.apps.balances.finding import squeeze
from wildgate.apps.permits.wording import language

BY_COMMAS = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]*)?")


def ungrouped(text: str) -> str:
    """The quantity without the commas that group its thousands, where pages of this language group by commas.

    Any other comma stays, and whoever reads the number refuses it: `12,5` is twelve and a half to many officers, and
    dropping the comma would write ten times what was counted. Arabic pages group as the permit is printed.
    """
    bare = text.strip()
    by_commas = language() == "ar" or get_format("THOUSAND_SEPARATOR") == ","
    return bare.replace(",", "") if by_commas and BY_COMMAS.fullmatch(bare) else bare


def spellings(number: str, party: str) -> tuple[str, ...]:
    """The numbers that may be meant: as typed, in capitals, without signs between, without our country before it."""
    bare = squeeze(number)
    return tuple(dict.fromkeys(each for each in (
        number.strip()[:30], number.strip().upper()[:30], bare, bare.removeprefix(party)) if each))
