"""Figures for the risk manager: compliance from the random sample, what lanes and profiles yield, what is missed, the
workload. Everything is counted from assessments and results; `targeting.measurement` knows the intervals.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wildgate.apps.risk.judging import of_row
from wildgate.apps.risk.models import Assessment, DrawnBy, Hit, Lane, Profile, Slot
from wildgate.kit.charts import Band, Bars, Chart, Ranked, Series, Table, Trend
from wildgate.kit.charts.shapes import Number
from wildgate.targeting import measurement, selection
from wildgate.targeting.intervals import Share, wilson
from wildgate.targeting.measurement import Advice, Compliance, Result, Standing

MOST = 100_000
ENGINE = {DrawnBy.RULE: selection.DrawnBy.STOP, DrawnBy.RANDOM: selection.DrawnBy.RANDOM,
          DrawnBy.PROFILE: selection.DrawnBy.RISK, DrawnBy.MODEL: selection.DrawnBy.RISK,
          DrawnBy.NOTHING: selection.DrawnBy.NOTHING}
ADVICE = {Advice.KEEP: gettext_lazy("Keep"), Advice.WAIT: gettext_lazy("Too few results"),
          Advice.WATCH: gettext_lazy("Watch only"), Advice.RETIRE: gettext_lazy("Retire or narrow")}
Write = Callable[[Number | None], str]
Part = Chart | Callable[[Write], Table]


@dataclass(frozen=True, slots=True)
class Counted:
    """The consignments of a period with their results. `why` is what drew each of them."""

    since: date
    until: date
    results: list[Result]
    why: list[str]
    compliance: Compliance

    @property
    def base(self) -> float | None:
        return self.compliance.wrong.rate


def counted(party: str, since: date, until: date) -> Counted:
    """Two queries: the assessments of the period and the profiles that spoke."""
    rows = list(Assessment.objects.filter(party=party, newest=True, day__gte=since, day__lte=until).order_by("pk")
                .values_list("pk", "reference", "lane", "drawn_by", "sampled", "chance", "otherwise", "finding", "post",
                             "day")[:MOST])
    spoke: dict[int, set[str]] = defaultdict(set)
    for key, code in Hit.objects.filter(party=party, assessment__day__gte=since, assessment__day__lte=until,
                                        assessment__newest=True).values_list("assessment_id", "profile__code"):
        spoke[key].add(code)
    results = [Result(reference, selection.Lane(lane), ENGINE[DrawnBy(by)], sampled, chance, selection.Lane(otherwise),
                      finding, tuple(sorted(spoke.get(key, ()))), post, day)
               for key, reference, lane, by, sampled, chance, otherwise, finding, post, day in rows]
    passed = sum(each.otherwise is not selection.Lane.RED for each in results)
    return Counted(since, until, results, [row[3] for row in rows],
                   measurement.compliance(results, population=len(results), passed=passed))


def standings(party: str, found: Counted, on: date) -> list[tuple[Profile, Standing]]:
    """How every profile did, and what is suggested, the most useless first."""
    rows = Profile.objects.filter(party=party, state__in=(Profile.State.IN_FORCE, Profile.State.WATCH)).order_by("code")
    by_profile: dict[str, list[Result]] = defaultdict(list)
    for each in found.results:
        for code in each.profiles:
            by_profile[code].append(each)
    told = [(row, measurement.standing(profile, by_profile[row.code], base=found.base, on=on))
            for row in rows if (profile := of_row(row)) is not None]
    order = {Advice.RETIRE: 0, Advice.WATCH: 1, Advice.KEEP: 2, Advice.WAIT: 3}
    return sorted(told, key=lambda pair: (order[pair[1].advice], -pair[1].hits.of, pair[0].code))


def by_lane(found: Counted) -> dict[str, Share]:
    """Findings among what was looked at, by lane."""
    return measurement.yields(found.results, by="lane")


def by_reason(found: Counted) -> dict[str, Share]:
    """Findings among what was looked at, by what drew it: rules, profiles, the model, chance."""
    done: dict[str, list[bool]] = defaultdict(list)
    for why, each in zip(found.why, found.results, strict=True):
        if each.finding is not None:
            done[why].append(each.finding)
    return {why: wilson(sum(values), len(values)) for why, values in sorted(done.items())}


def parts(party: str, found: Counted, on: date) -> dict[str, Part]:
    """Every chart and table of the page by its key."""
    told = standings(party, found, on)
    made: dict[str, Part] = {
        "yield-lane": _yields("yield-lane", _("Findings by lane"), by_lane(found), dict(Lane.choices)),
        "yield-reason": _yields("yield-reason", _("Findings by what drew it"), by_reason(found),
                                dict(DrawnBy.choices)),
        "compliance": _compliance(found), "profiles": profiles_table(told)}
    if (lanes := lanes_chart(found)) is not None:
        made["lanes"] = lanes
    if (load := workload(party, found)) is not None:
        made["workload"] = load
    if (trend := over_time(found)) is not None:
        made["trend"] = trend
    return made


def percent(share: float | None) -> Decimal | None:
    return None if share is None else Decimal(str(round(share * 100, 1)))


def _yields(key: str, title: str, found: Mapping[str, Share], words: Mapping[str, object]) -> Part:
    def table(write: Write) -> Table:
        return Table((_("Group"), _("Inspected"), _("Findings"), _("Share, %"), _("From, %"), _("To, %")), tuple(
            (str(words.get(name, name)), write(int(share.of)), write(int(share.found)), write(percent(share.rate)),
             write(percent(share.low)), write(percent(share.high))) for name, share in found.items()))
    if not any(share.of for share in found.values()):
        return table
    return Ranked(key=key, title=title, heading=_("Group"), unit=_("inspected"),
                  labels=tuple(str(words.get(name, name)) for name in found),
                  series=(Series(_("With a finding"), tuple(int(share.found) for share in found.values())),
                          Series(_("Without"), tuple(int(share.of - share.found) for share in found.values()))))


def _compliance(found: Counted) -> Part:
    said = found.compliance

    def table(write: Write) -> Table:
        rows = ((_("Consignments"), write(said.population), "", ""),
                (_("In the random sample"), write(said.sampled), "", ""),
                (_("Of these inspected"), write(said.looked_at), "", ""),
                (_("Not in order, %"), write(percent(said.wrong.rate)), write(percent(said.wrong.low)),
                 write(percent(said.wrong.high))),
                (_("Not in order among those that risk lets pass, %"), write(percent(said.wrong_among_passed.rate)),
                 write(percent(said.wrong_among_passed.low)), write(percent(said.wrong_among_passed.high))),
                (_("Missed consignments, estimated"), write(None if said.missed is None else round(said.missed)),
                 write(round(said.missed_low)), write(round(said.missed_high))))
        return Table((_("What"), _("Figure"), _("From"), _("To")), rows)
    return table


def profiles_table(told: list[tuple[Profile, Standing]]) -> Part:
    """Hit rates with their intervals."""
    def table(write: Write) -> Table:
        return Table((_("Profile"), _("Version"), _("Inspected"), _("Right"), _("Share, %"), _("From, %"), _("To, %"),
                      _("Suggestion")), tuple(
            (row.code, write(row.version), write(int(said.hits.of)), write(int(said.hits.found)),
             write(percent(said.hits.rate)), write(percent(said.hits.low)), write(percent(said.hits.high)),
             str(ADVICE[said.advice])) for row, said in told))
    return table


def workload(party: str, found: Counted) -> Part | None:
    """Boxes given away by post against the boxes that there were."""
    slots = Slot.objects.filter(party=party, day__gte=found.since, day__lte=found.until)
    boxes: dict[str, int] = defaultdict(int)
    taken: dict[str, int] = defaultdict(int)
    for post, number, used in slots.values_list("post", "boxes", "taken"):
        boxes[post] += number
        taken[post] += used
    if not boxes:
        return None
    posts = sorted(boxes)[:40]
    return Ranked(key="workload", title=_("Workload against capacity"), heading=_("Post"), unit=_("boxes"),
                  labels=tuple(post or _("no post named") for post in posts),
                  series=(Series(_("To be opened"), tuple(taken[post] for post in posts)),),
                  limits=tuple(boxes[post] for post in posts), limit_name=_("Capacity"))


def over_time(found: Counted) -> Part | None:
    """The share of the random sample that is not in order, month by month, with its interval."""
    months: dict[str, list[tuple[bool, float]]] = defaultdict(list)
    for each in found.results:
        if each.sampled and each.finding is not None and each.day is not None:
            months[each.day.strftime("%Y-%m")].append((each.finding, each.chance))
    if len(months) < 2:
        return None
    shares = {month: wilson(sum(bad for bad, _chance in cases), len(cases)) for month, cases in sorted(months.items())}
    return Trend(key="trend", title=_("Not in order in the random sample"), heading=_("Month"), unit="%",
                 labels=tuple(shares),
                 series=(Series(_("Share"), tuple(percent(each.rate) for each in shares.values())),),
                 band=Band(_("Certain to 95 percent"), tuple(percent(each.low) for each in shares.values()),
                           tuple(percent(each.high) for each in shares.values())))


def lanes_chart(found: Counted) -> Bars | None:
    """Lanes by day, the last thirty of them."""
    days = sorted({each.day for each in found.results if each.day is not None})[-30:]
    if not days:
        return None
    number = {(each.day, each.lane.value): 0 for each in found.results}
    for each in found.results:
        number[each.day, each.lane.value] += 1
    return Bars(key="lanes", title=_("Lanes by day"), heading=_("Day"), unit=_("consignments"),
                labels=tuple(day.strftime("%m-%d") for day in days),
                series=tuple(Series(str(word), tuple(number.get((day, lane), 0) for day in days))
                             for lane, word in Lane.choices))

