"""Sellers: kept as salted hashes; seen in clear text under a rule, and forgotten in time."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.market.models import Listing, Seller, SellerEdge, SellerName, SellerTrait
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events, holds

SEEN: Final = "seller-seen"
EXPORTED: Final = "seller-exported"
KEPT: Final = timedelta(days=365)
"""A house value: so long after a listing was last seen its seller's name is kept, if no case needs it."""


def hashed(party: str, kind: str, text: str) -> str:
    """A salted hash (HMAC-SHA-256): without the installation's secret nobody can try names."""
    about = f"wildgate market {party} {kind} {text.strip().casefold()}"
    return hmac.digest(settings.SECRET_KEY.encode(), about.encode(), "sha256").hex()


def key_of(party: str, platform_id: int | None, platform: str, name: str) -> str:
    """The key of an account on a platform."""
    return hashed(party, f"seller {platform_id or platform.casefold()}", name)


def seller_of(party: str, platform_id: int | None, platform: str, name: str, ways: Collection[tuple[str, str]],
              at: datetime) -> Seller:
    """Find or make a seller; without a name, by the ways to reach them. Call inside a transaction."""
    known = name or "|".join(f"{kind}:{value}" for kind, value in sorted(ways))
    key = key_of(party, platform_id, platform, known)
    Seller.objects.bulk_create([Seller(party=party, key=key, platform_id=platform_id, first_seen=at, last_seen=at)],
                               ignore_conflicts=True)
    row = Seller.objects.select_for_update().get(party=party, key=key)
    row.last_seen, row.cluster = max(row.last_seen, at), row.cluster or row.pk
    row.save(update_fields=["last_seen", "cluster"])
    if name:
        SellerName.objects.update_or_create(seller=row, defaults={"text": name, "until": at + KEPT})
    SellerTrait.objects.bulk_create([SellerTrait(party=party, seller=row, kind=kind, hash=hashed(party, kind, value))
                                     for kind, value in ways], ignore_conflicts=True)
    return row


def see(*, actor: Actor, listing: str, reason: str, at: datetime) -> str | Refusal:
    """The seller's name in clear text. Who looked, at whom and why is an event."""
    if refused := require(actor, Action.SEE_SELLERS):
        return refused
    if not reason.strip() or len(reason) > 500:
        return refuse("seller-reason", "Say why you look at the seller, in at most %(most)s characters.", most=500,
                      field="reason")
    row = Listing.objects.filter(party=actor.party, number=listing).select_related("seller__name").first()
    if row is None or row.seller is None:
        return refuse("no-seller", "No seller is known for this listing.", field="reason")
    with transaction.atomic():
        events.append(SEEN, row.seller.subject, party=actor.party, actor=actor.label, at=at,
                      data={"listing": row.number}, note=reason.strip())
        name = SellerName.objects.filter(seller=row.seller).first()
    return name.text if name else refuse("seller-forgotten", "The name was not captured or its time is over.",
                                         field="reason")


def forget_names(at: datetime) -> int:
    """Remove names whose time is over, unless a listing of theirs is in a case."""
    due = SellerName.objects.filter(until__lte=at)
    held = Listing.objects.filter(seller__in=due.values("seller"), state__in=(Listing.State.CASE, Listing.State.SENT))
    gone = 0
    for name in due.exclude(seller__in=held.values("seller")).select_related("seller"):
        if not holds.held(name.seller.party, name.seller.subject):
            gone += name.delete()[0]
    return gone


def export_subject(*, actor: Actor, platform_id: int | None, platform: str, name: str, at: datetime,
                   ) -> dict[str, Any] | Refusal:
    """All that is kept of one seller, found by the hash of the name: for the answer to a person who asks."""
    if refused := require(actor, Action.SEE_SELLERS):
        return refused
    key = key_of(actor.party, platform_id, platform, name)
    row = Seller.objects.filter(party=actor.party, key=key).first()
    if row is None:
        return refuse("no-such-seller", "Nothing is kept under this name on this platform.", field="name")
    with transaction.atomic():
        events.append(EXPORTED, row.subject, party=actor.party, actor=actor.label, at=at)
    return _export(row)


def _export(row: Seller) -> dict[str, Any]:
    kept = SellerName.objects.filter(seller=row).first()
    edges = SellerEdge.objects.filter(one=row, cut_at=None) | SellerEdge.objects.filter(other=row, cut_at=None)
    return {
        "seller": row.key, "first_seen": row.first_seen.isoformat(), "last_seen": row.last_seen.isoformat(),
        "name": kept.text if kept else "", "name_kept_until": kept.until.date().isoformat() if kept else "",
        "ways_to_reach": sorted(row.traits.values_list("kind", flat=True)),
        "tied_to_others_by": sorted(edges.values_list("kind", flat=True)),
        "listings": [{"number": each.number, "url": each.url, "title": each.title, "first_seen":
                      each.first_seen.isoformat(), "last_seen": each.last_seen.isoformat(), "taxon": each.taxon,
                      "state": each.state} for each in row.listings.order_by("pk")]}
