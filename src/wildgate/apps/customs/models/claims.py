"""What the items of a declaration have of another Party's paper, until all of them are decided and it is endorsed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from wildgate.apps.customs.models.endorsements import ForeignLine, ForeignPermit
from wildgate.kit.fields import QuantityField


class ForeignClaim(models.Model):
    """One item of one declaration on one line of a registered paper: set aside, or released with what was counted.

    `call` and `digest` name what was asked last, so that the same call sent again is answered again.
    """

    party = models.CharField(max_length=2)
    foreign = models.ForeignKey(ForeignPermit, on_delete=models.PROTECT, related_name="claims")
    line = models.ForeignKey(ForeignLine, on_delete=models.PROTECT, related_name="claims")
    reference = models.CharField(max_length=80)
    item = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    call = models.CharField(max_length=10)
    digest = models.CharField(max_length=64)
    reserved = QuantityField(default=0)
    consumed = QuantityField(default=0)
    until = models.DateTimeField(null=True)
    box_14 = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()
    endorsed = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["foreign", "reference", "item"], name="foreign_claim_once"),
            models.CheckConstraint(name="foreign_claim_not_negative", condition=Q(reserved__gte=0, consumed__gte=0)),
        ]
        indexes = [models.Index(fields=["party", "reference"], name="foreign_claim_declaration")]

    def __str__(self) -> str:
        return f"{self.reference}/{self.item}"
