"""Learnt models: trained from own results, put in use by a second person, taken out of use; and the house's values."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL


class LearntModel(models.Model):
    """One trained model: what it learnt from, how it did on what it had not seen, and whether it speaks."""

    class State(models.TextChoices):
        WAITING = "waiting", _("To be trained")
        TRAINED = "trained", _("Trained, waits for a second person")
        IN_USE = "in-use", _("In use")
        OUT = "out", _("Out of use")
        FAILED = "failed", _("Could not be trained")

    party = models.CharField(max_length=2)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    body = models.BinaryField(default=b"")
    digest = models.CharField(max_length=64, blank=True)
    rows = models.PositiveIntegerField(default=0)
    findings = models.PositiveIntegerField(default=0)
    figures = models.JSONField(default=dict)
    note = models.CharField(max_length=300, blank=True)
    asked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    trained_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    used_from = models.DateTimeField(null=True)
    used_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "number"], name="learnt_model_once"),
            models.UniqueConstraint(fields=["party"], condition=Q(state="in-use"), name="learnt_model_in_use_once"),
            models.CheckConstraint(name="learnt_model_four_eyes", condition=(
                Q(confirmed_by__isnull=True) | Q(asked_by__isnull=True) | ~Q(confirmed_by=F("asked_by")))),
        ]

    def __str__(self) -> str:
        return f"model {self.number}"

    @property
    def written_by_id(self) -> int | None:
        """Whoever asked for it does not put it in use."""
        return self.asked_by_id

    @property
    def subject(self) -> str:
        """The name under which events speak of this model."""
        return f"model:{self.number}"


def _share(default: str, least: str) -> models.DecimalField[Decimal, Decimal]:
    return models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(default),
                               validators=[MinValueValidator(Decimal(least)), MaxValueValidator(Decimal(100))])


class Limits(models.Model):
    """The house's values of risk control; the newest row holds. None of them comes from a source: they are policy."""

    party = models.CharField(max_length=2)
    random_percent = _share("3", "0.5")
    trusted_percent = _share("1", "0.1")
    random_boxes = models.PositiveSmallIntegerField(default=34, validators=[MinValueValidator(5),
                                                                            MaxValueValidator(100)])
    red_points = models.PositiveSmallIntegerField(default=60, validators=[MinValueValidator(2), MaxValueValidator(100)])
    yellow_points = models.PositiveSmallIntegerField(default=30, validators=[MinValueValidator(1)])
    trusted_factor = models.PositiveSmallIntegerField(default=50, validators=[MaxValueValidator(100)])
    name_points = models.PositiveSmallIntegerField(default=90, validators=[MinValueValidator(70),
                                                                          MaxValueValidator(100)])
    trusted_years = models.PositiveSmallIntegerField(default=3, validators=[MinValueValidator(1)])
    trusted_consignments = models.PositiveSmallIntegerField(default=50, validators=[MinValueValidator(1)])
    trusted_clean = models.PositiveSmallIntegerField(default=10, validators=[MinValueValidator(1)])
    set_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(yellow_points__lt=F("red_points")),
                                              name="limits_yellow_below_red")]
        indexes = [models.Index(fields=["party", "-set_at"], name="risk_limits_newest")]

    def __str__(self) -> str:
        return f"limits of {self.party}"
