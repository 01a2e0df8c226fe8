"""Contributors, whom two people let in for a year at most, and the registry of contact points."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.models import Authority
from wildgate.apps.intelligence.models.marks import TLP_CHOICES, Compartment, SharingGroup

PERSON = settings.AUTH_USER_MODEL
RECHECK_DAYS: Final = 365
"""A membership and an entry of the registry are looked at again after a year (house value)."""


class Contributor(models.Model):
    """Somebody who was let in for an authority. It holds once confirmed, up to its last day, until it is ended."""

    party = models.CharField(max_length=2)
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="memberships")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    clearance = models.PositiveSmallIntegerField(choices=TLP_CHOICES)
    compartments = models.ManyToManyField(Compartment, related_name="contributors", blank=True)
    groups = models.ManyToManyField(SharingGroup, related_name="contributors", blank=True)
    valid_until = models.DateField()
    proposed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "person"], name="intel_contributor_once",
                                    condition=Q(confirmed_at__isnull=False, ended_at=None)),
            models.UniqueConstraint(fields=["party", "person"], name="intel_contributor_proposed_once",
                                    condition=Q(confirmed_at=None, ended_at=None)),
            models.CheckConstraint(name="intel_contributor_by_two", condition=Q(confirmed_by=None) | (
                ~Q(confirmed_by=F("proposed_by")) & ~Q(confirmed_by=F("person")))),
        ]
        indexes = [models.Index(fields=["party", "ended_at", "valid_until"], name="intel_contributor_recheck")]

    def __str__(self) -> str:
        return f"contributor {self.pk}"

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"contributor:{self.pk}"


class ContactPoint(models.Model):
    """Whom to reach at an authority of any Party, and how (Res. Conf. 11.3). No private persons: desks and duties.

    `of` is the Party that it belongs to; `authority` ours, where it is one of ours. `alerts`: told that there is one.
    """

    class Kind(models.TextChoices):
        MANAGEMENT = "management", _("Management Authority")
        ENFORCEMENT = "enforcement", _("Enforcement authority")
        SCIENTIFIC = "scientific", _("Scientific Authority")
        CUSTOMS = "customs", _("Customs")
        INTERPOL = "interpol", _("INTERPOL National Central Bureau")

    party = models.CharField(max_length=2)
    of = models.CharField(_("Party"), max_length=2)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=160)
    function = models.CharField(max_length=160)
    languages = models.CharField(max_length=80, blank=True)
    hours = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    channel = models.CharField(max_length=160, blank=True)
    alerts = models.BooleanField(default=False)
    checked_at = models.DateTimeField()
    checked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["party", "of", "kind"], name="intel_contact_point_of")]

    def __str__(self) -> str:
        return f"{self.of} {self.name}"

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"contact-point:{self.pk}"
