"""A row of the matrix is changed by two people: one proposes, another confirms, and it holds from its day on."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.duties.clock import LONGEST
from wildgate.apps.duties.matrix import BY_CODE, ROLES, Agreed, Duty, Way
from wildgate.apps.duties.models import Term
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

BASIS = ("House rule: two people change the notification matrix",)
MOST_STATIONS, LONGEST_STATION = 20, 60


def propose(*, actor: Actor, row: str, agreed: Agreed, since: date, at: datetime) -> Term | Refusal:
    """Propose what shall hold for a row from a day on."""
    if refused := require(actor, Action.KEEP_DUTIES):
        return refused
    duty = BY_CODE.get(row)
    if duty is None:
        return refuse("no-such-row", "There is no such row in the matrix.")
    if refused := _fault(duty, agreed, since, at.date()):
        return refused
    with transaction.atomic():
        events.lock_head(actor.party)
        if Term.objects.filter(party=actor.party, row=row, state=Term.State.PROPOSED).exists():
            return refuse("term-waits", "A change of this row waits for a second person already: confirm or decline it "
                          "first.", basis=BASIS)
        made = Term.objects.create(
            party=actor.party, row=row, on=agreed.on, ways=list(agreed.ways), roles=list(agreed.roles),
            stations=list(agreed.stations), hours=agreed.hours, address=agreed.address.strip(), since=since,
            proposed_by_id=actor.own_id, proposed_at=at)
        _tell("duty-proposed", made, actor, at)
    return made


def confirm(*, actor: Actor, term: int, at: datetime) -> Term | Refusal:
    """A second person confirms. What was to begin earlier begins today."""
    return _decide(actor, term, Term.State.CONFIRMED, at)


def decline(*, actor: Actor, term: int, at: datetime) -> Term | Refusal:
    """Decline a change; whoever proposed it may take it back so."""
    return _decide(actor, term, Term.State.DECLINED, at)


def _decide(actor: Actor, key: int, state: Term.State, at: datetime) -> Term | Refusal:
    if refused := require(actor, Action.KEEP_DUTIES):
        return refused
    with transaction.atomic():
        term = Term.objects.select_for_update().filter(party=actor.party, pk=key, state=Term.State.PROPOSED).first()
        if term is None:
            return refuse("not-waiting", "This change does not wait for a decision any more.", basis=BASIS)
        if state == Term.State.CONFIRMED and term.proposed_by_id == actor.own_id:
            return refuse("own-proposal", "Nobody confirms what they proposed themselves.", basis=BASIS)
        term.state, term.decided_by_id, term.decided_at = state, actor.own_id, at
        term.since = max(term.since, at.date())
        term.save(update_fields=["state", "decided_by", "decided_at", "since"])
        _tell(f"duty-{state.value}", term, actor, at)
    return term


def _tell(kind: str, term: Term, actor: Actor, at: datetime) -> None:
    events.append(kind, term.subject, party=term.party, actor=actor.label, at=at, data={
        "term": term.pk, "on": term.on, "ways": term.ways, "roles": term.roles, "stations": term.stations,
        "hours": term.hours, "since": term.since.isoformat()})


def _fault(duty: Duty, agreed: Agreed, since: date, today: date) -> Refusal | None:
    if since < today:
        return refuse("since-past", "A change cannot begin in the past.", field="since", basis=BASIS)
    if set(agreed.ways) - {way.value for way in Way}:
        return refuse("no-such-way", "Choose among inbox, e-mail and machine notice.", field="ways")
    if Way.MAIL.value in agreed.ways and Way.LETTER.value not in agreed.ways:
        return refuse("mail-alone", "E-mails carry what is in the inbox: choose the inbox too.", field="ways")
    if agreed.on and (not agreed.roles or set(agreed.roles) - {role.value for role in ROLES[duty.receiver]}):
        return refuse("no-receiver", "Choose who of the receiving authority is told.", field="roles")
    if agreed.hours is not None and not 1 <= agreed.hours <= LONGEST:
        return refuse("hours", "Give the working hours as a whole number from 1 to %(most)s.", most=LONGEST,
                      field="hours")
    if len(agreed.stations) > MOST_STATIONS or any(len(each) > LONGEST_STATION for each in agreed.stations):
        return refuse("stations", "At most %(most)s posts, each of up to %(longest)s characters.", most=MOST_STATIONS,
                      longest=LONGEST_STATION, field="stations")
    return _address(agreed.address.strip())


def _address(text: str) -> Refusal | None:
    if not text:
        return None
    try:
        validate_email(text)
    except ValidationError:
        return refuse("contact", "%(text)s is not an e-mail address.", text=text[:60], field="address")
    return None
