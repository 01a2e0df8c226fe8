"""A long report holds nobody up: it is written from one moment of the trade, and says up to which event it counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.cast import SKINS, issued

from wildgate.apps.customs import services as customs
from wildgate.apps.customs.models import Endorsement
from wildgate.apps.permits.models import Permit
from wildgate.apps.reports import annual_signing, selectors
from wildgate.apps.reports.annual_models import AnnualVersion
from wildgate.convention.refusal import Refusal
from wildgate.convention.report_row import Basis, Part
from wildgate.kit import events
from wildgate.kit.models import Event
from wildgate.kit.one_moment import one_moment

TRADED = datetime(2026, 11, 20, 12, tzinfo=UTC)
SPRING = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def world(own_database: str) -> tuple[dict[str, Any], Permit]:
    """One export of 2026, and a permit that is still to leave."""
    from wildgate.site.demo.cast import settle

    who = settle("QM", "Demoland", TRADED - timedelta(days=5))
    first, second = (issued(who, TRADED - timedelta(days=3), SKINS) for _ in range(2))
    leave(who, first, TRADED)
    return who, second


def leave(who: dict[str, Any], permit: Permit, at: datetime) -> Endorsement | Refusal:
    return customs.endorse(actor=who["jean"], number=permit.number, stage="export", quantities={"A": "1150"},
                           port="QMKIV", transport_document="1", at=at)


def draw_up(who: dict[str, Any], why: str = "", at: datetime = SPRING) -> AnnualVersion | Refusal:
    return annual_signing.draw_up(actor=who["amina"], year=2026, basis=Basis.ACTUAL, at=at, why=why)


def test_who_endorses_while_the_report_is_read_does_not_wait_and_is_not_in_it(
        world: tuple[dict[str, Any], Permit], at_once: Callable[..., list[Any]]) -> None:
    who, second = world
    with one_moment():
        until = events.count("QM")
        rows = selectors.rows("QM", 2026, Part.EXPORTS)
        begun = next(rows)
        (endorsed,) = at_once(lambda: leave(who, second, TRADED + timedelta(hours=1)))
        seen = [begun, *rows, *selectors.rows("QM", 2026, Part.EXPORTS)]
        still = events.count("QM")

    assert isinstance(endorsed, Endorsement)
    assert [row.export_permit for row in seen] == [begun.export_permit] * 2
    assert until == still < events.count("QM")
    assert selectors.lines("QM", 2026, Part.EXPORTS, Basis.ACTUAL, 10) == 2


def test_a_version_counts_what_its_event_tells_whatever_is_endorsed_meanwhile(
        world: tuple[dict[str, Any], Permit], at_once: Callable[..., list[Any]]) -> None:
    who, second = world
    before = events.count("QM")

    made, endorsed = at_once(lambda: draw_up(who), lambda: leave(who, second, TRADED + timedelta(hours=1)))

    assert isinstance(made, AnnualVersion)
    assert isinstance(endorsed, Endorsement)
    told = Event.objects.get(kind="annual-report-drawn-up")
    assert f'"until":{made.until}' in told.data
    assert before <= made.until < told.seq
    own = Event.objects.filter(seq__gt=before, subject=second.subject).order_by("seq").last()
    rows = made.files.get(part=Part.EXPORTS.value).rows
    assert rows == (2 if own.seq <= made.until else 1)
    assert events.verify("QM") is None


def test_of_two_who_draw_up_at_once_one_makes_the_version(
        world: tuple[dict[str, Any], Permit], at_once: Callable[..., list[Any]]) -> None:
    who, _second = world

    made = at_once(lambda: draw_up(who), lambda: draw_up(who))

    assert sorted(type(each).__name__ for each in made) == ["AnnualVersion", "Refusal"]
    assert AnnualVersion.objects.count() == 1
