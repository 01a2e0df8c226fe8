"""Signals and gaps as they are kept: found anew by each run, while what people said of them stays with their key."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL


class Run(models.Model):
    """One search: of which state of the store, with which values, how long it took, and what it found."""

    party = models.CharField(max_length=2)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    stamp = models.CharField(max_length=80, blank=True)
    seconds = models.FloatField(default=0)
    first_year = models.IntegerField(default=0)
    last_year = models.IntegerField(default=0)
    whole_world = models.BooleanField(default=False)
    looked = models.IntegerField(default=0)
    by_chance = models.IntegerField(default=0)
    found = models.IntegerField(default=0)
    left_off = models.IntegerField(default=0)
    late = models.BooleanField(default=False)
    values = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["party", "-at"], name="signals_run_newest")]

    def __str__(self) -> str:
        return f"{self.party} {self.at:%Y-%m-%d %H:%M}"


class Signal(models.Model):
    """One thing to look at. `words` are the values of its sentence, `series` the years of its picture.

    `gone_at`: the newest search did not find it any more; what was said of it stays.
    """

    class Kind(models.TextChoices):
        RISE = "rise", _("Sudden rise")
        SHIFT = "shift", _("Shift of source code")
        CAPTIVE = "captive", _("More bred ones than likely")
        ROUTE = "route", _("New route")
        QUOTA = "quota", _("Quota")
        GAP = "gap", _("Importers report more")

    class State(models.TextChoices):
        NEW = "new", _("New")
        ASKED = "asked", _("Asked the Scientific Authority")
        WATCH = "watch", _("Watched")
        LOOKED = "looked", _("Looked at")
        DISMISSED = "dismissed", _("Dismissed")

    party = models.CharField(max_length=2)
    key = models.CharField(max_length=16)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    code = models.CharField(max_length=24)
    taxon = models.CharField(max_length=200)
    group = models.CharField(max_length=60, blank=True)
    term = models.CharField(max_length=60, blank=True)
    unit = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=4, blank=True)
    exporter = models.CharField(max_length=2, blank=True)
    importer = models.CharField(max_length=2, blank=True)
    origin = models.CharField(max_length=2, blank=True)
    year = models.IntegerField()
    value = models.DecimalField(max_digits=26, decimal_places=6)
    strength = models.FloatField(default=0)
    words = models.JSONField(default=dict)
    ground = models.CharField(max_length=24, blank=True)
    unknown = models.JSONField(default=list)
    series = models.JSONField(default=list)
    live = models.BooleanField(default=False)
    first_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.NEW)
    reason = models.CharField(max_length=500, blank=True)
    state_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    state_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "key"], name="signal_once")]
        indexes = [
            models.Index(fields=["party", "gone_at", "state", "-year", "kind", "-strength"], name="signals_list"),
            models.Index(fields=["party", "taxon", "gone_at"], name="signals_of_taxon"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.taxon} {self.year}"

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"trade-signal:{self.key}"


class OwnValue(models.Model):
    """A value of the search as a Party set it, with its reason. The newest row of a name holds; none is changed."""

    party = models.CharField(max_length=2)
    name = models.CharField(max_length=40)
    value = models.FloatField()
    reason = models.CharField(max_length=500)
    set_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["party", "name", "-id"], name="signals_value_newest")]

    def __str__(self) -> str:
        return f"{self.name} {self.value:g}"


class GapRun(models.Model):
    """One reconciliation of a year: when, of which state of the store, what agreed and what did not."""

    party = models.CharField(max_length=2)
    year = models.IntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    stamp = models.CharField(max_length=80, blank=True)
    matched = models.IntegerField(default=0)
    found = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "year"], name="gap_run_once")]

    def __str__(self) -> str:
        return f"{self.party} {self.year}"


class Gap(models.Model):
    """Two reports of one trade that do not agree: of a year in the trade records, or of a permit now (`live`).

    `said` is the difference of which the state speaks: when another one is found later, the page says so.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ASKED = "asked", _("Asked the partner")
        EXPLAINED = "explained", _("Explained")
        CORRECTED = "corrected", _("Corrected")

    class Direction(models.TextChoices):
        EXPORTS = "exports", _("Our exports")
        IMPORTS = "imports", _("Our imports")

    party = models.CharField(max_length=2)
    key = models.CharField(max_length=16)
    live = models.BooleanField(default=False)
    year = models.IntegerField()
    partner = models.CharField(max_length=12)
    direction = models.CharField(max_length=8, choices=Direction.choices)
    taxon = models.CharField(max_length=200)
    term = models.CharField(max_length=60, blank=True)
    unit = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=20, blank=True)
    exported = models.DecimalField(null=True, max_digits=26, decimal_places=6)
    imported = models.DecimalField(null=True, max_digits=26, decimal_places=6)
    difference = models.DecimalField(max_digits=26, decimal_places=6)
    size = models.DecimalField(max_digits=26, decimal_places=6)
    code = models.CharField(max_length=24, blank=True)
    explanation = models.CharField(max_length=500, blank=True)
    issuer = models.CharField(max_length=2, blank=True)
    permit = models.CharField(max_length=60, blank=True)
    block = models.CharField(max_length=4, blank=True)
    other = models.IntegerField(null=True)
    first_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    said = models.DecimalField(null=True, max_digits=26, decimal_places=6)
    reason = models.CharField(max_length=500, blank=True)
    question = models.CharField(max_length=24, blank=True)
    state_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    state_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "key"], name="gap_once")]
        indexes = [
            models.Index(fields=["party", "year", "state", "-size"], name="gaps_list"),
            models.Index(fields=["party", "permit"], condition=Q(live=True), name="gaps_of_permit"),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.taxon} {self.partner}"

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"trade-gap:{self.key}"

    @property
    def moved(self) -> bool:
        """Was another difference found than the one of which somebody spoke?"""
        return self.state != self.State.OPEN and self.said is not None and self.said != self.difference

    @property
    def figures(self) -> tuple[Any, Any]:
        return self.exported, self.imported
