"""Reads of seizures. Nothing here touches what stands behind the wall."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from django.db.models import Prefetch, QuerySet

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.inspections.models import Disposal, Sample, Seizure


def seizures(actor: Actor, state: str = "") -> QuerySet[Seizure]:
    """All that the actor may see, the newest first."""
    if not can(actor, Action.VIEW_SEIZURES):
        return Seizure.objects.none()
    found = Seizure.objects.filter(party=actor.party)
    if state in Seizure.State.values:
        found = found.filter(state=state)
    return found.prefetch_related("lines").order_by("-seized_at", "-pk")


def seizure(actor: Actor, number: str) -> Seizure | None:
    """One seizure; None when there is none or the actor may not see it."""
    found = Seizure.objects.select_related("inspection", "by").filter(party=actor.party, number=number).first()
    return found if found is not None and can(actor, Action.VIEW_SEIZURES, found) else None


def place_of_sample(actor: Actor, label: str) -> tuple[bool, str] | None:
    """Where a sample was taken: whether of a seizure, and the number; None when there is no such sample."""
    found = Sample.objects.select_related("inspection", "seizure").filter(party=actor.party, label=label).first()
    if found is None:
        return None
    place = found.seizure or found.inspection
    return (found.seizure is not None, place.number) if place is not None else None


def waiting_live(actor: Actor) -> QuerySet[Seizure]:
    """Live specimens that the Management Authority does not have yet, the most urgent first."""
    return seizures(actor).filter(live=True, handed_over_at=None).exclude(
        state=Seizure.State.DISPOSED).order_by("hand_over_by", "pk")


def of_year(party: str, year: int) -> Iterator[Seizure]:
    """The seizures of a year, oldest first, with their lines and what became of them: for the illegal trade report."""
    decided = Disposal.objects.exclude(state=Disposal.State.REFUSED).order_by("pk")
    since, until = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    found = Seizure.objects.filter(party=party, seized_at__gte=since, seized_at__lt=until)
    return iter(found.prefetch_related("lines", Prefetch("disposals", queryset=decided)).order_by("seized_at", "pk"))


def seized_years(party: str) -> list[int]:
    """The years with seizures, the newest first."""
    return [day.year for day in Seizure.objects.filter(party=party).datetimes("seized_at", "year", order="DESC",
                                                                              tzinfo=UTC)]
