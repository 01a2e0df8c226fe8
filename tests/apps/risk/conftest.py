"""The people of risk control."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from wildgate.apps.accounts.access import Actor
from wildgate.apps.risk import seeds
from wildgate.apps.risk.models import Seed


@pytest.fixture
def tomas(cast: dict[str, Actor]) -> Actor:
    return cast["tomas"]


@pytest.fixture
def nadia(cast: dict[str, Actor]) -> Actor:
    return cast["nadia"]


@pytest.fixture
def ines(cast: dict[str, Actor]) -> Actor:
    return cast["ines"]


@pytest.fixture
def no_draw(db, at):
    """Days, two months back and a week ahead, on which the draw falls on next to nobody."""
    few, secret = Decimal("0.01"), "quiet"
    Seed.objects.bulk_create(
        Seed(party="QM", day=at.date() + timedelta(days=days), secret=secret, commitment=seeds.commitment(secret),
             percent=few, trusted_percent=few, committed_at=at) for days in range(-60, 8))
