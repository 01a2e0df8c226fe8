"""Targets: the systems of others that files are written for, each with the most that it may be given."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from wildgate.apps.intelligence.models.marks import Compartment, Kept, SharingGroup
from wildgate.sharing.marking import Ceiling, Tlp

CEILINGS = [(int(tlp), f"TLP:{tlp.word}") for tlp in Tlp if tlp < Tlp.RED]


class Target(Kept):
    """A system that files are written for. One person proposes it with its ceiling, another confirms both."""

    class Kind(models.TextChoices):
        MISP = "misp", _("MISP")
        STIX = "stix", _("STIX 2.1")
        TWIX = "twix", _("Alert table without persons (TWIX)")
        PARTNER = "partner", _("Another installation of Wildgate")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    tlp = models.PositiveSmallIntegerField(choices=CEILINGS)
    nominal = models.BooleanField(default=False)
    compartments = models.ManyToManyField(Compartment, related_name="+", blank=True)
    groups = models.ManyToManyField(SharingGroup, related_name="+", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "code"], name="intel_target_once"),
            models.CheckConstraint(name="intel_target_by_two",
                                   condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("proposed_by"))),
            models.CheckConstraint(name="intel_target_never_red", condition=Q(tlp__lt=int(Tlp.RED))),
        ]

    @property
    def fetched(self) -> bool:
        """Whether its system may fetch for itself: what is written in STIX has a collection of TAXII 2.1."""
        return self.kind in (self.Kind.STIX, self.Kind.PARTNER)

    @property
    def person_id(self) -> None:
        """It is nobody's membership: whoever did not propose it may confirm it."""
        return

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"intelligence-target:{self.code}"

    @property
    def ceiling(self) -> Ceiling:
        """The most that it may be given: only compartments and groups that are in force count."""
        return Ceiling(Tlp(self.tlp), frozenset(each.code for each in self.compartments.all() if each.counts),
                       frozenset(each.code for each in self.groups.all() if each.counts), self.nominal)
