"""A platform, a protocol and searches for the tests of campaigns."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from wildgate.apps.campaigns import services
from wildgate.apps.campaigns.models import Campaign, Search
from wildgate.apps.platforms import services as register
from wildgate.apps.platforms.facts import PlatformFacts
from wildgate.apps.platforms.models import Platform

COUNTING = "One advert that offers at least one live snake or its skin."


def scope(*, platforms: tuple[str, ...] = ("bazaar",), terms: tuple[str, ...] = ("python", "boa"),
          searchers: tuple[str, ...] = ("A1", "B2"), counting: str = COUNTING,
          species: tuple[str, ...] = ("Python regius",)) -> services.Scope:
    return services.Scope(platforms, terms, species, ("en",), searchers, counting)


def bazaars(who: dict[str, Any], at: datetime, *names: str) -> None:
    for name in names or ("Bazaar", "Wall"):
        made = register.add_platform(actor=who["ines"], at=at, told=PlatformFacts(
            name, "marketplace", hosts=(f"{name.lower()}.example",)))
        assert isinstance(made, Platform), made


def planned(who: dict[str, Any], at: datetime, **changes: Any) -> Campaign:
    bazaars(who, at)
    made = services.plan(actor=who["ito"], at=at, **{
        "title": "Snakes", "question": "How many snakes are offered, and is it more?", "first_day": date(2024, 1, 1),
        "last_day": date(2026, 12, 31), "minutes": 30, "scope": scope(), **changes})
    assert isinstance(made, Campaign), made
    return made


def begun(who: dict[str, Any], at: datetime, **changes: Any) -> Campaign:
    made = services.begin(actor=who["ito"], number=planned(who, at, **changes).number, at=at)
    assert isinstance(made, Campaign), made
    return made


def told(when: datetime, matching: int = 0, **changes: Any) -> services.Found:
    return services.Found(**{"started_at": when, "minutes": Decimal(30), "platform": "bazaar", "term": "python",
                             "searcher": "A1", "seen": 50, "matching": matching, "language": "en", **changes})


def searched(who: dict[str, Any], campaign: Campaign, when: datetime, matching: int = 0, **changes: Any) -> Search:
    made = services.record(actor=who["ito"], number=campaign.number, told=told(when, matching, **changes),
                           at=when + timedelta(hours=1))
    assert isinstance(made, Search), made
    return made
