"""The annual report of a year as it was signed and sent: versions and their frozen files; the last check of a draft."""

from __future__ import annotations

import gzip

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from wildgate.convention.report_row import Basis, Part

PERSON = settings.AUTH_USER_MODEL


class AnnualReport(models.Model):
    """The report of one year: when it is due. Versions hang on it; the draft is read from the trade itself."""

    party = models.CharField(max_length=2)
    year = models.PositiveSmallIntegerField()
    due_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "year"], name="annual_report_once")]

    def __str__(self) -> str:
        return f"{self.party} {self.year}"

    @property
    def subject(self) -> str:
        """The name under which events speak of this report."""
        return f"annual-report:{self.year}"


class AnnualVersion(models.Model):
    """One version: drawn up by an officer, countersigned by somebody else, submitted on a day; or sent back.

    `basis` counts for both parts. `errors` and `warnings` were open when it was drawn up; `why` says what changed since
    the version before, or why what is open may stand.
    """

    class State(models.TextChoices):
        DRAWN = "drawn"
        SIGNED = "signed"
        RETURNED = "returned"

    party = models.CharField(max_length=2)
    report = models.ForeignKey(AnnualReport, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    basis = models.CharField(max_length=16, choices=[(each.value, each.value) for each in Basis])
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAWN)
    errors = models.PositiveIntegerField(default=0)
    warnings = models.PositiveIntegerField(default=0)
    why = models.CharField(max_length=500, blank=True)
    drawn_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()
    closed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    returned_why = models.CharField(max_length=500, blank=True)
    until = models.PositiveBigIntegerField(null=True)
    """The newest event of the chain that the files count; older versions were not told."""
    submitted_on = models.DateField(null=True)
    receipt = models.CharField(max_length=60, blank=True, db_default="")
    """The receiving service's number of the report, from its answer."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="annual_version_once"),
            models.UniqueConstraint(fields=["report"], condition=Q(state="drawn"), name="annual_version_waits_alone"),
            models.CheckConstraint(name="annual_version_four_eyes",
                                   condition=~Q(state="signed") | (Q(closed_by__isnull=False)
                                                                   & ~Q(closed_by=F("drawn_by")))),
            models.CheckConstraint(name="annual_version_sent_when_signed",
                                   condition=Q(submitted_on__isnull=True) | Q(state="signed")),
        ]

    def __str__(self) -> str:
        return f"{self.report}, version {self.number}"

    @property
    def decided_by_id(self) -> int:
        """Whoever drew it up does not countersign it."""
        return self.drawn_by_id

    @property
    def waits(self) -> bool:
        return self.state == self.State.DRAWN

    @property
    def signed(self) -> bool:
        return self.state == self.State.SIGNED


class AnnualFile(models.Model):
    """One part of a version, byte for byte as it was drawn up: CSV by permit, packed. `digest` is that of the CSV."""

    version = models.ForeignKey(AnnualVersion, on_delete=models.PROTECT, related_name="files")
    part = models.CharField(max_length=8, choices=[(each.value, each.value) for each in Part])
    rows = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    packed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "part"], name="annual_file_once")]
        ordering = ["part"]

    def __str__(self) -> str:
        return f"{self.version}: {self.part}"

    @property
    def content(self) -> bytes:
        return gzip.decompress(bytes(self.packed))

    @property
    def nil(self) -> bool:
        return self.rows == 0


class AnnualCheck(models.Model):
    """What the checks said of a part of a draft the last time, for years with too many rows to check while one waits.

    `told` is what `checking.Examined` holds, as JSON.
    """

    party = models.CharField(max_length=2)
    year = models.PositiveSmallIntegerField()
    part = models.CharField(max_length=8)
    basis = models.CharField(max_length=16)
    at = models.DateTimeField()
    told = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "year", "part", "basis"], name="annual_check_once")]

    def __str__(self) -> str:
        return f"{self.party} {self.year} {self.part} of {self.at:%Y-%m-%d}"
