"""Steps that the tests of duties share."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from tests.apps.letters.post import done
from tests.cast import NOON

from wildgate.apps.accounts.access import Actor
from wildgate.apps.duties import services
from wildgate.apps.duties.matrix import BY_CODE
from wildgate.apps.duties.models import Notice
from wildgate.kit import events, jobs
from wildgate.kit.models import Event

TIGER = {
    "direction": "import", "purpose": "S", "other_country": "QZ", "other_name": "Quartz Museum",
    "other_address": "1 Fossil Row, Quartzland",
    "lines": [{"taxon": "Panthera tigris", "term": "SKI", "quantity": "2", "unit": "NAR", "source": "W",
               "origin": "QZ"}],
}
"""An import of Appendix I: it needs our import permit."""


def happens(kind: str, subject: str, actor: str = "system", at: datetime = NOON, **data: Any) -> Event:
    """Something happens, and what follows from it is done."""
    event = append(kind, subject, actor, at, **data)
    jobs.run_pending()
    return event


def append(kind: str, subject: str, actor: str = "system", at: datetime = NOON, **data: Any) -> Event:
    """Something happens."""
    with transaction.atomic():
        return events.append(kind, subject, party="QM", actor=actor, at=at, data=data)


def agree(cast: dict[str, Actor], row: str, at: datetime = NOON, **changes: Any) -> None:
    """Amina proposes, Nadia confirms."""
    agreed = replace(BY_CODE[row].default, **changes)
    term = done(services.propose(actor=cast["amina"], row=row, agreed=agreed, since=at.date(), at=at))
    done(services.confirm(actor=cast["nadia"], term=term.pk, at=at))


def notices(row: str = "") -> list[Notice]:
    found = Notice.objects.order_by("pk")
    return list(found.filter(row=row) if row else found)


def chain(subject: str) -> list[str]:
    return list(Event.objects.filter(subject=subject).exclude(kind="read").order_by("seq").values_list("kind",
                                                                                                      flat=True))
