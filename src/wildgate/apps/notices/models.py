"""Notices to platforms as they are kept: what was said, who sent it, what the platform answered, what was seen."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from wildgate.apps.notices.removal import EARLIEST

PERSON = settings.AUTH_USER_MODEL


class Notice(models.Model):
    """One notice about one listing. From sending on, its words never change: `body` is what went out.

    `listing` is the number of the listing and `platform_id` the key of the platform, each in its own room. `out_at` is
    when it left this house: the clocks of the re-checks begin there. No field holds anything of the seller.
    """

    class State(models.TextChoices):
        DRAFTED = "drafted", _("Drafted")
        WITHDRAWN = "withdrawn", _("Withdrawn before sending")
        SENT = "sent", _("Sent")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        ACTED = "acted", _("Decided by the platform")
        NO_ANSWER = "no-answer", _("No answer")

    class Outcome(models.TextChoices):
        REMOVED = "removed", _("Removed")
        PARTLY = "partly", _("Partly removed or changed")
        KEPT = "kept", _("Kept")

    class Way(models.TextChoices):
        MAIL = "mail", _("By e-mail")
        DOWNLOAD = "download", _("As a file, by the platform's own form")

    class Language(models.TextChoices):
        ENGLISH = "en", "English"
        FRENCH = "fr", "Français"
        SPANISH = "es", "Español"

    party = models.CharField(max_length=2)
    number = models.CharField(max_length=24)
    platform_id = models.BigIntegerField()
    platform = models.CharField(max_length=120)
    listing = models.CharField(max_length=24)
    url = models.CharField(max_length=1000)
    outside_id = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.ENGLISH)
    rule_key = models.CharField(max_length=30, blank=True)
    rule = models.CharField(max_length=300, blank=True)
    taxon = models.CharField(max_length=200, blank=True)
    appendix = models.CharField(max_length=10, blank=True)
    national_law = models.CharField(max_length=300, blank=True)
    explanation = models.CharField(max_length=1500)
    not_covered_reason = models.CharField(max_length=500, blank=True)
    evidence = models.CharField(max_length=64)
    captured_at = models.DateTimeField()
    notifier = models.CharField(max_length=200)
    notifier_email = models.EmailField(max_length=200)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFTED)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    reference = models.CharField(max_length=80, blank=True)
    drafted_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    sent_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True)
    way = models.CharField(max_length=8, choices=Way.choices, blank=True)
    sent_to = models.CharField(max_length=300, blank=True)
    title = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)
    out_at = models.DateTimeField(null=True)
    sending_until = models.DateTimeField(null=True)
    fault = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "number"], name="platform_notice_once"),
            models.UniqueConstraint(fields=["party", "listing"], condition=Q(state="drafted"),
                                    name="platform_notice_one_draft"),
            models.CheckConstraint(condition=Q(sent_by=None) | ~Q(sent_by=F("drafted_by")), name="platform_notice_two"),
            models.CheckConstraint(condition=Q(state__in=("drafted", "withdrawn")) | Q(sent_at__isnull=False),
                                   name="platform_notice_sent")]
        indexes = [models.Index(fields=["party", "state", "-id"], name="platform_notices_list"),
                   models.Index(fields=["party", "platform_id", "out_at"], name="platform_notices_of"),
                   models.Index(fields=["party", "listing", "-id"], name="platform_notices_listing")]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"platform-notice:{self.number}"


class Answer(models.Model):
    """What the platform answered, as somebody noted it. Append-only: a later answer stands beside the earlier one."""

    class Kind(models.TextChoices):
        ACKNOWLEDGED = "acknowledged", _("It confirms the receipt")
        REMOVED = "removed", _("It says: removed")
        PARTLY = "partly", _("It says: partly removed or changed")
        KEPT = "kept", _("It says: kept")

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="answers")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    said_at = models.DateTimeField()
    reference = models.CharField(max_length=80, blank=True)
    text = models.CharField(max_length=1500, blank=True)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["notice", "id"], name="platform_notice_answers")]

    def __str__(self) -> str:
        return f"{self.notice_id}: {self.kind}"


class Sighting(models.Model):
    """What somebody of the authority saw at the listing's address at one moment. Append-only.

    It is never the platform's word: that stands in `Answer`, and no figure of compliance counts it.
    """

    class Found(models.TextChoices):
        THERE = "there", _("Still there")
        CHANGED = "changed", _("There, but changed")
        GONE = "gone", _("Gone")
        RELISTED = "relisted", _("Gone, but offered again elsewhere")

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="sightings")
    seen_at = models.DateTimeField()
    found = models.CharField(max_length=8, choices=Found.choices)
    relisted_as = models.CharField(max_length=24, blank=True)
    from_file = models.BooleanField(default=False)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["notice", "seen_at"], name="platform_notice_looks")]

    def __str__(self) -> str:
        return f"{self.notice_id}: {self.found}"

    @property
    def gone(self) -> bool:
        """Was the listing no longer at its address?"""
        return self.found in (self.Found.GONE, self.Found.RELISTED)


class ReCheck(models.Model):
    """A task: somebody looks whether the listing is still there, so many hours after the notice went out.

    From `opens_at` on a look settles it, and counts for its deadline.
    """

    class After(models.TextChoices):
        DAY = "24h", _("24 hours")
        WEEK = "7d", _("7 days")
        MONTH = "30d", _("30 days")

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="rechecks")
    party = models.CharField(max_length=2)
    after = models.CharField(max_length=3, choices=After.choices)
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField()
    sighting = models.ForeignKey(Sighting, on_delete=models.PROTECT, null=True, related_name="settles")
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "after"], name="recheck_once")]
        indexes = [models.Index(fields=["party", "opens_at"], condition=Q(sighting=None), name="rechecks_due")]

    def __str__(self) -> str:
        return f"{self.notice_id} after {self.after}"


SPANS = {ReCheck.After.DAY: timedelta(hours=24), ReCheck.After.WEEK: timedelta(days=7),
         ReCheck.After.MONTH: timedelta(days=30)}
"""When somebody looks again, from the notice's going out (house values, as the research on removals uses them)."""


def tasks(notice: Notice, out_at: datetime) -> list[ReCheck]:
    """The three re-checks of a notice that went out then."""
    return [ReCheck(notice=notice, party=notice.party, after=after, opens_at=out_at + span * EARLIEST,
                    due_at=out_at + span) for after, span in SPANS.items()]
