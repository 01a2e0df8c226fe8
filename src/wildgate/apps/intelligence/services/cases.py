"""Cases: opened with a number, filled with reports, linked to papers of other apps by key, closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, can, require
from wildgate.apps.inspections.selectors.seizures import seizure
from wildgate.apps.intelligence.clearance import SOURCES, Facing
from wildgate.apps.intelligence.models import Case, CaseLink, Report
from wildgate.apps.intelligence.models.reports import LONGEST_TITLE
from wildgate.apps.intelligence.selectors import case as case_of
from wildgate.apps.intelligence.selectors import member_of
from wildgate.apps.intelligence.services.filing import working
from wildgate.apps.intelligence.services.marking import NO_COMPARTMENT, NOT_FOUND, fault, mark_for
from wildgate.apps.permits.selectors import permits
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events, numbering
from wildgate.sharing.marking import Marking, settled

LONGEST_KEY = 80


def open_case(*, actor: Actor, title: str, marking: Marking, at: datetime) -> Case | Refusal:
    """Open a case for the member's own authority."""
    member = member_of(actor, at)
    named = marking.named | {actor.own_id} if marking.named and actor.person_id is not None else marking.named
    held = settled(replace(marking, owner=member.authority if member is not None else "", named=named))
    if member is not None and held.compartments - member.compartments:
        return NO_COMPARTMENT
    if refused := require(actor, Action.WORK_INTELLIGENCE, Facing(member, actor.party, held, "work")):
        return refused
    if refused := fault(actor.party, held):
        return refused
    if not title.strip() or len(title) > LONGEST_TITLE:
        return refuse("report-title", "Give it a title of at most %(most)s characters.", most=LONGEST_TITLE,
                      field="title")
    with transaction.atomic():
        number = numbering.next_number(actor.party, "intelligence-case", at.year)
        made = Case.objects.create(
            party=actor.party, number=f"{actor.party}-C-{at.year}-{number:03d}", title=title.strip(),
            mark=mark_for(actor.party, held, at), opened_by_id=actor.own_id, opened_at=at)
        events.append("intelligence-case-opened", made.subject, party=made.party, actor=actor.label, at=at)
    return made


def put_in_case(*, actor: Actor, number: str, case: str, at: datetime) -> Report | Refusal:
    """Put a report in a case that the actor reads as well; the owner's people only."""
    with transaction.atomic():
        at_work = working(actor, number, at)
        if isinstance(at_work, Refusal):
            return at_work
        found, member = at_work
        within = case_of(actor, case.strip().upper(), at, member)
        if within is None or within.state != Case.State.OPEN:
            return refuse("report-case", "There is no such open case.", field="case")
        if member.authority != str(found.mark.owner_id):
            return refuse("report-of-another", "Only the authority that it comes from writes a version; add a comment.")
        found.case = within
        found.save(update_fields=["case"])
        events.append("report-put-in-case", found.subject, party=found.party, actor=actor.label, at=at,
                      data={"case": within.number})
    return found


def link(*, actor: Actor, case: str, kind: str, key: str, at: datetime) -> CaseLink | Refusal:
    """Link a case to a paper or thing. A tip is linked behind the wall of `sources`; nothing is written over there."""
    member, key = member_of(actor, at), key.strip()
    if kind not in CaseLink.Kind.values or not key or len(key) > LONGEST_KEY:
        return refuse("link-key", "Choose what it is and give its number.", field="key")
    with transaction.atomic():
        found = _open(actor, case, at)
        if isinstance(found, Refusal):
            return found
        held = found.mark.value
        if kind == CaseLink.Kind.TIP:
            held = replace(held, compartments=held.compartments | {SOURCES})
        if refused := require(actor, Action.WORK_INTELLIGENCE, Facing(member, found.party, held, "work")):
            return refused
        if not _is_there(actor, kind, key):
            return refuse("link-none", "There is no such thing, or you may not see it.", field="key")
        mark = found.mark if kind != CaseLink.Kind.TIP else mark_for(found.party, held, at)
        made, new = CaseLink.objects.get_or_create(case=found, kind=kind, key=key, defaults={
            "party": found.party, "mark": mark, "made_by_id": actor.own_id, "made_at": at})
        if new:
            events.append("intelligence-case-linked", found.subject, party=found.party, actor=actor.label, at=at)
    return made


def _is_there(actor: Actor, kind: str, key: str) -> bool:
    """Whether the actor sees such a paper; keys of what lies elsewhere are taken as they are."""
    if kind == CaseLink.Kind.SEIZURE:
        return seizure(actor, key) is not None
    if kind == CaseLink.Kind.PERMIT and can(actor, Action.VIEW_PERMITS):
        return permits(actor).filter(number=key).exists()
    return True


def _open(actor: Actor, number: str, at: datetime) -> Case | Refusal:
    seen = case_of(actor, number, at)
    if seen is None:
        return NOT_FOUND
    found = Case.objects.select_for_update(of=("self",)).select_related("mark").get(pk=seen.pk)
    if found.state != Case.State.OPEN:
        return refuse("case-closed", "The case is closed.")
    return found


def close_case(*, actor: Actor, case: str, at: datetime) -> Case | Refusal:
    """Close a case; the owner's people only."""
    member = member_of(actor, at)
    with transaction.atomic():
        found = _open(actor, case, at)
        if isinstance(found, Refusal):
            return found
        if member is None or member.authority != str(found.mark.owner_id):
            return refuse("case-of-another", "Only the authority that opened it closes it.")
        found.state, found.closed_at = Case.State.CLOSED, at
        found.save(update_fields=["state", "closed_at"])
        events.append("intelligence-case-closed", found.subject, party=found.party, actor=actor.label, at=at)
    return found
