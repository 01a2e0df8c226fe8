"""What people asked about their data, and what came of it."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL


class SubjectRequest(models.Model):
    """A person asks for a copy of what is held about them, or to be erased (GDPR, Arts. 15 and 17).

    Without an account there is no `person`: an officer asks for the one called `name`, whose identity `proof` tells of.
    `until`: so long the copy can be fetched. `kept` lists what an erasure left, each with its rule.
    """

    class Kind(models.TextChoices):
        COPY = "copy", _("Copy of the data")
        ERASURE = "erasure", _("Erasure")

    class State(models.TextChoices):
        ASKED = "asked", _("Waits")
        READY = "ready", _("Ready")
        DONE = "done", _("Done")
        DECLINED = "declined", _("Declined")
        OVER = "over", _("Over")

    party = models.CharField(max_length=2)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=160, blank=True)
    proof = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=500, blank=True)
    until = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    kept = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "person", "kind"], condition=Q(state="asked"),
                                    name="subject_asks_once"),
            models.CheckConstraint(name="erasure_by_two", condition=(
                ~Q(kind="erasure", state="done") | Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by")))),
        ]
        indexes = [models.Index(fields=["party", "state", "-id"], name="subject_requests")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}: {self.state}"

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"privacy-request:{self.pk}"

    @property
    def file(self) -> Path:
        """The copy, sealed; outside every folder that a server hands out, and in no backup."""
        return Path(settings.HOME) / "privacy" / self.party / f"{self.pk}.sealed"


class Erasure(models.Model):
    """Somebody was erased. `code` names them from then on; `proof` tells whether a restored row is the same person."""

    party = models.CharField(max_length=2)
    person = models.OneToOneField(PERSON, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=8, unique=True)
    proof = models.CharField(max_length=64)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"erased person {self.code}"
