"""Writes about people: every account, authority and post is made here, with its event."""

from __future__ import annotations

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from wildgate.apps.accounts.models import Authority, Organisation, Person, Post, Role
from wildgate.kit import events


def add_authority(*, party: str, kind: Authority.Kind, name: str, address: str, place: str,
                  by: str, at: datetime) -> Authority:
    """Set up an authority, or return the one of that name."""
    with transaction.atomic():
        authority, new = Authority.objects.get_or_create(party=party, kind=kind, name=name,
                                                         defaults={"address": address, "place": place})
        if new:
            events.append("authority-added", f"authority:{authority.pk}", party=party, actor=by, at=at,
                          data={"kind": kind.value})
    return authority


def add_organisation(*, party: str, name: str, address: str, country: str, private: bool,
                     by: str, at: datetime) -> Organisation:
    """Register a firm, institution or private person that may apply."""
    with transaction.atomic():
        organisation, new = Organisation.objects.get_or_create(party=party, name=name, address=address,
                                                               defaults={"country": country, "private": private})
        if new:
            events.append("organisation-added", f"organisation:{organisation.pk}", party=party, actor=by, at=at)
    return organisation


def add_person(*, party: str, email: str, name: str, password: str | None, by: str, at: datetime) -> Person:
    """Make an account, or return the one with that address. Without a password the person cannot sign in yet.

    The address counts as verified: whoever makes the account vouches for it, and a second factor needs it.
    """
    with transaction.atomic():
        found = Person.objects.filter(email=email.lower()).first()
        if found is not None:
            return found
        person = Person.objects.create_user(email, password, name=name)
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        events.append("person-added", f"person:{person.pk}", party=party, actor=by, at=at)
    return person


def appoint(*, person: Person, role: Role, party: str, by: str, at: datetime, organisation: Organisation | None = None,
            authority: Authority | None = None, station: str = "") -> Post:
    """Give a person a role in an organisation (traders) or an authority (everybody else)."""
    with transaction.atomic():
        post, new = Post.objects.get_or_create(person=person, role=role, organisation=organisation, authority=authority,
                                               defaults={"party": party, "station": station})
        if new:
            events.append("post-given", f"person:{person.pk}", party=party, actor=by, at=at, data={"role": role.value})
    return post
