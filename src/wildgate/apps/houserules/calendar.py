"""The authority's calendar: working days between two dates and after one, by its holidays and its week."""

from __future__ import annotations

from datetime import date

from wildgate.apps.houserules.selectors import calendar_of


def working_days_between(party: str, since: date, until: date) -> int:
    """Working days after `since` up to and with `until`; below zero when `until` is the earlier.

    For the rows of a list ask `selectors.calendar_of` once and count with it.
    """
    return calendar_of(party).between(since, until)


def after_working_days(party: str, start: date, days: int) -> date:
    """The day on which `days` working days after `start` are over."""
    return calendar_of(party).after(start, days)
