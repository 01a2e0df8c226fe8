"""A number of another Party's form: that Party is asked for the permit, as customs and officers ask, and once."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.models import Role
from wildgate.apps.exchange.asking import LINE, fetch
from wildgate.apps.exchange.talking import Exchange
from wildgate.apps.market.models import Listing, PermitCheck
from wildgate.apps.market.services import checking
from wildgate.convention.refusal import Refusal
from wildgate.kit import events, jobs

ASKED: Final = "listing-permit-asked"
SAID_NO: Final = frozenset({"said-no", "soap-fault"})
"""The partner itself answered that it has no such permit for us; anything else is a matter of the line."""


def ask(check: int, at: datetime, line: Exchange = LINE) -> None:
    """Ask the partner and check again with what it gave. Asked once: a partner is not asked all day about an advert."""
    row = PermitCheck.objects.select_related("listing").get(pk=check)
    if row.asked_at is not None or not checking.check(row.listing, row.number, at.date()).ask:
        return
    PermitCheck.objects.filter(pk=row.pk).update(asked_at=at)
    program = Actor(events.SYSTEM, "", row.party, roles=frozenset({Role.OFFICER}))
    got = fetch(actor=program, number=row.number, issuer=row.country, at=at, line=line)
    with transaction.atomic():
        listing = Listing.objects.select_for_update().get(pk=row.listing_id)
        found = checking.check(listing, row.number, at.date())
        unknown = isinstance(got, Refusal) and got.code in SAID_NO
        row.answer = PermitCheck.Answer.UNKNOWN if unknown else found.answer
        row.why, row.asked_at, row.at = list(found.why), at, at
        row.save(update_fields=["answer", "why", "asked_at", "at"])
        events.append(ASKED, listing.subject, party=row.party, actor=events.SYSTEM, at=at,
                      data={"country": row.country, "answer": row.answer})
        newest = listing.screenings.order_by("-pk").first()
        if newest is not None:
            jobs.enqueue("market.look_into", listing.number, party=row.party, at=at, screening=newest.pk)
