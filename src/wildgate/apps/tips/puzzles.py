"""A small toll at the door: work for a machine, or a sum for a person. Nothing about anybody is kept.

The page carries a signed puzzle. A script looks for a number whose SHA-256 with the puzzle begins with enough zero
bits; without a script the page asks for the sum of a few numbers in words, which a screen reader reads like any other.
One of the two is enough. A puzzle holds for three hours, is spent once, and grows harder while many tips come.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext_lazy as _

SALT: Final = "wildgate.tip.puzzle.1"
HOLDS: Final = timedelta(hours=3)
LONGEST: Final = 300
EASIEST_BITS: Final = 14
HARDEST_BITS: Final = 20
FEWEST: Final = 2
MOST: Final = 5
WORDS: Final = (_("one"), _("two"), _("three"), _("four"), _("five"), _("six"), _("seven"), _("eight"), _("nine"),
                _("ten"), _("eleven"), _("twelve"))


@dataclass(frozen=True, slots=True)
class Puzzle:
    """A puzzle as it was made: `nonce` names it, `bits` are for a machine, `numbers` for a person."""

    nonce: str
    bits: int
    count: int
    made_at: float

    @property
    def numbers(self) -> tuple[int, ...]:
        """Drawn from the nonce with the installation's secret, so that the page does not carry the answer."""
        drawn = hmac.digest(settings.SECRET_KEY.encode(), f"{SALT}:{self.nonce}".encode(), "sha256")
        return tuple(1 + each % len(WORDS) for each in drawn[:self.count])

    @property
    def words(self) -> list[str]:
        return [str(WORDS[each - 1]) for each in self.numbers]

    @property
    def digest(self) -> str:
        """Under which it is known to be spent."""
        return hashlib.sha256(self.nonce.encode()).hexdigest()

    @property
    def until(self) -> datetime:
        return datetime.fromtimestamp(self.made_at).astimezone() + HOLDS

    @property
    def written(self) -> str:
        """As a field of the form."""
        return signing.dumps([self.nonce, self.bits, self.count, self.made_at], salt=SALT)


def make(left: float, at: datetime) -> Puzzle:
    """A new puzzle; `left` is the share of the budget that is left, and the less it is the harder."""
    load = 1 - min(max(left, 0.0), 1.0)
    return Puzzle(secrets.token_urlsafe(12), EASIEST_BITS + round(load * (HARDEST_BITS - EASIEST_BITS)),
                  FEWEST + round(load * (MOST - FEWEST)), at.timestamp())


def read(text: str, at: datetime) -> Puzzle | None:
    """The puzzle of a form field; None when it is not ours or too old."""
    if not text or len(text) > LONGEST:
        return None
    try:
        found = Puzzle(*signing.loads(text, salt=SALT))
    except (signing.BadSignature, TypeError):
        return None
    return found if at.timestamp() < found.made_at + HOLDS.total_seconds() else None


def solved(puzzle: Puzzle, *, work: str, total: str) -> bool:
    """Did a machine do the work, or a person the sum?"""
    return worked(puzzle, work) or _number(total) == sum(puzzle.numbers)


def worked(puzzle: Puzzle, work: str) -> bool:
    """Does SHA-256 of `nonce:work` begin with enough zero bits?"""
    if not work.isascii() or not work.isdecimal() or len(work) > 12:
        return False
    found = int.from_bytes(hashlib.sha256(f"{puzzle.nonce}:{work}".encode()).digest())
    return found >> (256 - puzzle.bits) == 0


def _number(text: str) -> int | None:
    """A number in whichever figures; None for anything else."""
    found = [unicodedata.digit(each, None) for each in text.strip()[:6]]
    if not found or None in found:
        return None
    return int("".join(map(str, found)))
