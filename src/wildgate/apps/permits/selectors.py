"""Every read about applications and permits, already cut down to what the actor may see."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.accounts.models import Role
from wildgate.apps.accounts.selectors import names_of
from wildgate.apps.fees.models import Charge
from wildgate.apps.permits import answers as form
from wildgate.apps.permits import searching
from wildgate.apps.permits.models import Application, Attachment, Permit, PermitStatus
from wildgate.convention import retrospective
from wildgate.convention.lifecycle import CLOSED, CaseState, PermitState
from wildgate.convention.outcome import Ruling
from wildgate.convention.refusal import Refusal
from wildgate.convention.trade import Trade
from wildgate.kit import events
from wildgate.kit.models import Event
from wildgate.kit.national import ruled
from wildgate.kit.sorting import Sorted

OPEN = (CaseState.SUBMITTED, CaseState.IN_REVIEW, CaseState.ASKED, CaseState.WITH_SCIENTIST, CaseState.APPROVED,
        CaseState.COUNTERSIGNED, CaseState.APPEALED)

HANDED_OUT = "document-handed-out"
"""Events of the permit's PDF on its way to paper; a page of their own tells them, the timeline does not."""


def applications_visible_to(actor: Actor) -> QuerySet[Application]:
    """Exactly the applications for which `can(actor, VIEW_APPLICATION, ...)` says yes."""
    everything = Application.objects.filter(party=actor.party)
    own = Q(organisation_id__in=actor.organisations) if actor.has(Role.TRADER) else Q(pk__in=[])
    if actor.has(Role.OFFICER, Role.COUNTERSIGNER, Role.AUDITOR, Role.SCIENTIST):
        return everything.filter(own | ~Q(state=CaseState.DRAFT.value))
    return everything.filter(own)


SEE_ALL = (Role.OFFICER, Role.COUNTERSIGNER, Role.CUSTOMS, Role.SUPERVISOR, Role.CUSTOMS_SYSTEM, Role.RISK_MANAGER,
           Role.INVESTIGATOR, Role.AUDITOR, Role.SCIENTIST)
"""The roles to which every permit of the Party is shown."""


def permits_visible_to(actor: Actor) -> QuerySet[Permit]:
    """Exactly the permits for which `can(actor, VIEW_PERMIT, ...)` says yes."""
    everything = Permit.objects.filter(party=actor.party)
    if actor.has(*SEE_ALL):
        return everything
    return everything.filter(organisation_id__in=actor.organisations if actor.has(Role.TRADER) else [])


def application(actor: Actor, number: str) -> Application | None:
    """One application with what its page shows; None when there is none or the actor may not see it: both alike."""
    found = (Application.objects.select_related("organisation", "officer", "decided_by", "countersigned_by", "permit",
                                                "team", "replaces")
             .filter(party=actor.party, number=number).first())
    return found if found is not None and can(actor, Action.VIEW_APPLICATION, found) else None


def permit(actor: Actor, number: str) -> Permit | None:
    """One permit; None when there is none or the actor may not see it."""
    found = permit_of(actor.party, number)
    return found if found is not None and can(actor, Action.VIEW_PERMIT, found) else None


def replacing(permit: Permit) -> list[str]:
    """The numbers of applications on their way for a permit in the place of this one."""
    return list(permit.replacements.exclude(state__in=[state.value for state in CLOSED]).order_by("-pk")
                .values_list("number", flat=True))


def permit_of(party: str, number: str) -> Permit | None:
    """One permit of the Party, for services and commands that ask `can` themselves."""
    return (Permit.objects.select_related("status", "organisation", "application", "legal_form")
            .filter(party=party, number=number).first())


def queue(actor: Actor, *states: CaseState) -> QuerySet[Application]:
    """Cases in these states, the longest waiting first."""
    return (applications_visible_to(actor).filter(state__in=[state.value for state in states or OPEN])
            .select_related("organisation", "officer").order_by("submitted_at", "pk"))


WAITING = (CaseState.ASKED.value, CaseState.DRAFT.value)
"""States in which an application waits for the applicant."""
MOST_WAITING = 50


def own_applications(actor: Actor, organisation: int = 0) -> QuerySet[Application]:
    """The trader's applications, newest change first; of one firm if asked."""
    wanted = {organisation} & actor.organisations or actor.organisations
    return (Application.objects.alias(own_party=Sorted("party"))
            .filter(own_party=actor.party, organisation_id__in=wanted)
            .select_related("organisation", "permit__status").order_by("-changed_at"))


def waiting_for_me(actor: Actor, organisation: int = 0) -> tuple[list[Application], frozenset[str]]:
    """Those in which it is the applicant's turn: questions first, then fees to be paid, then drafts; and the numbers of
    those whose fee is due."""
    charges = Charge.objects.filter(party=actor.party, organisation_id__in=actor.organisations, state=Charge.State.DUE)
    due = frozenset(charge.number for charge in charges.order_by("-made_at")[:MOST_WAITING])
    mine = Q(state__in=WAITING) | Q(number__in=due, state__in=[each for each in OPEN if each is not CaseState.APPEALED])
    found = own_applications(actor, organisation).filter(mine)[:MOST_WAITING]
    order = {state: place for place, state in enumerate(WAITING)}
    return sorted(found, key=lambda case: order.get(case.state, 0.5)), due


def just_started(actor: Actor, organisation: int, at: datetime) -> Application | None:
    """The actor's draft of this minute in which nothing is typed yet: a second press of the button finds it."""
    return Application.objects.filter(
        party=actor.party, organisation_id=organisation, state=CaseState.DRAFT.value, started_by_id=actor.person_id,
        answers={}, replaces=None, started_at__gt=at - timedelta(minutes=1)).order_by("-pk").first()


def attachments(application: Application, *, taken_out: bool = False) -> list[Attachment]:
    """The documents with an application, oldest first; those that were taken out only when asked."""
    found = application.attachments.select_related("upload", "added_by")
    return list(found if taken_out else found.filter(removed_at=None))


def attachment(actor: Actor, key: int) -> Attachment | None:
    """One document; None when there is none, it was taken out, or the actor may not see its application."""
    found = Attachment.objects.select_related("upload", "application").filter(
        application__party=actor.party, pk=key, removed_at=None).first()
    return found if found is not None and can(actor, Action.VIEW_APPLICATION, found.application) else None


def permits(actor: Actor, text: str = "") -> QuerySet[Permit]:
    """Permits that the actor may see, newest first; `text` narrows by number or taxon."""
    found = permits_visible_to(actor).select_related("status", "organisation").order_by("-issued_at", "-pk")
    if text:
        found = found.filter(searching.permits_matching(actor.party, text))
    return found


ENDING = frozenset({PermitState.VALID, PermitState.PARTLY_USED, PermitState.SUSPENDED, PermitState.EXPORTED})
"""States that the last day of validity ends."""


def state_of(status: PermitStatus, valid_until: date, today: date) -> PermitState:
    """The state to show, of a permit's row."""
    return shown_state(status.state, valid_until, today)


def shown_state(kept: str, valid_until: date, today: date) -> PermitState:
    """The state to show: expiry follows from the date and comes before all that is not final."""
    state = PermitState(kept)
    if today > valid_until and state in ENDING:
        return PermitState.EXPIRED
    return state


def left_before(permit: Permit) -> Refusal | None:
    """Why nothing leaves on a permit of ours that was issued after its goods had left; None for all others."""
    if permit.exporter_country != permit.party or retrospective.SAID not in permit.record_json:
        return None
    return retrospective.left_before(permit.record.special_conditions)


def live_ruling(application: Application, on: date) -> Ruling | tuple[Refusal, ...]:
    """What the law says to the answers as they stand, for the draft pages; faults: what is still missing or wrong."""
    trade = form.trade_of(application.answers, home=application.party, on=on, law=application.law)
    return ruled(trade, application.law) if isinstance(trade, Trade) else trade


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a timeline; the template words `kind`."""

    at: datetime
    kind: str
    who: str
    data: dict[str, Any]
    note: str
    seq: int


def timeline(subjects: Iterable[str], party: str) -> list[Entry]:
    """The events of these subjects, newest first, with the names of who acted."""
    found = list(Event.objects.filter(party=party, subject__in=list(subjects)).exclude(kind__in=["read", HANDED_OUT])
                 .select_related("note").order_by(Sorted("seq").desc())[:500])
    names = names_of({event.actor for event in found})
    return [Entry(event.at, event.kind, names.get(event.actor, event.actor), json.loads(event.data),
                  event.note.text if hasattr(event, "note") else "", event.seq) for event in found]


def acts_of(permit: Permit) -> list[Event]:
    """The permit's own events, oldest first: its state is their fold."""
    return list(events.of(permit.subject, party=permit.party))
