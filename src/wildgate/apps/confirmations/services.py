"""Asking another authority about a permit, answering one, and keeping what came back."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.confirmations import exports, register
from wildgate.apps.confirmations.models import Question
from wildgate.apps.confirmations.points import Answer, Stated, read_lines
from wildgate.apps.houserules.calendar import after_working_days
from wildgate.apps.permits import selectors as permits
from wildgate.convention import tables
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.kit.numbering import next_number

DAYS = 10
"""Working days for an answer."""
LINK_DAYS = 60
LONGEST_NUMBER = 40


@dataclass(frozen=True, slots=True)
class Copy:
    """What somebody holds in hands: the number on it, its days, and its lines."""

    number: str
    issued_on: date | None
    valid_until: date | None
    lines: tuple[Stated, ...]


def read_copy(number: str, issued_on: str, valid_until: str, lines: str) -> Copy | Refusal:
    """The facts of a copy as typed."""
    number = " ".join(number.split())
    if not number or len(number) > LONGEST_NUMBER:
        return refuse("permit-number", "Give the number of the permit as it is printed, up to 40 characters.",
                      field="permit_number")
    days: list[date | None] = []
    for field, text in (("issued_on", issued_on), ("valid_until", valid_until)):
        try:
            days.append(date.fromisoformat(text.strip()) if text.strip() else None)
        except ValueError:
            return refuse("day", "Write the day as year-month-day, for example 2026-05-31.", field=field)
    stated = read_lines(lines)
    return stated if isinstance(stated, Refusal) else Copy(number, days[0], days[1], stated)


def ask(*, actor: Actor, other: str, copy: Copy, contact: str, case: str = "",
        at: datetime) -> tuple[Question, str] | Refusal:
    """Put the five questions to the authority of another Party. The second value is the token of its link: shown once.

    With a `case` the question stands in that case's history.
    """
    if refused := require(actor, Action.ASK_AUTHORITY):
        return refused
    if (fault := _country(other, actor.party)) or (fault := _contact(contact)):
        return fault
    application = permits.application(actor, case) if case else None
    if case and application is None:
        return refuse("no-such-application", "There is no application %(number)s.", number=case[:24], field="case")
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        question = Question.objects.create(
            **_common(actor, other, copy, at), way=Question.Way.OUT, contact=contact.strip(), application=application,
            link=hashed(token))
        events.append("confirmation-asked", question.subject, party=actor.party, actor=actor.label, at=at,
                      data={"question": question.number, "of": other})
    return question, token


def receive(*, actor: Actor, other: str, copy: Copy, contact: str, at: datetime) -> Question | Refusal:
    """Log another authority's question about a permit of ours; the register's answer is drawn up at once."""
    if refused := require(actor, Action.ASK_AUTHORITY):
        return refused
    if (fault := _country(other, actor.party)) or (fault := _contact(contact)):
        return fault
    permit = permits.permit_of(actor.party, copy.number)
    if permit is not None and copy.issued_on not in (None, permit.issued_at.date()):
        permit = None
    with transaction.atomic():
        question = Question.objects.create(**_common(actor, other, copy, at), way=Question.Way.IN,
                                           contact=contact.strip(), permit=permit)
        events.append("confirmation-received", question.subject, party=actor.party, actor=actor.label, at=at,
                      data={"question": question.number, "from": other})
    return question


def answer(*, actor: Actor, number: str, answer: Answer, at: datetime) -> Question | Refusal:
    """Keep the answer: the other authority's, as an officer had it by mail or telephone, or ours to their question."""
    if refused := require(actor, Action.ASK_AUTHORITY):
        return refused
    with transaction.atomic():
        question = Question.objects.select_for_update().filter(party=actor.party, number=number).first()
        if question is None:
            return refuse("no-such-question", "There is no question %(number)s.", number=number[:24])
        closed = _close(question, answer, by=actor.label, person=actor.person_id, at=at)
        if isinstance(closed, Question) and closed.foreign is not None:
            exports.close_by(closed, actor=actor, at=at)
        return closed


def answer_by_link(*, token: str, answer: Answer, at: datetime) -> Question | Refusal:
    """The other authority answers by the link in its mail. A link works once, and not for ever."""
    with transaction.atomic():
        question = Question.objects.select_for_update().filter(link=hashed(token)).first()
        if question is None or gone(question, at):
            return LINK_GONE
        return _close(question, answer, by="link", person=None, at=at)


def fresh_link(*, actor: Actor, number: str, at: datetime) -> str | Refusal:
    """A new token for the mail of an open question of ours; the one before it opens nothing any more."""
    if refused := require(actor, Action.ASK_AUTHORITY):
        return refused
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        found = Question.objects.select_for_update(of=("self",)).filter(
            party=actor.party, number=number, way=Question.Way.OUT, answered_at=None).first()
        if found is None:
            return refuse("no-such-question", "There is no question %(number)s.", number=number[:24])
        found.link = hashed(token)
        found.save(update_fields=["link"])
        events.append("confirmation-link-made", found.subject, party=found.party, actor=actor.label, at=at,
                      data={"question": found.number})
    return token


def by_link(token: str, at: datetime) -> Question | None:
    """The question behind a link; None when there is none, or it is too old."""
    question = Question.objects.filter(link=hashed(token)).first()
    return None if question is None or gone(question, at) else question


def gone(question: Question, at: datetime) -> bool:
    return at > question.asked_at + timedelta(days=LINK_DAYS)


def draft_answer(question: Question, on: date) -> Answer:
    """What our register says to another authority's question."""
    return register.answer_about(question, on)


LINK_GONE = refuse("link-gone", "This link is not known or no longer works: ask the authority that sent it.")


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _common(actor: Actor, other: str, copy: Copy, at: datetime) -> dict[str, object]:
    serial = next_number(actor.party, "question", at.year)
    return {"party": actor.party, "number": f"{actor.party}-Q-{at.year}-{serial:06d}", "other": other,
            "permit_number": copy.number, "issued_on": copy.issued_on, "valid_until": copy.valid_until,
            "facts": [asdict(line) for line in copy.lines], "asked_by_id": actor.own_id, "asked_at": at,
            "due_on": after_working_days(actor.party, at.date(), DAYS)}


def _close(question: Question, answer: Answer, *, by: str, person: int | None, at: datetime) -> Question | Refusal:
    if question.answered_at is not None:
        return refuse("answered", "This question is answered already.")
    question.answer, question.answered_at, question.answered_by_id = answer.as_json(), at, person
    question.save(update_fields=["answer", "answered_at", "answered_by"])
    events.append("confirmation-answered", question.subject, party=question.party, actor=by, at=at,
                  data={"question": question.number, "points": dict(answer.points)})
    return question


def _country(code: str, home: str) -> Refusal | None:
    if tables.country(code) is None or code == home:
        return refuse("other-country", "Choose the country of the other authority.", field="other")
    return None


def _contact(text: str) -> Refusal | None:
    if not text.strip():
        return None
    try:
        validate_email(text.strip())
    except ValidationError:
        return refuse("contact", "%(text)s is not an e-mail address.", text=text.strip()[:60], field="contact")
    return None
