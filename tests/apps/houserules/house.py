"""Rules for the tests: proposed by Amina, confirmed by Bo, in force at once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from tests.cast import NOON

from wildgate.apps.accounts.access import Actor
from wildgate.apps.houserules import services
from wildgate.apps.houserules.models import Rule

TODAY = NOON.date()


def proposed(cast: dict[str, Actor], kind: str, given: dict[str, Any], *, at: datetime = NOON,
             since: date | None = None, until: date | None = None) -> Rule:
    made = services.propose(actor=cast["amina"], kind=kind, given=given, at=at, since=since, until=until)
    assert isinstance(made, Rule), made
    return made


def entered(cast: dict[str, Actor], kind: str, given: dict[str, Any], *, at: datetime = NOON,
            since: date | None = None, until: date | None = None) -> Rule:
    rule = proposed(cast, kind, given, at=at, since=since, until=until)
    done = services.confirm(actor=cast["bo"], rules=[rule.pk], at=at)
    assert isinstance(done, list), done
    return done[0]
