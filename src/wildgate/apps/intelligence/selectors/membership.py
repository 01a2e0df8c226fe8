"""Who is a contributor now: the confirmed row of a person whose post at that authority lasts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Prefetch, Q, QuerySet

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.accounts.models import Authority, Role
from wildgate.apps.accounts.selectors import posts_of
from wildgate.apps.intelligence.clearance import INTEGRITY, Member, open_to
from wildgate.apps.intelligence.models import Compartment, Contributor, SharingGroup
from wildgate.sharing.marking import Tlp

SOON: Final = timedelta(days=30)
"""So long before its last day a membership stands on the list of re-checks (house value)."""


def in_force(party: str, at: datetime) -> QuerySet[Contributor]:
    """Memberships that hold at that time."""
    return Contributor.objects.filter(party=party, confirmed_at__isnull=False, ended_at=None,
                                      valid_until__gte=at.date())


def member_of(actor: Actor, at: datetime) -> Member | None:
    """The actor as a contributor; None without a membership that holds, or when the post behind it has ended."""
    if actor.person_id is None or not can(actor, Action.ENTER_INTELLIGENCE):
        return None
    row = in_force(actor.party, at).filter(person_id=actor.person_id, authority_id__in=actor.authorities).first()
    return None if row is None else _member(row, actor)


def _member(row: Contributor, actor: Actor) -> Member:
    lasting = Q(confirmed_at__isnull=False, ended_at=None)
    return _of(row, actor, row.compartments.filter(lasting), row.groups.filter(lasting))


def _of(row: Contributor, actor: Actor, walls: Iterable[Compartment], groups: Iterable[SharingGroup]) -> Member:
    return Member(person_id=row.person_id, authority=str(row.authority_id), clearance=Tlp(row.clearance),
                  compartments=open_to(actor, frozenset(each.code for each in walls)),
                  groups=frozenset(each.code for each in groups))


def members_of(party: str, at: datetime, people: Iterable[int] | None = None,
               authority: int | None = None) -> list[tuple[Actor, Member]]:
    """Everybody who is a contributor now, with the actor behind; only of these people or that authority if named.

    The same number of queries however many they are. Firms and mandates open nothing here.
    """
    lasting = Q(confirmed_at__isnull=False, ended_at=None)
    rows = in_force(party, at).filter(person__is_active=True).select_related("person").prefetch_related(
        Prefetch("compartments", Compartment.objects.filter(lasting)),
        Prefetch("groups", SharingGroup.objects.filter(lasting)))
    if people is not None:
        rows = rows.filter(person_id__in=list(people))
    if authority is not None:
        rows = rows.filter(authority_id=authority)
    found = list(rows.order_by("person_id"))
    posts = posts_of([row.person for row in found], party, at.date())
    out = []
    for row in found:
        held = [post for post in posts[row.person_id] if post.authority_id is not None]
        actor = Actor(label=f"person:{row.person_id}", name=row.person.name, party=party, person_id=row.person_id,
                      roles=frozenset(Role(post.role) for post in posts[row.person_id]),
                      authorities=frozenset(post.authority_id for post in held if post.authority_id is not None))
        if row.authority_id in actor.authorities and can(actor, Action.ENTER_INTELLIGENCE):
            out.append((actor, _of(row, actor, row.compartments.all(), row.groups.all())))
    return out


def owner_for(party: str, actor: Actor | None, at: datetime, compartments: frozenset[str] = frozenset()) -> str:
    """The authority that what is filed belongs to: the member's; for a program the enforcement authority.

    What is about officials belongs to the audit office, not to a desk that it may be about. Where there is none of
    these the Management Authority's; empty when the installation has neither.
    """
    member = member_of(actor, at) if actor is not None else None
    if member is not None:
        return member.authority
    kinds = [Authority.Kind.ENFORCEMENT, Authority.Kind.MANAGEMENT]
    if INTEGRITY in compartments:
        kinds.insert(0, Authority.Kind.OVERSIGHT)
    found = dict(Authority.objects.filter(party=party, kind__in=kinds).order_by("-pk").values_list("kind", "pk"))
    return next((str(found[kind]) for kind in kinds if kind in found), "")


def authorities_of(party: str, at: datetime) -> QuerySet[Authority]:
    """Authorities with contributors now: those that can be asked, tasked and handed over to."""
    return Authority.objects.filter(pk__in=in_force(party, at).values("authority_id")).order_by("kind", "name")


def waiting_for_recheck(actor: Actor, at: datetime) -> QuerySet[Contributor]:
    """Memberships that end soon or have ended without anybody ending them, the oldest first."""
    found = Contributor.objects.filter(party=actor.party, confirmed_at__isnull=False, ended_at=None,
                                       valid_until__lte=(at + SOON).date())
    if not can(actor, Action.KEEP_CONTRIBUTORS):
        return found.none()
    return found.select_related("person", "authority").order_by("valid_until", "pk")
