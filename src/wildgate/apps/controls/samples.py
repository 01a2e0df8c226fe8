"""Control samples: a share of the issued permits, drawn so that the draw can be checked and cannot be steered.

For each day (UTC) a secret seed is made beforehand; its SHA-256 stands in the event chain before the day begins. When
the day is over the seed is told, and a permit is drawn when SHA-256 of "seed:digest of its record", read as a number,
falls below the share. Nobody who issues can know the seed, nobody who draws can choose another one, and everybody who
knows the digests can draw again.
"""

from __future__ import annotations

import hashlib
import math
import secrets
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.controls.hours import limits_of
from wildgate.apps.controls.models import Sample, Seed
from wildgate.apps.permits.models import Permit
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.kit.models import Event

COMMITTED, DRAWN, SAMPLED, EXAMINED = "sample-day-committed", "sample-day-drawn", "sample-drawn", "sample-examined"
ALL = 2**256
DAY = timedelta(days=1)
SURE = 1.959963985
"""Standard deviations of a two-sided 95 % interval."""


def keep(party: str, at: datetime) -> int:
    """Commit to today's and tomorrow's seed, and draw the days that are over; how many permits were drawn."""
    today = at.astimezone(UTC).date()
    for day in (today, today + DAY):
        commit(party, day, at)
    over = Seed.objects.filter(party=party, day__lt=today, published_at=None).order_by("day")
    return sum(draw(party, day, at) for day in list(over.values_list("day", flat=True)))


def commit(party: str, day: date, at: datetime) -> Seed:
    """Make the seed of a day and put its commitment into the chain, once."""
    held = Seed.objects.filter(party=party, day=day).first()
    if held is not None:
        return held
    with transaction.atomic():
        secret = secrets.token_hex(32)
        seed, new = Seed.objects.get_or_create(party=party, day=day, defaults={
            "secret": secret, "commitment": commitment(secret), "percent": limits_of(party, at).sample_percent,
            "committed_at": at})
        if new:
            events.append(COMMITTED, f"sample-day:{day.isoformat()}", party=party, actor=events.SYSTEM, at=at,
                          data={"commitment": seed.commitment, "percent": str(seed.percent)})
    return seed


def commitment(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def is_drawn(secret: str, digest: str, percent: Decimal) -> bool:
    """The whole rule of the draw: anybody can compute it again."""
    ticket = int.from_bytes(hashlib.sha256(f"{secret}:{digest}".encode()).digest())
    return Decimal(ticket) * 100 < percent * ALL


def draw(party: str, day: date, at: datetime) -> int:
    """Tell the seed of a day that is over and draw its permits, once; how many were drawn."""
    with transaction.atomic():
        seed = Seed.objects.select_for_update().filter(party=party, day=day, published_at=None).first()
        if seed is None or day >= at.astimezone(UTC).date():
            return 0
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        issued = list(Permit.objects.filter(party=party, issued_at__gte=midnight, issued_at__lt=midnight + DAY)
                      .select_related("application").order_by("number"))
        drawn = [permit for permit in issued if is_drawn(seed.secret, permit.digest, seed.percent)]
        due = at.date() + timedelta(days=limits_of(party, at).sample_days)
        Sample.objects.bulk_create([
            Sample(party=party, permit=permit, seed=seed, acted=_acted(permit), drawn_at=at, due_on=due)
            for permit in drawn])
        seed.published_at, seed.issued, seed.drawn = at, len(issued), len(drawn)
        seed.save()
        events.append(DRAWN, f"sample-day:{day.isoformat()}", party=party, actor=events.SYSTEM, at=at,
                      data={"seed": seed.secret, "issued": len(issued), "drawn": len(drawn)})
        for permit in drawn:
            events.append(SAMPLED, f"sample:{permit.number}", party=party, actor=events.SYSTEM, at=at)
    return len(drawn)


def _acted(permit: Permit) -> list[int]:
    """Everybody who did anything on the case or the permit."""
    labels = (Event.objects.filter(party=permit.party, subject__in=[permit.subject, permit.application.subject])
              .exclude(kind="read").values_list("actor", flat=True).distinct())
    return sorted(int(label.removeprefix("person:")) for label in labels if label.startswith("person:"))


def examine(*, actor: Actor, number: str, result: str, findings: str, at: datetime) -> Sample | Refusal:
    """A second officer says what the new examination found; where it differs, in what."""
    kept = findings.strip()
    with transaction.atomic():
        sample = (Sample.objects.select_for_update(of=("self",)).select_related("permit")
                  .filter(party=actor.party, permit__number=number).first())
        if sample is None:
            return refuse("no-such-sample", "Permit %(number)s is not in the control sample.", number=number[:30])
        if refused := require(actor, Action.EXAMINE_SAMPLE, sample):
            return refused
        if sample.result:
            return refuse("sample-examined", "This permit has been examined already.")
        if result not in (Sample.Result.AGREED.value, Sample.Result.DIFFERS.value):
            return refuse("missing", "Choose whether you come to the same result.", field="result")
        if not kept:
            return refuse("missing", "Write %(what)s.", what="what you looked at and what you found", field="findings")
        if len(kept) > 2000:
            return refuse("too-long", "%(what)s is %(length)s characters long; shorten it to %(longest)s.",
                          what="What you found", length=len(kept), longest=2000, field="findings")
        sample.result, sample.findings = result, kept
        sample.examiner_id, sample.examined_at = actor.own_id, at
        sample.save()
        events.append(EXAMINED, f"sample:{number}", party=sample.party, actor=actor.label, at=at,
                      data={"result": result}, note=kept)
    return sample


def interval(differs: int, examined: int) -> tuple[float, float] | None:
    """Between which shares (0 to 1) the truth lies with 95 % certainty, by Wilson; None of nothing."""
    if not examined:
        return None
    share, square = differs / examined, SURE**2
    middle = share + square / (2 * examined)
    spread = SURE * math.sqrt(share * (1 - share) / examined + square / (4 * examined**2))
    whole = 1 + square / examined
    return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)
