"""What applications cost: a charge by the tariff of its day, and the payments that settle it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from wildgate.apps.accounts.models import Organisation

PERSON = settings.AUTH_USER_MODEL


class MoneyField(models.DecimalField):  # type: ignore[type-arg]
    """An amount of money; its currency stands beside it."""

    def __init__(self, **more: object) -> None:
        super().__init__(**{**more, "max_digits": 13, "decimal_places": 3})  # type: ignore[arg-type]


class Charge(models.Model):
    """What one application costs. `items` say why; `tariffs` are the entries of the house's rules that it rests on."""

    class State(models.TextChoices):
        DUE = "due", _("To be paid")
        PAID = "paid", _("Paid")
        WAIVED = "waived", _("Waived")
        OWED = "refund-due", _("To be paid back")
        REFUNDED = "refunded", _("Paid back")
        DROPPED = "dropped", _("No longer asked for")

    party = models.CharField(max_length=2)
    subject = models.CharField(max_length=80)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="charges")
    amount = MoneyField()
    currency = models.CharField(max_length=3)
    items = models.JSONField(default=list)
    tariffs = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DUE)
    made_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "subject"], name="charge_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="charge_not_negative"),
        ]
        indexes = [models.Index(fields=["party", "state", "made_at"], name="charge_open"),
                   models.Index(fields=["organisation", "-made_at"], name="charge_own")]

    def __str__(self) -> str:
        return f"{self.subject}: {self.amount} {self.currency}"

    @property
    def number(self) -> str:
        """The number of the application that it is for."""
        return str(self.subject).partition(":")[2]


class Payment(models.Model):
    """One way in which a charge was to be paid or was paid back: by whom it was told, and what came of it."""

    class State(models.TextChoices):
        STARTED = "started", _("Begun")
        CONFIRMED = "confirmed", pgettext_lazy("money", "Received")
        FAILED = "failed", _("Not paid")
        SURPLUS = "surplus", _("Received though nothing was due")

    class Way(models.TextChoices):
        IN = "in", _("Payment")
        OUT = "out", _("Refund")

    party = models.CharField(max_length=2)
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="payments")
    provider = models.CharField(max_length=20)
    reference = models.CharField(max_length=80)
    way = models.CharField(max_length=3, choices=Way.choices, default=Way.IN)
    state = models.CharField(max_length=10, choices=State.choices)
    amount = MoneyField()
    currency = models.CharField(max_length=3)
    paid_on = models.DateField(null=True)
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "provider", "reference"], name="payment_reference_once"),
            models.UniqueConstraint(fields=["charge"], condition=Q(state="confirmed", way="in"), name="paid_once"),
        ]
        indexes = [models.Index(fields=["party", "provider", "paid_on"], name="payment_day")]

    def __str__(self) -> str:
        return f"{self.provider} {self.reference}"
