"""A foreign permit that came without the export endorsement: the question to the exporting authority, and its outcome.

Customs open the question with one click (`customs.services.ask_exporter`); the event draws up the structured question
and its mail here. What is answered closes it; how often each country is asked, and answers, is counted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from statistics import median

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.confirmations.models import Question
from wildgate.apps.confirmations.points import About, Point, Say, Stated
from wildgate.apps.customs import services as customs
from wildgate.apps.customs.models import ForeignPermit, MissingEndorsement
from wildgate.apps.houserules.selectors import calendar_of
from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal
from wildgate.kit import events
from wildgate.kit.models import Event
from wildgate.kit.numbering import next_number

State = MissingEndorsement.State


def draw_up(event: Event) -> Question | None:
    """The structured question about the paper of this event. Run again, it is the same question."""
    missing = (MissingEndorsement.objects.select_related("foreign")
               .filter(party=event.party, pk=json.loads(event.data).get("question")).first())
    if missing is None:
        return None
    paper = missing.foreign
    with transaction.atomic():
        ForeignPermit.objects.select_for_update().get(pk=paper.pk)
        known = Question.objects.filter(foreign=paper, about=About.ENDORSEMENT.value).first()
        if known is not None:
            return known
        stated = [Stated(line.taxon, line.term, plain(line.quantity), line.unit) for line in paper.lines.all()]
        serial = next_number(event.party, "question", event.at.year)
        made = Question.objects.create(
            party=event.party, number=f"{event.party}-Q-{event.at.year}-{serial:06d}", way=Question.Way.OUT,
            other=missing.country, permit_number=paper.number, issued_on=paper.issued_on,
            valid_until=paper.valid_until, facts=[asdict(line) for line in stated], foreign=paper,
            about=About.ENDORSEMENT.value, asked_by_id=missing.opened_by_id,
            asked_at=event.at, due_on=missing.due_on)
        events.append("confirmation-asked", made.subject, party=event.party, actor=event.actor, at=event.at,
                      data={"question": made.number, "of": made.other, "about": made.about})
    return made


def close_by(question: Question, *, actor: Actor, at: datetime) -> MissingEndorsement | Refusal | None:
    """What the answer means for the paper: confirmed, not confirmed. None: it says neither, or is closed already."""
    said = outcome_of(question)
    missing = MissingEndorsement.objects.filter(foreign=question.foreign, state=State.ASKED).first()
    if missing is None or said is None:
        return None
    return customs.close_question(actor=actor, question=missing.pk, state=said, outcome=question.number, at=at)


def outcome_of(question: Question) -> str | None:
    """Confirmed when the authority issued it and let the goods leave; denied when it says no to either."""
    says = {question.points.get(point.value) for point in (Point.OURS, Point.LEFT)}
    if Say.NO.value in says:
        return State.DENIED.value
    return State.CONFIRMED.value if says == {Say.YES.value} else None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of one foreign paper: the state of the question, and the question itself once it is drawn up."""

    paper: ForeignPermit
    missing: MissingEndorsement | None
    question: Question | None


def about(actor: Actor, country: str, number: str, issued_on: date) -> Asked | None:
    """The paper and what was asked about it; None where there is none or the actor may not see it."""
    paper = ForeignPermit.objects.filter(party=actor.party, country=country, number=number, issued_on=issued_on).first()
    if paper is None or not can(actor, Action.VIEW_DOUBLE_USE, paper):
        return None
    return Asked(paper, MissingEndorsement.objects.filter(foreign=paper).select_related("closed_by").first(),
                 Question.objects.filter(foreign=paper, about=About.ENDORSEMENT.value).first())


@dataclass(frozen=True, slots=True)
class Country:
    """How often a country's papers came without the endorsement, and what its authority said. `days`: the median."""

    code: str
    asked: int
    open: int
    overdue: int
    confirmed: int
    denied: int
    silent: int
    days: int | None


def by_country(actor: Actor, on: date) -> list[Country]:
    """The countries of export by how often they were asked; empty for who may not see it."""
    if not can(actor, Action.VIEW_DOUBLE_USE):
        return []
    rows = list(MissingEndorsement.objects.filter(party=actor.party).only("country", "state", "due_on", "opened_at",
                                                                          "closed_at"))
    calendar = calendar_of(actor.party)
    found = []
    for code in {row.country for row in rows}:
        of = [row for row in rows if row.country == code]
        days = [calendar.between(row.opened_at.date(), row.closed_at.date()) for row in of
                if row.closed_at is not None and row.state != State.SILENT]
        found.append(Country(code, len(of), _many(of, State.ASKED), sum(
            1 for row in of if row.state == State.ASKED and row.due_on < on), _many(of, State.CONFIRMED),
            _many(of, State.DENIED), _many(of, State.SILENT), round(median(days)) if days else None))
    return sorted(found, key=lambda each: (-each.asked, each.code))


def _many(rows: Iterable[MissingEndorsement], state: str) -> int:
    return sum(1 for row in rows if row.state == state)
