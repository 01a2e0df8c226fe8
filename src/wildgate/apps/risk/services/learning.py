"""Models are trained from own results as a job, put in use by a second person, and taken out of use by anybody of the
trade: without one, lanes come from rules and rates.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.risk.learning import history
from wildgate.apps.risk.models import LearntModel
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events, jobs
from wildgate.targeting import storage
from wildgate.targeting.model import train

ASKED, TRAINED, IN_USE, OUT = "model-asked", "model-trained", "model-in-use", "model-out-of-use"


def ask(*, actor: Actor, at: datetime) -> LearntModel | Refusal:
    """Ask for a model from the results that are known now; it is trained as a job."""
    if refused := require(actor, Action.TRAIN_MODEL):
        return refused
    with transaction.atomic():
        events.lock_head(actor.party)
        rows = LearntModel.objects.filter(party=actor.party)
        if rows.filter(state=LearntModel.State.WAITING).exists():
            return refuse("model-waits", "A model is being trained already.")
        row = LearntModel.objects.create(party=actor.party, number=(rows.aggregate(n=Max("number"))["n"] or 0) + 1,
                                         asked_by_id=actor.own_id, asked_at=at)
        events.append(ASKED, row.subject, party=row.party, actor=actor.label, at=at)
        jobs.enqueue(train_model, str(row.pk), party=row.party, at=at, model=row.pk)
    return row


@jobs.job
def train_model(*, model: int, at: datetime) -> None:
    """Train a model that was asked for: once."""
    row = LearntModel.objects.filter(pk=model, state=LearntModel.State.WAITING).first()
    if row is None:
        return
    found = train(history(row.party))
    body = storage.save(found)
    told = found.trained
    with transaction.atomic():
        row.body, row.digest, row.state, row.trained_at = body, storage.fingerprint(body), LearntModel.State.TRAINED, at
        row.rows, row.findings, row.note = told.cases, told.findings, told.sentence[:300]
        row.figures = {"kind": str(found.kind), "seed": told.seed,
                       "checked": told.checked.as_json() if told.checked else None, "table": list(told.table)}
        row.save()
        events.append(TRAINED, row.subject, party=row.party, actor=events.SYSTEM, at=at, data={
            "digest": row.digest, "rows": row.rows, "findings": row.findings, "kind": str(found.kind)})


def put_in_use(*, actor: Actor, model: int, at: datetime) -> LearntModel | Refusal:
    """A second person lets a trained model speak; the one before it falls silent."""
    with transaction.atomic():
        row = LearntModel.objects.select_for_update().filter(
            party=actor.party, pk=model, state__in=(LearntModel.State.TRAINED, LearntModel.State.OUT)).first()
        if row is None or not row.digest:
            return refuse("no-such-model", "There is no trained model of that number that waits.")
        if refused := require(actor, Action.CONFIRM_PROFILE, row):
            return refused
        for before in LearntModel.objects.select_for_update().filter(party=row.party, state=LearntModel.State.IN_USE):
            _out(before, actor, at)
        row.state, row.confirmed_by_id, row.used_from, row.used_until = LearntModel.State.IN_USE, actor.own_id, at, None
        row.save(update_fields=["state", "confirmed_by", "used_from", "used_until"])
        events.append(IN_USE, row.subject, party=row.party, actor=actor.label, at=at, data={"digest": row.digest})
    return row


def take_out(*, actor: Actor, model: int, at: datetime) -> LearntModel | Refusal:
    """Take a model out of use."""
    if refused := require(actor, Action.TRAIN_MODEL):
        return refused
    with transaction.atomic():
        row = LearntModel.objects.select_for_update().filter(party=actor.party, pk=model,
                                                             state=LearntModel.State.IN_USE).first()
        if row is None:
            return refuse("no-such-model", "This model is not in use.")
        _out(row, actor, at)
    return row


def _out(row: LearntModel, actor: Actor, at: datetime) -> None:
    row.state, row.used_until = LearntModel.State.OUT, at
    row.save(update_fields=["state", "used_until"])
    events.append(OUT, row.subject, party=row.party, actor=actor.label, at=at)
