"""The applicant's side: start a draft, keep what is typed, submit, answer, withdraw."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.accounts.models import Organisation
from wildgate.apps.permits import answers as form
from wildgate.apps.permits import books, records
from wildgate.apps.permits.models import Application, Finding
from wildgate.apps.permits.services import rulings
from wildgate.apps.permits.services.moving import admitted, locked, move, written
from wildgate.convention.lifecycle import CaseState, Step
from wildgate.convention.outcome import Ruling
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.ruling import ruling_json
from wildgate.convention.trade import Trade
from wildgate.convention.vocabulary import Outcome
from wildgate.kit import events
from wildgate.kit.national import ruled
from wildgate.kit.numbering import next_number


def start(*, actor: Actor, organisation: int, at: datetime) -> Application | Refusal:
    """Open a draft for one of the actor's organisations."""
    if refused := require(actor, Action.APPLY):
        return refused
    holder = Organisation.objects.filter(party=actor.party, pk=organisation).first()
    if holder is None or organisation not in actor.organisations:
        return refuse("not-allowed", "You may not apply for this organisation: you hold no post in it.",
                      basis=("House rule: rights",))
    with transaction.atomic():
        serial = next_number(actor.party, "application", at.year)
        application = Application.objects.create(
            party=actor.party, number=f"{actor.party}-A-{at.year}-{serial:06d}", organisation=holder,
            started_by_id=actor.own_id, started_at=at, changed_at=at)
        events.append("start", application.subject, party=actor.party, actor=actor.label, at=at)
    return application


def save_answers(*, actor: Actor, case: str, answers: Mapping[str, Any], at: datetime) -> Application | Refusal:
    """Keep what was typed, complete or not; only the given fields change. No event: a draft is the applicant's own."""
    cleaned = form.clean(answers)
    if isinstance(cleaned, Refusal):
        return cleaned
    with transaction.atomic():
        application = locked(actor.party, case)
        if isinstance(application, Refusal):
            return application
        if refused := require(actor, Action.EDIT_APPLICATION, application):
            return refused
        if application.case_state is not CaseState.DRAFT:
            return refuse("wrong-state", "This cannot be done now: the application is %(state)s.",
                          state=application.state)
        application.answers = {**application.answers, **cleaned}
        application.direction = application.answers.get("direction", "")[:28]
        application.other_country = application.answers.get("other_country", "")[:2]
        application.changed_at = at
        application.save(update_fields=["answers", "direction", "other_country", "changed_at"])
    return application


def submit(*, actor: Actor, case: str, at: datetime) -> Application | tuple[Refusal, ...]:
    """Hand the application in with its Ruling. All faults are told at once; a trade the law refuses is not taken."""
    with transaction.atomic():
        found = admitted(actor, Action.EDIT_APPLICATION, case, Step.SUBMIT)
        if isinstance(found, Refusal):
            return (found,)
        application, after = found
        trade = form.trade_of(application.answers, home=application.party, on=at.date(), law=application.law)
        if not isinstance(trade, Trade):
            return trade
        ruling = ruled(trade, application.law)
        if faults := acceptable(ruling, application.party) or books.refuses(application, trade):
            return faults
        application.trade = form.trade_json(application.answers, home=application.party, on=at.date())
        application.ruling = ruling_json(ruling)
        application.submitted_at = at
        open_findings(application, ruling)
        books.opened(application, trade, at=at)
        sealed = rulings.store(application, Step.SUBMIT, ruling, at=at)
        return move(application, after, Step.SUBMIT, actor=actor, at=at,
                    data={"decision": ruling.decision.value, "lines": len(trade.lines), **sealed})


def acceptable(ruling: Ruling, party: str) -> tuple[Refusal, ...]:
    """Why an application with this ruling is not taken: the law refuses, or there is nothing to issue."""
    if ruling.decision is Outcome.REFUSE:
        return ruling.refusals
    idle = [i for i, line in enumerate(ruling.lines) if line.decision is Outcome.NO_DOCUMENT]
    if idle:
        return tuple(refuse("line-needs-no-document",
                            "Line %(line)s needs no CITES document; remove it from the application.",
                            line=i + 1, field=f"lines[{i}].taxon") for i in idle)
    kind = records.document_kind(ruling, party)
    return (kind,) if isinstance(kind, Refusal) else ()


def open_findings(application: Application, ruling: Ruling) -> None:
    """One open finding for each that the ruling asks of the home authorities."""
    Finding.objects.bulk_create([
        Finding(application=application, kind=finding.kind.value, by=finding.by.value, basis=list(finding.basis))
        for finding in {(f.kind, f.by): f for f in ruling.findings}.values()])


def answer(*, actor: Actor, case: str, text: str, at: datetime) -> Application | Refusal:
    """Answer the officer's open question."""
    kept = written(text, field="answer", what="your answer")
    if isinstance(kept, Refusal):
        return kept
    with transaction.atomic():
        found = admitted(actor, Action.EDIT_APPLICATION, case, Step.ANSWER)
        if isinstance(found, Refusal):
            return found
        application, after = found
        question = application.questions.filter(answered_at=None).order_by("asked_at").first()
        if question is not None:
            question.answer, question.answered_by_id, question.answered_at = kept, actor.person_id, at
            question.save()
        return move(application, after, Step.ANSWER, actor=actor, at=at)


def withdraw(*, actor: Actor, case: str, at: datetime) -> Application | Refusal:
    """Take the application back before it is decided for good."""
    with transaction.atomic():
        found = admitted(actor, Action.EDIT_APPLICATION, case, Step.WITHDRAW)
        if isinstance(found, Refusal):
            return found
        return move(found[0], found[1], Step.WITHDRAW, actor=actor, at=at)
