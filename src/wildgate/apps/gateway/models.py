"""Programs that call this system: of customs, single windows and carriers; their keys, calls and notices."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.models import Authority, Organisation, Role

PERSON = settings.AUTH_USER_MODEL


class Program(models.Model):
    """A program of a customs authority or of a carrier. It acts as `person`, who can never sign in by hand.

    `daily_quota` and `per_minute` are what it may call; both are house values until the Party and the operator of the
    program agree on others.
    """

    class Kind(models.TextChoices):
        CUSTOMS_SYSTEM = Role.CUSTOMS_SYSTEM.value, _("Customs system or single window")
        CARRIER = Role.CARRIER.value, _("Carrier")

    party = models.CharField(max_length=2)
    name = models.CharField(max_length=80)
    role = models.CharField(max_length=16, choices=Kind.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="programs")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, null=True, related_name="programs")
    person = models.OneToOneField(PERSON, on_delete=models.PROTECT, related_name="program")
    contact = models.EmailField(blank=True)
    daily_quota = models.PositiveIntegerField(default=50_000)
    per_minute = models.PositiveIntegerField(default=600)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "name"], name="program_once"),
            models.CheckConstraint(name="program_of_one_body", condition=(
                Q(role="carrier", organisation__isnull=False, authority__isnull=True)
                | Q(role="customs-system", organisation__isnull=True, authority__isnull=False))),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        """The name under which events speak of this program."""
        return f"program:{self.pk}"

    @property
    def body(self) -> Organisation | Authority | None:
        """Whose program it is."""
        return self.organisation or self.authority


class ProgramKey(models.Model):
    """A key of a program: its first part stands here and on screen, of the rest the SHA-256 only.

    A program has several while it changes from one to the next. Revoked, a key opens nothing from that moment on.
    """

    party = models.CharField(max_length=2)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="keys")
    prefix = models.CharField(max_length=8, unique=True)
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    used_on = models.DateField(null=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.program}: {self.prefix}"

    def opens(self, at: datetime) -> bool:
        return self.revoked_at is None and at < self.expires_at


class Meter(models.Model):
    """What a program has called today and in this minute: one row, moved by one conditional statement."""

    program = models.OneToOneField(Program, on_delete=models.PROTECT, primary_key=True, related_name="meter")
    day = models.DateField()
    day_calls = models.PositiveIntegerField(default=0)
    minute = models.BigIntegerField(default=0)
    minute_calls = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.program_id}: {self.day_calls} on {self.day}"


class CallLog(models.Model):
    """How many calls of one operation a program made on a day, by the answer. `things` counts what a batch held."""

    party = models.CharField(max_length=2)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="calls")
    day = models.DateField()
    operation = models.CharField(max_length=80)
    status = models.PositiveSmallIntegerField()
    calls = models.PositiveIntegerField(default=0)
    things = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "day", "operation", "status"], name="calls_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.operation} {self.status}: {self.calls}"


class Notice(models.Model):
    """Something that a program is to be told; it fetches what is new and says what it has got. `pk` is the sequence."""

    party = models.CharField(max_length=2)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="notices")
    cause = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "cause"], name="program_notice_once")]
        indexes = [
            models.Index(fields=["program", "id"], condition=Q(acknowledged_at=None), name="program_notice_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} to {self.program_id}"
