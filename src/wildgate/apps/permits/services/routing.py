"""Where a new case goes: the team by direction and group of taxa, whether its goods spoil, and the day promised, which
waits as long as the case waits for its applicant."""

from __future__ import annotations

from datetime import datetime

from wildgate.apps.houserules import selectors as house
from wildgate.apps.permits.models import Application
from wildgate.convention.quota import lineage

SPOILS = frozenset({"LIV", "EGL", "FIG", "CUL", "CAV", "MEA", "FLO", "FRU"})
"""Terms of goods that do not wait: what lives, and what is eaten or wilts."""


def lineages(application: Application) -> list[frozenset[str]]:
    """The groups that each line's taxon belongs to: itself, genus, family, order, class, kingdom."""
    return [frozenset(lineage(application.law, line["accepted"] or line["taxon"]))
            for line in (application.ruling or {}).get("lines", ())]


def groups_of(application: Application) -> frozenset[str]:
    """The groups that any line's taxon belongs to."""
    return frozenset().union(*lineages(application))


def route(application: Application, at: datetime) -> None:
    """Set team, haste and promised day of an application that is handed in; its step saves them."""
    party, direction, groups = application.party, application.direction, groups_of(application)
    application.perishable = any(line["term"] in SPOILS for line in (application.trade or {}).get("lines", ()))
    application.team = house.team_for(party, direction, groups, at.date())
    application.due_on = house.promised_on(party, direction=direction, groups=groups, on=at.date(),
                                           perishable=application.perishable)


def resume(application: Application, at: datetime) -> None:
    """The applicant's turn is over: the promised day comes later by the working days that the question was open.

    For a step that leaves the state of being asked; the step saves the day.
    """
    asked = application.questions.order_by("-asked_at").first()
    if application.due_on is not None and asked is not None:
        calendar = house.calendar_of(application.party)
        application.due_on = calendar.after(application.due_on, calendar.between(asked.asked_at.date(), at.date()))
