"""Profiles: what risk control looks for, in versions that never change, and what each of them caught."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from wildgate.apps.risk.models.lanes import Assessment

PERSON = settings.AUTH_USER_MODEL


class Profile(models.Model):
    """One version of a profile. `text` is the rule as its writer wrote it; a change is the next version.

    `watch`: it speaks, but gives no points, because nobody reviewed it in time or its yield is in doubt.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PROPOSED = "proposed", _("Waits for a second person")
        IN_FORCE = "in-force", _("In force")
        WATCH = "watch", _("Watched only")
        RETIRED = "retired", _("Retired")

    party = models.CharField(max_length=2)
    code = models.CharField(max_length=60)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    title = models.CharField(max_length=160)
    text = models.TextField(max_length=2000)
    hard = models.BooleanField(default=False)
    points = models.PositiveSmallIntegerField(default=0)
    scope = models.JSONField(default=list)
    indicator = models.PositiveSmallIntegerField(null=True)
    basis = models.CharField(max_length=1, default="D")
    source = models.CharField(max_length=500, blank=True)
    look_at = models.CharField(max_length=500, blank=True)
    owner = models.CharField(max_length=120, blank=True)
    shipped = models.BooleanField(default=False)
    since = models.DateField()
    until = models.DateField(null=True)
    review_on = models.DateField()
    reviewed_at = models.DateTimeField(null=True)
    written_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    retired_why = models.CharField(max_length=500, blank=True)
    trial = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "code", "version"], name="profile_version_once"),
            models.UniqueConstraint(fields=["party", "code"], condition=Q(state__in=("in-force", "watch")),
                                    name="profile_in_force_once"),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                                   name="profile_ends_after_start"),
            models.CheckConstraint(name="profile_four_eyes", condition=(
                Q(shipped=True) | Q(confirmed_by__isnull=True) | Q(written_by__isnull=True)
                | ~Q(confirmed_by=F("written_by")))),
        ]
        indexes = [models.Index(fields=["party", "state", "code"], name="profile_in_force")]

    def __str__(self) -> str:
        return f"{self.code}/{self.version}"

    @property
    def subject(self) -> str:
        """The name under which events speak of this profile, its version in the data."""
        return f"profile:{self.code}"


class Hit(models.Model):
    """A profile that spoke on an item of a consignment."""

    party = models.CharField(max_length=2)
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="hits")
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="hits")
    item = models.PositiveIntegerField()
    points = models.IntegerField(default=0)
    counted = models.BooleanField(default=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["profile", "assessment", "item"], name="hit_once")]
        indexes = [models.Index(fields=["party", "profile", "at"], name="hit_profile")]

    def __str__(self) -> str:
        return f"{self.profile_id} on {self.assessment_id}/{self.item}"
