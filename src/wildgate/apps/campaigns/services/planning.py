"""The protocol of a campaign: planned, frozen when it begins, and from then on changed by a new version only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.campaigns.models import Campaign, Coverage
from wildgate.apps.platforms import selectors as platforms
from wildgate.convention.listing import law
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.taxonomy import Unknown
from wildgate.kit import events
from wildgate.kit.numbering import next_number

PLANNED, BEGUN, CHANGED, CLOSED = "campaign-planned", "campaign-begun", "campaign-coverage-changed", "campaign-closed"
CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}")
LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
MOST: Final = 200
LASTS: Final = timedelta(days=5 * 366)
AROUND: Final = timedelta(days=10 * 366)
"""The longest campaign, and how far from today one may begin (house values)."""
LONGEST: Final = 500
NO_CAMPAIGN: Final = refuse("no-such-campaign", "There is no such campaign.")


@dataclass(frozen=True, slots=True)
class Scope:
    """What is looked at and how it is counted."""

    platforms: tuple[str, ...]
    terms: tuple[str, ...]
    species: tuple[str, ...]
    languages: tuple[str, ...]
    searchers: tuple[str, ...]
    counting: str


def plan(*, actor: Actor, title: str, question: str, first_day: date, last_day: date, minutes: int, scope: Scope,
         at: datetime) -> Campaign | Refusal:
    """Write down a protocol. It may still be changed until it begins."""
    if refused := require(actor, Action.KEEP_CAMPAIGNS):
        return refused
    if not title.strip() or not question.strip():
        return refuse("campaign-question", "Write a title and the question that the campaign shall answer.",
                      field="title" if not title.strip() else "question")
    if last_day < first_day:
        return refuse("campaign-days", "The last day is before the first one.", field="last_day")
    if abs(first_day - at.date()) > AROUND:
        return refuse("campaign-when", "A campaign begins within ten years of today; check the year.",
                      field="first_day")
    if last_day - first_day > LASTS:
        return refuse("campaign-lasts", "A campaign lasts five years at most; check the year.", field="last_day")
    if not 1 <= minutes <= 600:
        return refuse("campaign-minutes", "A search lasts 1 to 600 minutes.", field="minutes")
    checked = _checked(actor.party, scope)
    if isinstance(checked, Refusal):
        return checked
    with transaction.atomic():
        number = f"{actor.party}-M-{at.year}-{next_number(actor.party, 'campaigns', at.year):03d}"
        made = Campaign.objects.create(
            party=actor.party, number=number, title=title.strip(), question=question.strip(), first_day=first_day,
            last_day=last_day, minutes=minutes, made_by_id=actor.own_id, made_at=at)
        _covered(made, 1, checked, actor, at)
        events.append(PLANNED, made.subject, party=made.party, actor=actor.label, at=at, data={"minutes": minutes})
    return made


def begin(*, actor: Actor, number: str, at: datetime) -> Campaign | Refusal:
    """Freeze the protocol: from now on searches count, and a change is a new version of the coverage."""
    if refused := require(actor, Action.KEEP_CAMPAIGNS):
        return refused
    with transaction.atomic():
        found = locked(actor.party, number)
        if found is None:
            return NO_CAMPAIGN
        if found.state != Campaign.State.PLANNED:
            return refuse("campaign-begun", "The campaign has begun already.")
        found.state, found.begun_at = Campaign.State.RUNNING, at
        found.save(update_fields=["state", "begun_at"])
        first = found.coverages.get(version=1)
        first.holds_from, first.frozen_at = at, at
        first.save(update_fields=["holds_from", "frozen_at"])
        events.append(BEGUN, found.subject, party=found.party, actor=actor.label, at=at, data={"coverage": 1})
    return found


def change_coverage(*, actor: Actor, number: str, scope: Scope, reason: str, at: datetime) -> Coverage | Refusal:
    """Another coverage. Before the beginning it replaces the plan; afterwards it is a new version, and a break."""
    if refused := require(actor, Action.KEEP_CAMPAIGNS):
        return refused
    checked = _checked(actor.party, scope)
    if isinstance(checked, Refusal):
        return checked
    with transaction.atomic():
        found = locked(actor.party, number)
        if found is None:
            return NO_CAMPAIGN
        if found.state == Campaign.State.CLOSED:
            return refuse("campaign-closed", "The campaign is closed.")
        last = found.coverages.order_by("-version")[0]
        if last.frozen_at is None:
            for name in Scope.__dataclass_fields__:
                value = getattr(checked, name)
                setattr(last, name, list(value) if isinstance(value, tuple) else value)
            last.by_id, last.at = actor.own_id, at
            last.save()
            return last
        if not reason.strip() or len(reason) > LONGEST:
            return refuse("campaign-reason", "Say why the coverage changes, in at most %(most)s characters.",
                          most=LONGEST, field="reason")
        made = _covered(found, last.version + 1, checked, actor, at, frozen=at, reason=reason.strip())
        if not (changed := made.covered().changed(last.covered())):
            transaction.set_rollback(True)
            return refuse("campaign-same", "Nothing of the coverage is different.", field="platforms")
        events.append(CHANGED, found.subject, party=found.party, actor=actor.label, at=at,
                      data={"coverage": made.version, "changed": list(changed)}, note=made.reason)
    return made


def close(*, actor: Actor, number: str, at: datetime) -> Campaign | Refusal:
    """No more searches."""
    if refused := require(actor, Action.KEEP_CAMPAIGNS):
        return refused
    with transaction.atomic():
        found = locked(actor.party, number)
        if found is None:
            return NO_CAMPAIGN
        if found.state != Campaign.State.RUNNING:
            return refuse("campaign-not-running", "The campaign is not running.")
        found.state, found.closed_at = Campaign.State.CLOSED, at
        found.save(update_fields=["state", "closed_at"])
        events.append(CLOSED, found.subject, party=found.party, actor=actor.label, at=at)
    return found


def locked(party: str, number: str) -> Campaign | None:
    """The campaign under its lock, which orders all that is written to it."""
    return Campaign.objects.select_for_update().filter(party=party, number=number).first()


def _covered(campaign: Campaign, version: int, scope: Scope, actor: Actor, at: datetime, *,
             frozen: datetime | None = None, reason: str = "") -> Coverage:
    return Coverage.objects.create(
        campaign=campaign, version=version, platforms=list(scope.platforms), terms=list(scope.terms),
        species=list(scope.species), languages=list(scope.languages), searchers=list(scope.searchers),
        counting=scope.counting, reason=reason, holds_from=frozen, frozen_at=frozen, by_id=actor.own_id, at=at)


def _checked(party: str, scope: Scope) -> Scope | Refusal:
    """The same scope, tidied, or the first thing that is missing or not known."""
    for name in ("platforms", "terms", "searchers"):
        if not getattr(scope, name) or len(getattr(scope, name)) > MOST:
            return refuse("campaign-empty", "Write at least one, and at most %(most)s.", most=MOST, field=name)
    known = set(platforms.platforms(party).filter(key__in=scope.platforms).values_list("key", flat=True))
    if missing := [each for each in scope.platforms if each not in known]:
        return refuse("campaign-platform", "%(key)s is not in the register of platforms.", key=missing[0][:60],
                      field="platforms")
    if wrong := [each for each in scope.languages if not LANGUAGE.fullmatch(each)]:
        return refuse("campaign-language", "%(language)s is no code of a language, such as en.", language=wrong[0][:20],
                      field="languages")
    if wrong := [each for each in scope.searchers if not CODE.fullmatch(each)]:
        return refuse("campaign-searcher", "%(searcher)s is no code: capital letters and digits, and no names.",
                      searcher=wrong[0][:20], field="searchers")
    if long := [each for each in scope.terms if len(each) > 120]:
        return refuse("campaign-term", "The search term %(term)s is too long.", term=long[0][:40], field="terms")
    if not scope.counting.strip() or len(scope.counting) > LONGEST:
        return refuse("campaign-counting", "Say what counts as one matching advert, in at most %(most)s characters.",
                      most=LONGEST, field="counting")
    species = _species(scope.species)
    return species if isinstance(species, Refusal) else Scope(
        scope.platforms, scope.terms, species, scope.languages, scope.searchers, scope.counting.strip())


def _species(names: Sequence[str]) -> tuple[str, ...] | Refusal:
    found: list[str] = []
    for name in names[:MOST]:
        placed = law().resolve(name)
        if isinstance(placed, Unknown):
            return refuse("campaign-taxon", "The taxon %(taxon)s is not known.", taxon=name[:80], field="species",
                          suggestions=law().suggest(name))
        found.append(placed.name)
    return tuple(dict.fromkeys(found))
