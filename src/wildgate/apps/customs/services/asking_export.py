"""A foreign paper without the exporting customs' endorsement: a question with a clock, not a refusal (CoP15)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db import IntegrityError, transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.customs import crossing
from wildgate.apps.customs.models import ForeignPermit, MissingEndorsement
from wildgate.apps.customs.services.places import not_ours
from wildgate.apps.houserules.selectors import calendar_of
from wildgate.apps.permits.services.moving import written
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.sentence import say
from wildgate.kit import events

KIND, CLOSED = "endorsement-missing", "endorsement-question-closed"
DAYS: Final = 5
"""Working days that the exporting authority is given to answer (house value)."""


def ask(*, actor: Actor, foreign: tuple[str, str, date], port: str, at: datetime) -> MissingEndorsement | Refusal:
    """Put the question to the exporting authority: its desk learns of it by the event. Asked once for each paper."""
    if refused := require(actor, Action.ENDORSE):
        return refused
    place = crossing.read_box_14(port, "-")
    if isinstance(place, Refusal):
        return place
    if refused := not_ours(actor, place[0], at):
        return refused
    country, number, issued_on = foreign
    paper = ForeignPermit.objects.filter(party=actor.party, country=country, number=number, issued_on=issued_on).first()
    if paper is None:
        return refuse("no-such-foreign-permit", "%(country)s %(number)s is not registered here. Register the paper "
                      "first.", country=country[:2], number=number[:30], field="foreign")
    if paper.endorsement_digest:
        return refuse("endorsement-there", "The exporting customs' endorsement of this paper was read.")
    try:
        with transaction.atomic():
            made = MissingEndorsement.objects.create(
                party=paper.party, foreign=paper, country=paper.exporter_country, port=place[0],
                opened_by_id=actor.own_id, opened_at=at, due_on=calendar_of(paper.party).after(at.date(), DAYS))
            events.append(KIND, paper.subject, party=paper.party, actor=actor.label, at=at, data={
                "question": made.pk, "country": paper.country, "number": paper.number,
                "issued_on": paper.issued_on.isoformat(), "due_on": made.due_on.isoformat(),
                "port": crossing.locode(place[0], paper.party)})
            return made
    except IntegrityError:
        return MissingEndorsement.objects.get(foreign=paper)


def close(*, actor: Actor, question: int, state: str, outcome: str, at: datetime) -> MissingEndorsement | Refusal:
    """What became of the question: the export was confirmed, was not, or nobody answered in time."""
    if refused := require(actor, Action.VIEW_DOUBLE_USE):
        return refused
    State = MissingEndorsement.State
    if state not in (State.CONFIRMED, State.DENIED, State.SILENT):
        return refuse("missing", "Choose what became of the question.", field="state")
    kept = written(outcome, field="outcome", what=say("what was learned"), longest=500)
    if isinstance(kept, Refusal):
        return kept
    with transaction.atomic():
        found = (MissingEndorsement.objects.select_for_update(of=("self",)).select_related("foreign")
                 .filter(party=actor.party, pk=question).first())
        if found is None or found.state != State.ASKED:
            return refuse("no-such-question", "There is no such open question.")
        found.state, found.outcome, found.closed_at, found.closed_by_id = state, kept, at, actor.own_id
        found.save(update_fields=["state", "outcome", "closed_at", "closed_by"])
        events.append(CLOSED, found.foreign.subject, party=found.party, actor=actor.label, at=at,
                      data={"question": found.pk, "state": state, "country": found.country}, note=kept)
    return found
