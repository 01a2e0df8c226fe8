"""Each night: search again where the store or the values changed; after an event of the exchange: the list of gaps."""

from __future__ import annotations

from datetime import datetime, timedelta

from wildgate.apps.signals import reconciling, searching
from wildgate.apps.signals.models import GapRun
from wildgate.kit import events
from wildgate.kit.jobs import enqueue_daily, job
from wildgate.kit.models import Event

HOUR = 3
"""UTC: an hour after our own events went into the store."""
WEEK = timedelta(days=7)
"""So old may a search be though nothing was loaded: our own permits go on."""
CHANGES = ("exchange-quantities-differ", "exchange-quantities-agree", "exchange-difference-closed")


def begin(party: str, at: datetime) -> None:
    """Ask for the next night's run; one that waits already is enough."""
    enqueue_daily(each_night, "nightly", HOUR, party=party, at=at)


@job
def each_night(*, at: datetime, party_code: str) -> None:
    """Search and count again what is older than the store, and ask for the next night."""
    begin(party_code, at)
    run, stamp = searching.newest(party_code), searching.the_store().stamp()[:80]
    if run is None or run.stamp != stamp or run.at < at - WEEK or run.values != dict(
            searching.limits_of(party_code).own):
        searching.search(party=party_code, by=events.SYSTEM, at=at)
    for old in GapRun.objects.filter(party=party_code).exclude(stamp=stamp).order_by("-year")[:20]:
        reconciling.count(party=party_code, year=old.year, by=events.SYSTEM, at=at)


@job
def search_now(*, at: datetime, party_code: str, by: str) -> None:
    """Somebody asked for a search; from then on it is made each night."""
    searching.search(party=party_code, by=by, at=at)
    begin(party_code, at)


@job
def count_year(*, at: datetime, party_code: str, year: int, by: str) -> None:
    """Somebody asked for a year's reconciliation. A year without reports has none: nothing is kept of it."""
    reconciling.count(party=party_code, year=year, by=by, at=at)
    begin(party_code, at)


def follow(*, subject: str, seq: int, at: datetime) -> None:
    """A difference with a partner was opened, closed or settled."""
    key = subject.partition(":")[2]
    for event in Event.objects.filter(subject=subject, seq=seq):
        if key.isdigit():
            reconciling.follow(event.party, int(key), at)


for kind in CHANGES:
    events.subscribe(kind)(follow)
