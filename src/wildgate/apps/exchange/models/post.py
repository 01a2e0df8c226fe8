"""The post: what waits for partners and what came of it; what partners sent and was told."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL


class Line(models.Model):
    """How the line to one partner is. While `next_at` lies ahead nothing is tried; `failures` are those in a row."""

    party = models.CharField(max_length=2)
    partner = models.CharField(max_length=12)
    failures = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    good_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)
    minute = models.BigIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "partner"], name="exchange_line_once")]

    def __str__(self) -> str:
        return f"{self.partner}: {self.failures} failures"


class Message(models.Model):
    """One message to one partner about one permit. `sequence` is its place among those about the same permit.

    `cause` names the event behind it, so that the same event is never sent twice under two keys. `key` is the name
    under which the partner knows it: sent again, it is the same message.
    """

    class Kind(models.TextChoices):
        ISSUED = "issued", _("Permit issued")
        ENDORSED = "endorsed", _("Endorsed by customs")
        CANCELLED = "cancelled", _("Cancelled")
        REPLACED = "replaced", _("Replaced")
        CONFIRMED = "confirmed", _("Quantities confirmed")
        STATUS = "status", _("Change of status")

    class State(models.TextChoices):
        QUEUED = "queued", _("In line")
        SENT = "sent", _("Sent, no answer yet")
        RECEIVED = "received", _("Received, not yet judged")
        ACCEPTED = "accepted", _("Accepted")
        WARNED = "accepted-with-warnings", _("Accepted with warnings")
        REJECTED = "rejected", _("Rejected")
        DEAD = "dead", _("Not delivered")
        GIVEN_UP = "given-up", _("Given up")

    party = models.CharField(max_length=2)
    partner = models.CharField(max_length=12)
    key = models.CharField(max_length=40, unique=True)
    cause = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    issuer = models.CharField(max_length=2)
    number = models.CharField(max_length=60)
    sequence = models.PositiveIntegerField()
    data = models.JSONField(default=dict)
    state = models.CharField(max_length=24, choices=State.choices, default=State.QUEUED)
    code = models.CharField(max_length=4, blank=True)
    reasons = models.JSONField(default=list)
    queued_at = models.DateTimeField()
    again_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    partner_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)
    closed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_why = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "partner", "cause"], name="exchange_message_once"),
            models.UniqueConstraint(fields=["party", "partner", "issuer", "number", "sequence"],
                                    name="exchange_message_order"),
        ]
        indexes = [
            models.Index(fields=["party", "-id"], name="exchange_message_newest"),
            models.Index(fields=["partner", "id"], condition=Q(state__in=["queued", "sent", "received"]),
                         name="exchange_message_waiting"),
            models.Index(fields=["party", "id"], condition=Q(state__in=["dead", "rejected"]),
                         name="exchange_message_dead"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number} to {self.partner}"

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"message:{self.key}"

    @property
    def open(self) -> bool:
        return self.state in WAITING


WAITING = (Message.State.QUEUED, Message.State.SENT, Message.State.RECEIVED)
"""States in which the post still works on a message."""


class Received(models.Model):
    """A message of a partner and the answer that it got. Sent again it gets the same answer and does nothing more.

    `reasons` are kept so that a page words them anew (`as_kept`); older ones are plain texts.
    """

    party = models.CharField(max_length=2)
    partner = models.CharField(max_length=12)
    key = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    kind = models.CharField(max_length=10, choices=Message.Kind.choices)
    number = models.CharField(max_length=60)
    sequence = models.PositiveIntegerField()
    state = models.CharField(max_length=24, choices=Message.State.choices)
    code = models.CharField(max_length=4)
    reasons = models.JSONField(default=list)
    at = models.DateTimeField()
    partner_at = models.DateTimeField(null=True)
    times = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "partner", "key"], name="exchange_received_once")]
        indexes = [
            models.Index(fields=["party", "-id"], name="exchange_received_newest"),
            models.Index(fields=["party", "partner", "number", "sequence"], name="exchange_received_order"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number} from {self.partner}"

    def as_json(self) -> dict[str, object]:
        """The acknowledgement."""
        return {"id": self.key, "state": self.state, "code": self.code, "reasons": [
            why["says"] if isinstance(why, dict) else why for why in self.reasons]}
