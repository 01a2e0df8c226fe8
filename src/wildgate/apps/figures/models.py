"""Figures kept at hand, so that a page need not read a hundred thousand permits. All can be made again from the rows.

`Mark` says up to which event of the chain they were counted; counting on and counting anew lead to the same rows.
"""

from __future__ import annotations

from django.db import models

from wildgate.apps.houserules.models import Team
from wildgate.kit.fields import QuantityField


class Outcome(models.TextChoices):
    """How an application ended."""

    OPEN = "", "open"
    ISSUED = "issued"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Mark(models.Model):
    """The last event that was counted. Its lock puts counters in one line."""

    party = models.CharField(max_length=2, primary_key=True)
    seq = models.BigIntegerField(default=0)
    at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.party} up to {self.seq}"


class Case(models.Model):
    """One application as it is counted. `days` and `promised` are working days from the day it was handed in.

    `appendix` is the strictest of its lines', `group` the class of its animals or `Plantae`, `several` where they
    differ. `permit_kind`, `permit_state` and `permit_until` are those of the permit, where there is one.
    """

    application = models.OneToOneField("permits.Application", on_delete=models.CASCADE, primary_key=True,
                                       related_name="+")
    party = models.CharField(max_length=2)
    direction = models.CharField(max_length=28, blank=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")
    appendix = models.CharField(max_length=3, blank=True)
    group = models.CharField(max_length=40, blank=True)
    perishable = models.BooleanField(default=False)
    received_on = models.DateField()
    closed_on = models.DateField(null=True)
    outcome = models.CharField(max_length=10, blank=True, choices=Outcome.choices)
    ground = models.CharField(max_length=120, blank=True)
    days = models.IntegerField(null=True)
    promised = models.IntegerField(null=True)
    permit_kind = models.CharField(max_length=40, blank=True)
    permit_until = models.DateField(null=True)
    permit_state = models.CharField(max_length=16, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["party", "received_on"], name="figures_received"),
            models.Index(fields=["party", "closed_on"], name="figures_closed"),
            models.Index(fields=["party", "outcome", "received_on"], name="figures_backlog"),
            models.Index(fields=["party", "outcome", "closed_on", "permit_kind", "direction", "days"],
                         name="figures_ended"),
            models.Index(fields=["party", "permit_state", "permit_until"], name="figures_in_force"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.outcome or 'open'}"


class Month(models.Model):
    """What happened to the applications of one kind in one month.

    `spread` counts decisions by the working days they took, `late` those that took longer than promised, `promised`
    the promises by their length; `grounds` refusals by ground.
    """

    party = models.CharField(max_length=2)
    first = models.DateField()
    direction = models.CharField(max_length=28, blank=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")
    appendix = models.CharField(max_length=3, blank=True)
    group = models.CharField(max_length=40, blank=True)
    perishable = models.BooleanField(default=False)
    received = models.IntegerField(default=0)
    issued = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    withdrawn = models.IntegerField(default=0)
    late = models.IntegerField(default=0)
    spread = models.JSONField(default=dict)
    promised = models.JSONField(default=dict)
    grounds = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["party", "first"], name="figures_by_month")]

    def __str__(self) -> str:
        return f"{self.party} {self.first:%Y-%m}"


class Traded(models.Model):
    """What the permits of one year allow of one kind of specimen, and what customs saw leave on them.

    Permits that were cancelled, replaced or given back unused are taken out again.
    """

    party = models.CharField(max_length=2)
    year = models.IntegerField()
    taxon = models.CharField(max_length=200)
    appendix = models.CharField(max_length=3)
    term = models.CharField(max_length=3)
    unit = models.CharField(max_length=3)
    source = models.CharField(max_length=1)
    lines = models.IntegerField(default=0)
    issued = QuantityField(default=0)
    exported = QuantityField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "year", "taxon", "appendix", "term", "unit", "source"],
                                               name="traded_once")]
        indexes = [models.Index(fields=["party", "unit", "taxon"], name="figures_by_taxon")]

    def __str__(self) -> str:
        return f"{self.year} {self.taxon} {self.term}"


class Publication(models.Model):
    """A data set of one period as it was published; a correction is a new version, and none is ever changed.

    `rows` hold codes and numbers, None where a small number is withheld; `digest` is of their canonical JSON.
    """

    party = models.CharField(max_length=2)
    data_set = models.CharField(max_length=24)
    period = models.CharField(max_length=8)
    version = models.PositiveSmallIntegerField()
    rows = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    why = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "data_set", "period", "version"],
                                               name="published_once")]
        indexes = [models.Index(fields=["party", "-at", "-id"], name="published_newest")]

    def __str__(self) -> str:
        return f"{self.data_set} {self.period}, version {self.version}"
