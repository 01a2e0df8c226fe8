"""The named cast as fixtures: one trader firm, the authorities, customs and the auditor of Demoland."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from wildgate.apps.accounts.access import Actor

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def at() -> datetime:
    """A fixed noon: services take their time from the caller."""
    return NOON


@pytest.fixture
def cast(db: Any) -> dict[str, Actor]:
    """Everybody by first name: mario, amina, bo, ito, jean, ana, sam."""
    from wildgate.site.demo.cast import settle
    return settle("QM", "Demoland", NOON)


@pytest.fixture
def mario(cast: dict[str, Actor]) -> Actor:
    return cast["mario"]


@pytest.fixture
def amina(cast: dict[str, Actor]) -> Actor:
    return cast["amina"]


@pytest.fixture
def bo(cast: dict[str, Actor]) -> Actor:
    return cast["bo"]


@pytest.fixture
def ito(cast: dict[str, Actor]) -> Actor:
    return cast["ito"]


@pytest.fixture
def jean(cast: dict[str, Actor]) -> Actor:
    return cast["jean"]


@pytest.fixture
def ana(cast: dict[str, Actor]) -> Actor:
    return cast["ana"]
