"""Ties between listings and between sellers: drawn by evidence, cut and made by people, never silently undone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Count, Q

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.market import likeness
from wildgate.apps.market.models import Listing, ListingImage, ListingLink, Seller, SellerEdge, SellerTrait, TextBand
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

SPLIT, MERGED = "sellers-split", "sellers-merged"
MOST_ALIKE: Final = 60
MOST_TIES: Final = 15
FEWEST_WORDS: Final = 6
"""Shorter texts are alike by chance."""
LARGEST_CLUSTER: Final = 500
Kind = ListingLink.Kind


def tie(row: Listing, at: datetime) -> None:
    """Look for listings with nearly the same text, the same picture or the same way to reach somebody."""
    _index(row)
    _by_text(row, at)
    _by_picture(row, at)
    _by_contact(row, at)
    if row.seller is not None:
        gather(row.seller, at)


def _index(row: Listing) -> None:
    signature = likeness.signature(_words(row))
    names = set(likeness.bands(signature)) if len(_words(row).split()) >= FEWEST_WORDS else set()
    for image in row.images.all():
        if likeness.telling(image.looks):
            names |= {f"p{part}" for part in likeness.parts(image.looks)}
    row.bands.exclude(band__in=names).delete()
    TextBand.objects.bulk_create([TextBand(party=row.party, band=name, listing=row) for name in sorted(names)],
                                 ignore_conflicts=True)


def _words(row: Listing) -> str:
    return f"{row.title}\n{row.text}"


def _sharing(row: Listing, *, pictures: bool) -> Iterable[Listing]:
    """Listings that share a piece of their signatures with this one; those that share most first."""
    own = row.bands.filter(band__startswith="p") if pictures else row.bands.exclude(band__startswith="p")
    names = list(own.values_list("band", flat=True))
    keys = (TextBand.objects.filter(party=row.party, band__in=names).exclude(listing=row).values_list("listing")
            .annotate(shared=Count("pk")).order_by("-shared", "listing")[:MOST_ALIKE])
    found = Listing.objects.filter(pk__in=[key for key, _shared in keys], erased_at=None).select_related("seller")
    return found.prefetch_related("images") if pictures else found


def _by_text(row: Listing, at: datetime) -> None:
    shares = ((max(likeness.alike(_words(row), _words(other)), _below(row, other)), other.pk, other)
              for other in _sharing(row, pictures=False))
    for share, _key, other in sorted((each for each in shares if each[0] >= likeness.SAME_TEXT), reverse=True,
                                     key=lambda each: each[:2])[:MOST_TIES]:
        _link(row, other, Kind.TEXT, share, at)


def _below(row: Listing, other: Listing) -> float:
    """How alike the descriptions are by themselves: the same words go under many titles."""
    long = all(len(each.text.split()) >= FEWEST_WORDS for each in (row, other))
    return likeness.alike(row.text, other.text) if long else 0.0


def _by_picture(row: Listing, at: datetime) -> None:
    own = list(row.images.all())
    if not own:
        return
    same = ListingImage.objects.filter(party=row.party, sha256__in=[each.sha256 for each in own]).exclude(listing=row)
    for image in same.select_related("listing__seller").order_by("pk")[:MOST_TIES]:
        _link(row, image.listing, Kind.IMAGE, 1.0, at)
    looks = [each.looks for each in own if likeness.telling(each.looks)]
    for other in _sharing(row, pictures=True) if looks else ():
        bits = min((likeness.apart(one, image.looks) for one in looks for image in other.images.all()
                    if likeness.telling(image.looks)), default=64)
        if bits <= likeness.SAME_PICTURE:
            _link(row, other, Kind.IMAGE, 1 - bits / 64, at)


def _by_contact(row: Listing, at: datetime) -> None:
    if row.seller is None:
        return
    hashes = list(row.seller.traits.values_list("kind", "hash"))
    kinds = {value: kind for kind, value in hashes}
    others = SellerTrait.objects.filter(party=row.party, hash__in=list(kinds)).exclude(seller=row.seller)
    for trait in others.select_related("seller")[:MOST_TIES]:
        _edge(row.seller, trait.seller, kinds[trait.hash], [row.number], at)
        for other in trait.seller.listings.order_by("-pk")[:5]:
            _link(row, other, Kind.CONTACT, 1.0, at)


def _link(row: Listing, other: Listing, kind: str, strength: float, at: datetime) -> None:
    one, last = sorted((row.pk, other.pk))
    ListingLink.objects.update_or_create(one_id=one, other_id=last, kind=kind, defaults={
        "party": row.party, "strength": strength, "at": at})
    if kind in (Kind.TEXT, Kind.IMAGE) and row.seller and other.seller and row.seller_id != other.seller_id:
        _edge(row.seller, other.seller, kind, [row.number, other.number], at)


def _edge(one: Seller, other: Seller, kind: str, listings: list[str], at: datetime) -> None:
    """Keep the evidence of one edge. An edge that a person cut stays cut."""
    first, last = sorted((one.pk, other.pk))
    row, _new = SellerEdge.objects.get_or_create(one_id=first, other_id=last, kind=kind, defaults={
        "party": one.party, "listings": listings, "at": at})
    more = [each for each in listings if each not in row.listings]
    if more:
        row.listings = [*row.listings, *more][-10:]
        row.save(update_fields=["listings"])


def gather(seller: Seller, at: datetime) -> None:
    """Give everybody whom uncut edges lead to one cluster: the lowest key among them."""
    members = _reached({seller.pk})
    Seller.objects.filter(pk__in=members).update(cluster=min(members))
    seller.cluster = min(members)


def _reached(begin: set[int]) -> set[int]:
    found, edge = set(begin), set(begin)
    while edge and len(found) < LARGEST_CLUSTER:
        rows = SellerEdge.objects.filter(Q(one__in=edge) | Q(other__in=edge), cut_at=None).values_list("one", "other")
        edge = {key for pair in rows for key in pair} - found
        found |= edge
    return found


def split(*, actor: Actor, seller: str, reason: str, at: datetime) -> Seller | Refusal:
    """Take one seller out of the cluster: every edge that leads there is cut, and stays cut."""
    with transaction.atomic():
        row = _asked(actor, seller, reason)
        if isinstance(row, Refusal):
            return row
        before = set(_reached({row.pk})) - {row.pk}
        if not before:
            return refuse("seller-alone", "This seller is in no cluster.", field="reason")
        SellerEdge.objects.filter(Q(one=row) | Q(other=row), cut_at=None).update(cut_at=at, cut_by_id=actor.own_id)
        gather(row, at)
        for key in before:
            member = Seller.objects.get(pk=key)
            gather(member, at)
        events.append(SPLIT, row.subject, party=row.party, actor=actor.label, at=at, data={"from": len(before)},
                      note=reason.strip())
    return row


def merge(*, actor: Actor, seller: str, other: str, reason: str, at: datetime) -> Seller | Refusal:
    """Put two sellers together because a person knows that they are one."""
    with transaction.atomic():
        row = _asked(actor, seller, reason)
        if isinstance(row, Refusal):
            return row
        second = _by_short(actor.party, other)
        if second is None or second.pk == row.pk:
            return refuse("no-such-other", "There is no other seller of this key.", field="other")
        first, last = sorted((row.pk, second.pk))
        SellerEdge.objects.update_or_create(one_id=first, other_id=last, kind=SellerEdge.Kind.PERSON, defaults={
            "party": row.party, "at": at, "cut_at": None, "cut_by": None})
        gather(row, at)
        events.append(MERGED, row.subject, party=row.party, actor=actor.label, at=at,
                      data={"other": second.key[:24]}, note=reason.strip())
    return row


def _asked(actor: Actor, seller: str, reason: str) -> Seller | Refusal:
    if refused := require(actor, Action.WORK_MARKET):
        return refused
    if not reason.strip() or len(reason) > 500:
        return refuse("reason-missing", "Say why, in at most %(most)s characters.", most=500, field="reason")
    return _by_short(actor.party, seller) or refuse("no-such-seller", "There is no such seller.")


def _by_short(party: str, key: str) -> Seller | None:
    """A seller by the beginning of the hash, if that tells one alone."""
    key = key.strip().lower()
    if len(key) < 8:
        return None
    rows = list(Seller.objects.select_for_update().filter(party=party, key__startswith=key)[:2])
    return rows[0] if len(rows) == 1 else None
