"""The register of online platforms: who they are, where notices go, and what they promise about wildlife."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from wildgate.apps.platforms.hosts import readable

PERSON = settings.AUTH_USER_MODEL


class Platform(models.Model):
    """A place on the Internet where specimens may be offered. `key` names it in addresses and in other apps."""

    class Kind(models.TextChoices):
        MARKETPLACE = "marketplace", _("Marketplace")
        SOCIAL = "social", _("Social media")
        CLASSIFIEDS = "classifieds", _("Classified adverts")
        AUCTION = "auction", _("Auction house")
        MESSAGING = "messaging", _("Messaging")
        OTHER = "other", _("Other")

    class State(models.TextChoices):
        RUNS = "runs", _("In operation")
        CLOSED = "closed", _("Closed down")

    party = models.CharField(max_length=2)
    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    home = models.CharField(max_length=2, blank=True)
    serves = models.JSONField(default=list)
    state = models.CharField(max_length=6, choices=State.choices, default=State.RUNS)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "key"], name="platform_once")]
        indexes = [models.Index(fields=["party", "name"], name="platforms_by_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"platform:{self.key}"


class Host(models.Model):
    """An address of a platform as `hosts.host_of` has it. One host belongs to one platform."""

    party = models.CharField(max_length=2)
    platform = models.ForeignKey(Platform, on_delete=models.CASCADE, related_name="hosts")
    host = models.CharField(max_length=253)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "host"], name="platform_host_once")]

    def __str__(self) -> str:
        return readable(self.host)


class Contact(models.Model):
    """Where notices go. Kept apart from what is published: it may be the mailbox of a person."""

    platform = models.OneToOneField(Platform, on_delete=models.CASCADE, primary_key=True, related_name="contact")
    to = models.CharField(max_length=300)
    note = models.CharField(max_length=300, blank=True)
    set_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"contact of {self.platform_id}"


class Policy(models.Model):
    """A version of what a platform promises, as it was found: append-only. The newest that holds on a day binds.

    `certainty`: whether somebody read the evidence for this register, or it is told by others and was not read.
    """

    class Status(models.TextChoices):
        NONE = "none", _("No code")
        SIGNED = "signed", _("Code signed")
        PUBLISHED = "published", _("Policy published")
        AUDITED = "audited", _("Audited")

    class Code(models.TextChoices):
        NONE = "", "–"
        COALITION = "coalition", _("Prohibited Wildlife Policy of the Coalition to End Wildlife Trafficking Online")
        OWN = "own", _("Its own policy")
        OTHER = "other", _("Another code")

    class Certainty(models.TextChoices):
        READ = "read", _("Evidence read")
        TOLD = "told", _("Told by others, evidence not read")

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="policies")
    version = models.PositiveIntegerField()
    status = models.CharField(max_length=9, choices=Status.choices)
    code = models.CharField(max_length=9, choices=Code.choices, blank=True)
    code_name = models.CharField(max_length=160, blank=True)
    groups = models.CharField(max_length=500, blank=True)
    products = models.CharField(max_length=500, blank=True)
    evidence = models.CharField(max_length=500, blank=True)
    captured_on = models.DateField(null=True)
    captured_text = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=300)
    certainty = models.CharField(max_length=4, choices=Certainty.choices)
    recorded_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "version"], name="policy_version_once")]

    def __str__(self) -> str:
        return f"{self.platform_id} v{self.version}"

    def holds(self, on: date) -> bool:
        """Does this version speak of that day?"""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class Rule(models.Model):
    """One sentence of a policy version that a notice can cite. What is left empty is not narrowed."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="rules")
    place = models.PositiveIntegerField()
    key = models.SlugField(max_length=30)
    text = models.CharField(max_length=300)
    appendices = models.JSONField(default=list)
    taxon = models.CharField(max_length=120, blank=True)
    term = models.CharField(max_length=3, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["policy", "key"], name="policy_rule_once")]
        ordering = ["place"]

    def __str__(self) -> str:
        return f"{self.key}: {self.text}"

    def as_json(self) -> dict[str, Any]:
        """As it stands in open data."""
        return {"key": self.key, "text": self.text, "appendices": self.appendices, "taxon": self.taxon,
                "term": self.term}
