"""A search for signals: find them, keep what is new, follow what is known, say what is gone. Bounded in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.signals import own as of_ours
from wildgate.apps.signals import published
from wildgate.apps.signals.models import OwnValue, Run, Signal
from wildgate.convention.refusal import Refusal
from wildgate.kit import events, jobs
from wildgate.worldtrade import signals as engine
from wildgate.worldtrade.signals.gathering import span
from wildgate.worldtrade.store import Store, store_at

SEARCHED = "trade-signals-searched"
SEARCH = "signals.search_now"
"""The job of a search on demand: `jobs.search_now`."""
SECONDS = 200
"""Less than a worker's lease, so that no second one begins the same search."""
ROWS_AT_ONCE = 500
LARGEST = Decimal(10**19)
FOLLOWED = ("code", "group", "value", "strength", "words", "ground", "unknown", "series", "live", "seen_at", "gone_at")


def the_store() -> Store:
    """The trade store of this installation; it may be empty."""
    return store_at(settings.HOME / "trade")


def limits_of(party: str) -> engine.Limits:
    """The values that hold: of each name the newest row, else what comes with the program."""
    held: dict[str, float] = {}
    for name, value in OwnValue.objects.filter(party=party).order_by("pk").values_list("name", "value"):
        held[name] = value
    return engine.Limits(held)


def newest(party: str) -> Run | None:
    return Run.objects.filter(party=party).order_by("-at", "-pk").first()


def ask_to_search(*, actor: Actor, at: datetime) -> Refusal | None:
    """Have a search made on demand: a worker does it, since it takes as long as it takes."""
    if refused := require(actor, Action.WORK_SIGNALS):
        return refused
    with transaction.atomic():
        jobs.enqueue(SEARCH, "now", party=actor.party, at=at, party_code=actor.party, by=actor.label)
    return None


def search(*, party: str, by: str, at: datetime, store: Store | None = None) -> Run:
    """Search the store and our own rows, and keep what was found. Run again, the same signals keep their keys."""
    store = store or the_store()
    limits = limits_of(party)
    ours = of_ours.own(party, at.date())
    held = span(store)
    if held is not None:
        more = published.against_reports(store, party, held.kind, held.last)
        ours = replace(ours, quotas=(*ours.quotas, *more))
    found = engine.find(store, ours, limits, on=at.date(), seconds=SECONDS)
    with transaction.atomic():
        _keep(party, found.signals, at)
        if not found.late:  # a search that ran out of time says nothing of what it did not reach
            Signal.objects.filter(party=party, gone_at=None, seen_at__lt=at).update(gone_at=at)
        run = Run.objects.create(
            party=party, at=at, by=by, stamp=store.stamp()[:80], seconds=round(found.seconds, 2),
            first_year=found.first, last_year=found.last, whole_world=found.whole_world, looked=found.looked,
            by_chance=found.by_chance, found=len(found.signals), left_off=found.left_off, late=found.late,
            values=dict(limits.own))
        events.append(SEARCHED, "trade-signals", party=party, actor=by, at=at, data={
            "found": run.found, "first": run.first_year, "last": run.last_year, "late": run.late})
    return run


def _keep(party: str, found: tuple[engine.Signal, ...], at: datetime) -> None:
    """New ones in, known ones with their new figures: what people said of them is not touched."""
    rows = [Signal(party=party, key=each.key, kind=each.kind.value, first_at=at, **facts(each, at)) for each in found]
    Signal.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE, update_conflicts=True, unique_fields=["party", "key"],
                               update_fields=FOLLOWED)


def facts(each: engine.Signal, at: datetime) -> dict[str, Any]:
    """A signal's columns."""
    return {
        "code": each.code, "taxon": each.taxon[:200], "group": each.group[:60], "term": each.term[:60],
        "unit": each.unit[:40], "source": each.source[:4], "exporter": each.exporter[:2],
        "importer": each.importer[:2], "origin": each.origin[:2], "year": each.year,
        "value": round(min(each.value, LARGEST), 6), "strength": min(each.strength, 1e15), "words": each.values,
        "ground": each.ground, "unknown": list(each.unknown), "live": each.live, "seen_at": at, "gone_at": None,
        "series": [[point.year, str(point.value), None if point.beside is None else str(point.beside), point.records]
                   for point in each.series]}
