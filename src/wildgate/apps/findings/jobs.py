"""After a permit's last day: what it did not use of a standing finding is free again."""

from __future__ import annotations

from datetime import datetime

from wildgate.apps.findings import services
from wildgate.kit.jobs import job


@job
def return_expired_parts(*, at: datetime, party_code: str) -> None:
    """Give back what expired permits hold. Run again, it finds nothing left to do."""
    services.return_expired(party=party_code, on=at.date(), at=at)
