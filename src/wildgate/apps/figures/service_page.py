"""The director's page as charts and tables: how long decisions take, how they go, what waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from wildgate.apps.figures.cases import SEVERAL
from wildgate.apps.figures.selectors import AGES, APPLICANT, AUTHORITY, SCIENCE, Service, Tally, Waiting
from wildgate.apps.houserules.models import Team
from wildgate.apps.permits.grounds import ground_name
from wildgate.apps.permits.wording import state_word
from wildgate.kit.charts import Band, Bars, Chart, Histogram, Mark, Ranked, Series, Table, Trend
from wildgate.kit.charts.shapes import Number

LONGEST_SHOWN = 60
MOST_GROUNDS = 10
Write = Callable[[Number | None], str]
Part = Chart | Callable[[Write], Table]
"""What a page shows and a file brings: a chart, or a table that is told how to write numbers."""


def time_to_decide(found: Service) -> Trend:
    """Median and slowest tenth by month of the decision."""
    tallies = list(found.months.values())
    median, slow = tuple(each.median for each in tallies), tuple(each.slow for each in tallies)
    return Trend(
        key="time-to-decide", title=_("Time to decide"), heading=_("Month of the decision"), labels=_months(found),
        unit=_("working days"), band=Band(_("Middle to slowest tenth"), median, slow),
        series=(Series(_("Half were decided within"), median), Series(_("Nine in ten were decided within"), slow)),
        description=_("Working days from the day an application was handed in to the permit or the refusal, the time "
                      "in which the applicant was asked included."))


def spread(found: Tally) -> Histogram:
    """How many decisions took how long; what took longer than the last bar is in it."""
    most = max(max(found.spread, default=0), 9)
    step = 1 if most < 30 else 2 if most < LONGEST_SHOWN else 5
    bins = min(most, LONGEST_SHOWN * 2 - 1) // step + 1
    counts = [0] * bins
    for days, count in found.spread.items():
        counts[min(days // step, bins - 1)] += count
    marks = [Mark(name, value) for name, value in ((_("Median"), found.median), (_("Nine in ten"), found.slow))
             if value is not None]
    return Histogram(
        key="spread", title=_("How long decisions took"), heading=_("Working days"), counted=_("Decisions"),
        edges=tuple(step * i for i in range(bins + 1)), counts=tuple(counts), marks=tuple(marks),
        description=_("The last bar holds whatever took longer.") if most >= LONGEST_SHOWN * 2 else "")


def promises(found: Service) -> Bars:
    """Promised days kept and not kept, by month."""
    tallies = list(found.months.values())
    return Bars(
        key="promises", title=_("Promised and kept"), heading=_("Month of the decision"), labels=_months(found),
        unit=_("decisions with a promised day"),
        series=(Series(_("On time"), tuple(each.kept for each in tallies)),
                Series(_("Later than promised"), tuple(each.late for each in tallies))))


def outcomes(found: Service) -> Bars:
    """How applications ended, by month."""
    tallies = list(found.months.values())
    return Bars(
        key="outcomes", title=_("Issued, refused, withdrawn"), heading=_("Month"), labels=_months(found),
        unit=_("applications"),
        series=(Series(_("Permit issued"), tuple(each.issued for each in tallies)),
                Series(_("Refused"), tuple(each.refused for each in tallies)),
                Series(_("Withdrawn"), tuple(each.withdrawn for each in tallies))))


def received(found: Service) -> Bars:
    """What came in, by month."""
    return Bars(key="received", title=_("Received"), heading=_("Month"), labels=_months(found),
                unit=_("applications"),
                series=(Series(_("Received"), tuple(each.received for each in found.months.values())),))


def refusals(found: Tally) -> Ranked:
    """Refusals by their legal ground, the most frequent first."""
    ranked = found.grounds.most_common(MOST_GROUNDS)
    rest = sum(found.grounds.values()) - sum(count for _ground, count in ranked)
    ranked += [(_("Other grounds"), rest)] if rest else []
    return Ranked(
        key="refusals", title=_("Refusals by ground"), heading=_("Ground"), unit=_("refusals"),
        labels=tuple(ground_name(ground) or _("No ground recorded") for ground, _count in ranked),
        series=(Series(_("Refusals"), tuple(count for _ground, count in ranked)),))


def backlog(found: Waiting) -> Bars:
    """What waits, by age and by whose turn it is."""
    names = {AUTHORITY: _("Management Authority"), SCIENCE: _("Scientific Authority"), APPLICANT: _("Applicant")}
    return Bars(
        key="backlog", title=_("Backlog by age and turn"), heading=_("Working days since it was handed in"),
        unit=_("applications"), labels=ages(),
        series=tuple(Series(names[turn], tuple(counts)) for turn, counts in found.turns.items()),
        description=_("As of today, whatever the period."))


def waiting(found: Waiting) -> Callable[[Write], Table]:
    """The backlog by state and age."""
    def table(write: Write) -> Table:
        rows = [(str(state_word(state).label), *map(write, counts), write(sum(counts)))
                for state, counts in sorted(found.ages.items())]
        return Table((_("State"), *ages(), _("Together")), tuple(rows))
    return table


def ages() -> tuple[str, ...]:
    """The names of the age groups, in working days."""
    starts = (0, *(age + 1 for age in AGES))
    return (*(f"{low}–{high}" for low, high in zip(starts, AGES, strict=False)), f"{starts[-1]}+")


def offices(found: Service, waits: Waiting, teams: Mapping[int, Team]) -> Callable[[Write], Table]:
    """Each office and team with its own figures."""
    def table(write: Write) -> Table:
        keys = sorted(set(found.teams) | set(waits.teams),
                      key=lambda key: (key is None, _team(teams, key)))
        rows = []
        for key in keys:
            tally = found.teams.get(key, Tally())
            team = teams.get(key) if key is not None else None
            rows.append((_team(teams, key), team.office if team else "", *_measures(tally, write),
                         write(waits.teams[key])))
        return Table((_("Team"), _("Office"), *measures(), _("Waiting now")), tuple(rows))
    return table


def groups(found: Service) -> Callable[[Write], Table]:
    """Each species group with what was promised and what was measured."""
    def table(write: Write) -> Table:
        rows = [(group_name(group), *_measures(tally, write), write(tally.promise))
                for group, tally in sorted(found.groups.items(), key=lambda pair: -pair[1].received)]
        rows.append((_("Of these: goods that spoil"), *_measures(found.perishable, write),
                     write(found.perishable.promise)))
        return Table((_("Species group"), *measures(), _("Middle promise, days")), tuple(rows))
    return table


def measures() -> tuple[str, ...]:
    """The heads of what is measured of each."""
    return (_("Received"), _("Permit issued"), _("Refused"), _("Withdrawn"), _("Median, days"), _("Nine in ten, days"),
            _("Kept, %"))


def _measures(tally: Tally, write: Write) -> tuple[str, ...]:
    return tuple(map(write, (tally.received, tally.issued, tally.refused, tally.withdrawn, tally.median, tally.slow,
                             tally.kept_share)))


def group_name(group: str) -> str:
    """A species group as people read it; the classes keep their scientific names."""
    if group == SEVERAL:
        return _("Several groups")
    return {"": _("Not placed"), "Plantae": _("Plants")}.get(group, group)


def _team(teams: Mapping[int, Team], key: int | None) -> str:
    return teams[key].name if key is not None and key in teams else _("No team")


def _months(found: Service) -> tuple[str, ...]:
    return tuple(month_label(first, several_years=len({each.year for each in found.months}) > 1)
                 for first in found.months)


def month_label(first: date, *, several_years: bool) -> str:
    """A month in a row of months: January tells the year where there are several."""
    return date_format(first, "M y") if several_years and first.month == 1 else date_format(first, "M")

