"""Writes about people: every account, authority and post is made here, with its event."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import F, Q, QuerySet

from wildgate.apps.accounts.models import Authority, Organisation, Person, Post, Role
from wildgate.kit import events


def add_authority(*, party: str, kind: Authority.Kind, name: str, address: str, place: str,
                  by: str, at: datetime, agency: str = "") -> Authority:
    """Set up an authority, or return the one of that name."""
    with transaction.atomic():
        authority, new = Authority.objects.get_or_create(party=party, kind=kind, name=name,
                                                         defaults={"address": address, "place": place,
                                                                   "agency": agency})
        if new:
            events.append("authority-added", f"authority:{authority.pk}", party=party, actor=by, at=at,
                          data={"kind": kind.value, **({"agency": agency} if agency else {})})
    return authority


def add_organisation(*, party: str, name: str, address: str, country: str, private: bool,
                     by: str, at: datetime) -> Organisation:
    """Register a firm, institution or private person that may apply."""
    with transaction.atomic():
        organisation, new = Organisation.objects.get_or_create(
            party=party, name=name, address=address, state=Organisation.State.VERIFIED,
            defaults={"country": country, "private": private})
        if new:
            events.append("organisation-added", f"organisation:{organisation.pk}", party=party, actor=by, at=at)
    return organisation


def firms_named(party: str, name: str, address: str = "") -> list[Organisation]:
    """Who may apply under this name, with that address if one is given; capital letters make no other firm."""
    found = Organisation.objects.filter(party=party, name__iexact=name, state=Organisation.State.VERIFIED)
    return list((found.filter(address__iexact=address) if address else found).order_by("pk"))


def person_of(address: str) -> Person | None:
    """Who signs in with this address, or has confirmed it as a further one."""
    own = Q(email=address.lower()) | Q(emailaddress__email=address.lower(), emailaddress__verified=True)
    return Person.objects.filter(own).first()


def add_person(*, party: str, email: str, name: str, password: str | None, by: str, at: datetime) -> Person:
    """Make an account, or return the one with that address. Without a password the person cannot sign in yet.

    The address counts as verified: whoever makes the account vouches for it, and a second factor needs it.
    """
    with transaction.atomic():
        found = person_of(email)
        if found is not None:
            return found
        person = Person.objects.create_user(email, password, name=name)
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        events.append("person-added", f"person:{person.pk}", party=party, actor=by, at=at)
    return person


def appoint(*, person: Person, role: Role, party: str, by: str, at: datetime, organisation: Organisation | None = None,
            authority: Authority | None = None, station: str = "", until: date | None = None,
            manager: bool = False) -> Post:
    """Give a person a role in an organisation (traders) or an authority (everybody else); an ended post begins again.

    The first person of an organisation is its manager.
    """
    with transaction.atomic():
        if organisation is not None:
            others = Post.objects.filter(organisation=organisation, manager=True).exclude(person=person)
            manager = manager or not in_force(others, at.date()).exists()
        post, new = Post.objects.select_for_update().get_or_create(
            person=person, role=role, organisation=organisation, authority=authority,
            defaults={"party": party, "station": station, "until": until, "manager": manager})
        ended = post.until is not None and post.until < at.date()
        if ended:
            post.station, post.until, post.manager = station, until, manager
            post.save(update_fields=["station", "until", "manager"])
        if new or ended:
            _if_official(post)
            events.append("post-given", f"person:{person.pk}", party=party, actor=by, at=at,
                          data=told(post))
    return post


def in_force(posts: QuerySet[Post], on: date) -> QuerySet[Post]:
    """Those of the posts that hold on that day."""
    return posts.filter(Q(until=None) | Q(until__gte=on))


def end_at_once(post: Post, *, by: str, at: datetime) -> None:
    """Yesterday was the last day. Inside a transaction."""
    post.until = at.date() - timedelta(days=1)
    post.save(update_fields=["until"])
    _if_official(post)
    events.append("post-ended", f"person:{post.person_id}", party=post.party, actor=by, at=at, data=told(post))


def new_round(person: Person) -> None:
    """Every session that the person has ends; whoever goes on must be bound to the new round."""
    Person.objects.filter(pk=person.pk).update(sign_in_round=F("sign_in_round") + 1)
    person.refresh_from_db(fields=["sign_in_round"])


def _if_official(post: Post) -> None:
    """Another role at an authority takes another sign-in; the people of firms go on."""
    if post.authority_id is not None:
        new_round(post.person)


def told(post: Post) -> dict[str, object]:
    """What the event chain keeps of a post: codes and keys, no names."""
    found = {"role": post.role, "organisation": post.organisation_id, "authority": post.authority_id,
             "until": post.until.isoformat() if post.until else None, "manager": post.manager}
    return {key: value for key, value in found.items() if value}
