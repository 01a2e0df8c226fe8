"""The pictures of an archive are looked at after it was taken in: outside every transaction, one after the other."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction

from wildgate.apps.market import store
from wildgate.apps.market.archives import PICTURE, read_archive
from wildgate.apps.market.models import Evidence, Listing, ListingImage
from wildgate.apps.market.pictures import pictures
from wildgate.convention.refusal import Refusal
from wildgate.kit import jobs


def look_at(evidence: int, at: datetime) -> None:
    """Hash what the pictures of an archive show, and look again for listings with the same ones."""
    row = Evidence.objects.get(pk=evidence)
    path = store.place(row.party, row.sha256)
    saved = read_archive(path) if path.exists() else []
    if isinstance(saved, Refusal):
        return
    own = ListingImage.objects.filter(party=row.party, listing__captures__evidence=row, looks="")
    waiting = set(own.values_list("sha256", flat=True))
    for data in {each.data for each in saved if each.kind == PICTURE}:
        digest = hashlib.sha256(data).hexdigest()
        looks = pictures([data])[0].looks if digest in waiting else ""
        if looks:
            ListingImage.objects.filter(party=row.party, sha256=digest, looks="").update(looks=looks)
    with transaction.atomic():
        for listing in Listing.objects.filter(captures__evidence=row, images__isnull=False).distinct():
            newest = listing.screenings.order_by("-pk").first()
            if newest is not None:
                jobs.enqueue("market.look_into", listing.number, party=row.party, at=at, screening=newest.pk)
