"""What other systems fetch for themselves: keys of targets, the reports that were put out for them, what they add."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from wildgate.apps.intelligence.models.marks import PERSON
from wildgate.apps.intelligence.models.reports import Report
from wildgate.apps.intelligence.models.targets import Target
from wildgate.kit.uploads.models import Upload


class FeedKey(models.Model):
    """A key of a target: its first part stands here and on screen, of the rest the SHA-256 only.

    `minute` and `minute_calls` count its calls, moved by one conditional statement.
    """

    party = models.CharField(max_length=2)
    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="keys")
    prefix = models.CharField(max_length=8)
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    used_on = models.DateField(null=True)
    minute = models.BigIntegerField(default=0)
    minute_calls = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["party", "prefix"], name="intel_feed_key_once")]

    def __str__(self) -> str:
        return f"{self.target}: {self.prefix}"

    @property
    def label(self) -> str:
        """The name under which events speak of whoever holds it."""
        return f"feed-key:{self.prefix}"

    def opens(self, at: datetime) -> bool:
        return self.revoked_at is None and at < self.expires_at


class Release(models.Model):
    """A report that a contributor put into a target's collection. It leaves as far as that person reads it now.

    `digest` is of what was last handed out of it, and `added_at` since when: whoever asks for what was added after a
    moment is told of it again once anything in it has changed.
    """

    party = models.CharField(max_length=2)
    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="releases")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    digest = models.CharField(max_length=64, blank=True)
    added_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["target", "report"], name="intel_release_once")]

    def __str__(self) -> str:
        return f"{self.report} for {self.target}"


class Received(models.Model):
    """Objects that the system behind a target added. They wait, unread, until a contributor takes them in or not.

    `upload` holds the bytes; `taken` is the import that they became.
    """

    party = models.CharField(max_length=2)
    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="received")
    uid = models.UUIDField()
    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="+")
    objects_in_it = models.PositiveIntegerField()
    at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    taken = models.ForeignKey(Upload, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["target", "uid"], name="intel_received_once")]

    def __str__(self) -> str:
        return f"{self.uid} from {self.target}"

    @property
    def state(self) -> str:
        """`pending` until somebody decided and the import has run, then `success` or `failure`."""
        if self.decided_at is None or (self.taken is not None and self.taken.waits):
            return "pending"
        return "success" if self.taken is not None and self.taken.state == Upload.State.DONE else "failure"
