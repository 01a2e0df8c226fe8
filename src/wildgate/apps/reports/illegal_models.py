"""The illegal trade report as it was signed: every version is kept as it was sent, and none is ever changed."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class IllegalVersion(models.Model):
    """A signed version of a year's illegal trade report. `content` is the CSV file, `digest` its SHA-256.

    `shared` is the Party's choice whether the data may be used by ICCWC; `warnings` were open when it was signed.
    """

    party = models.CharField(max_length=2)
    year = models.PositiveSmallIntegerField()
    version = models.PositiveSmallIntegerField()
    content = models.TextField()
    digest = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    incidents = models.PositiveIntegerField()
    warnings = models.PositiveIntegerField(default=0)
    shared = models.BooleanField(default=True)
    why = models.CharField(max_length=300, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "year", "version"], name="illegal_version_once")]

    def __str__(self) -> str:
        return f"{self.year}, version {self.version}"
