"""After a permit's last day: specimens and output that it did not use are free again."""

from __future__ import annotations

from datetime import datetime

from wildgate.apps.registers import services
from wildgate.kit.jobs import job


@job
def return_expired(*, at: datetime, party_code: str) -> None:
    """Set free what expired permits hold. Run again, it finds nothing left to do."""
    services.return_expired(party=party_code, on=at.date(), at=at)
