"""Offices that print, and which of them prints a permit: asked for by the holder, decided by the authority."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, can, require
from wildgate.apps.accounts.models import Authority, Organisation
from wildgate.apps.accounts.selectors import management_authority
from wildgate.apps.accounts.services import add_authority
from wildgate.apps.paper.models import Assignment, PrintOffice
from wildgate.apps.paper.selectors import offices
from wildgate.apps.permits.handing_out import state_locked
from wildgate.apps.permits.models import Permit
from wildgate.apps.permits.selectors import permit_of
from wildgate.convention.lifecycle import PermitState
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

Kind = PrintOffice.Kind
BASIS = ("House rule: print control",)


def open_office(*, actor: Actor, name: str, kind: str, at: datetime, organisation: int = 0,
                prints: int = 1) -> PrintOffice | Refusal:
    """Let an office print. A chamber becomes a body in which people get the post of a print office."""
    if refused := require(actor, Action.KEEP_PAPER):
        return refused
    tidy = " ".join(name.split())[:120]
    if not tidy:
        return refuse("name-missing", "Give the office a name.", field="name")
    if kind not in Kind.values:
        return refuse("office-kind", "Choose what kind of office it is.", field="kind")
    if not 1 <= prints <= 9 or (prints > 1 and kind != Kind.AUTHORITY):
        return refuse("one-original", "Outside the authority a permit is printed once.", field="prints", basis=BASIS)
    with transaction.atomic():
        if offices(actor.party).filter(name=tidy).exists():
            return refuse("office-known", "There is an office %(name)s already.", name=tidy, field="name")
        body = _body(actor, kind, tidy, organisation, at)
        if isinstance(body, Refusal):
            return body
        firm, authority = (body, None) if isinstance(body, Organisation) else (None, body)
        made = PrintOffice.objects.create(party=actor.party, name=tidy, kind=kind, authority=authority,
                                          organisation=firm, prints=prints, opened_at=at)
        events.append("print-office-opened", made.subject, party=actor.party, actor=actor.label, at=at,
                      data={"kind": kind, "prints": prints})
        return made


def _body(actor: Actor, kind: str, name: str, organisation: int,
          at: datetime) -> Authority | Organisation | Refusal:
    if kind == Kind.TRADER:
        firm = Organisation.objects.filter(party=actor.party, pk=organisation).first()
        return firm or refuse("firm-missing", "Choose the firm that prints for itself.", field="organisation")
    if kind == Kind.AUTHORITY:
        return management_authority(actor.party)
    return add_authority(party=actor.party, kind=Authority.Kind.PRINTING, name=name, address="", place="",
                         by=actor.label, at=at)


def ask(*, actor: Actor, number: str, office: int, at: datetime) -> Assignment | Refusal:
    """The holder asks for a permit to be printed at an office; the authority decides."""
    permit = permit_of(actor.party, number)
    if permit is None or not can(actor, Action.VIEW_PERMIT, permit):
        return no_permit(number)
    if refused := require(actor, Action.APPLY, permit):
        return refused
    with transaction.atomic():
        return _place(actor, permit, office, Assignment.State.ASKED, at)


def assign(*, actor: Actor, numbers: Sequence[str], office: int, at: datetime) -> list[Assignment] | Refusal:
    """The authority gives permits to an office to print; all of them, or none."""
    if refused := require(actor, Action.KEEP_PAPER):
        return refused
    if not numbers:
        return refuse("no-permits", "Choose at least one permit.", field="numbers")
    out: list[Assignment] = []
    with transaction.atomic():
        for number in sorted(set(numbers)):
            permit = permit_of(actor.party, number)
            made = no_permit(number) if permit is None else _place(actor, permit, office, Assignment.State.ACCEPTED, at)
            if isinstance(made, Refusal):
                transaction.set_rollback(True)
                return made
            out.append(made)
    return out


def accept(*, actor: Actor, number: str, at: datetime) -> Assignment | Refusal:
    """The authority accepts that the office prints this permit: from now on the office sees it."""
    return _decide(actor, number, Assignment.State.ACCEPTED, at)


def decline(*, actor: Actor, number: str, at: datetime) -> Assignment | Refusal:
    """The authority does not let the office print this permit."""
    return _decide(actor, number, Assignment.State.CLOSED, at)


def _decide(actor: Actor, number: str, state: Assignment.State, at: datetime) -> Assignment | Refusal:
    if refused := require(actor, Action.KEEP_PAPER):
        return refused
    with transaction.atomic():
        found = (Assignment.objects.select_for_update(of=("self",)).select_related("permit", "office")
                 .filter(party=actor.party, permit__number=number, state=Assignment.State.ASKED).first())
        if found is None:
            return refuse("nothing-asked", "Nobody asks for permit %(number)s to be printed.", number=number[:30])
        found.state, found.accepted_by_id, found.at = state, actor.own_id, at
        found.save(update_fields=["state", "accepted_by", "at"])
        kind = "print-accepted" if state is Assignment.State.ACCEPTED else "print-declined"
        _tell(kind, found, actor, at)
        return found


def _place(actor: Actor, permit: Permit, key: int, state: Assignment.State, at: datetime) -> Assignment | Refusal:
    """Put the permit at the office under its lock; what was open before is closed."""
    place = offices(permit.party).filter(pk=key).first()
    if place is None:
        return refuse("no-such-office", "Choose an office.", field="office")
    if place.kind == Kind.TRADER and place.organisation_id != permit.organisation_id:
        return refuse("other-firm", "%(office)s prints its own permits only; %(number)s is not one.",
                      office=place.name, number=permit.number, field="office", basis=BASIS)
    stands = state_locked(permit, at.date())
    if stands is not PermitState.VALID:
        return not_printable(permit, stands)
    before = Assignment.objects.filter(permit=permit).exclude(state=Assignment.State.CLOSED)
    if state is Assignment.State.ASKED and (known := before.select_related("office").first()) is not None:
        return refuse("assigned-already", "Permit %(number)s is with %(office)s already.", number=permit.number,
                      office=known.office.name)
    before.update(state=Assignment.State.CLOSED)
    made = Assignment.objects.create(
        party=permit.party, permit=permit, office=place, state=state, at=at,
        asked_by_id=actor.own_id if state is Assignment.State.ASKED else None,
        accepted_by_id=actor.own_id if state is Assignment.State.ACCEPTED else None)
    _tell("print-asked" if state is Assignment.State.ASKED else "print-accepted", made, actor, at)
    return made


def _tell(kind: str, made: Assignment, actor: Actor, at: datetime) -> None:
    events.append(kind, made.permit.subject, party=made.party, actor=actor.label, at=at,
                  data={"office": made.office_id})


def no_permit(number: str) -> Refusal:
    return refuse("no-such-permit", "There is no permit %(number)s to print here.", number=number[:30],
                  field="number")


def not_printable(permit: Permit, state: PermitState) -> Refusal:
    return refuse("not-printable", "Permit %(number)s is %(state)s: it is not printed.", number=permit.number,
                  state=state.value, basis=BASIS)
