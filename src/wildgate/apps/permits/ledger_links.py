"""The application and the permit behind a line of a quota's ledger, for those who may look at them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.urls import reverse

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.permits import selectors
from wildgate.apps.quotas.subjects import Link, finds

SUBJECT = "application:"


@finds
def links(actor: Actor, subjects: Iterable[str]) -> Mapping[str, tuple[Link, ...]]:
    """The case and its permit by the subject `application:NUMBER`."""
    numbers = [subject.removeprefix(SUBJECT) for subject in subjects if subject.startswith(SUBJECT)]
    found: dict[str, tuple[Link, ...]] = {}
    if can(actor, Action.VIEW_CASES):
        cases = selectors.applications_visible_to(actor).filter(number__in=numbers)
        for number in cases.values_list("number", flat=True):
            found[SUBJECT + number] = (Link(number, reverse("case", args=[number])),)
    if can(actor, Action.VIEW_PERMITS):
        permits = selectors.permits_visible_to(actor).filter(application__number__in=numbers)
        for case, number in permits.values_list("application__number", "number"):
            found[SUBJECT + case] = (*found.get(SUBJECT + case, ()), Link(number, reverse("permit", args=[number])))
    return found
