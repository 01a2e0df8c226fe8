"""One decision for many uniform cases: each in a transaction of its own, so that one refusal harms no other.

Many are worked off by a job. What is done is written with each decision, so a job that was killed goes on where it
stopped and decides nothing twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.permits.models import Application, Batch, BatchCase, Permit
from wildgate.apps.permits.services.deciding import approve, countersign
from wildgate.apps.permits.services.issuing import issue
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import jobs

JOB: Final = "permits.work_off_batch"
AT_ONCE: Final = 25
"""More than these are worked off by a job."""
MOST: Final = 2000
ACTION: Final[Mapping[str, Action]] = {
    Batch.Deed.APPROVE: Action.WORK_CASE, Batch.Deed.COUNTERSIGN: Action.COUNTERSIGN, Batch.Deed.ISSUE: Action.ISSUE}


def decide_many(*, actor: Actor, deed: str, cases: Collection[str], at: datetime) -> Batch | Refusal:
    """Approve, countersign or issue each of these cases; the batch tells what became of each."""
    if deed not in ACTION:
        return refuse("no-such-deed", "Choose what is to be done with the cases.", field="deed")
    if refused := require(actor, ACTION[deed]):
        return refused
    if not cases or len(cases) > MOST:
        return refuse("choose-cases", "Choose from 1 to %(most)s cases.", most=MOST, field="cases")
    with transaction.atomic():
        found = list(Application.objects.filter(party=actor.party, number__in=cases).exclude(state="draft")
                     .order_by("submitted_at", "pk").values_list("pk", flat=True))
        if len(found) < len(set(cases)):
            return refuse("no-such-case", "One of these cases does not exist, or you may not see it.", field="cases")
        batch = Batch.objects.create(party=actor.party, deed=deed, by_id=actor.own_id, at=at)
        BatchCase.objects.bulk_create([BatchCase(batch=batch, application_id=key) for key in found])
        if len(found) > AT_ONCE:
            jobs.enqueue(JOB, str(batch.pk), party=batch.party, at=at, batch=batch.pk)
            return batch
    work_off(batch, actor, at)
    return batch


def work_off(batch: Batch, actor: Actor, at: datetime, *, until: float | None = None) -> bool:
    """Decide case by case; False when the time was over first."""
    for key in list(batch.cases.filter(done=None).order_by("pk").values_list("pk", flat=True)):
        if until is not None and time.monotonic() > until:
            return False
        decide_one(batch, key, actor, at)
    batch.done_at = at
    batch.save(update_fields=["done_at"])
    return True


def decide_one(batch: Batch, key: int, actor: Actor, at: datetime) -> None:
    """The decision and its note in one transaction: neither is ever there without the other."""
    with transaction.atomic():
        row = (BatchCase.objects.select_for_update(of=("self",)).select_related("application")
               .filter(pk=key, done=None).first())
        if row is None:
            return
        outcome = _deeds()[batch.deed](actor, row.application.number, at)
        row.done = not isinstance(outcome, Refusal)
        if isinstance(outcome, Refusal):
            row.told = {"code": outcome.code, "template": outcome.template, "values": dict(outcome.values),
                        "reason": outcome.reason}
        elif isinstance(outcome, Permit):
            row.told = {"permit": outcome.number}
        row.save(update_fields=["done", "told"])


def _deeds() -> dict[str, Callable[[Actor, str, datetime], Any]]:
    return {
        Batch.Deed.APPROVE: lambda actor, case, at: approve(actor=actor, case=case, uniform=True, at=at),
        Batch.Deed.COUNTERSIGN: lambda actor, case, at: countersign(actor=actor, case=case, at=at),
        Batch.Deed.ISSUE: lambda actor, case, at: issue(actor=actor, case=case, at=at)}
