"""What was kept of an inspection or a seizure: samples, photographs, papers; each file with its SHA-256."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from wildgate.apps.inspections.models.controls import Inspection
from wildgate.apps.inspections.models.identification import Card, Request
from wildgate.apps.inspections.models.seizures import Seizure

PERSON = settings.AUTH_USER_MODEL


class Sample(models.Model):
    """A piece taken for a laboratory or an expert: its label, what it is, under which seal, and where it went."""

    party = models.CharField(max_length=2)
    label = models.CharField(max_length=24)
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, null=True, related_name="samples")
    seizure = models.ForeignKey(Seizure, on_delete=models.PROTECT, null=True, related_name="samples")
    what = models.CharField(max_length=200)
    seal = models.CharField(max_length=40, blank=True)
    sent_to = models.CharField(max_length=120)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    answer = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "label"], name="sample_label_once")]

    def __str__(self) -> str:
        return self.label


class Filed(models.Model):
    """A photograph or paper in exactly one place: an inspection, a seizure, a request, or a card.

    `licence` and `author` are asked for pictures of cards, which others print.
    """

    party = models.CharField(max_length=2)
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, null=True, related_name="files")
    seizure = models.ForeignKey(Seizure, on_delete=models.PROTECT, null=True, related_name="files")
    request = models.ForeignKey(Request, on_delete=models.PROTECT, null=True, related_name="files")
    card = models.ForeignKey(Card, on_delete=models.PROTECT, null=True, related_name="files")
    upload = models.ForeignKey("uploads.Upload", on_delete=models.PROTECT, related_name="+")
    caption = models.CharField(max_length=200, blank=True)
    author = models.CharField(max_length=120, blank=True)
    licence = models.CharField(max_length=80, blank=True)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="filed_in_one_place", condition=(
            models.Q(inspection__isnull=False, seizure__isnull=True, request__isnull=True, card__isnull=True)
            | models.Q(inspection__isnull=True, seizure__isnull=False, request__isnull=True, card__isnull=True)
            | models.Q(inspection__isnull=True, seizure__isnull=True, request__isnull=False, card__isnull=True)
            | models.Q(inspection__isnull=True, seizure__isnull=True, request__isnull=True, card__isnull=False)))]
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.upload.file_name

    @property
    def picture(self) -> bool:
        return not self.upload.kind.endswith("-pdf")
