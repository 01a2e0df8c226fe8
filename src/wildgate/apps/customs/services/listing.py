"""A list of documents for a customs system: by state, kind, country, day of validity or change, a page at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from wildgate.apps.balances.asking import Documents, Outcome, Search
from wildgate.apps.customs import crossing
from wildgate.apps.permits.models import Permit
from wildgate.apps.permits.selectors import state_of
from wildgate.convention.lifecycle import PermitState
from wildgate.convention.refusal import Refusal, refuse

PAGE: Final = 50
MOST_NUMBERS: Final = 500


def documents(party: str, asked: Search, at: datetime) -> Documents | Refusal:
    """The page asked for. Names and addresses are not told."""
    if asked.state and asked.state not in set(PermitState):
        return refuse("state-unknown", "%(state)s is not a state of a permit.", state=asked.state[:20], field="state")
    if len(asked.numbers) > MOST_NUMBERS:
        return refuse("too-many", "At most %(most)s numbers are asked at once.", most=MOST_NUMBERS, field="numbers")
    found = Permit.objects.filter(party=party)
    if asked.state == PermitState.EXPIRED:
        found = found.filter(valid_until__lt=at.date(), status__state__in=[PermitState.VALID.value,
                                                                            PermitState.PARTLY_USED.value])
    elif asked.state:
        found = found.filter(status__state=asked.state)
    if asked.kind:
        found = found.filter(kind=asked.kind)
    if asked.country:
        found = found.filter(importer_country=asked.country)
    if asked.since is not None:
        found = found.filter(status__changed_at__gt=asked.since)
    if asked.valid_on is not None:
        found = found.filter(valid_until__gte=asked.valid_on, issued_at__date__lte=asked.valid_on)
    if asked.numbers:
        found = found.filter(number__in=asked.numbers)
    total, page = found.count(), max(1, asked.page)
    rows = found.select_related("status").order_by("-issued_at", "-pk")[(page - 1) * PAGE:page * PAGE]
    return Documents(tuple(
        Outcome("list", row.number, row.kind, state_of(row.status, row.valid_until, at.date()).value, row.valid_until,
                not crossing.is_for_many(row.kind)) for row in rows), page, max(1, -(-total // PAGE)), total)
