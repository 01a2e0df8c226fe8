"""Interests of officials: declared by themselves, recorded of them by those who lead, ended by somebody else only.

The events name the organisation by its key and never the reason: what ties two people together is nobody's business.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from wildgate.apps.accounts.access import Action, Actor, Somebody, require
from wildgate.apps.accounts.models import Interest, Organisation, Person, Post, Role
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

BASIS: Final = ("House rule: conflict of interest",)
LONGEST: Final = 500


def declare_interest(*, actor: Actor, organisation: str, kind: str, reason: str, at: datetime) -> Interest | Refusal:
    """An own interest in the organisation of that code or exact name: from now on others decide on it."""
    if refused := require(actor, Action.DECLARE_INTEREST):
        return refused
    return _keep("interest-declared", actor, actor.own_id, organisation, kind, reason, at)


def record_interest(*, actor: Actor, person: int, organisation: str, kind: str, reason: str,
                    at: datetime) -> Interest | Refusal:
    """An interest of somebody else, by who leads."""
    if refused := require(actor, Action.KEEP_INTEREST, Somebody(actor.party, person)):
        return refused
    posts = Post.objects.filter(Q(until=None) | Q(until__gte=at.date()), person=person, party=actor.party)
    if not posts.exclude(role__in=[Role.TRADER, Role.CARRIER]).exists():
        return refuse("no-such-official", "Choose an official of this Party.", field="person")
    return _keep("interest-recorded", actor, person, organisation, kind, reason, at)


def end_interest(*, actor: Actor, interest: int, at: datetime) -> Interest | Refusal:
    """It holds no more, says somebody else than whom it binds; the row stays for the auditor."""
    with transaction.atomic():
        found = Interest.objects.select_for_update().filter(party=actor.party, pk=interest, ended_at=None).first()
        if found is None:
            return refuse("no-such-interest", "There is no such interest on record.", basis=BASIS)
        if refused := require(actor, Action.KEEP_INTEREST, Somebody(actor.party, found.person_id)):
            return refused
        found.ended_at, found.ended_by_id = at, actor.own_id
        found.save(update_fields=["ended_at", "ended_by"])
        _tell("interest-ended", found, actor, at)
    return found


def _keep(event: str, actor: Actor, person: int, organisation: str, kind: str, reason: str,
          at: datetime) -> Interest | Refusal:
    if kind not in Interest.Kind.values:
        return refuse("no-such-kind", "Choose what kind of interest it is.", field="kind", basis=BASIS)
    if not reason.strip() or len(reason) > LONGEST:
        return refuse("reason-missing", "Write the reason, in at most %(most)s characters.", most=LONGEST,
                      field="reason", basis=BASIS)
    found = _organisation(actor.party, organisation)
    if isinstance(found, Refusal):
        return found
    with transaction.atomic():
        Person.objects.select_for_update().filter(pk=person).first()
        if Interest.objects.filter(person=person, organisation=found, ended_at=None).exists():
            return refuse("interest-twice", "This interest is on record already.", field="organisation", basis=BASIS)
        made = Interest.objects.create(party=actor.party, person_id=person, organisation=found, kind=kind,
                                       reason=reason.strip(), declared_by_id=actor.own_id, declared_at=at)
        _tell(event, made, actor, at)
    return made


def _organisation(party: str, text: str) -> Organisation | Refusal:
    """By code, or by its whole name where only one has it."""
    named = " ".join(text.split())
    mine = Organisation.objects.filter(party=party)
    found = list(mine.filter(code=named.upper())[:2]) or list(mine.filter(name__iexact=named)[:2]) if named else []
    if len(found) == 1:
        return found[0]
    if found:
        return refuse("several-organisations", "Several have this name: write the code.", field="organisation")
    return refuse("no-such-organisation", "There is no such organisation.", field="organisation")


def _tell(event: str, interest: Interest, actor: Actor, at: datetime) -> None:
    events.append(event, f"person:{interest.person_id}", party=interest.party, actor=actor.label, at=at,
                  data={"organisation": f"organisation:{interest.organisation_id}", **actor.signed})
