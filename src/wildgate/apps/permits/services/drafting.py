"""The applicant's side: start a draft, keep what is typed, submit, answer, withdraw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.accounts.models import Organisation
from wildgate.apps.accounts.selectors import may_for, registration_refusal
from wildgate.apps.permits import answers as form
from wildgate.apps.permits import books, costs, forms, kinds, records, searching
from wildgate.apps.permits.models import Application, Finding, Permit
from wildgate.apps.permits.services import routing, rulings
from wildgate.apps.permits.services.moving import admitted, locked, move, not_now, written
from wildgate.convention.lifecycle import CaseState, Step
from wildgate.convention.outcome import Ruling
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.sentence import say
from wildgate.convention.trade import Trade
from wildgate.convention.vocabulary import DocumentKind, Outcome
from wildgate.kit import events
from wildgate.kit.national import ruled
from wildgate.kit.numbering import next_number

TABS = "tabs"
"""Beside the answers of a draft: which window saved each page last. A window does not clash with itself."""
Change = Callable[[dict[str, Any], Application], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Clash:
    """Somebody changed the same page since it was opened: nothing was kept. Both texts, field by field.

    `gone`: the line that the page was about is no longer there.
    """

    step: str
    theirs: Mapping[str, str]
    mine: Mapping[str, str]
    saved_at: datetime
    gone: bool = False


def start(*, actor: Actor, organisation: int, at: datetime, answers: Mapping[str, Any] | None = None,
          replaces: Permit | None = None, replacing: str = "") -> Application | Refusal:
    """Open a draft for one of the actor's organisations; `answers` are what it begins with."""
    if refused := require(actor, Action.APPLY):
        return refused
    holder = Organisation.objects.filter(party=actor.party, pk=organisation).first()
    if holder is None or organisation not in actor.organisations:
        return refuse("not-allowed", "You may not apply for this organisation: you hold no post in it.",
                      basis=("House rule: rights",))
    begun = dict(answers or {})
    with transaction.atomic():
        serial = next_number(actor.party, "application", at.year)
        application = Application.objects.create(
            party=actor.party, number=f"{actor.party}-A-{at.year}-{serial:06d}", organisation=holder,
            started_by_id=actor.own_id, started_at=at, changed_at=at, replaces=replaces, replacing=replacing,
            answers=begun, direction=begun.get("direction", "")[:28], other_country=begun.get("other_country", "")[:2])
        events.append("start", application.subject, party=actor.party, actor=actor.label, at=at)
    return application


def save_answers(*, actor: Actor, case: str, answers: Mapping[str, Any], at: datetime) -> Application | Refusal:
    """Keep what was typed, complete or not; only the given fields change. No event: a draft is the applicant's own."""
    with transaction.atomic():
        application = _draft(actor, case)
        return application if isinstance(application, Refusal) else _keep(application, answers, at)


def save_page(*, actor: Actor, case: str, step: str, typed: Mapping[str, str], at: datetime, seen: str = "",
              tab: str = "", also: Change | None = None) -> Application | Refusal | Clash:
    """Keep one page. `seen` is the print of the page when it was opened: when somebody has changed it since, nothing
    is overwritten. `also` works on the answers before they are kept."""
    with transaction.atomic():
        application = _draft(actor, case)
        if isinstance(application, Refusal):
            return application
        answers = application.answers
        if seen and (clash := _clash(application, step, typed, seen, tab)):
            return clash
        merged = forms.merged(step, typed, answers)
        if also is not None:
            merged = also(merged, application)
        tabs = {**answers.get(TABS, {}), step: tab[:16]} if tab else answers.get(TABS, {})
        return _keep(application, merged, at, tabs=tabs)


def _clash(application: Application, step: str, typed: Mapping[str, str], seen: str, tab: str) -> Clash | None:
    answers = application.answers
    theirs = forms.saved(step, answers)
    place = forms.place_of(step)
    gone = place is not None and place >= len(forms.lines_of(answers)) and seen != forms.print_of(step, {})
    same = seen == forms.print_of(step, answers) or (tab and answers.get(TABS, {}).get(step) == tab[:16])
    if not gone and (same or all(theirs.get(name, "") == value for name, value in typed.items())):
        return None
    return Clash(step, theirs, dict(typed), application.changed_at, gone)


def _draft(actor: Actor, case: str) -> Application | Refusal:
    application = locked(actor.party, case)
    if isinstance(application, Refusal):
        return application
    if refused := require(actor, Action.EDIT_APPLICATION, application):
        return refused
    if application.case_state is not CaseState.DRAFT:
        return not_now(application)
    return application


def _keep(application: Application, answers: Mapping[str, Any], at: datetime, *,
          tabs: Mapping[str, str] | None = None) -> Application | Refusal:
    cleaned = form.clean(answers)
    if isinstance(cleaned, Refusal):
        return cleaned
    application.answers = {**application.answers, **cleaned, **({TABS: dict(tabs)} if tabs else {})}
    application.direction = application.answers.get("direction", "")[:28]
    application.other_country = application.answers.get("other_country", "")[:2]
    application.changed_at = at
    application.save(update_fields=["answers", "direction", "other_country", "changed_at"])
    return application


def submit(*, actor: Actor, case: str, at: datetime, language: str = "") -> Application | tuple[Refusal, ...]:
    """Hand the application in with its Ruling. All faults are told at once; a trade the law refuses is not taken.

    `language` is the one the applicant reads: the authority writes to them in it.
    """
    with transaction.atomic():
        found = admitted(actor, Action.EDIT_APPLICATION, case, Step.SUBMIT)
        if isinstance(found, Refusal):
            return (found,)
        application, after = found
        if refused := registration_refusal(application.organisation, at.date()):
            return (refused,)
        wanted = kinds.wanted_of(application.answers)
        trade = form.trade_of(application.answers, home=application.party, on=at.date(), law=application.law)
        if not isinstance(trade, Trade):
            return trade
        ruling = ruled(trade, application.law)
        if faults := acceptable(ruling, application.party, wanted) or books.refuses(application, trade):
            return faults
        if refused := _mandate(actor, application, ruling, at):
            return (refused,)
        application.answers = {name: value for name, value in application.answers.items() if name != TABS}
        application.trade = form.trade_json(application.answers, home=application.party, on=at.date())
        application.ruling = rulings.worked_with(ruling)
        application.submitted_at, application.language = at, language[:5]
        open_findings(application, ruling)
        searching.note_taxa(application)
        books.opened(application, trade, at=at)
        routing.route(application, at)
        sealed = rulings.store(application, Step.SUBMIT, ruling, at=at)
        charged = costs.charge(application, ruling, actor=actor, at=at)
        if isinstance(charged, Refusal):
            transaction.set_rollback(True)
            return (charged,)
        return move(application, after, Step.SUBMIT, actor=actor, at=at,
                    data={"decision": ruling.decision.value, "lines": len(trade.lines), **sealed})


def _mandate(actor: Actor, application: Application, ruling: Ruling, at: datetime) -> Refusal | None:
    """An agent's mandate may be for some kinds of documents only."""
    kind = records.document_kind(ruling, application.party, kinds.wanted_of(application.answers))
    if isinstance(kind, Refusal):
        return kind
    decision = may_for(actor, application.organisation_id, kind.value, at.date())
    return None if decision else refuse("not-allowed", "You may not %(action)s. %(why)s", action="hand this in",
                                        why=decision.reason, basis=("House rule: rights",))


def acceptable(ruling: Ruling, party: str, wanted: DocumentKind | None = None) -> tuple[Refusal, ...]:
    """Why an application with this ruling is not taken: the law refuses, or there is nothing to issue."""
    if ruling.decision is Outcome.REFUSE:
        return ruling.refusals
    idle = [i for i, line in enumerate(ruling.lines) if line.decision is Outcome.NO_DOCUMENT]
    if idle:
        return tuple(refuse("line-needs-no-document",
                            "Line %(line)s needs no CITES document; remove it from the application.",
                            line=i + 1, field=f"lines[{i}].taxon") for i in idle)
    kind = records.document_kind(ruling, party, wanted)
    return (kind,) if isinstance(kind, Refusal) else ()


def open_findings(application: Application, ruling: Ruling) -> None:
    """One open finding for each that the ruling asks of the home authorities; those that are there stay."""
    Finding.objects.bulk_create([
        Finding(application=application, kind=finding.kind.value, by=finding.by.value, basis=list(finding.basis))
        for finding in {(f.kind, f.by): f for f in ruling.findings}.values()], ignore_conflicts=True)


def answer(*, actor: Actor, case: str, text: str, at: datetime) -> Application | Refusal:
    """Answer the officer's open question. The same answer sent twice is one answer."""
    kept = written(text, field="answer", what=say("your answer"))
    if isinstance(kept, Refusal):
        return kept
    with transaction.atomic():
        found = admitted(actor, Action.EDIT_APPLICATION, case, Step.ANSWER)
        if isinstance(found, Refusal):
            return _said_already(actor, case, kept) or found
        application, after = found
        question = application.questions.filter(answered_at=None).order_by("asked_at").first()
        if question is not None:
            question.answer, question.answered_by_id, question.answered_at = kept, actor.person_id, at
            question.save()
        return move(application, after, Step.ANSWER, actor=actor, at=at)


def _said_already(actor: Actor, case: str, text: str) -> Application | None:
    application = locked(actor.party, case)
    if isinstance(application, Refusal) or require(actor, Action.EDIT_APPLICATION, application):
        return None
    last = application.questions.order_by("-asked_at").first()
    return application if last and last.answered_at and last.answer == text else None


def withdraw(*, actor: Actor, case: str, at: datetime) -> Application | Refusal:
    """Take the application back before it is decided for good."""
    with transaction.atomic():
        found = admitted(actor, Action.EDIT_APPLICATION, case, Step.WITHDRAW)
        if isinstance(found, Refusal):
            return found
        return move(found[0], found[1], Step.WITHDRAW, actor=actor, at=at)
