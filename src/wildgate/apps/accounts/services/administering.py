"""The administrator's acts: accounts, posts and authorities. Each change is one event; nobody changes their own."""

from __future__ import annotations

from datetime import date, datetime

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import Q

from wildgate.apps.accounts import links, mailing
from wildgate.apps.accounts.access import Action, Actor, Somebody, require
from wildgate.apps.accounts.models import OF_PEOPLE, Agency, Authority, Link, Organisation, Person, Post, Role
from wildgate.apps.accounts.services import people
from wildgate.apps.accounts.wording import FITS
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events


def add_account(*, actor: Actor, email: str, name: str, at: datetime) -> Person | Refusal:
    """Make an account; its owner sets the password by a mailed link."""
    if refused := require(actor, Action.MANAGE_PERSON):
        return refused
    address = email.strip().lower()
    with transaction.atomic():
        if people.person_of(address) is not None:
            return refuse("person-known", "There is an account with this address already.", field="email")
        person = people.add_person(party=actor.party, email=address, name=name.strip()[:120], password=None,
                                   by=actor.label, at=at)
        _mail_password(person, actor, at)
    return person


def give_post(*, actor: Actor, person: int, role: Role, at: datetime, authority: int | None = None,
              organisation_code: str = "", station: str = "", until: date | None = None) -> Post | Refusal:
    """Give somebody else a role: traders in an organisation, everybody else in an authority of the right kind."""
    with transaction.atomic():
        found = _somebody_else(actor, person)
        if isinstance(found, Refusal):
            return found
        if until is not None and until < at.date():
            return refuse("until-past", "The last day of a post is today or later.", field="until")
        if role not in OF_PEOPLE:
            return refuse("role-not-given", "The role %(role)s is not given to people here.", role=role.label,
                          field="role")
        body = _body(actor.party, role, authority, organisation_code)
        if isinstance(body, Refusal):
            return body
        firm, office = (body, None) if isinstance(body, Organisation) else (None, body)
        if people.in_force(found.posts.filter(role=role, organisation=firm, authority=office), at.date()).exists():
            return refuse("post-held", "This person has the post already.")
        return people.appoint(person=found, role=role, party=actor.party, by=actor.label, at=at, organisation=firm,
                              authority=office, station=station.strip()[:60], until=until)


def _body(party: str, role: Role, authority: int | None, organisation_code: str) -> Organisation | Authority | Refusal:
    if role in (Role.TRADER, Role.CARRIER):
        firm = Organisation.objects.filter(party=party, code=organisation_code.strip().upper(),
                                           state=Organisation.State.VERIFIED).first()
        return firm or refuse("no-such-organisation", "There is no such organisation.", field="organisation")
    office = Authority.objects.filter(party=party, pk=authority or 0).first()
    if office is None:
        return refuse("no-such-authority", "Choose the authority.", field="authority")
    if office.kind != FITS[role]:
        return refuse("role-elsewhere", "The role %(role)s is held in an authority of another kind.", role=role.label,
                      field="authority")
    return office


def end_post(*, actor: Actor, post: int, at: datetime) -> Post | Refusal:
    """Somebody else's post ends at once; one administrator remains."""
    with transaction.atomic():
        found = Post.objects.select_related("person").filter(party=actor.party, pk=post).first()
        if found is None:
            return refuse("no-such-post", "There is no such post.")
        if refused := require(actor, Action.MANAGE_PERSON, Somebody(actor.party, found.person_id)):
            return refused
        if found.role == Role.ADMINISTRATOR and (refused := _one_remains(actor.party, Q(pk=found.pk))):
            return refused
        found.refresh_from_db()
        if found.until is not None and found.until < at.date():
            return refuse("post-ended", "This post has ended already.")
        people.end_at_once(found, by=actor.label, at=at)
    return found


def deactivate(*, actor: Actor, person: int, reason: str, at: datetime) -> Person | Refusal:
    """Close somebody else's account: from the next request on nothing of it works. The posts stay as they are."""
    with transaction.atomic():
        found = _with_reason(actor, person, reason)
        if isinstance(found, Refusal):
            return found
        if refused := _one_remains(actor.party, Q(person=found)):
            return refused
        found.is_active = False
        found.save(update_fields=["is_active"])
        end_sessions(found)
        _tell("account-closed", found, actor, at, reason)
    return found


def reactivate(*, actor: Actor, person: int, reason: str, at: datetime) -> Person | Refusal:
    """Open a closed account again."""
    with transaction.atomic():
        found = _with_reason(actor, person, reason)
        if isinstance(found, Refusal):
            return found
        found.is_active = True
        found.save(update_fields=["is_active"])
        _tell("account-opened", found, actor, at, reason)
    return found


def reset_sign_in(*, actor: Actor, person: int, reason: str, at: datetime) -> Person | Refusal:
    """Password, linked identities and sessions end; a link to set a new password goes to the person's address."""
    with transaction.atomic():
        found = _with_reason(actor, person, reason)
        if isinstance(found, Refusal):
            return found
        found.set_unusable_password()
        found.save(update_fields=["password"])
        SocialAccount.objects.filter(user=found).delete()
        end_sessions(found)
        _mail_password(found, actor, at)
        _tell("sign-in-reset", found, actor, at, reason)
    return found


def reset_second_factor(*, actor: Actor, person: int, reason: str, at: datetime) -> Person | Refusal:
    """App, passkeys and recovery codes are gone; an official sets up a new second factor before anything else."""
    with transaction.atomic():
        found = _with_reason(actor, person, reason)
        if isinstance(found, Refusal):
            return found
        Authenticator.objects.filter(user=found).delete()
        end_sessions(found)
        _tell("second-factor-reset", found, actor, at, reason)
    return found


def new_authority(*, actor: Actor, kind: Authority.Kind, name: str, address: str, place: str,
                  at: datetime, agency: str = "") -> Authority | Refusal:
    """Set up an authority. Of another agency it is said which; that stays, or one would read what another is asked."""
    if refused := require(actor, Action.KEEP_AUTHORITIES):
        return refused
    if (kind == Authority.Kind.AGENCY) != (agency in Agency.values):
        return refuse("which-agency", "Say which agency it is, for another agency at the border and for nothing else.",
                      field="agency")
    with transaction.atomic():
        if Authority.objects.filter(party=actor.party, kind=kind, name=name).exists():
            return refuse("authority-known", "There is an authority of this kind and name already.", field="name")
        return people.add_authority(party=actor.party, kind=kind, name=name, address=address, place=place,
                                    agency=agency, by=actor.label, at=at)


def change_authority(*, actor: Actor, authority: int, name: str, address: str, place: str,
                     at: datetime) -> Authority | Refusal:
    """Its name and address from now on. Permits that were issued keep what is printed on them."""
    if refused := require(actor, Action.KEEP_AUTHORITIES):
        return refused
    with transaction.atomic():
        found = Authority.objects.select_for_update().filter(party=actor.party, pk=authority).first()
        if found is None:
            return refuse("no-such-authority", "There is no such authority.")
        if Authority.objects.filter(party=actor.party, kind=found.kind, name=name).exclude(pk=found.pk).exists():
            return refuse("authority-known", "There is an authority of this kind and name already.", field="name")
        changed = [field for field, value in (("name", name), ("address", address), ("place", place))
                   if getattr(found, field) != value]
        found.name, found.address, found.place = name, address, place
        found.save(update_fields=["name", "address", "place"])
        events.append("authority-changed", f"authority:{found.pk}", party=actor.party, actor=actor.label, at=at,
                      data={"changed": changed})
    return found


def end_sessions(person: Person) -> None:
    """Whatever browser the person is signed in with must sign in again."""
    people.new_round(person)
    for session in UserSession.objects.filter(user=person):
        session.end()


def _somebody_else(actor: Actor, person: int) -> Person | Refusal:
    if refused := require(actor, Action.MANAGE_PERSON, Somebody(actor.party, person)):
        return refused
    found = Person.objects.select_for_update().filter(pk=person).first()
    return found or refuse("no-such-person", "There is no such person.")


def _with_reason(actor: Actor, person: int, reason: str) -> Person | Refusal:
    found = _somebody_else(actor, person)
    if isinstance(found, Person) and not reason.strip():
        return refuse("missing", "Write the reason.", field="reason")
    return found


def _one_remains(party: str, without: Q) -> Refusal | None:
    """Without those posts an administrator is left whose post has no end. The rows are locked: two administrators who
    remove each other at once do not both succeed."""
    posts = Post.objects.select_for_update().filter(party=party, role=Role.ADMINISTRATOR)
    list(posts.order_by("pk"))
    if not posts.filter(without).exists() \
            or posts.filter(until=None, person__is_active=True).exclude(without).exists():
        return None
    return refuse("last-administrator", "This is the last administrator. Appoint another one first.")


def _mail_password(person: Person, actor: Actor, at: datetime) -> None:
    _link, token = links.make(Link.Purpose.PASSWORD, person.email, party=actor.party, at=at, person=person,
                              made_by_id=actor.own_id)
    transaction.on_commit(lambda: mailing.new_password(person.email, token))


def _tell(kind: str, person: Person, actor: Actor, at: datetime, reason: str) -> None:
    events.append(kind, f"person:{person.pk}", party=actor.party, actor=actor.label, at=at, note=reason.strip()[:500])
