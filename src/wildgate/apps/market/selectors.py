"""What is read about captured listings: the queue, one listing, its ties and its seller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, QuerySet

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.accounts.selectors import names_of
from wildgate.apps.market.models import Evidence, Listing, Screening, Seller, SellerEdge
from wildgate.kit.models import Event
from wildgate.kit.uploads.models import Upload

ALL: Final = "all"
LONGEST: Final = 200
MOST_EVENTS: Final = 100


def listing(party: str, number: str) -> Listing | None:
    """One listing of the Party, for services and other rooms that ask `can` themselves."""
    return (Listing.objects.filter(party=party, number=number)
            .select_related("seller", "state_by", "captured__evidence", "relisted_as").first())


def listings(party: str, **filters: Any) -> QuerySet[Listing]:
    """The Party's listings, the newest first; `filters` are those of the model's fields."""
    return Listing.objects.filter(party=party, **filters).order_by("-pk")


def visible_to(actor: Actor) -> QuerySet[Listing]:
    """Exactly the listings that `can(actor, VIEW_MARKET, ...)` lets the actor see."""
    found = Listing.objects.filter(party=actor.party)
    return found if can(actor, Action.VIEW_MARKET) else found.none()


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter as it stands in the address."""

    state: str = Listing.State.NEW
    platform: str = ""
    taxon: str = ""
    appendix: str = ""
    specimen: str = ""
    words: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Asked:
        state, appendix = given.get("state", Listing.State.NEW), given.get("appendix", "")
        specimen = given.get("specimen", "")
        return cls(state if state in (ALL, *Listing.State.values) else Listing.State.NEW,
                   given.get("platform", "").strip()[:120], " ".join(given.get("taxon", "").split())[:LONGEST],
                   appendix if appendix in ("I", "II", "III") else "",
                   specimen if specimen in Listing.Specimen.values else "",
                   " ".join(given.get("q", "").split())[:LONGEST])


def queue(actor: Actor, asked: Asked) -> QuerySet[Listing]:
    """What waits: Appendix I first, what may be of it next, then by score."""
    found = visible_to(actor)
    if asked.state != ALL:
        found = found.filter(state=asked.state)
    if asked.platform:
        found = found.filter(platform__istartswith=asked.platform)
    if asked.taxon:
        found = found.filter(taxon__istartswith=asked.taxon)
    if asked.appendix:
        found = found.filter(appendix_today__regex=rf"(^|/){asked.appendix}(/|$)")
    if asked.specimen:
        found = found.filter(specimen=asked.specimen)
    for word in asked.words.split()[:6]:
        found = found.filter(title__icontains=word)
    return found.select_related("seller").order_by("-urgency", "-score", "-pk")


def counts(actor: Actor) -> dict[str, int]:
    """How many wait by urgency, and how many are not read yet."""
    rows = dict(visible_to(actor).filter(state=Listing.State.NEW).order_by().values_list("urgency")
                .annotate(n=Count("pk")))
    unread = visible_to(actor).filter(screened_at=None, erased_at=None).count()
    return {"first": rows.get(2, 0), "perhaps": rows.get(1, 0), "others": rows.get(0, 0), "unread": unread}


def newest_screening(row: Listing) -> Screening | None:
    """What was read last; None until a job has read the listing."""
    return row.screenings.order_by("-pk").first()


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of a listing's history."""

    at: Any
    kind: str
    who: str
    note: str


def history(row: Listing) -> list[Happened]:
    """What was done with a listing, the newest first."""
    found = list(Event.objects.filter(party=row.party, subject=row.subject).exclude(kind="read")
                 .select_related("note").order_by("-seq")[:MOST_EVENTS])
    names = names_of({event.actor for event in found})
    return [Happened(event.at, event.kind, names.get(event.actor, event.actor),
                     event.note.text if hasattr(event, "note") else "") for event in found]


def cluster_of(seller: Seller) -> tuple[list[Any], list[SellerEdge]]:
    """The sellers of a cluster and the evidence of each edge between them, cut ones last."""
    members = list(Seller.objects.filter(party=seller.party, cluster=seller.cluster).annotate(
        offers=Count("listings")).order_by("pk")[:100])
    keys = [each.pk for each in members]
    edges = SellerEdge.objects.filter(party=seller.party, one__in=keys) | SellerEdge.objects.filter(
        party=seller.party, other__in=keys)
    return members, list(edges.select_related("one", "other", "cut_by").order_by("cut_at", "pk").distinct()[:200])


def seller(actor: Actor, key: str) -> Seller | None:
    """A seller by the beginning of the hash."""
    if not can(actor, Action.VIEW_MARKET) or len(key) < 8:
        return None
    found = list(Seller.objects.filter(party=actor.party, key__startswith=key.lower())[:2])
    return found[0] if len(found) == 1 else None


def evidence(actor: Actor, number: str) -> Evidence | None:
    """One piece of evidence; None when there is none or the actor may not see it: both alike."""
    found = Evidence.objects.filter(party=actor.party, number=number).select_related("by", "stamp", "removed").first()
    return found if can(actor, Action.VIEW_MARKET) else None


def uploads(actor: Actor) -> QuerySet[Upload]:
    """Files that this person handed in, the newest first."""
    found = Upload.objects.filter(party=actor.party, kind__startswith="market-", by=actor.label).order_by("-pk")
    return found if can(actor, Action.CAPTURE) else found.none()
