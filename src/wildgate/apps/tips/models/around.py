"""What stands around a tip: words both ways, files, assessments, who did what, and the box with a name in it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from wildgate.apps.tips.models.tip import LONGEST_REASON, Tip

PERSON = settings.AUTH_USER_MODEL


class Message(models.Model):
    """Something said after the tip. `by` is empty when the teller said it. No row changes, none goes."""

    party = models.CharField(max_length=2)
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="messages")
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["tip", "id"], name="tip_messages")]

    def __str__(self) -> str:
        return f"message {self.pk}"


class Attachment(models.Model):
    """A file by its place only: the name it had may name somebody, so it is not kept.

    `held` is the key of the sealed original and its cleaned copy; `scanned` is None where no scanner is installed.
    """

    party = models.CharField(max_length=2)
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="attachments")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, related_name="attachments")
    place = models.IntegerField()
    held = models.CharField(max_length=64)
    kind = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    removed = models.JSONField(default=list)
    scanned = models.BooleanField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tip", "place"], name="tip_attachment_once")]

    def __str__(self) -> str:
        return f"attachment {self.place}"


class Assessment(models.Model):
    """What one assessor said of a tip, whole. The first one is the tip's; a second one checks a sample, blind."""

    party = models.CharField(max_length=2)
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="assessments")
    second = models.BooleanField(default=False)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    credible = models.CharField(max_length=8, choices=Tip.Said.choices)
    in_scope = models.CharField(max_length=8, choices=Tip.Said.choices)
    jurisdiction = models.CharField(max_length=8, choices=Tip.Said.choices)
    listed_one = models.CharField(max_length=8, choices=Tip.Said.choices)
    at_risk = models.CharField(max_length=8, choices=Tip.Said.choices)
    source_grade = models.CharField(max_length=1)
    content_grade = models.CharField(max_length=1)
    handling = models.CharField(max_length=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tip", "second"], name="tip_assessed_once"),
            models.CheckConstraint(name="tip_assessed_whole", condition=(
                ~models.Q(source_grade="") & ~models.Q(content_grade="") & ~models.Q(handling=""))),
        ]
        indexes = [models.Index(fields=["party", "second"], name="tip_assessments")]

    def __str__(self) -> str:
        return f"assessment {self.pk}"


class Act(models.Model):
    """Who of the desk did what about a tip, and why. No row changes, none goes."""

    party = models.CharField(max_length=2)
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="acts")
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=20)
    reason = models.CharField(max_length=LONGEST_REASON, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["tip", "id"], name="tip_acts")]

    def __str__(self) -> str:
        return f"{self.step} {self.pk}"


class Identity(models.Model):
    """The box: a name and a way to reach the teller, encrypted. Erased, the row stays empty and says when."""

    party = models.CharField(max_length=2)
    tip = models.OneToOneField(Tip, on_delete=models.PROTECT, related_name="identity")
    box = models.BinaryField(null=True)
    made_at = models.DateTimeField()
    erase_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["party", "erase_at"], condition=models.Q(erased_at=None), name="tip_boxes")]

    def __str__(self) -> str:
        return f"box {self.pk}"


class Opening(models.Model):
    """One request to open a box: who asked and why, who opened it or said no. Two people, never one."""

    class State(models.TextChoices):
        ASKED = "asked", _("Asked")
        OPENED = "opened", _("Opened")
        REFUSED = "refused", _("Refused")

    party = models.CharField(max_length=2)
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="openings")
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reason = models.CharField(max_length=LONGEST_REASON)
    answered_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tip"], condition=models.Q(state="asked"), name="tip_opening_asked_once"),
            models.CheckConstraint(name="tip_opening_two_people", condition=(
                models.Q(answered_by=None) | ~models.Q(answered_by=models.F("asked_by")))),
        ]
        indexes = [models.Index(fields=["party", "state", "-id"], name="tip_openings")]

    def __str__(self) -> str:
        return f"opening {self.pk}"
