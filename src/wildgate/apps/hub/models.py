"""What a hub keeps: who may reach whom, and of everything that passed its hash, its times and its end."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL


class Access(models.Model):
    """`callee` lets `caller` reach it through this hub; without a row that a second person has
    confirmed nobody does (rows from before that rule name nobody). `basis` is its own word for it."""

    party = models.CharField(max_length=2)
    callee = models.CharField(max_length=2)
    caller = models.CharField(max_length=2)
    basis = models.CharField(max_length=500)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "callee", "caller"], condition=Q(ended_at=None),
                                    name="hub_access_once"),
            models.CheckConstraint(name="hub_access_by_two", condition=(
                Q(confirmed_by=None) | Q(confirmed_at__isnull=False) & ~Q(confirmed_by=F("made_by")))),
        ]

    def __str__(self) -> str:
        return f"{self.caller} to {self.callee}"

    @property
    def proposed_by_id(self) -> int:
        """Who does not confirm it."""
        return self.made_by_id


class Passage(models.Model):
    """One message or question on its way through. `body` is there until it has been delivered, and no longer than the
    hours that are set; `sha256` and `size` stay. `answer` is the receiver's acknowledgement: it holds no permit."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for the receiver")
        DELIVERED = "delivered", _("Delivered")
        REFUSED = "refused", _("Refused")
        DEAD = "dead", _("Not delivered")

    party = models.CharField(max_length=2)
    sender = models.CharField(max_length=2)
    receiver = models.CharField(max_length=2)
    operation = models.CharField(max_length=40)
    number = models.CharField(max_length=60, blank=True)
    key = models.CharField(max_length=80)
    sequence = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    body = models.BinaryField(null=True)
    came_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    tries = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)
    answer = models.JSONField(default=dict)
    answer_sha256 = models.CharField(max_length=64, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "sender", "key"], name="hub_passage_once")]
        indexes = [
            models.Index(fields=["party", "-id"], name="hub_passage_newest"),
            models.Index(fields=["party", "receiver", "id"], condition=Q(state="waiting"), name="hub_passage_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.sender} to {self.receiver}"

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"passage:{self.pk}"
