"""Training runs: begun, answered one by one, scored at the end."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.controls.models import Training
from wildgate.apps.controls.training.exercises import COUNT, SOUND, Fault, score
from wildgate.convention.refusal import Refusal, refuse

ANSWERS = (SOUND, *Fault.values)


def begin(*, actor: Actor, at: datetime) -> Training | Refusal:
    """A new run with permits that nobody has seen."""
    if refused := require(actor, Action.TRAIN):
        return refused
    return Training.objects.create(party=actor.party, person_id=actor.own_id, seed=secrets.token_hex(8), begun_at=at)


def answer(*, actor: Actor, run: int, number: int, said: str, at: datetime) -> Training | Refusal:
    """What the person says to one permit; the last answer ends the run. An answer stands: there is no going back."""
    if refused := require(actor, Action.TRAIN):
        return refused
    if said not in ANSWERS:
        return refuse("missing", "Choose one answer.", field="said")
    with transaction.atomic():
        found = Training.objects.select_for_update().filter(party=actor.party, person=actor.person_id, pk=run).first()
        if found is None:
            return refuse("no-such-run", "There is no such training run of yours.")
        if number != len(found.answers) + 1 or found.finished_at is not None:
            return refuse("answered", "This permit was answered already.")
        found.answers = [*found.answers, said]
        if len(found.answers) == COUNT:
            found.finished_at = at
            found.score = score(found.seed, found.begun_at.date(), found.answers).right
        found.save()
    return found
