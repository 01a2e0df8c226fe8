"""Named officers of a partner: an account is proposed by one person, made when another confirms, ended by one."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wildgate.apps.accounts import services as accounts
from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.accounts.models import Authority, Person, Post, Role
from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.accounts.services.people import person_of
from wildgate.apps.partners.models import Admission, Office, Officer, Partner, Proposal
from wildgate.apps.partners.services.agreements import NOT_WAITING
from wildgate.apps.partners.services.registry import locked
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events


def propose_officer(*, actor: Actor, code: str, email: str, name: str, at: datetime) -> Admission | Refusal:
    """Propose an account for one named officer of the partner. Nothing is made or mailed yet."""
    if refused := require(actor, Action.MANAGE_PERSON):
        return refused
    address = email.strip().lower()
    with transaction.atomic():
        partner = locked(actor, Action.KEEP_PARTNERS, code)
        if isinstance(partner, Refusal):
            return partner
        if not partner.tier:
            return refuse("no-tier", "No exchange was agreed with this Party yet.")
        if person_of(address) is not None or Admission.objects.filter(
                party=partner.party, email=address, state=Proposal.State.PROPOSED).exists():
            return refuse("person-known", "There is an account with this address already.", field="email")
        made = Admission.objects.create(party=partner.party, partner=partner, email=address, name=name.strip()[:120],
                                        proposed_by_id=actor.own_id, proposed_at=at)
        _say("partner-officer-proposed", made, actor, at)
    return made


def confirm_officer(*, actor: Actor, admission: int, at: datetime) -> Officer | Refusal:
    """Somebody else agrees: the account is made in the name of who proposed it. Its owner sets the password, and a
    second factor at the gate."""
    with transaction.atomic():
        found = _waiting(actor, admission)
        if isinstance(found, Refusal):
            return found
        if refused := require(actor, Action.CONFIRM_RIGHT, found):
            return refused
        proposer = actor_of(found.proposed_by, at.date())
        person = accounts.add_account(actor=proposer, email=found.email, name=found.name, at=at)
        if isinstance(person, Refusal):
            return person
        made = _admit(proposer, found.partner, person, at)
        found.officer = made
        _decide(found, Proposal.State.CONFIRMED, actor, at)
        _say("partner-officer-confirmed", found, actor, at)
    return made


def decline_officer(*, actor: Actor, admission: int, at: datetime) -> Admission | Refusal:
    """No account is made; whoever proposed it may take it back so."""
    if refused := require(actor, Action.PROPOSE_RIGHT):
        return refused
    with transaction.atomic():
        found = _waiting(actor, admission)
        if isinstance(found, Refusal):
            return found
        _decide(found, Proposal.State.DECLINED, actor, at)
        _say("partner-officer-declined", found, actor, at)
    return found


def _waiting(actor: Actor, admission: int) -> Admission | Refusal:
    found = (Admission.objects.select_for_update(of=("self",)).select_related("partner", "proposed_by")
             .filter(party=actor.party, pk=admission, state=Proposal.State.PROPOSED).first())
    return found or NOT_WAITING


def _decide(found: Admission, state: Proposal.State, actor: Actor, at: datetime) -> None:
    found.state, found.decided_by_id, found.decided_at = state, actor.own_id, at
    found.save(update_fields=["state", "decided_by", "decided_at", "officer"])


def _say(kind: str, found: Admission, actor: Actor, at: datetime) -> None:
    events.append(kind, found.partner.subject, party=found.party, actor=actor.label, at=at,
                  data={"of": found.subject, **actor.signed})


def _admit(actor: Actor, partner: Partner, person: Person, at: datetime) -> Officer:
    office = partner.offices.filter(kind=Office.Kind.MANAGEMENT).order_by("pk").first()
    body = accounts.add_authority(party=partner.party, kind=Authority.Kind.FOREIGN,
                                  name=f"{partner.code}: {office.name if office else partner.name}"[:160], address="",
                                  place="", by=actor.label, at=at)
    accounts.appoint(person=person, role=Role.FOREIGN, party=partner.party, by=actor.label, at=at, authority=body)
    made = Officer.objects.create(party=partner.party, partner=partner, person=person, made_at=at,
                                  made_by_id=actor.own_id)
    events.append("partner-officer-added", partner.subject, party=partner.party, actor=actor.label, at=at,
                  data={"person": person.pk})
    return made


def end_officer(*, actor: Actor, code: str, officer: int, at: datetime) -> Officer | Refusal:
    """The account opens nothing any more: its post ends at once."""
    if refused := require(actor, Action.MANAGE_PERSON):
        return refused
    with transaction.atomic():
        partner = locked(actor, Action.KEEP_PARTNERS, code)
        if isinstance(partner, Refusal):
            return partner
        found = partner.officers.select_for_update().filter(pk=officer, ended_at=None).first()
        if found is None:
            return refuse("no-such-officer", "There is no such account.")
        for post in Post.objects.filter(party=partner.party, person_id=found.person_id, role=Role.FOREIGN):
            ended = accounts.end_post(actor=actor, post=post.pk, at=at)
            if isinstance(ended, Refusal) and ended.code != "post-ended":
                transaction.set_rollback(True)
                return ended
        found.ended_at, found.ended_by_id = at, actor.own_id
        found.save(update_fields=["ended_at", "ended_by"])
        events.append("partner-officer-ended", partner.subject, party=partner.party, actor=actor.label, at=at,
                      data={"person": found.person_id})
    return found
