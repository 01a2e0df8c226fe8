"""How a taxon stands in the Appendices on a day, and when that changes: what a note of "no permit needed" hangs on."""

from __future__ import annotations

from datetime import date, timedelta

from wildgate.convention.listing import Law, Listed, NotListed
from wildgate.convention.tables import read_facts

CHANGED = "check-appendices"
Standing = tuple[object, ...]


def standing(law: Law, taxon: str, population: str | None, on: date) -> Standing:
    """A value, equal on two days as long as the law says the same of the taxon: Appendices, annotations, doubt."""
    answer = law.listings(taxon, population, on)
    doubt = any(told.code == CHANGED for told in answer.warnings)
    if isinstance(answer, Listed):
        return ("listed", doubt, *sorted({(each.appendix.value, each.annotations) for each in answer.listings}))
    return ("free" if isinstance(answer, NotListed) else "unknown", doubt)


def next_change(law: Law, taxon: str, population: str | None, after: date, until: date) -> date | None:
    """The first day after `after`, up to `until`, on which the law that we know already says something else."""
    then = standing(law, taxon, population, after)
    days = {each.since for each in law.entries() if each.since} | _recorded(law) | _reported()
    return next(
        (day for day in sorted(days) if after < day <= until and standing(law, taxon, population, day) != then), None
    )


def changed_on(
    law: Law, taxon: str, population: str | None, since: date, on: date, appendix: str | None
) -> date | None:
    """The day from which a note of `since` no longer holds on `on`: its taxon stood in `appendix` (None: in none).

    None while it holds. Where today's law no longer tells what held on `since`, the answer is `since` itself.
    """
    if not _agrees(standing(law, taxon, population, since), appendix):
        return since
    return next_change(law, taxon, population, since, on) or _last_resort(law, taxon, population, since, on)


def _last_resort(law: Law, taxon: str, population: str | None, since: date, on: date) -> date | None:
    """Changes that no entry dates (an entry that ended): the first day that differs, by halving."""
    then = standing(law, taxon, population, since)
    if standing(law, taxon, population, on) == then:
        return None
    low, high = since, on
    while high - low > timedelta(days=1):
        middle = low + (high - low) // 2
        low, high = (middle, high) if standing(law, taxon, population, middle) == then else (low, middle)
    return high


def _agrees(found: Standing, appendix: str | None) -> bool:
    if appendix is None:
        return found[0] != "listed"
    return any(isinstance(each, tuple) and each[0] == appendix for each in found[2:])


def _recorded(law: Law) -> set[date]:
    """The days of all changes in the history of the law."""
    return {change.on for name in law.history.taxa() for change in law.history.of(name) if change.on}


def _reported() -> set[date]:
    return {date.fromisoformat(row["in_force"]) for row in read_facts("amendments") if row["in_force"]}
