"""Marks: who may read a row, as the database asks it; compartments and sharing groups, which two people keep."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from wildgate.apps.accounts.models import Authority
from wildgate.sharing.marking import Marking, Tlp

PERSON = settings.AUTH_USER_MODEL
TLP_CHOICES = [(int(tlp), f"TLP:{tlp.word}") for tlp in Tlp]


class Kept(models.Model):
    """Something that one person proposes and another confirms. It counts from then on until it is ended."""

    party = models.CharField(max_length=2)
    code = models.SlugField(max_length=30)
    name = models.CharField(max_length=120)
    proposed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def counts(self) -> bool:
        return self.confirmed_at is not None and self.ended_at is None


class Compartment(Kept):
    """A wall: whoever reads what lies in it holds it. The standing ones have no proposer."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "code"], name="intel_compartment_once")]


class SharingGroup(Kept):
    """People of several authorities with whom something is shared; one group is enough to read."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "code"], name="intel_sharing_group_once")]


class Mark(models.Model):
    """A marking as a row, settled (`sharing.marking.settled`) and never changed: another marking is another row.

    `grouped` and `by_name` tell a limit to no group or nobody apart from no limit.
    """

    party = models.CharField(max_length=2)
    tlp = models.PositiveSmallIntegerField(choices=TLP_CHOICES)
    owner = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    nominal = models.BooleanField(default=False)
    grouped = models.BooleanField(default=False)
    by_name = models.BooleanField(default=False)
    barred = models.BooleanField(default=False, db_default=False)
    compartments = models.ManyToManyField(Compartment, related_name="+")
    groups = models.ManyToManyField(SharingGroup, related_name="+")
    named: models.ManyToManyField[Any, Any] = models.ManyToManyField(PERSON, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(name="intel_mark_is_settled", condition=(
            Q(tlp__lte=int(Tlp.GREEN)) | Q(tlp__in=(int(Tlp.AMBER), int(Tlp.AMBER_STRICT)), grouped=True)
            | Q(tlp=int(Tlp.RED), by_name=True)))]

    def __str__(self) -> str:
        return f"TLP:{Tlp(self.tlp).word}"

    @property
    def word(self) -> str:
        return Tlp(self.tlp).word

    @property
    def value(self) -> Marking:
        """The marking as the pure rules take it; the owner is the key of the authority."""
        return Marking(
            tlp=Tlp(self.tlp), owner=str(self.owner_id), nominal=self.nominal,
            compartments=frozenset(each.code for each in self.compartments.all()),
            groups=frozenset(each.code for each in self.groups.all()) if self.grouped else None,
            named=frozenset(each.pk for each in self.named.all()) if self.by_name else None, barred=self.barred)


class Marked(models.Model):
    """A row of a Party that is read by its mark."""

    party = models.CharField(max_length=2)
    mark = models.ForeignKey(Mark, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True
