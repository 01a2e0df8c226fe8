"""A tip: what somebody told, how far it is, and what the assessors say of it. Nothing here says who told it."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wildgate.sharing.grading import Credibility, Grading, Handling, Reliability

PERSON = settings.AUTH_USER_MODEL
LONGEST: Final = 10_000
"""Characters of what a teller writes at once."""
LONGEST_REASON: Final = 1000


class Tip(models.Model):
    """One tip. `number` is for the desk, `receipt` (a hash) for the teller; neither leads to the other.

    `urgent` and `due_at` are the clock of the first look, `hand_over_due_at` that of a hand-over. `spam` only orders.
    `first` is the earlier tip of nearly the same words; a folded tip is assessed like any other.
    `about_officials` puts the tip behind a wall: auditors see it, investigators do not.
    """

    class Kind(models.TextChoices):
        SALE = "sale", _("Something is offered for sale online")
        SHIPMENT = "shipment", _("A shipment, container or parcel")
        SUFFERING = "suffering", _("A live animal is suffering now")
        POACHING = "poaching", _("Poaching, or taking from the wild")
        OFFICIALS = "officials", _("Officials who take part or look away")
        OTHER = "other", _("Something else")

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        ACKNOWLEDGED = "acknowledged", _("Looked at")
        TRIAGED = "triaged", _("Triaged")
        GRADED = "graded", _("Graded")
        ASSIGNED = "assigned", _("Being worked on")
        FORWARDED = "forwarded", _("Handed over to intelligence")
        NO_ACTION = "no-action", _("No action")
        CLOSED = "closed", _("Closed with an outcome")

    class Said(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")
        UNKNOWN = "unknown", _("Not known")

    class Outcome(models.TextChoices):
        SEIZED = "seized", _("Specimens were seized")
        RESCUED = "rescued", _("Animals were brought to safety")
        STOPPED = "stopped", _("The sale or shipment was stopped")
        CHARGED = "charged", _("Somebody was charged")
        INFORMED = "informed", _("It helps the authorities to watch")
        NOTHING = "nothing", _("It was looked into and nothing was found")

    party = models.CharField(max_length=2)
    number = models.CharField(max_length=24)
    receipt = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=State.choices, default=State.RECEIVED)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.TextField()
    happened = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=300, blank=True)
    species = models.CharField(max_length=200, blank=True)
    transport = models.CharField(max_length=500, blank=True)
    alive = models.CharField(max_length=8, choices=Said.choices, default=Said.UNKNOWN)
    language = models.CharField(max_length=8)
    about_officials = models.BooleanField(default=False)
    appendix_one = models.BooleanField(default=False)
    urgent = models.BooleanField(default=False)
    spam = models.IntegerField(default=0)
    sketch = models.CharField(max_length=256, blank=True)
    first = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="folded")
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True)
    unread = models.BooleanField(default=False)
    credible = models.CharField(max_length=8, choices=Said.choices, blank=True)
    in_scope = models.CharField(max_length=8, choices=Said.choices, blank=True)
    jurisdiction = models.CharField(max_length=8, choices=Said.choices, blank=True)
    listed_one = models.CharField(max_length=8, choices=Said.choices, blank=True)
    at_risk = models.CharField(max_length=8, choices=Said.choices, blank=True)
    source_grade = models.CharField(max_length=1, blank=True)
    content_grade = models.CharField(max_length=1, blank=True)
    handling = models.CharField(max_length=1, blank=True)
    assigned_to = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    report = models.CharField(max_length=40, blank=True)
    case = models.CharField(max_length=40, blank=True)
    forwarded_at = models.DateTimeField(null=True)
    forwarded_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    hand_over_due_at = models.DateTimeField(null=True)
    handed_over_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    reason = models.CharField(max_length=LONGEST_REASON, blank=True)
    closed_at = models.DateTimeField(null=True)
    sampled = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "number"], name="tip_number_once"),
            models.UniqueConstraint(fields=["party", "receipt"], name="tip_receipt_once"),
            models.CheckConstraint(name="tip_graded_before_use", condition=(
                Q(state__in=["received", "acknowledged", "triaged"])
                | (~Q(source_grade="") & ~Q(content_grade="") & ~Q(handling="")))),
            models.CheckConstraint(name="tip_closed_with_reason", condition=(
                ~Q(state__in=["no-action", "closed"]) | (~Q(reason="") & Q(closed_at__isnull=False)))),
            models.CheckConstraint(name="tip_closed_with_outcome", condition=~Q(state="closed") | ~Q(outcome="")),
        ]
        indexes = [
            models.Index(fields=["party", "state", "-urgent", "due_at", "spam"], name="tips_queue"),
            models.Index(fields=["party", "-id"], name="tips_newest"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"tip:{self.number}"

    @property
    def grading(self) -> Grading | None:
        """What the assessor said, source and content apart; None before."""
        if not self.source_grade:
            return None
        return Grading(Reliability(self.source_grade), Credibility(self.content_grade), Handling(self.handling))

    @property
    def open(self) -> bool:
        """Does it still wait for its assessment?"""
        return self.state in UNASSESSED

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def hand_over_waits(self) -> bool:
        """Does intelligence still have to say that it has it?"""
        return self.state == self.State.FORWARDED and self.handed_over_at is None

    def late(self, at: datetime) -> bool:
        """Is the clock that runs over: that of the first look, or that of the hand-over?"""
        due = self.due_at if self.looked_at is None else self.hand_over_due_at if self.hand_over_waits else None
        return due is not None and due < at

    @cached_property
    def worked_by(self) -> frozenset[int]:
        """The people who did something about it: none of them opens its identity box."""
        return frozenset(self.acts.values_list("by_id", flat=True))


UNASSESSED: Final = (Tip.State.RECEIVED, Tip.State.ACKNOWLEDGED, Tip.State.TRIAGED)
ENDED: Final = (Tip.State.NO_ACTION, Tip.State.CLOSED)
