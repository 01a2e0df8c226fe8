"""What the doctor says of the books: is the database older than what was published, and does all of it agree?

A large register is not walked through at each look: `wildgate audit books` does that.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from django.conf import settings

from wildgate.kit import events
from wildgate.kit.models import Event
from wildgate.site.books import checking, heads
from wildgate.site.doctor.found import Found, look, well, wrong

SMALL: Final = 50_000
"""Events up to which the doctor looks at all books: a few seconds."""
SHOWN: Final = 5
LOOKED_BACK: Final = 5_000
SET_BACK: Final = timedelta(minutes=2)


def backup_and_books(at: datetime) -> Iterator[Found]:
    """The published heads, the order of times, and in a small register everything."""
    older = list(heads.every_head(settings.PARTY))
    for fault in older[:SHOWN]:
        yield wrong("backup", f"{fault.thing}: {fault.says}", fault.do)
    if not older:
        yield well("backup", "The database is not older than any head of the chain that was published.")
    yield from clock_set_back()
    if (count := events.count(settings.PARTY)) > SMALL:
        yield well("books", f"{count} events are too many to be walked through here: `wildgate audit books` does it.")
        return
    told = {fault.says for fault in older}
    faults = [fault for fault in checking.faults(at) if fault.says not in told]
    for fault in faults[:SHOWN]:
        yield wrong("books", f"{fault.thing}: {fault.says}", fault.do)
    if len(faults) > SHOWN:
        yield wrong("books", f"{len(faults)} things are not true.", "wildgate audit books")
    elif not faults:
        yield well("books", "They balance: permits, events, ledgers, documents and lists say the same.")


def clock_set_back() -> Iterator[Found]:
    """Whether one of the newest events has an earlier time than the one before it: the clock was set back between.

    It is told and not refused: the order of events is that of the chain, and an office whose clock was wrong for
    an hour must go on when it is right again. A demo world plays in several years at once.
    """
    if settings.DEMO:
        return
    newest = Event.objects.filter(party=settings.PARTY).order_by("-seq").values_list("seq", "at")[:LOOKED_BACK]
    for (seq, after), (_, before) in pairwise(newest):
        if before - after > SET_BACK:
            yield look("clock", f"Event {seq} says {after:%Y-%m-%d %H:%M} UTC, the one before it "
                       f"{before:%Y-%m-%d %H:%M}: the clock was set back, or was ahead until then.",
                       "Set it by NTP. Look at the days of what was written before that event; start the worker again.")
            return
