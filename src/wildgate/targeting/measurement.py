"""Figures for the risk manager: how much of the trade is in order, what each lane and profile yields, what is missed.

The random sample alone says how much is wrong in the trade (compliance measurement, WCO Risk Management Compendium):
what profiles select is no sample. Every share comes with its interval. Limits in this file are house values.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from wildgate.targeting.intervals import Share, clopper_pearson, weighted, wilson
from wildgate.targeting.profiles import Profile
from wildgate.targeting.rule import Told
from wildgate.targeting.selection import DrawnBy, Lane

FEW = 20
"""Below so many results nothing is said about a profile."""
MANY_IN_VAIN = 30
"""So many results without one finding are reason enough to ask."""
REVIEW_GRACE = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Result:
    """One consignment that was selected or looked at. `finding` is None while nobody looked. `otherwise` is the lane
    that risk alone would have given; `chance` that of the random draw."""

    reference: str
    lane: Lane
    drawn_by: DrawnBy
    sampled: bool = False
    chance: float = 0.0
    otherwise: Lane = Lane.GREEN
    finding: bool | None = None
    profiles: tuple[str, ...] = ()
    post: str = ""
    day: date | None = None
    minutes: float = 0.0


@dataclass(frozen=True, slots=True)
class Compliance:
    """What the random sample says of the whole trade, and of the part that risk would have let pass."""

    population: int
    sampled: int
    looked_at: int
    wrong: Share
    passed: int
    """Consignments that risk alone does not open."""
    wrong_among_passed: Share
    missed: float | None
    missed_low: float
    missed_high: float


def compliance(results: Iterable[Result], *, population: int, passed: int, level: float = 0.95) -> Compliance:
    """The compliance measurement of a period with `population` consignments, of which risk let `passed` pass."""
    sample = [one for one in results if one.sampled]
    seen = [one for one in sample if one.finding is not None and one.chance > 0]
    wrong = weighted(((bool(one.finding), one.chance) for one in seen), population=population, level=level)
    let_pass = weighted(((bool(one.finding), one.chance) for one in seen if one.otherwise is not Lane.RED),
                        population=passed, level=level)
    return Compliance(population, len(sample), len(seen), wrong, passed, let_pass,
                      None if let_pass.rate is None else let_pass.rate * passed,
                      let_pass.low * passed, let_pass.high * passed)


def yields(results: Iterable[Result], *, by: str = "lane") -> dict[str, Share]:
    """Findings among what was looked at, by `lane`, `drawn_by` or `post`."""
    found: Counter[str] = Counter()
    looked: Counter[str] = Counter()
    for one in results:
        if one.finding is not None:
            key = str(getattr(one, by))
            looked[key] += 1
            found[key] += one.finding
    return {key: wilson(found[key], looked[key]) for key in sorted(looked)}


class Advice(str, Enum):
    """What to do with a profile."""

    KEEP = "keep"
    WAIT = "wait"
    WATCH = "watch"
    RETIRE = "retire"


ADVICE: dict[str, str] = {
    "few-results": "%(of)s results so far; from %(few)s on the hit rate says something.",
    "hits-more": "%(found)s of %(of)s were right (%(low)s to %(high)s %%); the random sample finds %(base)s %%.",
    "hits-no-more": "%(found)s of %(of)s were right, at most %(high)s %%; the random sample finds %(base)s %%: retire "
                    "it or make it narrower.",
    "never-hits": "None of %(of)s was right: retire it or make it narrower.",
    "review-late": "Its review was due on %(due)s; without one for twelve months it is on watch and adds no points.",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a profile did, and what is suggested. A suggestion: people decide."""

    profile: str
    hits: Share
    advice: Advice
    why: Told


def standing(profile: Profile, results: Iterable[Result], *, base: float | None, on: date) -> Standing:
    """The hit rate of a profile and the advice that follows. `base` is the rate of the random sample."""
    judged = [bool(one.finding) for one in results if profile.code in one.profiles and one.finding is not None]
    hits = clopper_pearson(sum(judged), len(judged))
    values = {"found": str(sum(judged)), "of": str(len(judged)), "few": str(FEW), "low": _percent(hits.low),
              "high": _percent(hits.high), "base": "?" if base is None else _percent(base)}
    if review_late(profile, on):
        values["due"] = profile.review.isoformat() if profile.review else ""
        return Standing(profile.code, hits, Advice.WATCH, _said("review-late", values))
    if len(judged) < FEW:
        return Standing(profile.code, hits, Advice.WAIT, _said("few-results", values))
    if len(judged) >= MANY_IN_VAIN and not any(judged):
        return Standing(profile.code, hits, Advice.RETIRE, _said("never-hits", values))
    if base is not None and hits.high <= base:
        return Standing(profile.code, hits, Advice.RETIRE, _said("hits-no-more", values))
    return Standing(profile.code, hits, Advice.KEEP, _said("hits-more", values))


def review_late(profile: Profile, on: date) -> bool:
    """Twelve months have passed since the review was due."""
    return profile.review is not None and on >= profile.review + REVIEW_GRACE


@dataclass(frozen=True, slots=True)
class Load:
    """The work of one post in one week, against what it can do."""

    post: str
    week: str
    opened: int
    papers: int
    minutes: float
    capacity: int | None
    crowded: bool


def workload(results: Iterable[Result], capacity: Mapping[str, int] | None = None) -> tuple[Load, ...]:
    """Opened consignments, checked papers and minutes by post and ISO week."""
    weeks: dict[tuple[str, str], list[Result]] = defaultdict(list)
    for one in results:
        if one.day is not None and one.lane is not Lane.GREEN:
            year, week, _ = one.day.isocalendar()
            weeks[one.post, f"{year}-W{week:02}"].append(one)
    return tuple(_load(post, week, found, (capacity or {}).get(post)) for (post, week), found in sorted(weeks.items()))


def _load(post: str, week: str, found: Sequence[Result], capacity: int | None) -> Load:
    opened = sum(one.lane is Lane.RED for one in found)
    return Load(post, week, opened, len(found) - opened, sum(one.minutes for one in found), capacity,
                capacity is not None and opened > capacity)


def _percent(share: float) -> str:
    return f"{100 * share:.1f}".rstrip("0").rstrip(".")


def _said(code: str, values: Mapping[str, str]) -> Told:
    return Told(code, ADVICE[code], values)
