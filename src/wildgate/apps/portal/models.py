"""Submissions to the portal: what is worked on, what was published by version, and what each version is about."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from wildgate.apps.portal.kinds import KINDS

PERSON = settings.AUTH_USER_MODEL


class Submission(models.Model):
    """What a Party tells. `typed` is the text being worked on, as typed; the public reads versions only.

    `current` is the newest published version, 0 before the first; `public_title` and `public_language` are its own,
    while `title` and `language` may be those of a correction. `writers` are the people who wrote since the last
    publication: none of them reviews. `words`, `first_year` and `last_year` are what the public search looks at.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Waits for review")
        RETURNED = "returned", _("Sent back")
        ACCEPTED = "accepted", _("Accepted")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Language(models.TextChoices):
        EN = "en", _("English")
        FR = "fr", _("French")
        ES = "es", _("Spanish")

    party = models.CharField(max_length=2)
    number = models.CharField(max_length=24)
    kind = models.CharField(max_length=14)
    country = models.CharField(max_length=2)
    language = models.CharField(max_length=2, choices=Language.choices)
    basis = models.CharField(max_length=20)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    title = models.CharField(max_length=300)
    typed = models.JSONField(default=dict)
    change = models.CharField(max_length=500, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    writers = models.JSONField(default=list)
    submitted_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    current = models.PositiveIntegerField(default=0)
    public_title = models.CharField(max_length=300, blank=True)
    public_language = models.CharField(max_length=2, choices=Language.choices, blank=True)
    published_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField(max_length=500, blank=True)
    translation_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="translations")
    of_version = models.PositiveIntegerField(default=0)
    words = models.TextField(blank=True)
    first_year = models.IntegerField(null=True)
    last_year = models.IntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "number"], name="submission_once")]
        indexes = [
            models.Index(fields=["party", "state", "-moved_at"], name="portal_desk"),
            models.Index(fields=["party", "-published_at"], name="portal_newest"),
            models.Index(fields=["party", "country", "kind"], name="portal_by_country"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"portal:{self.number}"

    @property
    def kind_name(self) -> Any:
        return KINDS[self.kind].name

    @property
    def public(self) -> bool:
        """Is there something that the public reads, if only that it was withdrawn?"""
        return self.current > 0


class Version(models.Model):
    """A published version as everybody reads it, small counts withheld: append-only."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=300)
    language = models.CharField(max_length=2)
    basis = models.CharField(max_length=20)
    content = models.JSONField()
    change = models.CharField(max_length=500, blank=True)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    published_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    looked_over = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "number"], name="portal_version_once")]
        indexes = [models.Index(fields=["-at"], name="portal_version_newest")]

    def __str__(self) -> str:
        return f"{self.submission_id} v{self.number}"


class About(models.Model):
    """What the current version is about, for the search: a taxon with all above it, or a platform by its key."""

    TAXON, PLATFORM = "taxon", "platform"

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="about")
    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "kind", "name"], name="portal_about_once")]
        indexes = [models.Index(fields=["kind", "name"], name="portal_about_name")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
