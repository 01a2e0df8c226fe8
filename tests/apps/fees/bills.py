"""A tariff and a charge for the tests."""

from __future__ import annotations

from typing import Any

from tests.apps.houserules.house import entered
from tests.cast import NOON

from wildgate.apps.accounts.access import Actor
from wildgate.apps.fees import services
from wildgate.apps.fees.models import Charge


def tariff(cast: dict[str, Actor], **more: Any) -> int:
    return entered(cast, "tariff", {"currency": "QML", "base": "40.00", "per_line": "5.00", "lines_included": "2",
                                    "extras": {"urgent": "30.00"}, **more}).pk


def charged(cast: dict[str, Actor], number: str = "QM-A-2026-000001", lines: int = 3) -> Charge:
    mario = cast["mario"]
    made = services.charge(f"application:{number}", party="QM", organisation_id=min(mario.organisations),
                           kind="export-permit", lines=lines, actor=mario, at=NOON)
    assert isinstance(made, Charge), made
    return made
