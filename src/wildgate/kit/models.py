"""The event chain, the job table, the number series and the kept law: what every app writes beside its own rows."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Event(models.Model):
    """One link of a Party's hash chain. Never updated, never deleted: the database refuses both."""

    party = models.CharField(max_length=2)
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    data = models.TextField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "seq"], name="event_once")]
        indexes = [
            models.Index(fields=["party", "subject", "seq"], name="event_subject"),
            models.Index(fields=["party", "actor", "at"], name="event_actor"),
            models.Index(fields=["party", "kind", "at"], name="event_kind"),
            models.Index(fields=["party", "at"], name="event_time"),
        ]

    def __str__(self) -> str:
        return f"{self.party}/{self.seq} {self.kind} {self.subject}"


class EventNote(models.Model):
    """Free text that belongs to an event. The chain holds its SHA-256 only, so the text can be erased on request."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, primary_key=True, related_name="note")
    text = models.CharField(max_length=2000)

    def __str__(self) -> str:
        return self.text


class ChainHead(models.Model):
    """The newest link of a Party's chain; its row lock puts writers in one line."""

    party = models.CharField(max_length=2, primary_key=True)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    def __str__(self) -> str:
        return f"{self.party} at {self.seq}"


class Series(models.Model):
    """The last number given in a series of a Party and year: gapless, since it moves in the caller's transaction."""

    party = models.CharField(max_length=2)
    name = models.CharField(max_length=20)
    year = models.IntegerField()
    last = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "name", "year"], name="series_once")]

    def __str__(self) -> str:
        return f"{self.party} {self.name} {self.year}: {self.last}"


class Job(models.Model):
    """Work to do after a commit. Enqueued in the transaction that calls for it; named by a business key."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DEAD = "dead"

    party = models.CharField(max_length=2)
    name = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    run_after = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    track = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "name", "key"], condition=Q(state="waiting"),
                                    name="job_waits_once"),
        ]
        indexes = [models.Index(fields=["state", "run_after"], name="job_next")]

    def __str__(self) -> str:
        return f"{self.name} {self.key} ({self.state})"


class LawPart(models.Model):
    """A file of the law, or a register of names, under the SHA-256 of its content. Never updated, never deleted."""

    digest = models.CharField(max_length=64, primary_key=True)
    size = models.IntegerField()
    data = models.BinaryField()

    def __str__(self) -> str:
        return self.digest[:12]


class LawEdition(models.Model):
    """All that rulings were made by, as a list of parts; `at` is when the first of them was stored. Never changed."""

    digest = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField()
    manifest = models.TextField()

    def __str__(self) -> str:
        return self.digest[:12]


class Hold(models.Model):
    """Something that must stay as it is: an investigation or a court needs it. Asked of by all that erases or deletes.

    `subject` is the name under which events speak of it. Whoever set it does not lift it (`kit.holds`).
    """

    party = models.CharField(max_length=2)
    subject = models.CharField(max_length=80)
    reason = models.CharField(max_length=500)
    set_by = models.CharField(max_length=40)
    set_at = models.DateTimeField()
    lifted_by = models.CharField(max_length=40, blank=True)
    lifted_at = models.DateTimeField(null=True)
    why_lifted = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="hold_lifted_by_another", condition=(
                Q(lifted_at=None, lifted_by="") | Q(lifted_at__isnull=False) & ~Q(lifted_by="")
                & ~Q(lifted_by=models.F("set_by")))),
        ]
        indexes = [models.Index(fields=["party", "subject"], name="hold_in_force", condition=Q(lifted_at=None))]

    def __str__(self) -> str:
        return f"{self.party} {self.subject}"
