"""What carriers see of their own parcels, and officials of all: figures by day, lists, leads, handed-over parcels."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import QuerySet

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.accounts.models import Role
from wildgate.apps.carriers.models import DayCount, Handover, Lead, ShipmentList

DAYS: Final = 31


@dataclass(slots=True)
class Day:
    """The answers of one day to one carrier."""

    day: date
    carrier: str
    parcels: int = 0
    answers: dict[str, int] = field(default_factory=dict)


def days(actor: Actor, *, until: date, days: int = DAYS) -> list[Day]:
    """The log by day, the newest first: the same figures for the carrier and for officials."""
    since = until - timedelta(days=days - 1)
    out: dict[tuple[date, str], Day] = {}
    for row in (_visible(actor, DayCount.objects.filter(day__gte=since, day__lte=until)).select_related("organisation")
                .order_by("-day", "organisation__name", "answer")):
        day = out.setdefault((row.day, row.organisation.name), Day(row.day, row.organisation.name))
        day.parcels += row.parcels
        day.answers[row.answer] = row.parcels
    return list(out.values())


def lists(actor: Actor) -> QuerySet[ShipmentList]:
    """Lists that were taken in, the newest first, without their answers."""
    return (_visible(actor, ShipmentList.objects.all()).select_related("organisation").defer("answers")
            .order_by("-received_at", "-pk"))


def one_list(actor: Actor, *, list_id: str = "", pk: int = 0) -> ShipmentList | None:
    """One list with its answers; the carrier's own only."""
    found = _visible(actor, ShipmentList.objects.filter(list_id=list_id) if list_id
                     else ShipmentList.objects.filter(pk=pk)).first()
    return found if found is not None and can(actor, Action.VIEW_PARCELS, found) else None


def handovers(actor: Actor, *, waiting: bool | None = None) -> QuerySet[Handover]:
    """Parcels handed to customs: a carrier's own, customs' all."""
    found = Handover.objects.filter(party=actor.party)
    if not can(actor, Action.VIEW_LEADS):
        found = _visible(actor, found)
    if waiting is not None:
        found = found.filter(received_at__isnull=waiting)
    return found.select_related("organisation", "lead", "received_by").order_by("-handed_at", "-pk")


def handover(actor: Actor, key: str) -> Handover | None:
    return handovers(actor).select_related("picture").filter(key=key).first()


def leads(actor: Actor, *, state: str = "open") -> QuerySet[Lead]:
    """Parcels that customs should look at; nothing for who may not see them, and that is every carrier."""
    found = Lead.objects.filter(party=actor.party)
    if not can(actor, Action.VIEW_LEADS):
        return found.none()
    found = found.filter(state="open") if state == "open" else found.exclude(state="open")
    return found.select_related("organisation", "decided_by").order_by("-raised_at", "-pk")


def lead(actor: Actor, key: str) -> Lead | None:
    if not can(actor, Action.VIEW_LEADS):
        return None
    return Lead.objects.select_related("organisation", "decided_by").filter(party=actor.party, key=key).first()


def parcel(actor: Actor, number: str) -> Lead | None:
    """The lead on a carrier's own parcel: what it is told of it is whether it may go on."""
    if not can(actor, Action.CHECK_PARCELS):
        return None
    return Lead.objects.filter(party=actor.party, organisation__in=actor.organisations, parcel=number).first()


def _visible(actor: Actor, found: QuerySet[Any]) -> QuerySet[Any]:
    """A carrier's own rows; all of the Party's for officials; none for anybody else."""
    if not can(actor, Action.VIEW_PARCELS):
        return found.none()
    found = found.filter(party=actor.party)
    return found if may_see_all(actor) else found.filter(organisation__in=actor.organisations)


def may_see_all(actor: Actor) -> bool:
    """Officials see the log of every carrier; a carrier its own."""
    return actor.has(Role.SUPERVISOR, Role.RISK_MANAGER, Role.AUDITOR)
