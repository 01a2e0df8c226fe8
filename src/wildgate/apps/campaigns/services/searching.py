"""Searches by the protocol: with what they found or did not, one by one or by a log; and pairs who searched apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from django.db import IntegrityError, transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.campaigns.models import Campaign, Coverage, Pair, Search, Struck
from wildgate.apps.campaigns.services.planning import NO_CAMPAIGN, locked
from wildgate.apps.market import selectors as market
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.kit.small_tables import lines_of, too_odd

SEARCHED, LOG, STRUCK, PAIRED = "campaign-search", "campaign-search-log", "campaign-search-struck", "campaign-pair"
COLUMNS: Final = ("started_at", "minutes", "platform", "term", "language", "searcher", "seen", "matching", "specimens",
                  "value_usd", "permit_yes", "listings")
MOST_ROWS, MOST_BYTES, MOST_COUNT = 5000, 2_000_000, 1_000_000
MOST_VALUE: Final = Decimal("1e11")


@dataclass(frozen=True, slots=True)
class Found:
    """One search as it was made. `matching` of 0 is a result like any other."""

    started_at: datetime
    minutes: Decimal
    platform: str
    term: str
    searcher: str
    seen: int
    matching: int
    language: str = ""
    specimens: int | None = None
    value: Decimal | None = None
    permit_yes: int | None = None
    listings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a line of a log."""

    line: int
    reason: Refusal


def record(*, actor: Actor, number: str, told: Found, at: datetime) -> Search | Refusal:
    """Keep one search, under the coverage that held when it began."""
    if refused := require(actor, Action.KEEP_CAMPAIGNS):
        return refused
    with transaction.atomic():
        campaign = _running(actor.party, number)
        if isinstance(campaign, Refusal):
            return campaign
        made = _record(campaign, told, _versions(campaign), actor, at, from_file=False)
        if isinstance(made, Search):
            events.append(SEARCHED, campaign.subject, party=campaign.party, actor=actor.label, at=at,
                          data={"platform": made.platform, "seen": made.seen, "matching": made.matching})
    return made


def by_file(*, actor: Actor, number: str, text: str, at: datetime) -> int | list[Fault] | Refusal:
    """A log of searches: all of it is kept, or nothing and every fault with its line."""
    if refused := require(actor, Action.KEEP_CAMPAIGNS):
        return refused
    rows = _rows(text)
    if isinstance(rows, Refusal):
        return rows
    faults = [Fault(line, each) for line, each in rows if isinstance(each, Refusal)]
    with transaction.atomic():
        campaign = _running(actor.party, number)
        if isinstance(campaign, Refusal):
            return campaign
        versions, done = _versions(campaign), 0
        for line, each in rows:
            if isinstance(each, Refusal):
                continue
            made = _record(campaign, each, versions, actor, at, from_file=True)
            if isinstance(made, Refusal):
                faults.append(Fault(line, made))
            done += 1
        if faults:
            transaction.set_rollback(True)
            return sorted(faults, key=lambda each: each.line)
        events.append(LOG, campaign.subject, party=campaign.party, actor=actor.label, at=at, data={"searches": done})
    return done


def strike(*, actor: Actor, number: str, search: int, reason: str, at: datetime) -> Struck | Refusal:
    """A search that was noted wrongly does not count any more; it stays with the reason."""
    if refused := require(actor, Action.KEEP_CAMPAIGNS):
        return refused
    if not reason.strip() or len(reason) > 300:
        return refuse("strike-reason", "Say why the search does not count, in at most 300 characters.", field="reason")
    with transaction.atomic():
        campaign = locked(actor.party, number)
        found = campaign and campaign.searches.filter(pk=search, struck=None).first()
        if not campaign or not found:
            return refuse("no-such-search", "There is no such search, or it is struck out already.")
        made = Struck.objects.create(search=found, reason=reason.strip(), by_id=actor.own_id, at=at)
        events.append(STRUCK, campaign.subject, party=campaign.party, actor=actor.label, at=at,
                      data={"search": found.pk}, note=made.reason)
    return made


def record_pair(*, actor: Actor, number: str, platform: str, term: str, searched_on: date, first_searcher: str,
                second_searcher: str, first: Iterable[str], second: Iterable[str], at: datetime) -> Pair | Refusal:
    """Two who searched apart, each with the addresses or numbers found. Only the three counts are kept."""
    if refused := require(actor, Action.KEEP_CAMPAIGNS):
        return refused
    one, two = ({each.strip().casefold().rstrip("/") for each in found if each.strip()} for found in (first, second))
    with transaction.atomic():
        campaign = _running(actor.party, number)
        if isinstance(campaign, Refusal):
            return campaign
        newest = _versions(campaign)[-1]
        if refused := _uncovered(newest, platform, term, first_searcher) or _uncovered(
                newest, platform, term, second_searcher, field="second_searcher"):
            return refused
        if first_searcher == second_searcher:
            return refuse("pair-same", "Two different people search apart.", field="second_searcher")
        if not one or not two:
            return refuse("pair-empty", "Write what each of the two found, one address or number a line.",
                          field="first" if not one else "second")
        if searched_on > at.date():
            return refuse("search-time", "The search lies between the beginning of the campaign and now.",
                          field="searched_on")
        made = Pair.objects.create(
            campaign=campaign, platform=platform, term=term, searched_on=searched_on, first_searcher=first_searcher,
            second_searcher=second_searcher, first=len(one), second=len(two), both=len(one & two),
            by_id=actor.own_id, at=at)
        events.append(PAIRED, campaign.subject, party=campaign.party, actor=actor.label, at=at,
                      data={"platform": platform, "first": made.first, "second": made.second, "both": made.both})
    return made


def _running(party: str, number: str) -> Campaign | Refusal:
    found = locked(party, number)
    if found is None:
        return NO_CAMPAIGN
    if found.state != Campaign.State.RUNNING:
        return refuse("campaign-not-running", "The campaign is not running.")
    return found


def _versions(campaign: Campaign) -> list[Coverage]:
    return list(campaign.coverages.exclude(frozen_at=None).order_by("version"))


def _record(campaign: Campaign, told: Found, versions: list[Coverage], actor: Actor, at: datetime, *,
            from_file: bool) -> Search | Refusal:
    coverage = next((each for each in reversed(versions)
                     if each.holds_from is not None and each.holds_from <= told.started_at), None)
    if coverage is None or told.started_at > at:
        return refuse("search-time", "The search lies between the beginning of the campaign and now.",
                      field="started_at")
    if refused := _uncovered(coverage, told.platform, told.term, told.searcher, told.language) or _counts(told):
        return refused
    if told.listings and (missing := set(told.listings) - set(market.listings(
            campaign.party, number__in=told.listings).values_list("number", flat=True))):
        return refuse("search-listing", "There is no captured listing %(number)s.", number=min(missing)[:24],
                      field="listings")
    try:
        with transaction.atomic():
            return Search.objects.create(
                campaign=campaign, party=campaign.party, coverage=coverage, started_at=told.started_at,
                minutes=told.minutes, platform=told.platform, term=told.term, language=told.language,
                searcher=told.searcher, seen=told.seen, matching=told.matching, specimens=told.specimens,
                value=told.value, permit_yes=told.permit_yes, listings=list(told.listings), from_file=from_file,
                by_id=actor.own_id, at=at)
    except IntegrityError:
        return refuse("search-twice", "This search is noted already: the same time, platform, term and searcher.",
                      field="started_at")


def _uncovered(coverage: Coverage, platform: str, term: str, searcher: str, language: str = "", *,
               field: str = "searcher") -> Refusal | None:
    """What lies outside the protocol that held then: searching more is welcome, but it is another coverage."""
    for name, value, known in (("platform", platform, coverage.platforms), ("term", term, coverage.terms),
                               (field, searcher, coverage.searchers)):
        if value not in known:
            return refuse("search-outside", "%(value)s is not in the protocol (coverage %(version)s).",
                          value=value[:60] or "–", version=coverage.version, field=name)
    if language and language not in coverage.languages:
        return refuse("search-outside", "%(value)s is not in the protocol (coverage %(version)s).",
                      value=language[:20], version=coverage.version, field="language")
    return None


def _counts(told: Found) -> Refusal | None:
    if not Decimal("0.1") <= told.minutes <= 600:
        return refuse("search-minutes", "A search lasts more than 0 and at most 600 minutes.", field="minutes")
    for name in ("seen", "matching", "specimens", "permit_yes"):
        if (value := getattr(told, name)) is not None and not 0 <= value <= MOST_COUNT:
            return refuse("search-count", "Write a whole number, not below 0.", field=name)
    if told.value is not None and not 0 <= told.value < MOST_VALUE:
        return refuse("search-value", "Write the value as a number, not below 0.", field="value")
    if told.matching > told.seen:
        return refuse("search-matching", "There cannot be more matching adverts than adverts seen.", field="matching")
    if told.permit_yes is not None and told.permit_yes > told.matching:
        return refuse("search-permits", "There cannot be more adverts with a permit than matching ones.",
                      field="permit_yes")
    return None


def _rows(text: str) -> list[tuple[int, Found | Refusal]] | Refusal:
    """The log parsed: a head with the columns, then one search a line."""
    lines = lines_of(text, COLUMNS, most_bytes=MOST_BYTES, most_rows=MOST_ROWS)
    if isinstance(lines, Refusal):
        return lines
    return [(line, _row(cells)) for line, cells in lines]


def _row(cells: list[str]) -> Found | Refusal:
    if odd := too_odd(cells, COLUMNS):
        return odd
    cell = dict(zip(COLUMNS, cells, strict=True))
    try:
        when = datetime.fromisoformat(cell["started_at"])
    except ValueError:
        return refuse("list-time", "%(text)s is no time: write it like 2027-05-31T14:30.",
                      text=cell["started_at"][:40])
    numbers: dict[str, Decimal | None] = {}
    for name in ("minutes", "seen", "matching", "specimens", "value_usd", "permit_yes"):
        needed = name in ("minutes", "seen", "matching")
        number = _number(cell[name], whole=name not in ("minutes", "value_usd"))
        if (number is None and cell[name]) or (needed and number is None):
            return refuse("list-number", "%(column)s: %(text)s is no number.", column=name, text=cell[name][:40] or "–")
        numbers[name] = number
    whole = {name: None if numbers[name] is None else int(numbers[name] or 0) for name in ("specimens", "permit_yes")}
    return Found(when if when.tzinfo else when.replace(tzinfo=UTC), numbers["minutes"] or Decimal(0),
                 cell["platform"], cell["term"], cell["searcher"], int(numbers["seen"] or 0),
                 int(numbers["matching"] or 0), cell["language"], whole["specimens"], numbers["value_usd"],
                 whole["permit_yes"], tuple(cell["listings"].split()))


def _number(text: str, *, whole: bool) -> Decimal | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    if not found.is_finite() or abs(found) >= Decimal("1e15") or (whole and found != found.to_integral_value()):
        return None
    return found
