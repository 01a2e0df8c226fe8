"""Sellers as salted hashes, tied into clusters by evidence; their clear text stands apart and is read under a rule."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL


class Seller(models.Model):
    """An account on a platform. `key` is an HMAC of platform and name; `cluster` is the lowest key of its cluster."""

    party = models.CharField(max_length=2)
    key = models.CharField(max_length=64)
    platform_id = models.BigIntegerField(null=True)
    cluster = models.BigIntegerField(default=0)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "key"], name="market_seller_once")]
        indexes = [models.Index(fields=["party", "cluster"], name="market_cluster"),
                   models.Index(fields=["party", "last_seen"], name="market_seller_seen")]

    def __str__(self) -> str:
        return self.short

    @property
    def short(self) -> str:
        """Enough of the hash for people to tell sellers apart."""
        return self.key[:10]

    @property
    def subject(self) -> str:
        """The name under which events speak of the seller."""
        return f"seller:{self.key[:24]}"


class SellerName(models.Model):
    """The seller's name as the platform shows it. Read only with the right to see sellers, and every look is an event.

    Removed by itself when its time is over (`until`).
    """

    seller = models.OneToOneField(Seller, on_delete=models.CASCADE, primary_key=True, related_name="name")
    text = models.CharField(max_length=200)
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["until"], name="market_name_until")]

    def __str__(self) -> str:
        return "a seller's name"


class SellerTrait(models.Model):
    """A telephone number, handle or address for mail that a seller's listings give, as an HMAC."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("Telephone")
        MAIL = "mail", _("E-mail address")
        HANDLE = "handle", _("Handle")

    party = models.CharField(max_length=2)
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="traits")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "hash", "seller"], name="market_trait_once")]

    def __str__(self) -> str:
        return self.kind


class SellerEdge(models.Model):
    """Why two sellers may be one: the evidence of one edge. Cut by a person, it is not drawn again by the program."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("The same telephone number")
        MAIL = "mail", _("The same e-mail address")
        HANDLE = "handle", _("The same handle")
        TEXT = "text", _("Nearly the same text")
        IMAGE = "image", _("The same picture")
        PERSON = "person", _("A person put them together")

    party = models.CharField(max_length=2)
    one = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="edges_on")
    other = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="edges_back")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    listings = models.JSONField(default=list)
    at = models.DateTimeField()
    cut_at = models.DateTimeField(null=True)
    cut_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["one", "other", "kind"], name="market_edge_once"),
                       models.CheckConstraint(condition=models.Q(one__lt=models.F("other")),
                                              name="market_edge_ordered")]

    def __str__(self) -> str:
        return f"{self.one_id} and {self.other_id}: {self.kind}"
