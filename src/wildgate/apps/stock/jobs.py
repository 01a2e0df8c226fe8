"""After a certificate's last day: what it did not use is in stock again."""

from __future__ import annotations

from datetime import datetime

from wildgate.apps.stock import drawing
from wildgate.kit.jobs import job


@job
def return_expired_draws(*, at: datetime, party_code: str) -> None:
    """Give back what expired certificates hold. Run again, it finds nothing left to do."""
    drawing.return_expired(party=party_code, on=at.date(), at=at)
