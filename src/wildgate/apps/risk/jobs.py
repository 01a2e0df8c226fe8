"""What risk control does day by day: seeds are committed to and told, and late reviews become watch."""

from __future__ import annotations

from datetime import datetime

from wildgate.apps.risk import seeds
from wildgate.apps.risk.services import learning as learning
from wildgate.apps.risk.services.profiles import watch_unreviewed
from wildgate.kit import events, jobs
from wildgate.kit.models import Event


@events.subscribe(seeds.COMMITTED)
def keep_risk(*, subject: str, seq: int, at: datetime) -> None:
    """A day was committed to: so is the next one, and what is over is told."""
    for party in Event.objects.filter(subject=subject, seq=seq, kind=seeds.COMMITTED).values_list("party", flat=True):
        seeds.keep(party, at)


@jobs.job
def tell_day(*, owner: str, at: datetime) -> None:
    """A day is over: its seed is told, the next days are committed to, and late reviews become watch."""
    seeds.keep(owner, at)
    watch_unreviewed(owner, at)
