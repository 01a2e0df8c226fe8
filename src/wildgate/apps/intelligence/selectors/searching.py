"""Search over what the actor may read, and nothing else: titles, texts, parts and the values of entities."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from wildgate.apps.accounts.access import Actor
from wildgate.apps.intelligence.clearance import Member
from wildgate.apps.intelligence.models import Part, Report
from wildgate.apps.intelligence.selectors.membership import member_of
from wildgate.apps.intelligence.selectors.reading import readable, visible_mentions, visible_reports

LONGEST: Final = 200


def search(actor: Actor, text: str, at: datetime, member: Member | None = None) -> QuerySet[Report]:
    """The reports in which every word is found, the newest first. A part counts only for who reads it."""
    member = member or member_of(actor, at)
    found = visible_reports(actor, at, member)
    words = text[:LONGEST].split()
    if not words:
        return found.none()
    for word in words:
        parts = Part.objects.filter(readable(member), replaced_by=None, text__icontains=word)
        spoken = visible_mentions(actor, at, member).filter(entity__value__icontains=word).order_by()
        found = found.filter(
            Q(number__iexact=word) | Q(current__title__icontains=word) | Q(current__text__icontains=word)
            | Q(pk__in=parts.values("report_id")) | Q(pk__in=spoken.values("report_id")))
    return found
