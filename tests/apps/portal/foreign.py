"""An officer of another Party with an account here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.apps.partners.agreed import agree, done, give_account

from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.selectors import actor_of


def officer_of(country: str, cast: dict[str, Any], at: datetime) -> Actor:
    """Agree with the Party, give its officer an account, and let the officer in."""
    agree(cast, at, country, operations=())
    officer = done(give_account(cast, at, country, f"w@{country.lower()}.example", "Wanjiru Mwangi"))
    return actor_of(officer.person, at.date())
