"""The goods app: customs codes beside taxa and terms, editable, and what was learnt from accepted cases."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL


class CodeRow(models.Model):
    """What an authority says of one customs code: the newest row of a code holds, above the shipped table.

    `removed`: the code is taken out; `restored`: the shipped row holds again. Rows are only ever added.
    """

    class Act(models.TextChoices):
        SET = "set", _("Changed")
        REMOVED = "removed", _("Taken out")
        RESTORED = "restored", _("As shipped again")

    class Strength(models.TextChoices):
        NAMED = "D", _("Names a listed taxon or its material")
        PART = "P", _("Listed goods are a part of it")
        WARNING = "M", _("A warning by itself")

    class Scope(models.TextChoices):
        MOST = "most", _("Of these taxa")
        PART = "part", _("Partly of these taxa")
        ANY = "any", _("Of any taxon")
        OTHER = "other", _("For kinds that are taken for listed ones")
        WARNING = "warning", _("Hides something")

    party = models.CharField(max_length=2)
    hs = models.CharField(max_length=6)
    act = models.CharField(max_length=8, choices=Act.choices)
    goods = models.CharField(max_length=200, blank=True)
    taxa = models.CharField(max_length=1000, blank=True)
    terms = models.CharField(max_length=200, blank=True)
    strength = models.CharField(max_length=1, blank=True, choices=Strength.choices)
    scope = models.CharField(max_length=8, blank=True, choices=Scope.choices)
    reason = models.CharField(max_length=500)
    set_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["party", "hs", "-id"], name="code_row_newest")]

    def __str__(self) -> str:
        return f"{self.hs} {self.act}"


class Accepted(models.Model):
    """One item of an accepted consignment that was inspected and found right: what is learnt from. No names of people.

    `mass` and `value` are of one unit; empty where the declaration had none.
    """

    party = models.CharField(max_length=2)
    reference = models.CharField(max_length=80)
    item = models.PositiveIntegerField()
    hs = models.CharField(max_length=6)
    taxon = models.CharField(max_length=120)
    genus = models.CharField(max_length=60, blank=True)
    term = models.CharField(max_length=3)
    unit = models.CharField(max_length=3)
    currency = models.CharField(max_length=3, blank=True)
    quantity = models.FloatField()
    mass = models.FloatField(null=True)
    value = models.FloatField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "reference", "item"], name="accepted_item_once")]
        indexes = [models.Index(fields=["party", "genus", "term", "-id"], name="accepted_of_genus"),
                   models.Index(fields=["party", "hs"], name="accepted_of_code")]

    def __str__(self) -> str:
        return f"{self.hs} {self.taxon} {self.term}"
