"""One step of an application's life: locked, allowed, possible, saved and told, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.permits import books
from wildgate.apps.permits.models import Application
from wildgate.apps.permits.services import routing
from wildgate.apps.permits.services.conflicts import conflict
from wildgate.apps.permits.wording import state_word
from wildgate.convention import lifecycle
from wildgate.convention.lifecycle import CaseState, Step
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.kit.sentences import word

LONGEST_NOTE = 2000
OFFICIAL = (Action.WORK_CASE, Action.COUNTERSIGN, Action.SEND_BACK, Action.ISSUE)
"""What officers do to a case; never to an own or a related one."""


def locked(party: str, number: str) -> Application | Refusal:
    """The application under a row lock: whoever comes second sees what the first has done."""
    found = (Application.objects.select_for_update(of=("self",)).select_related("organisation")
             .filter(party=party, number=number).first())
    return found or refuse("no-such-application", "There is no application %(number)s.", number=number[:24])


def permitted(actor: Actor, action: Action, number: str) -> Application | Refusal:
    """The locked application, when `actor` may do `action` to it."""
    application = locked(actor.party, number)
    if isinstance(application, Refusal):
        return application
    if refused := require(actor, action, application):
        return refused
    if action in OFFICIAL and (refused := conflict(actor, application.organisation_id)):
        return refused
    return application


def admitted(actor: Actor, action: Action, number: str, step: Step) -> tuple[Application, CaseState] | Refusal:
    """The locked application and its next state, when `actor` may do `action` and `step` is possible now."""
    application = permitted(actor, action, number)
    if isinstance(application, Refusal):
        return application
    after = lifecycle.step(application.case_state, step)
    return not_now(application, after) if isinstance(after, Refusal) else (application, after)


def not_now(application: Application, why: Refusal | None = None) -> Refusal:
    """A step that came too late or too early, with the word for where the case stands; `why` is what the law says."""
    return refuse("wrong-state", "This cannot be done now. The case stands at “%(state)s”.",
                  state=word(state_word(application.state).label), basis=why.basis if why else ())


def in_hand(application: Application) -> bool:
    """May officers write on the case now?"""
    state = application.case_state
    return state is CaseState.IN_REVIEW or (application.perishable and state is CaseState.WITH_SCIENTIST)


def under_review(actor: Actor, number: str) -> Application | Refusal:
    """The locked application while it is in review: what officers write beside its steps.

    For goods that spoil the two authorities work side by side: officers go on while science has the case.
    """
    application = permitted(actor, Action.WORK_CASE, number)
    if isinstance(application, Refusal) or in_hand(application):
        return application
    return not_now(application)


def move(application: Application, after: CaseState, step: Step, *, actor: Actor, at: datetime,
         data: Mapping[str, Any] | None = None, note: str = "") -> Application:
    """Save the new state and append the step's event; a case that ends without a permit holds nothing in any book.

    The clock stood still while the applicant was asked.
    """
    if application.case_state is CaseState.ASKED:
        routing.resume(application, at)
    application.state = after.value
    application.changed_at = at
    application.save()
    if after in lifecycle.CLOSED and step is not Step.ISSUE:
        books.release(application, after.value, actor=actor, at=at)
    events.append(step.value, application.subject, party=application.party, actor=actor.label, at=at,
                  data={**(data or {}), **actor.signed}, note=note)
    return application


def written(text: str, *, field: str, what: str, longest: int = LONGEST_NOTE) -> str | Refusal:
    """A free text that a person must give, within its limit."""
    kept = within(text, field=field, what=what, longest=longest)
    return kept or refuse("missing", "Write %(what)s.", what=what, field=field)


def within(text: str, *, field: str, what: str, longest: int) -> str | Refusal:
    """A free text that may be empty, within its limit: never cut. One sign goes, which PostgreSQL keeps in no text."""
    kept = text.replace("\x00", "").strip()
    if len(kept) > longest:
        return refuse("too-long", "Shorten %(what)s: %(length)s characters, of at most %(longest)s.", what=what,
                      length=len(kept), longest=longest, field=field)
    return kept
