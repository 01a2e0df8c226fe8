"""People come in: they register themselves and an organisation, or follow the invitation of a colleague.

Nobody who only types an address learns whether it is known here: the answer is a mail to that address. An account
begins when its owner opens the mailed link and sets the password, so nobody waits inside an account made for others.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from wildgate.apps.accounts import links, mailing, throttle
from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.accounts.models import Link, Organisation, Person, Role
from wildgate.apps.accounts.services.people import add_person, appoint, person_of
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

MOST_WAITING = 3


@dataclass(frozen=True, slots=True)
class Registration:
    """What somebody types who has no account yet."""

    person: str
    organisation: str
    address: str
    country: str
    private: bool
    registration_number: str = ""
    proof: str = ""


def register(*, party: str, email: str, answers: Registration, at: datetime) -> None:
    """Mail a link that finishes the registration; an address that has an account gets a mail that says so."""
    address = email.strip().lower()
    with transaction.atomic():
        if person_of(address) is not None:
            transaction.on_commit(lambda: mailing.known(address))
            return
        _link, token = links.make(Link.Purpose.REGISTER, address, party=party, at=at, answers=asdict(answers))
        transaction.on_commit(lambda: mailing.finish(address, token))


def register_further(*, actor: Actor, answers: Registration, at: datetime) -> Organisation | Refusal:
    """Somebody who has an account registers another organisation; the address is known, so no mail is needed."""
    if refused := require(actor, Action.SIGNED_IN):
        return refused
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=actor.own_id)
        waiting = Organisation.objects.filter(asked_by=person, state=Organisation.State.WAITING).count()
        if waiting >= MOST_WAITING:
            return refuse("too-many-waiting", "%(number)s organisations that you registered wait for the authority. "
                          "Wait for its answer first.", number=waiting)
        return _asked(actor.party, person, answers, at)


def finish(*, token: str, password: str, name: str = "", at: datetime) -> Person | Refusal:
    """The owner of the address opens the link and sets a password: registration, invitation or new password."""
    with transaction.atomic():
        link = links.find(token, at, lock=True)
        if isinstance(link, Refusal):
            return link
        if link.purpose == Link.Purpose.PASSWORD:
            person = _new_password(link, password, at)
        elif person_of(link.email) is not None:
            return refuse("sign-in-first", "There is an account with this address. Sign in, then open the link again.")
        elif link.purpose == Link.Purpose.REGISTER:
            person = _registered(link, password, at)
        else:
            person = add_person(party=link.party, email=link.email, name=name.strip()[:120] or link.email,
                                password=password, by=events.SYSTEM, at=at)
            _appointed(link, person, at)
        links.use_up(link, at)
    return person


def accept_invitation(*, actor: Actor, token: str, at: datetime) -> Organisation | Refusal:
    """Somebody who has an account already takes the post that a colleague offered."""
    with transaction.atomic():
        found = _own(actor, token, Link.Purpose.JOIN, at)
        if isinstance(found, Refusal):
            return found
        link, person = found
        if link.organisation is None:
            raise ValueError("an invitation names its organisation")
        _appointed(link, person, at)
        organisation = link.organisation
        links.use_up(link, at)
    return organisation


def finish_signed_in(*, actor: Actor, token: str, at: datetime) -> Organisation | Refusal:
    """Somebody who registered and has come to an account in another way since: the organisation waits all the same."""
    with transaction.atomic():
        found = _own(actor, token, Link.Purpose.REGISTER, at)
        if isinstance(found, Refusal):
            return found
        link, person = found
        organisation = _asked(link.party, person, Registration(**link.answers), at)
        links.use_up(link, at)
    return organisation


def _own(actor: Actor, token: str, purpose: Link.Purpose, at: datetime) -> tuple[Link, Person] | Refusal:
    """The link under its lock, and whom it was sent to: whoever is signed in, or nobody."""
    link = links.find(token, at, lock=True)
    if isinstance(link, Refusal):
        return link
    person = person_of(link.email)
    if link.purpose != purpose or person is None or person.pk != actor.person_id:
        return refuse("link-of-another", "This link was sent to another address. Sign in with that address.")
    return link, person


def _new_password(link: Link, password: str, at: datetime) -> Person:
    if link.person is None:
        raise ValueError("a link for a password names its person")
    person = link.person
    person.set_password(password)
    person.save(update_fields=["password"])
    EmailAddress.objects.filter(user=person, email=person.email).update(verified=True)
    throttle.forgive(person)
    events.append("password-set", f"person:{person.pk}", party=link.party, actor=f"person:{person.pk}", at=at)
    return person


def _registered(link: Link, password: str, at: datetime) -> Person:
    answers = Registration(**link.answers)
    person = add_person(party=link.party, email=link.email, name=answers.person, password=password, by=events.SYSTEM,
                        at=at)
    _asked(link.party, person, answers, at)
    return person


def _asked(party: str, person: Person, answers: Registration, at: datetime) -> Organisation:
    """An organisation that waits for the authority."""
    organisation = Organisation.objects.create(
        party=party, name=answers.organisation, address=answers.address, country=answers.country,
        private=answers.private, registration_number=answers.registration_number, proof=answers.proof,
        state=Organisation.State.WAITING, asked_by=person, asked_at=at)
    events.append("organisation-asked", organisation.subject, party=party, actor=f"person:{person.pk}", at=at)
    return organisation


def _appointed(link: Link, person: Person, at: datetime) -> None:
    appoint(person=person, role=Role.TRADER, party=link.party, organisation=link.organisation, manager=link.manager,
            by=f"person:{link.made_by_id}", at=at)
