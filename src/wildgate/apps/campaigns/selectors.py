"""What is read about campaigns: the list, one of them, its searches, and what may be published of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.campaigns.models import Campaign, Search
from wildgate.apps.campaigns.results import Results, results_of
from wildgate.apps.platforms import selectors as platforms
from wildgate.screening.trends import Interval

LEAST = 5
"""House value, as in all public figures: smaller counts are withheld."""


def visible_to(actor: Actor) -> QuerySet[Campaign]:
    """Exactly the campaigns that `can(actor, VIEW_CAMPAIGNS, campaign)` lets the actor see."""
    found = Campaign.objects.filter(party=actor.party)
    return found if can(actor, Action.VIEW_CAMPAIGNS) else found.none()


def campaigns(actor: Actor, state: str = "") -> QuerySet[Campaign]:
    """The newest first, each with how many searches were made and how many of them found nothing."""
    found = visible_to(actor)
    found = found.filter(state=state) if state in Campaign.State.values else found
    counted = Q(searches__struck=None)
    return found.annotate(made=Count("searches", filter=counted),
                          empty=Count("searches", filter=counted & Q(searches__matching=0))).order_by("-pk")


def campaign(actor: Actor, number: str) -> Campaign | None:
    """One campaign; None where there is none or the actor may not see it."""
    return visible_to(actor).filter(number=number).first()


def searches(found: Campaign) -> QuerySet[Search]:
    """The searches of a campaign, the newest first, struck out ones too."""
    return found.searches.select_related("struck", "coverage").order_by("-started_at", "-pk")


def results(found: Campaign) -> Results:
    """Rates by month, the trend, what is likely to be unseen."""
    return results_of(found)


def searches_on(party: str, platform_id: int, since: datetime, until: datetime) -> int:
    """Searches on a platform in that time, those without result too: the denominator of what was found there."""
    key = platforms.platforms(party).filter(pk=platform_id).values_list("key", flat=True).first()
    return 0 if key is None else Search.objects.filter(
        party=party, platform=key, struck=None, started_at__gte=since, started_at__lte=until).count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A campaign as a Party may publish it on extent and trends of Internet commerce. No listing, no person.

    Counts below five are None. `trend` is the change of the rate from month to month as a share, with its interval;
    None where there is none, and then `why_no_trend` says so. `coverage_changes` are the months of a break.
    """

    number: str
    title: str
    question: str
    first_day: date
    last_day: date
    platforms: int
    species: tuple[str, ...]
    languages: tuple[str, ...]
    terms: int
    searches: int
    without_result: int
    hours: float
    adverts_seen: int
    matching: int | None
    specimens: int | None
    value_usd: int | None
    permit_mentioned: int | None
    rate: Interval | None
    trend: Interval | None
    why_no_trend: str
    coverage_changes: tuple[str, ...]
    method: str


def published_summary(party: str, number: str) -> Summary | None:
    """What may be published of a campaign that has begun; None where there is none, or nothing was searched."""
    found = Campaign.objects.filter(party=party, number=number).exclude(state=Campaign.State.PLANNED).first()
    if found is None:
        return None
    made = results_of(found)
    if not made.searches:
        return None
    shown = made.matching if made.matching >= LEAST else None

    def withheld(value: int | None) -> int | None:
        return value if shown is not None and value is not None and value >= LEAST else None

    newest = made.coverages[-1]
    slope = made.slope
    return Summary(
        number=found.number, title=found.title, question=found.question, first_day=found.first_day,
        last_day=found.last_day, platforms=len(newest.platforms), species=tuple(newest.species),
        languages=tuple(newest.languages), terms=len(newest.terms), searches=made.searches,
        without_result=made.without_result, hours=round(made.hours, 1), adverts_seen=made.seen, matching=shown,
        specimens=withheld(made.specimens), value_usd=None if shown is None or made.value is None else int(made.value),
        permit_mentioned=withheld(made.permit_yes), rate=made.rate if shown is not None else None,
        trend=slope.change if slope is not None and shown is not None else None,
        why_no_trend="" if slope is not None or made.why_not is None else made.why_not.reason,
        coverage_changes=tuple(made.label(each.period) for each in made.breaks), method=newest.counting)
