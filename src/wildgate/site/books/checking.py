"""Everything that must be true of everything, in one walk through the database and the home folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Final

from django.db import connection

from wildgate.kit import events, notes
from wildgate.kit.models import ChainHead, Event
from wildgate.site.books import heads, ledgers, lists, papers, permits
from wildgate.site.books.fault import Fault

MOST: Final = 1000
"""Faults that are told at once: who has more begins with the first."""
Look = Callable[[str, datetime], Iterator[Fault]]


def _chain(party: str, _at: datetime) -> Iterator[Fault]:
    if found := events.verify(party) or notes.verify(party):
        yield Fault(f"events of {party}", f"The chain breaks at event {found.seq}: {found.reason}.")


def _timeless(look: Callable[[str], Iterator[Fault]]) -> Look:
    return lambda party, _at: look(party)


LOOKS: Final[dict[str, Look]] = {
    "the event chain and its texts": _chain,
    "published heads": _timeless(heads.every_head),
    "permits": _timeless(permits.every_permit),
    "events of permits": _timeless(permits.every_event),
    "papers of other Parties": _timeless(papers.every_paper),
    "tips": _timeless(papers.every_tip),
    "events of papers and tips": _timeless(papers.every_event),
    "quotas": _timeless(ledgers.every_quota),
    "ledgers of quotas, stock and findings": _timeless(ledgers.every_balance),
    "what is held": _timeless(ledgers.every_hold),
    "ledgers of permit lines": _timeless(ledgers.every_line),
    "documents": lists.every_document,
    "papers in the folder": _timeless(lists.every_file),
    "status lists": lists.every_list,
}
"""What is looked at, in this order."""


def parties() -> list[str]:
    """Every Party that has events here."""
    return sorted({*ChainHead.objects.values_list("party", flat=True),
                   *Event.objects.order_by().values_list("party", flat=True).distinct()})


def faults(at: datetime, progress: Callable[[str], None] = lambda look: None) -> Iterator[Fault]:
    """All that is not true, at most `MOST`. People may work on meanwhile: what is read is of one moment."""
    with one_moment():
        yield from islice(_everything(at, progress), MOST)


def _everything(at: datetime, progress: Callable[[str], None]) -> Iterator[Fault]:
    for party in parties():
        for name, look in LOOKS.items():
            progress(f"{party}: {name}")
            yield from look(party, at)


@contextmanager
def one_moment() -> Iterator[None]:
    """Read what was committed when this began, and nothing newer; nobody waits for it."""
    if connection.in_atomic_block:
        yield
        return
    begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if connection.vendor == "postgresql" else "BEGIN DEFERRED"
    with connection.cursor() as cursor:
        cursor.execute(begin)
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")
