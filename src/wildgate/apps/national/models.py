"""A wildlife permit under national law: a family of its own beside the Convention's, with its own numbers and form."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.models import Organisation

PERSON = settings.AUTH_USER_MODEL


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the permit, as text: what, in which form, how much."""

    name: str
    what: str
    quantity: str
    unit: str

    as_json = asdict


class NationalPermit(models.Model):
    """Asked for, issued or refused under one number. No table of the Convention's permits knows of it."""

    class State(models.TextChoices):
        ASKED = "asked", _("Asked for")
        ISSUED = "issued", _("Permit issued")
        REFUSED = "refused", _("Refused")
        CANCELLED = "cancelled", _("Cancelled")

    party = models.CharField(max_length=2)
    number = models.CharField(max_length=24)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.ASKED)
    purpose = models.CharField(max_length=300)
    items = models.JSONField(default=list)
    asked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    valid_until = models.DateField(null=True)
    words = models.CharField(max_length=1000, blank=True)
    """The conditions of a permit that was issued; else why it was refused or cancelled."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "number"], name="national_once")]
        indexes = [models.Index(fields=["party", "state", "-asked_at"], name="national_open"),
                   models.Index(fields=["organisation", "-asked_at"], name="national_own")]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """The name under which events and fees speak of it."""
        return f"national:{self.number}"

    @property
    def lines(self) -> list[Item]:
        return [Item(**item) for item in self.items]
