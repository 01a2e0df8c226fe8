"""What a sector law wants from customs beside a write-off: short names with short values, kept and replaced."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction

from wildgate.apps.balances.asking import Record
from wildgate.apps.balances.models import SectorRecord
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

if TYPE_CHECKING:
    from wildgate.apps.permits.models import Permit

MOST: Final = 30
LONGEST: Final = 200
_is_name = re.compile("[a-z][a-z0-9_]{0,39}").fullmatch


def enter(permit: Permit, asked: Record, *, actor: str, at: datetime) -> Refusal | None:
    """Keep the data; without any, what was entered before is deleted."""
    if not 0 < len(asked.reference) <= 80 or not 0 < asked.item < 100_000:
        return refuse("reference-missing", "Give the reference of the declaration, at most %(most)s characters.",
                      most=80, field="reference")
    if len(asked.data) > MOST:
        return refuse("record-too-large", "A record has at most %(most)s entries.", most=MOST, field="data")
    for name, value in asked.data.items():
        if not _is_name(name) or not isinstance(value, str) or len(value) > LONGEST:
            return refuse("record-entry", "The entry %(name)s is not a short name with a text of at most %(most)s "
                          "characters.", name=str(name)[:40], most=LONGEST, field="data")
    with transaction.atomic():
        if asked.data:
            SectorRecord.objects.update_or_create(
                permit=permit, reference=asked.reference, item=asked.item,
                defaults={"party": permit.party, "data": dict(asked.data), "actor": actor, "at": at})
        else:
            SectorRecord.objects.filter(permit=permit, reference=asked.reference, item=asked.item).delete()
        events.append("sector-record", permit.subject, party=permit.party, actor=actor, at=at,
                      data={"reference": asked.reference, "item": asked.item, "names": sorted(asked.data)})
    return None
