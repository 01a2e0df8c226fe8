"""Limits of internal control, its notes, the seeds and permits of control samples, and training runs."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL


class Limits(models.Model):
    """What internal control looks for, as an auditor set it; the newest row holds. Hours are those of `zone`.

    `reissues` replacements to one firm within `reissue_days` are a series. A permit for Appendix I specimens, one
    that binds more than `quota_percent` of a quota, or one for goods declared to be worth `value` and more, needs
    people of two units. Of the permits issued, so many percent are examined again within `sample_days`.
    """

    party = models.CharField(max_length=2)
    opens = models.PositiveSmallIntegerField(default=7, validators=[MaxValueValidator(23)])
    closes = models.PositiveSmallIntegerField(default=19, validators=[MinValueValidator(1), MaxValueValidator(24)])
    zone = models.CharField(max_length=40, default="UTC")
    reissues = models.PositiveSmallIntegerField(default=3, validators=[MinValueValidator(2), MaxValueValidator(50)])
    reissue_days = models.PositiveSmallIntegerField(default=90,
                                                    validators=[MinValueValidator(1), MaxValueValidator(730)])
    appendix_one = models.BooleanField(default=True)
    quota_percent = models.PositiveSmallIntegerField(default=25,
                                                     validators=[MinValueValidator(1), MaxValueValidator(100)])
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True,
                                validators=[MinValueValidator(Decimal(1))])
    sample_percent = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(5),
                                         validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))])
    sample_days = models.PositiveSmallIntegerField(default=30,
                                                   validators=[MinValueValidator(1), MaxValueValidator(90)])
    set_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["party", "-set_at"], name="limits_newest")]
        constraints = [models.CheckConstraint(condition=Q(closes__gt=models.F("opens")), name="limits_day")]

    def __str__(self) -> str:
        return f"limits of {self.party} since {self.set_at:%Y-%m-%d}"


class Note(models.Model):
    """Something that an auditor must look at. `concerned` are the people who acted: they neither see nor clear it.

    `seq` is the event that raised it; `facts` are codes and numbers.
    """

    class Kind(models.TextChoices):
        HOURS = "out-of-hours", _("Issued out of hours")
        SERIES = "serial-reissue", _("Replaced again and again for one firm")
        OVERRIDE = "override", _("A rule was passed over")
        EDITED = "edited-after-opinion", _("Changed after the Scientific Authority's opinion")
        ONE_UNIT = "one-unit", _("Above the limits, and people of one unit only")

    party = models.CharField(max_length=2)
    kind = models.CharField(max_length=24, choices=Kind.choices)
    subject = models.CharField(max_length=80)
    seq = models.BigIntegerField()
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    concerned = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    happened_at = models.DateTimeField()
    raised_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "kind", "seq"], name="note_of_event_once"),
            models.CheckConstraint(name="note_cleared_with_reason", condition=(
                Q(cleared_at__isnull=True, cleared_by__isnull=True, reason="")
                | Q(cleared_at__isnull=False, cleared_by__isnull=False) & ~Q(reason=""))),
        ]
        indexes = [models.Index(fields=["party", "cleared_at", "-happened_at"], name="note_open")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def number(self) -> str:
        return self.subject.partition(":")[2].partition("/")[0]

    @property
    def about_permit(self) -> bool:
        return self.subject.startswith("permit:")

    @property
    def own_subject(self) -> str:
        """The name under which events speak of this note."""
        return f"control:{self.pk}"


class Seed(models.Model):
    """The draw of one day: its commitment stands in the chain before the day's permits, the seed is told afterwards."""

    party = models.CharField(max_length=2)
    day = models.DateField()
    commitment = models.CharField(max_length=64)
    secret = models.CharField(max_length=64)
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    committed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    issued = models.IntegerField(default=0)
    drawn = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "day"], name="seed_once")]

    def __str__(self) -> str:
        return f"{self.party} {self.day}"


class Sample(models.Model):
    """An issued permit that a second officer examines again. `acted` are the people who worked on its case."""

    class Result(models.TextChoices):
        OPEN = "", _("To be examined")
        AGREED = "agreed", _("Agreed")
        DIFFERS = "differs", _("Differs")

    party = models.CharField(max_length=2)
    permit = models.OneToOneField("permits.Permit", on_delete=models.PROTECT, related_name="+")
    seed = models.ForeignKey(Seed, on_delete=models.PROTECT, related_name="samples")
    acted = models.JSONField(default=list)
    drawn_at = models.DateTimeField()
    due_on = models.DateField()
    result = models.CharField(max_length=8, blank=True, choices=Result.choices)
    findings = models.CharField(max_length=2000, blank=True)
    examiner = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    examined_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["party", "result", "due_on"], name="sample_open")]
        constraints = [models.CheckConstraint(name="sample_examined_by_somebody", condition=(
            Q(result="", examiner__isnull=True, examined_at__isnull=True)
            | ~Q(result="") & Q(examiner__isnull=False, examined_at__isnull=False)))]

    def __str__(self) -> str:
        return f"sample {self.permit_id}"


class Training(models.Model):
    """One run of twenty made-up permits: the seed makes them again, `answers` are what the person said to each."""

    party = models.CharField(max_length=2)
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    seed = models.CharField(max_length=32)
    answers = models.JSONField(default=list)
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    score = models.IntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["party", "person", "-begun_at"], name="training_newest")]

    def __str__(self) -> str:
        return f"training {self.pk}"
