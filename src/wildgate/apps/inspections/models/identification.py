"""Knowing what lies in the box: a card per taxon, what it was confused with, and questions to those who know."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from wildgate.apps.inspections.codes import Confidence
from wildgate.apps.inspections.models.controls import Inspection
from wildgate.apps.inspections.models.seizures import Seizure

PERSON = settings.AUTH_USER_MODEL


class Card(models.Model):
    """How to know a taxon in trade. `terms` are the forms in which it travels; `characters` is one sentence a line."""

    party = models.CharField(max_length=2)
    taxon = models.CharField(max_length=200)
    names = models.CharField(max_length=200, blank=True)
    terms = models.JSONField(default=list)
    characters = models.TextField(max_length=3000)
    live = models.CharField(max_length=500, blank=True)
    written_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "taxon"], name="card_once")]
        indexes = [models.Index(fields=["party", "taxon"], name="card_by_taxon")]

    def __str__(self) -> str:
        return self.taxon

    @property
    def lines(self) -> list[str]:
        return [line.strip() for line in self.characters.splitlines() if line.strip()]


class LookAlike(models.Model):
    """Another taxon that is taken for this one in trade, and how they are told apart."""

    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="look_alikes")
    taxon = models.CharField(max_length=200)
    apart = models.CharField(max_length=500)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["card", "taxon"], name="look_alike_once")]
        ordering = ["taxon"]

    def __str__(self) -> str:
        return self.taxon


class Confusion(models.Model):
    """How often goods declared as one taxon turned out to be another: learned from inspections and answers."""

    party = models.CharField(max_length=2)
    declared = models.CharField(max_length=200)
    really = models.CharField(max_length=200)
    term = models.CharField(max_length=3, blank=True)
    times = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "declared", "really", "term"], name="confusion_once")]
        indexes = [models.Index(fields=["party", "really"], name="confusion_really")]

    def __str__(self) -> str:
        return f"{self.declared} / {self.really}"


class Request(models.Model):
    """A question what something is, with a clock. Without an `expert` the Scientific Authority is asked.

    `wanted` is what the expert needs to see where the pictures were not enough.
    """

    class State(models.TextChoices):
        OPEN = "open"
        UNCLEAR = "unclear"
        ANSWERED = "answered"

    party = models.CharField(max_length=2)
    number = models.CharField(max_length=24)
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, null=True, related_name="identifications")
    seizure = models.ForeignKey(Seizure, on_delete=models.PROTECT, null=True, related_name="identifications")
    question = models.CharField(max_length=1000)
    declared = models.CharField(max_length=200, blank=True)
    term = models.CharField(max_length=3, blank=True)
    expert = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    asked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    taxon = models.CharField(max_length=200, blank=True)
    confidence = models.CharField(max_length=8, blank=True, choices=Confidence.choices)
    grounds = models.CharField(max_length=2000, blank=True)
    wanted = models.CharField(max_length=500, blank=True)
    answered_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "number"], name="identification_number_once"),
            models.CheckConstraint(name="identification_answered_by_somebody", condition=(
                Q(state="open") | Q(answered_by__isnull=False, answered_at__isnull=False))),
        ]
        indexes = [models.Index(fields=["party", "state", "due_on"], name="identification_open"),
                   models.Index(fields=["party", "expert", "state", "due_on"], name="identification_expert")]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """The name under which events speak of this request."""
        return f"identification:{self.number}"
