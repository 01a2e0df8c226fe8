"""The carriers app: lists before shipment, the log by day, leads for customs, and parcels handed over.

Of a parcel that is not held nothing is kept but the number that the carrier gives it, and the answer.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.models import Organisation
from wildgate.kit.uploads.models import Upload

PERSON = settings.AUTH_USER_MODEL


class ShipmentList(models.Model):
    """A list that a carrier sent before shipment, and its answers: the same list again gets the same ones."""

    class Way(models.TextChoices):
        PROGRAM = "program", _("By program")
        PAGE = "page", _("By hand")

    party = models.CharField(max_length=2)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    list_id = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    way = models.CharField(max_length=8, choices=Way.choices)
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    rows = models.PositiveIntegerField()
    counts = models.JSONField(default=dict)
    answers = models.JSONField(default=list)
    unknown = models.JSONField(default=list, null=True)
    """Names of columns or fields that were not read; empty for lists before this was kept."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "list_id"], name="shipment_list_once")]
        indexes = [models.Index(fields=["party", "organisation", "-received_at"], name="shipment_list_newest")]

    def __str__(self) -> str:
        return self.list_id

    @property
    def subject(self) -> str:
        """The name under which events speak of this list."""
        return f"carrier-list:{self.pk}"


class DayCount(models.Model):
    """How many parcels of a carrier got an answer on a day: the log that both sides see."""

    party = models.CharField(max_length=2)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    answer = models.CharField(max_length=20)
    parcels = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "day", "answer"], name="carrier_day_once")]
        indexes = [models.Index(fields=["party", "-day"], name="carrier_day_newest")]

    def __str__(self) -> str:
        return f"{self.day} {self.answer}: {self.parcels}"


class Lead(models.Model):
    """A parcel that customs should look at. The carrier is told to hold it and no more; customs decides.

    Names of sender and receiver stand here only, for customs; they go some time after it was decided.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        RELEASED = "released", _("May go on")
        TAKEN = "taken", _("To be handed over")

    party = models.CharField(max_length=2)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=16, unique=True)
    parcel = models.CharField(max_length=40)
    waybill = models.CharField(max_length=40, blank=True)
    description = models.CharField(max_length=300, blank=True)
    hs = models.CharField(max_length=14, blank=True)
    mass = models.CharField(max_length=24, blank=True)
    value = models.CharField(max_length=24, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    departure = models.CharField(max_length=2, blank=True)
    destination = models.CharField(max_length=2, blank=True)
    sender = models.CharField(max_length=120, blank=True)
    receiver = models.CharField(max_length=120, blank=True)
    numbers = models.JSONField(default=list)
    reasons = models.JSONField(default=list)
    taxa = models.JSONField(default=list)
    raised_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "parcel"], name="lead_once"),
            models.CheckConstraint(name="lead_decided_by_somebody", condition=(
                Q(state="open", decided_by__isnull=True) | ~Q(state="open") & Q(decided_by__isnull=False))),
        ]
        indexes = [models.Index(fields=["party", "state", "-raised_at"], name="lead_newest")]

    def __str__(self) -> str:
        return self.parcel

    @property
    def subject(self) -> str:
        """The name under which events speak of this parcel."""
        return f"parcel:{self.key}"

    @property
    def day(self) -> date:
        return self.raised_at.date()


class Handover(models.Model):
    """A parcel that a carrier hands to customs in one message, with place, reason and picture; a receipt comes back."""

    party = models.CharField(max_length=2)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=16, unique=True)
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, null=True, related_name="handovers")
    parcel = models.CharField(max_length=40)
    waybill = models.CharField(max_length=40, blank=True)
    place = models.CharField(max_length=120)
    reason = models.CharField(max_length=500)
    picture = models.ForeignKey(Upload, on_delete=models.PROTECT, null=True, related_name="+")
    handed_at = models.DateTimeField()
    handed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    receipt = models.CharField(max_length=24, blank=True)
    received_at = models.DateTimeField(null=True)
    received_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "parcel"], name="handover_once")]
        indexes = [models.Index(fields=["party", "received_at", "-handed_at"], name="handover_newest")]

    def __str__(self) -> str:
        return self.parcel

    @property
    def subject(self) -> str:
        """The name under which events speak of this parcel: that of its lead, where there is one."""
        return f"parcel:{self.lead.key if self.lead else self.key}"
