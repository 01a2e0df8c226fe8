"""What guards the house against its own people: interests on record, and emergency rights that ring an alarm."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

MOST_MINUTES: Final = 240
PERSON: Final = settings.AUTH_USER_MODEL
REVIEW_WITHIN: Final = timedelta(days=3)


class Interest(models.Model):
    """An official's interest in a firm or private person: others decide on it while the row is open.

    Declared by the official or recorded by somebody else; ended by somebody else only. `reason` is for people and is
    never part of an event.
    """

    class Kind(models.TextChoices):
        FAMILY = "family", _("Family or friendship")
        MONEY = "money", _("Ownership, money or debts")
        WORK = "work", _("Work, now or before")
        DISPUTE = "dispute", _("A dispute")
        OTHER = "other", _("Something else")

    party = models.CharField(max_length=2)
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="interests")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="interests")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    reason = models.CharField(max_length=500)
    declared_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()
    ended_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "accounts"
        constraints = [
            models.UniqueConstraint(fields=["person", "organisation"], condition=Q(ended_at=None),
                                    name="interest_open_once"),
            models.CheckConstraint(name="interest_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(name="interest_ended_by_another", condition=(
                Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_by=F("person")))),
        ]

    def __str__(self) -> str:
        return f"interest {self.pk}"


class Emergency(models.Model):
    """An emergency right that an official opened for themself: for a few acts, for minutes, reviewed by somebody else.

    It ends by itself `minutes` after it began, or when the person ends it before.
    """

    party = models.CharField(max_length=2)
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="emergencies")
    reason = models.CharField(max_length=500)
    begun_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    ended_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    justified = models.BooleanField(null=True)
    findings = models.CharField(max_length=2000, blank=True)

    class Meta:
        app_label = "accounts"
        constraints = [
            models.CheckConstraint(name="emergency_is_short", condition=Q(minutes__gte=1, minutes__lte=MOST_MINUTES)),
            models.CheckConstraint(name="emergency_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(name="emergency_ends_after_it_began",
                                   condition=Q(ended_at=None) | Q(ended_at__gte=F("begun_at"))),
            models.CheckConstraint(name="emergency_reviewed_by_another", condition=(
                Q(reviewed_at=None, reviewed_by=None, justified=None)
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False, justified__isnull=False)
                & ~Q(reviewed_by=F("person")) & ~Q(findings=""))),
        ]
        indexes = [models.Index(fields=["party", "reviewed_at", "begun_at"], name="emergency_unreviewed")]

    def __str__(self) -> str:
        return f"emergency {self.pk}"

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"emergency:{self.pk}"

    @property
    def until(self) -> datetime:
        """When it ends or ended."""
        last = self.begun_at + timedelta(minutes=self.minutes)
        return last if self.ended_at is None else min(last, self.ended_at)

    @property
    def due(self) -> datetime:
        """By when somebody else reviews it."""
        return self.begun_at + REVIEW_WITHIN

    def runs(self, at: datetime) -> bool:
        return self.begun_at <= at < self.until
