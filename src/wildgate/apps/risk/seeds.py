"""The random share: drawn so that the draw can be checked and cannot be steered.

For each day (UTC) a secret seed is made beforehand; its SHA-256 stands in the event chain. When the day is over the
seed is told. Which number seed and reference give is `targeting.selection.draw`: whoever knows the references can draw
again. Neither points nor score touch it; a trusted trader has a smaller share, never none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from wildgate.apps.risk.limits import limits_of
from wildgate.apps.risk.models import Assessment, Seed
from wildgate.kit import events, jobs
from wildgate.targeting.selection import commitment, draw, new_seed

COMMITTED, TOLD = "risk-seed-committed", "risk-seed-told"
DAY = timedelta(days=1)
TELL = "risk.tell_day"
"""The job that runs when the day is over: `jobs.tell_day`."""


@dataclass(frozen=True, slots=True)
class Redrawn:
    """What an auditor's own draw gives beside what was kept."""

    seed: Seed
    assessed: int
    drawn: int
    missing: tuple[str, ...]
    added: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        return commitment(self.seed.secret) == self.seed.commitment and not self.missing and not self.added


def seed_of(party: str, day: date, at: datetime) -> Seed:
    """The day's seed; made and committed to now where nobody did so before."""
    held = Seed.objects.filter(party=party, day=day).first()
    if held is not None:
        return held
    with transaction.atomic():
        secret, limits = new_seed(), limits_of(party)
        seed, new = Seed.objects.get_or_create(party=party, day=day, defaults={
            "secret": secret, "commitment": commitment(secret), "percent": limits.random_percent,
            "trusted_percent": limits.trusted_percent, "committed_at": at})
        if new:
            events.append(COMMITTED, f"risk-seed:{day.isoformat()}", party=party, actor=events.SYSTEM, at=at,
                          data={"commitment": seed.commitment, "percent": str(seed.percent),
                                "trusted": str(seed.trusted_percent)})
            over = datetime(day.year, day.month, day.day, tzinfo=UTC) + DAY
            jobs.enqueue(TELL, day.isoformat(), party=party, at=over, owner=party)
    return seed


def keep(party: str, at: datetime) -> int:
    """Commit to today's and tomorrow's seed, and tell those of the days that are over; how many were told."""
    today = at.astimezone(UTC).date()
    for day in (today, today + DAY):
        seed_of(party, day, at)
    over = Seed.objects.filter(party=party, day__lt=today, told_at=None).order_by("day").values_list("day", flat=True)
    return sum(tell(party, day, at) for day in list(over))


def tell(party: str, day: date, at: datetime) -> int:
    """Tell the seed of a day that is over, once."""
    with transaction.atomic():
        seed = Seed.objects.select_for_update().filter(party=party, day=day, told_at=None).first()
        if seed is None or day >= at.astimezone(UTC).date():
            return 0
        rows = Assessment.objects.filter(party=party, day=day, imported=False)
        seed.assessed = rows.values("reference").distinct().count()
        seed.drawn = rows.filter(ticket=True).values("reference").distinct().count()
        seed.told_at = at
        seed.save()
        events.append(TOLD, f"risk-seed:{day.isoformat()}", party=party, actor=events.SYSTEM, at=at,
                      data={"seed": seed.secret, "assessed": seed.assessed, "drawn": seed.drawn})
    return 1


def is_drawn(seed: Seed, reference: str, *, trusted: bool) -> bool:
    """Does the draw of that day fall on this reference? Anybody can compute it again once the seed is told."""
    return draw(seed.secret, reference) < float(seed.trusted_percent if trusted else seed.percent) / 100


def redraw(seed: Seed) -> Redrawn:
    """Draw a told day again from its references, and compare with what was kept."""
    rows = list(Assessment.objects.filter(party=seed.party, day=seed.day, imported=False)
                .values_list("reference", "ticket", "trusted").distinct())
    again = {reference for reference, _, trusted in rows if is_drawn(seed, reference, trusted=trusted)}
    held = {reference for reference, ticket, _ in rows if ticket}
    return Redrawn(seed, len({reference for reference, _, _ in rows}), len(again), tuple(sorted(again - held)[:20]),
                   tuple(sorted(held - again)[:20]))
