"""Reads about people: the actor behind a sign-in, the bodies of the home Party."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from wildgate.apps.accounts.access import ANYONE, Actor
from wildgate.apps.accounts.models import Authority, Organisation, Person, Post, Role


def actor_of(person: Person | AnonymousUser, on: date) -> Actor:
    """The person with the posts they hold on that day; nobody in particular when not signed in or barred."""
    if not isinstance(person, Person) or not person.is_active:
        return ANYONE
    posts = list(Post.objects.filter(Q(until=None) | Q(until__gte=on), person=person, party=settings.PARTY))
    return Actor(
        label=f"person:{person.pk}", name=person.name, party=settings.PARTY, person_id=person.pk,
        roles=frozenset(Role(post.role) for post in posts),
        organisations=frozenset(post.organisation_id for post in posts if post.organisation_id is not None),
        station=next((post.station for post in posts if post.station), ""),
        authorities=frozenset(post.authority_id for post in posts if post.authority_id is not None),
    )


def organisations_of(actor: Actor) -> list[Organisation]:
    return list(Organisation.objects.filter(pk__in=actor.organisations).order_by("name"))


def management_authority(party: str) -> Authority:
    """The authority printed in box 6. Raises Authority.DoesNotExist when the installation has none yet."""
    found = Authority.objects.filter(party=party, kind=Authority.Kind.MANAGEMENT).order_by("pk").first()
    if found is None:
        raise Authority.DoesNotExist(f"No Management Authority of {party} is set up: run `wildgate users authority`.")
    return found


def names_of(labels: set[str]) -> dict[str, str]:
    """Names for the actor labels that events hold; a person who was erased stays a number."""
    ids = [int(label.removeprefix("person:")) for label in labels if label.startswith("person:")]
    return {f"person:{pk}": name for pk, name in Person.objects.filter(pk__in=ids).values_list("pk", "name")}
