"""What customs wrote on permits: endorsements and foreign papers, and what came from posts without a signal."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal

PERSON = settings.AUTH_USER_MODEL


class ForeignPermit(models.Model):
    """A permit or certificate of another Party as it was presented here, keyed by (country, number, issue date).

    `digest` names the paper in our endorsement: the digest of its seal when it carries one, else SHA-256 over the facts
    registered here. `endorsement_digest` is that of the exporting customs' sealed endorsement, where there is one.
    """

    class State(models.TextChoices):
        REGISTERED = "registered"
        USED = "used"

    party = models.CharField(max_length=2)
    country = models.CharField(max_length=2)
    number = models.CharField(max_length=30)
    issued_on = models.DateField()
    valid_until = models.DateField()
    kind = models.CharField(max_length=40)
    exporter_country = models.CharField(max_length=2)
    importer_country = models.CharField(max_length=2)
    purpose = models.CharField(max_length=1, blank=True)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    digest = models.CharField(max_length=64)
    endorsement_digest = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REGISTERED)
    registered_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "country", "number", "issued_on"], name="foreign_permit_once"),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.number}"

    @property
    def subject(self) -> str:
        """The name under which events speak of this paper."""
        return f"foreign:{self.country}/{self.number}/{self.issued_on.isoformat()}"


class ForeignLine(models.Model):
    """One block of a foreign permit as presented."""

    foreign = models.ForeignKey(ForeignPermit, on_delete=models.PROTECT, related_name="lines")
    block = models.CharField(max_length=4)
    position = models.IntegerField()
    taxon = models.CharField(max_length=200)
    appendix = models.CharField(max_length=3)
    source = models.CharField(max_length=1)
    term = models.CharField(max_length=3)
    quantity = models.DecimalField(max_digits=20, decimal_places=6)
    unit = models.CharField(max_length=3)
    origin = models.CharField(max_length=2)
    origin_permit = models.CharField(max_length=40, blank=True)
    marks = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["foreign", "position"], name="foreign_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="foreign_line_positive"),
        ]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.block} {self.taxon}"

    @property
    def amount(self) -> str:
        """The quantity without trailing zeros."""
        return plain(self.quantity)


class Endorsement(models.Model):
    """Boxes 14 and 15: what moved over the border, where, with which transport document, and which officer saw it.

    At export it stands on a home permit; at import on a foreign permit, on a home import permit, or on both at once.
    A permit is used once (US 23.26(c)(18)): the constraints hold that even where the services do not. A certificate for
    several crossings (Art. VII.7, Res. Conf. 16.8) collects one endorsement a crossing, counted by `turn` from 1;
    whether it was a way out or in is the stage. Every other permit has turn 1 and no more.
    """

    class Stage(models.TextChoices):
        EXPORT = "export"
        IMPORT = "import"

    party = models.CharField(max_length=2)
    permit = models.ForeignKey("permits.Permit", on_delete=models.PROTECT, null=True, related_name="endorsements")
    foreign = models.ForeignKey(ForeignPermit, on_delete=models.PROTECT, null=True, related_name="endorsements")
    stage = models.CharField(max_length=6, choices=Stage.choices)
    port = models.CharField(max_length=60)
    transport_document = models.CharField(max_length=48)
    packages = models.PositiveIntegerField(null=True)
    at = models.DateTimeField()
    officer = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    token = models.TextField()
    digest = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True)
    turn = models.PositiveSmallIntegerField(default=1)
    key = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["permit", "turn"], condition=Q(permit__isnull=False), name="permit_used_once"
            ),
            models.CheckConstraint(condition=Q(turn=1) | Q(turn__gt=1, foreign__isnull=True), name="endorsement_turn"),
            models.UniqueConstraint(
                fields=["foreign"], condition=Q(foreign__isnull=False), name="foreign_permit_used_once"
            ),
            models.UniqueConstraint(fields=["party", "key"], condition=~Q(key=""), name="endorsement_key_once"),
            models.CheckConstraint(
                name="endorsement_of_a_permit",
                condition=(
                    Q(stage="export", permit__isnull=False, foreign__isnull=True)
                    | Q(stage="import") & (Q(permit__isnull=False) | Q(foreign__isnull=False))
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["party", "stage", "at"], name="endorsement_year"),
            models.Index(fields=["party", "port", "-at"], name="endorsement_station"),
        ]

    def __str__(self) -> str:
        return f"{self.stage} of {self.permit or self.foreign}"

    @property
    def seal(self) -> bytes:
        """The sealed endorsement: what its label carries."""
        return bytes.fromhex(self.token)


class EndorsementLine(models.Model):
    """How much of one line moved; zero is an answer. At import `dead_on_arrival` counts live specimens that died."""

    endorsement = models.ForeignKey(Endorsement, on_delete=models.PROTECT, related_name="lines")
    permit_line = models.ForeignKey("permits.PermitLine", on_delete=models.PROTECT, null=True, related_name="endorsed")
    foreign_line = models.ForeignKey(ForeignLine, on_delete=models.PROTECT, null=True, related_name="endorsed")
    quantity = models.DecimalField(max_digits=20, decimal_places=6)
    dead_on_arrival = models.DecimalField(max_digits=20, decimal_places=6, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=0), name="endorsed_not_negative"),
            models.CheckConstraint(
                condition=Q(permit_line__isnull=False) | Q(foreign_line__isnull=False), name="endorsed_some_line"
            ),
            models.UniqueConstraint(fields=["endorsement", "permit_line", "foreign_line"], name="endorsed_line_once"),
        ]

    def __str__(self) -> str:
        return f"{plain(self.quantity)} of {self.permit_line or self.foreign_line}"

    @property
    def amount(self) -> str:
        """The quantity without trailing zeros."""
        return plain(self.quantity)


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
