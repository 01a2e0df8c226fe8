"""A manager looks after the people of an organisation: invites colleagues, ends their posts, makes other managers."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from wildgate.apps.accounts import links, mailing
from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.accounts.models import Link, Organisation, Post
from wildgate.apps.accounts.services.people import end_at_once, in_force, told
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

INVITATIONS_A_DAY = 30


def invite(*, actor: Actor, organisation: int, email: str, manager: bool, at: datetime) -> Link | Refusal:
    """Mail a colleague a link. Whether the address has an account here already is told to that address alone."""
    address = email.strip().lower()
    with transaction.atomic():
        firm = Organisation.objects.select_for_update().filter(party=actor.party, pk=organisation).first()
        if firm is None:
            return refuse("no-such-organisation", "There is no such organisation.")
        if refused := require(actor, Action.MANAGE_ORGANISATION, firm):
            return refused
        if in_force(firm.posts.filter(person__email=address), at.date()).exists():
            return refuse("already-member", "This address belongs to a colleague who has a post here already.",
                          field="email")
        if firm.links.filter(made_at__gt=at - timedelta(days=1)).count() >= INVITATIONS_A_DAY:
            return refuse("too-many-invitations", "%(number)s invitations were sent today. Go on tomorrow.",
                          number=INVITATIONS_A_DAY)
        link, token = links.make(Link.Purpose.JOIN, address, party=actor.party, at=at, organisation=firm,
                                 manager=manager, made_by_id=actor.own_id)
        events.append("colleague-invited", firm.subject, party=actor.party, actor=actor.label, at=at,
                      data={"manager": manager})
        transaction.on_commit(lambda: mailing.invite(address, token, firm.name, actor.name))
    return link


def take_back_invitation(*, actor: Actor, link: int, at: datetime) -> Organisation | Refusal:
    """The link works no more."""
    with transaction.atomic():
        found = (Link.objects.select_for_update(of=("self",)).select_related("organisation")
                 .filter(party=actor.party, pk=link, purpose=Link.Purpose.JOIN, used_at=None).first())
        if found is None or found.organisation is None \
                or require(actor, Action.MANAGE_ORGANISATION, found.organisation):
            return refuse("no-such-invitation", "There is no such invitation.")
        firm = found.organisation
        found.delete()
        events.append("invitation-taken-back", firm.subject, party=actor.party, actor=actor.label, at=at)
    return firm


def end_colleague(*, actor: Actor, post: int, at: datetime) -> Post | Refusal:
    """A colleague's post ends at once."""
    with transaction.atomic():
        found = _of_colleague(actor, post, at)
        if isinstance(found, Refusal):
            return found
        end_at_once(found, by=actor.label, at=at)
    return found


def set_manager(*, actor: Actor, post: int, manager: bool, at: datetime) -> Post | Refusal:
    """A colleague looks after the people of the organisation as well, or no more."""
    with transaction.atomic():
        found = _of_colleague(actor, post, at)
        if isinstance(found, Refusal):
            return found
        found.manager = manager
        found.save(update_fields=["manager"])
        events.append("post-changed", f"person:{found.person_id}", party=actor.party, actor=actor.label, at=at,
                      data=told(found))
    return found


def _of_colleague(actor: Actor, post: int, at: datetime) -> Post | Refusal:
    """The post of somebody else in an organisation that the actor manages now. The organisation's row is locked, so
    that two managers cannot end each other's posts at the same time."""
    found = (Post.objects.select_related("organisation", "person").filter(party=actor.party, pk=post)
             .exclude(organisation=None).first())
    if found is None or found.organisation is None or require(actor, Action.MANAGE_ORGANISATION, found.organisation):
        return refuse("no-such-post", "There is no such post.")
    Organisation.objects.select_for_update().get(pk=found.organisation.pk)
    own = in_force(found.organisation.posts.filter(person_id=actor.own_id, manager=True), at.date())
    if found.person_id == actor.person_id or not own.exists():
        return refuse("own-post", "Nobody changes their own post: ask another manager.")
    found.refresh_from_db()
    if found.until is not None and found.until < at.date():
        return refuse("post-ended", "This post has ended already.")
    return found
