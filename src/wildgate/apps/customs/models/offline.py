"""What came from posts without a signal: devices, their signed records, and cases of double use."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from wildgate.apps.customs.models.endorsements import Endorsement
from wildgate.convention.refusal import Refusal

PERSON = settings.AUTH_USER_MODEL


class DeviceKey(models.Model):
    """The key of one officer's phone or computer at one station: it signs endorsements made without a signal.

    The private half never leaves the device. `sequence` and `head` are the number and the digest of the last record
    that arrived from it: the next one must follow on them.
    """

    party = models.CharField(max_length=2)
    officer = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    station = models.CharField(max_length=60, blank=True)
    public_key = models.CharField(max_length=130)
    thumbprint = models.CharField(max_length=64)
    enrolled_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    sequence = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "thumbprint"], name="device_once"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("enrolled_at")), name="device_lives"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="device_revoked_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station} {self.thumbprint[:8]}"

    @property
    def subject(self) -> str:
        """The name under which events speak of this device."""
        return f"device:{self.thumbprint[:32]}"


class OfflineRecord(models.Model):
    """One endorsement as it was signed without a signal, byte for byte, and what became of it. Never changed."""

    party = models.CharField(max_length=2)
    device = models.ForeignKey(DeviceKey, on_delete=models.PROTECT, related_name="records")
    sequence = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    body = models.TextField()
    signature = models.CharField(max_length=128)
    permit = models.ForeignKey("permits.Permit", on_delete=models.PROTECT, null=True, related_name="+")
    endorsement = models.ForeignKey(Endorsement, on_delete=models.PROTECT, null=True, related_name="+")
    refusal = models.JSONField(null=True)
    made_at = models.DateTimeField()
    arrived_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "sequence"], name="offline_record_in_order"),
            models.UniqueConstraint(fields=["party", "digest"], name="offline_record_once"),
            models.CheckConstraint(
                condition=Q(endorsement__isnull=False, refusal__isnull=True)
                | Q(endorsement__isnull=True, refusal__isnull=False),
                name="offline_record_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device} {self.sequence}"

    @property
    def said(self) -> dict[str, Any]:
        """What the officer entered, as the device signed it."""
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def why(self) -> Refusal | None:
        """Why it was not endorsed; None when it was."""
        kept = self.refusal
        return kept and Refusal(kept["code"], kept["reason"], tuple(kept["basis"]), template=kept["template"],
                                values=kept["values"])


class DoubleUse(models.Model):
    """A case of a permit used without a signal that the ledger could not take: used elsewhere meanwhile, cancelled,
    over its balance. `first` is the endorsement that stood already, where there is one; `record` the other act.
    """

    class State(models.TextChoices):
        OPEN = "open"
        CLOSED = "closed"

    party = models.CharField(max_length=2)
    permit = models.ForeignKey("permits.Permit", on_delete=models.PROTECT, null=True, related_name="+")
    first = models.ForeignKey(Endorsement, on_delete=models.PROTECT, null=True, related_name="+")
    record = models.OneToOneField(OfflineRecord, on_delete=models.PROTECT, related_name="case")
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="double_use_closed_with_reason",
                condition=Q(state="open", closed_at__isnull=True, closed_by__isnull=True, reason="")
                | Q(state="closed", closed_at__isnull=False, closed_by__isnull=False) & ~Q(reason=""),
            )
        ]
        indexes = [models.Index(fields=["party", "state", "-opened_at"], name="double_use_open")]

    def __str__(self) -> str:
        return f"double use {self.pk}"


class Alarm(models.Model):
    """A double-use case as it rings at one post, until somebody there says that they saw it."""

    party = models.CharField(max_length=2)
    case = models.ForeignKey(DoubleUse, on_delete=models.PROTECT, related_name="alarms")
    station = models.CharField(max_length=60, blank=True)
    officer = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "station", "officer"], name="alarm_once")]
        indexes = [models.Index(fields=["party", "station"], condition=Q(seen_at=None), name="alarm_ringing")]

    def __str__(self) -> str:
        return f"{self.case} at {self.station}"
