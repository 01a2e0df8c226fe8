"""Reads of identification: cards by taxon or form, what is mistaken for what, requests, and files with their rights."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.accounts.models import Person
from wildgate.apps.inspections.models import Card, Confusion, Filed, LookAlike, Request
from wildgate.apps.inspections.services.identifying import experts, sees
from wildgate.apps.species.selectors import search


def cards(actor: Actor, text: str = "", term: str = "") -> QuerySet[Card]:
    """Cards by name, however it is spelt, or by the form in which the taxon travels."""
    if not can(actor, Action.VIEW_CARDS):
        return Card.objects.none()
    found = Card.objects.filter(party=actor.party)
    if text:
        meant = [match.accepted for match in search(text, 10, party=actor.party)]
        found = found.filter(Q(taxon__in=meant) | Q(taxon__icontains=text) | Q(names__icontains=text)
                             | Q(look_alikes__taxon__in=meant)).distinct()
    if term:
        keys = [key for key, terms in found.values_list("pk", "terms") if term in terms]
        found = found.filter(pk__in=keys)
    return found.order_by("taxon")


def first_pictures(cards: Iterable[Card]) -> dict[int, Filed]:
    """The first picture of each card."""
    out: dict[int, Filed] = {}
    for each in Filed.objects.filter(card__in=[card.pk for card in cards]).select_related("upload").order_by("-pk"):
        out[each.card_id or 0] = each
    return out


def card(actor: Actor, taxon: str) -> Card | None:
    if not can(actor, Action.VIEW_CARDS):
        return None
    return Card.objects.select_related("written_by").prefetch_related("look_alikes").filter(
        party=actor.party, taxon=taxon).first()


def confusions(party: str, taxon: str) -> list[Confusion]:
    """What was declared as this taxon and was another, or the other way round; the most frequent first."""
    return list(Confusion.objects.filter(Q(declared=taxon) | Q(really=taxon), party=party)
                .order_by("-times", "-last_at")[:20])


def look_alikes_of(party: str, taxa: Iterable[str]) -> dict[str, list[str]]:
    """By taxon, what may be taken for it: from its card, and from what was found before, the most frequent first."""
    names = {name for name in taxa if name}
    out: dict[str, list[str]] = {name: [] for name in names}
    for declared, really in (Confusion.objects.filter(party=party, declared__in=names).order_by("-times")
                             .values_list("declared", "really")[:200]):
        out[declared].append(really)
    for taxon, other in LookAlike.objects.filter(card__party=party, card__taxon__in=names).values_list(
            "card__taxon", "taxon"):
        out[taxon].append(other)
    return {name: list(dict.fromkeys(found)) for name, found in out.items()}


def requests(actor: Actor, *, state: str = "") -> QuerySet[Request]:
    """All requests for who asks and for the Scientific Authority; for experts those that name them."""
    found = Request.objects.filter(party=actor.party)
    if not (can(actor, Action.ASK_IDENTIFICATION) or can(actor, Action.ANSWER_IDENTIFICATION)):
        return found.none()
    if not sees_all(actor):
        found = found.filter(expert_id=actor.person_id)
    if state in Request.State.values:
        found = found.filter(state=state)
    return found.select_related("expert", "asked_by", "inspection", "seizure").order_by("due_on", "pk")


def sees_all(actor: Actor) -> bool:
    """An expert's right ends with the requests that name them; asked about somebody else's it says no."""
    strange = Request(party=actor.party, expert_id=None)
    return sees(actor, strange)


def request(actor: Actor, number: str) -> Request | None:
    found = (Request.objects.select_related("expert", "asked_by", "answered_by", "inspection", "seizure")
             .filter(party=actor.party, number=number).first())
    return found if found is not None and sees(actor, found) else None


def expert_names(party: str) -> list[tuple[int, str]]:
    """Who can be asked by name."""
    keys = experts(party).values_list("person_id", flat=True)
    return list(Person.objects.filter(pk__in=list(keys)).order_by("name").values_list("pk", "name"))


def filed(actor: Actor, key: int) -> Filed | None:
    """One file; None when there is none or the actor may not see the place where it is."""
    found = (Filed.objects.select_related("upload", "inspection", "seizure", "request", "card")
             .filter(party=actor.party, pk=key).first())
    return found if found is not None and _may_see(actor, found) else None


def _may_see(actor: Actor, found: Filed) -> bool:
    if found.inspection is not None:
        return bool(can(actor, Action.VIEW_INSPECTIONS, found.inspection))
    if found.seizure is not None:
        return bool(can(actor, Action.VIEW_SEIZURES, found.seizure))
    if found.request is not None:
        return sees(actor, found.request)
    return bool(can(actor, Action.VIEW_CARDS, found.card))
