"""What people do with reports: alerts, questions, taskings, sightings, opinions, hand-overs; and the pulse of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.models import Authority
from wildgate.apps.intelligence.models.marks import Marked
from wildgate.apps.intelligence.models.reports import LONGEST_TITLE, Report

PERSON = settings.AUTH_USER_MODEL
LONGEST_WORDS = 4000


class Alert(Marked):
    """Something that cannot wait. Appendix I comes first in every queue (Dec. 16.62)."""

    kind = models.SlugField(max_length=30)
    appendix = models.CharField(max_length=3, blank=True)
    title = models.CharField(max_length=LONGEST_TITLE)
    subject_kind = models.CharField(max_length=20)
    subject_key = models.CharField(max_length=120)
    raised_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    raised_at = models.DateTimeField()
    seen_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    seen_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["party", "closed_at", "appendix", "-raised_at"], name="intel_alert_queue")]

    def __str__(self) -> str:
        return f"alert {self.pk}"

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"intelligence-alert:{self.pk}"

    @property
    def first(self) -> bool:
        """Whether it goes by the fast lane."""
        return self.appendix == "I"


class About(Marked):
    """Something said or asked about a report; read by its own mark, which holds the report's, and by the report's."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, null=True, related_name="%(class)ss")
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        abstract = True

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"intelligence-{self._meta.model_name}:{self.pk}"


class Comment(About):
    """What a reader adds."""

    text = models.TextField(max_length=LONGEST_WORDS)

    def __str__(self) -> str:
        return f"comment {self.pk}"


class Asked(About):
    """What an authority, or one person of it, is asked for until a time."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        DECLINED = "declined", _("Declined")

    text = models.TextField(max_length=LONGEST_WORDS)
    to_authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    to_person = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    answer = models.TextField(max_length=LONGEST_WORDS, blank=True)
    answered_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Question(Asked):
    """A request for information."""

    class Meta:
        indexes = [models.Index(fields=["party", "state", "due_at"], name="intel_question_queue")]

    def __str__(self) -> str:
        return f"question {self.pk}"


class Tasking(Asked):
    """Something to be done and reported on."""

    class Meta:
        indexes = [models.Index(fields=["party", "state", "due_at"], name="intel_tasking_queue")]

    def __str__(self) -> str:
        return f"tasking {self.pk}"


class Sighting(About):
    """That what the report speaks of was seen again, was not there, or is over."""

    class Kind(models.TextChoices):
        SEEN = "+", _("Seen again")
        NOT_SEEN = "-", _("Looked for and not seen")
        EXPIRED = "expired", _("No longer so")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    seen_at = models.DateTimeField()
    text = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"sighting {self.pk}"


class Opinion(About):
    """Whether a reader agrees, in words of estimate. The newest of a person counts."""

    class Kind(models.TextChoices):
        AGREE = "agree", _("Agrees")
        DISAGREE = "disagree", _("Disagrees")

    class Estimate(models.TextChoices):
        CERTAIN = "almost-certain", _("Almost certain (more than 95 in 100)")
        VERY_LIKELY = "very-likely", _("Very likely (80 to 95 in 100)")
        LIKELY = "likely", _("Likely (55 to 80 in 100)")
        EVEN = "even", _("Roughly even (45 to 55 in 100)")
        UNLIKELY = "unlikely", _("Unlikely (20 to 45 in 100)")
        VERY_UNLIKELY = "very-unlikely", _("Very unlikely (5 to 20 in 100)")
        REMOTE = "remote", _("Almost no chance (less than 5 in 100)")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    estimate = models.CharField(max_length=16, choices=Estimate.choices)
    text = models.CharField(max_length=1000, blank=True)

    def __str__(self) -> str:
        return f"opinion {self.pk}"


class HandOver(About):
    """A report passed between a Management and an Enforcement Authority, with a clock.

    It waits until the other side has acknowledged it and then accepted it or declined it with a reason.
    """

    class State(models.TextChoices):
        GIVEN = "given", _("Waits to be acknowledged")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")

    from_authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    to_authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    appendix = models.CharField(max_length=3, blank=True)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.GIVEN)
    acknowledged_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "to_authority"], name="intel_hand_over_waits_once",
                                               condition=Q(state__in=("given", "acknowledged")))]
        indexes = [models.Index(fields=["party", "state", "due_at"], name="intel_hand_over_queue")]

    def __str__(self) -> str:
        return f"hand-over {self.pk}"

    def late(self, at: Any) -> bool:
        return self.decided_at is None and self.due_at < at


class Pulse(Marked):
    """That something happened, for open streams: no content. Its keys grow in the order of the event chain."""

    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, null=True, related_name="+")
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["party", "id"], name="intel_pulse_order")]

    def __str__(self) -> str:
        return f"pulse {self.pk}"
