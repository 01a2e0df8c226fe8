"""What people say of listings, from which a model of one scope may learn, and the models in use."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from wildgate.apps.market.models.listings import Listing

PERSON = settings.AUTH_USER_MODEL


class Label(models.Model):
    """A person's answer to a listing: is a real specimen offered, and of which taxon. A newer one stands beside it."""

    class Answer(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")
        UNCLEAR = "unclear", _("Not clear")

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="labels")
    party = models.CharField(max_length=2)
    answer = models.CharField(max_length=7, choices=Answer.choices)
    taxon = models.CharField(max_length=200, blank=True)
    current = models.BooleanField(default=True)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["listing"], condition=models.Q(current=True),
                                               name="market_label_current")]
        indexes = [models.Index(fields=["party", "current"], name="market_labels")]

    def __str__(self) -> str:
        return f"{self.listing_id}: {self.answer}"


class ScopeModel(models.Model):
    """A model of one scope (platform, group of taxa, language), with the figures it was trained with."""

    party = models.CharField(max_length=2)
    platform_id = models.BigIntegerField(null=True)
    group = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=3, blank=True)
    sha256 = models.CharField(max_length=64)
    learnt = models.BooleanField()
    labels = models.IntegerField()
    positive = models.IntegerField()
    figures = models.JSONField(default=dict)
    rules = models.JSONField(default=dict)
    current = models.BooleanField(default=True)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(
            fields=["party", "platform_id", "group", "language"], condition=models.Q(current=True),
            nulls_distinct=False, name="market_model_current")]

    def __str__(self) -> str:
        return f"{self.platform_id}/{self.group}/{self.language}"
