"""What a person has been told, cut down to what is theirs to see today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.models import Person
from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.letters.models import Delivery, Letter, Mail, Preference, Webhook
from wildgate.apps.letters.notices import parts_of
from wildgate.apps.letters.subjects import page_of, sees, things
from wildgate.kit.models import Job


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter that its reader may see, and the page it leads to; empty: it leads nowhere."""

    letter: Letter
    url: str
    thing: Any = None


def letters_of(actor: Actor) -> QuerySet[Letter]:
    """The letters to this person in the parts and for the firms that are theirs today."""
    if actor.person_id is None:
        return Letter.objects.none()
    return Letter.objects.filter(
        Q(organisation=None) | Q(organisation__in=actor.organisations), party=actor.party, person_id=actor.person_id,
        who__in=parts_of(actor))


def unread(actor: Actor) -> int:
    """How many letters the person has not read: one query over an index that holds the unread only."""
    return letters_of(actor).filter(read_at=None).count()


def inbox(actor: Actor, *, unread_only: bool = False) -> QuerySet[Letter]:
    """The letters, newest first."""
    found = letters_of(actor).order_by("-pk")
    return found.filter(read_at=None) if unread_only else found


def shown(actor: Actor, letters: Iterable[Letter]) -> list[Shown]:
    """Those whose subject the reader may still see: asked again each time, one query for each kind of subject."""
    rows = list(letters)
    about = things(actor.party, [letter.subject for letter in rows if letter.subject])
    return [Shown(letter, page_of(letter, about.get(letter.subject)), about.get(letter.subject)) for letter in rows
            if sees(actor, letter.who, letter.subject, about.get(letter.subject))]


def readable(person: Person, letters: QuerySet[Letter], at: datetime) -> list[Shown]:
    """Of these letters to a person, those that may be mailed: still in their part, still theirs to see."""
    actor = actor_of(person, at.date())
    mine = set(letters_of(actor).filter(pk__in=[letter.pk for letter in letters]).values_list("pk", flat=True))
    return shown(actor, [letter for letter in letters if letter.pk in mine])


def preference_of(person_id: int) -> Preference:
    """How this person is written to; at once, in the language last used, until they say otherwise."""
    return Preference.objects.filter(person_id=person_id).first() or Preference(person_id=person_id)


def webhooks(party: str) -> list[Webhook]:
    """The addresses, each with how much waits and when it last took something."""
    waiting = Count("deliveries", filter=Q(deliveries__delivered_at=None))
    return list(Webhook.objects.filter(party=party).annotate(waiting=waiting, newest=Max("deliveries__delivered_at")))


def deliveries(webhook: Webhook) -> QuerySet[Delivery]:
    """What was sent to an address, newest first."""
    return webhook.deliveries.order_by("-seq")


def dead_jobs(party: str) -> QuerySet[Job]:
    return Job.objects.filter(party=party, state=Job.State.DEAD).order_by("-pk")


def failed_mails(party: str) -> QuerySet[Mail]:
    return Mail.objects.filter(party=party, state=Mail.State.FAILED).select_related("person").order_by("-pk")
