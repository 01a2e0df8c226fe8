"""The work list of gaps: a year's two reports out of the trade store, and permits of now against partners' counts.

A gap keeps its key from one count to the next, so what was said of it stays. A permit's difference comes in when the
exchange opens it, and is corrected when both sides agree.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.confirmations import services as questions
from wildgate.apps.confirmations.points import Stated
from wildgate.apps.customs.models import ForeignPermit
from wildgate.apps.exchange.models import Difference
from wildgate.apps.permits.models import PermitLine
from wildgate.apps.signals.models import Gap, GapRun
from wildgate.apps.signals.searching import the_store
from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events, jobs
from wildgate.worldtrade.gaps import EXPLAINED, reconcile
from wildgate.worldtrade.gaps import Gap as Found
from wildgate.worldtrade.store import Store

COUNTED: Final = "trade-gaps-counted"
COUNT: Final = "signals.count_year"
"""The job that reconciles a year: `jobs.count_year`."""
MARKED: Final = "trade-gap-marked"
LONGEST: Final = 500
ROWS_AT_ONCE: Final = 500
MOST: Final = 20_000
FIRST_YEAR: Final = 1975
NOTHING: Final = Decimal(0)
FOLLOWED: Final = ("partner", "direction", "taxon", "term", "unit", "source", "exported", "imported", "difference",
                   "size", "code", "explanation", "seen_at", "gone_at")


def ask_to_count(*, actor: Actor, year: int, at: datetime) -> int | Refusal:
    """Have a year reconciled on demand: a worker does it, since it takes seconds for a large Party."""
    if refused := require(actor, Action.WORK_GAPS):
        return refused
    if not FIRST_YEAR <= year <= at.year:
        return refuse("gap-year", "Give a year from %(first)s to %(last)s.", first=FIRST_YEAR, last=at.year,
                      field="year")
    with transaction.atomic():
        jobs.enqueue(COUNT, str(year), party=actor.party, at=at, party_code=actor.party, year=year, by=actor.label)
    return year


def count(*, party: str, year: int, by: str, at: datetime, store: Store | None = None) -> GapRun | Refusal:
    """Reconcile a year of the store. Gaps that are not found any more are marked gone; what was said of them stays.

    A gap that the figures explain (another unit, the year after …) is explained as long as nobody says otherwise.
    """
    store = store or the_store()
    found = reconcile(store, party, year)
    if isinstance(found, Refusal):
        return found
    gaps = sorted(found.gaps, key=lambda each: -abs(each.difference))[:MOST]
    with transaction.atomic():
        rows = [Gap(party=party, key=each.key, year=year, first_at=at, **_facts(each, at)) for each in gaps]
        Gap.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE, update_conflicts=True, update_fields=FOLLOWED,
                                unique_fields=["party", "key"])
        Gap.objects.filter(party=party, year=year, live=False, gone_at=None, seen_at__lt=at).update(gone_at=at)
        untold = Gap.objects.filter(party=party, year=year, live=False, state_at=None)
        untold.filter(code__in=EXPLAINED, state=Gap.State.OPEN).update(state=Gap.State.EXPLAINED)
        untold.exclude(code__in=EXPLAINED).filter(state=Gap.State.EXPLAINED).update(state=Gap.State.OPEN)
        run, _new = GapRun.objects.update_or_create(party=party, year=year, defaults={
            "at": at, "by": by, "stamp": store.stamp()[:80], "matched": found.matched, "found": len(gaps)})
        events.append(COUNTED, "trade-gaps", party=party, actor=by, at=at,
                      data={"year": year, "found": run.found, "matched": run.matched})
    return run


def _facts(each: Found, at: datetime) -> dict[str, Any]:
    return {"partner": each.partner[:12], "direction": each.direction, "taxon": each.taxon[:200],
            "term": each.term[:60], "unit": each.unit[:40], "source": each.source[:20],
            "exported": each.exporter_quantity, "imported": each.importer_quantity, "difference": each.difference,
            "size": abs(each.difference), "code": each.code[:24], "explanation": each.explanation[:500],
            "seen_at": at, "gone_at": None}


def live_key(found: Difference) -> str:
    """The same line of the same permit with the same partner is the same gap, whatever figures come later."""
    parts = ("live", found.partner, found.issuer, found.number, found.block)
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]


def follow(party: str, key: int, at: datetime) -> Gap | None:
    """Bring a difference of the exchange into the list, or say what became of it. Run again, nothing changes."""
    found = Difference.objects.filter(party=party, pk=key).first()
    if found is None:
        return None
    with transaction.atomic():
        row = Gap.objects.select_for_update().filter(party=party, key=live_key(found)).first()
        if row is None:
            row = Gap(party=party, key=live_key(found), live=True, first_at=found.opened_at)
        if row.other is not None and row.other > found.pk:
            return row
        again = row.other is not None and row.other != found.pk
        for name, value in _of_difference(found, party, at).items():
            setattr(row, name, value)
        if found.state == Difference.State.CLOSED:
            row.state = Gap.State.EXPLAINED if found.note else Gap.State.CORRECTED
            row.reason, row.said, row.state_at = found.note, row.difference, found.closed_at
            row.state_by_id = found.closed_by_id
        elif again or row.state == Gap.State.CORRECTED:
            row.state, row.reason = Gap.State.OPEN, ""
        row.save()
    return row


def _of_difference(found: Difference, party: str, at: datetime) -> dict[str, Any]:
    """Ours and theirs as exporter's and importer's: of our own permits we export, of theirs we import."""
    exports = found.issuer == party
    sent, came = (found.ours, found.theirs) if exports else (found.theirs, found.ours)
    line = PermitLine.objects.filter(permit__party=party, permit__number=found.number, block=found.block).only(
        "term", "source").first() if exports else None
    return {"year": found.opened_at.year, "partner": found.partner, "taxon": found.taxon, "unit": found.unit,
            "direction": Gap.Direction.EXPORTS if exports else Gap.Direction.IMPORTS,
            "term": line.term if line else "", "source": line.source if line else "", "exported": sent,
            "imported": came, "difference": came - sent, "size": abs(came - sent), "code": "permit",
            "issuer": found.issuer, "permit": found.number, "block": found.block, "other": found.pk, "seen_at": at}


def mark(*, actor: Actor, key: str, state: str, reason: str, at: datetime) -> Gap | Refusal:
    """Say what became of a gap; all but opening it again take a reason."""
    if refused := require(actor, Action.WORK_GAPS):
        return refused
    reason = " ".join(reason.split())
    if state not in Gap.State.values:
        return refuse("gap-state", "Choose what became of the difference.", field="state")
    if len(reason) > LONGEST or (state != Gap.State.OPEN and not reason):
        return refuse("gap-reason", "Say why, in at most %(most)s characters.", most=LONGEST, field="reason")
    with transaction.atomic():
        row = Gap.objects.select_for_update().filter(party=actor.party, key=key).first()
        if row is None:
            return refuse("no-such-gap", "There is no such difference in the list.")
        _mark(row, actor, state, reason, at)
    return row


def _mark(row: Gap, actor: Actor, state: str, reason: str, at: datetime) -> None:
    before = row.state
    row.state, row.reason, row.said = state, reason, row.difference
    row.state_by_id, row.state_at = actor.own_id, at
    row.save(update_fields=["state", "reason", "said", "state_by", "state_at", "question"])
    events.append(MARKED, row.subject, party=row.party, actor=actor.label, at=at,
                  data={"year": row.year, "from": before, "to": state}, note=reason)


def ask_partner(*, actor: Actor, key: str, contact: str, at: datetime) -> tuple[Gap, str] | Refusal:
    """Put the five questions about a permit of the partner to its authority. The second value is the link's token.

    Only where the partner issued the permit: of a permit of ours there is nothing to ask, it was told our count.
    """
    if refused := require(actor, Action.WORK_GAPS):
        return refused
    with transaction.atomic():
        row = Gap.objects.select_for_update().filter(party=actor.party, key=key, live=True).first()
        if row is None or row.issuer == actor.party:
            return refuse("gap-not-askable", "The questions to another authority are about a permit that it issued.")
        if row.question:
            return refuse("gap-asked", "The other authority was asked already: %(number)s.", number=row.question)
        paper = ForeignPermit.objects.filter(party=actor.party, country=row.issuer, number=row.permit).order_by(
            "-pk").first()
        lines = tuple(Stated(line.taxon, line.term, plain(line.quantity), line.unit)
                      for line in paper.lines.filter(block=row.block)) if paper else ()
        copy = questions.Copy(row.permit[:40], paper.issued_on if paper else None,
                              paper.valid_until if paper else None, lines)
        asked = questions.ask(actor=actor, other=row.issuer, copy=copy, contact=contact, at=at)
        if isinstance(asked, Refusal):
            return asked
        row.question = asked[0].number
        _mark(row, actor, Gap.State.ASKED, asked[0].number, at)
    return row, asked[1]
