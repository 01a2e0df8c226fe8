"""What happens after a capture: it is stamped and read; each night names and texts whose time is over are forgotten."""

from __future__ import annotations

from datetime import datetime

from wildgate.apps.market.services import asking, importing, picturing, sellers
from wildgate.apps.market.services import evidence as proving
from wildgate.apps.market.services import screening as reading
from wildgate.kit.jobs import enqueue_daily, job

HOUR = 4
"""UTC."""

__all__ = ["ask_partner", "begin", "each_night", "importing", "look_at_pictures", "look_into", "screen", "stamp"]


def begin(party: str, at: datetime) -> None:
    """Ask for the next night's run; one that waits already is enough."""
    enqueue_daily(each_night, "nightly", HOUR, party=party, at=at)


@job
def each_night(*, at: datetime, party_code: str) -> None:
    """Forget what is no longer needed, and ask for the next night."""
    begin(party_code, at)
    sellers.forget_names(at)
    proving.remove_old(party_code, at)
    proving.erase_texts(party_code, at)


@job
def screen(*, at: datetime, capture: int) -> None:
    """Read one capture; Appendix I raises its alert in the same transaction."""
    reading.screen(capture, at)


@job
def look_into(*, at: datetime, screening: int) -> None:
    """Check quoted permits, tie the listing to others, weigh what speaks for legality."""
    reading.look_into(screening, at)


@job
def stamp(*, at: datetime, evidence: int) -> None:
    """Have a time stamp put on evidence."""
    proving.stamp(evidence, at)


@job
def look_at_pictures(*, at: datetime, evidence: int) -> None:
    """Hash what the pictures of an archive show."""
    picturing.look_at(evidence, at)


@job
def ask_partner(*, at: datetime, check: int) -> None:
    """Ask the Party whose form a number has for that permit, once, and check again."""
    asking.ask(check, at)
