"""One question about one permit: ours to another authority, or another authority's to us."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from wildgate.apps.confirmations.points import POINTS, About, Point, Stated

PERSON = settings.AUTH_USER_MODEL


class Question(models.Model):
    """`out`: asked of the authority of `other`; `in`: asked by it. `facts` are those of the copy that was presented.

    `about` says which questions: of the paper, or of the export endorsement that the paper `foreign` came without.
    `link` is SHA-256 of the token in the address by which the other authority answers without an account.
    """

    class Way(models.TextChoices):
        OUT = "out"
        IN = "in"

    party = models.CharField(max_length=2)
    number = models.CharField(max_length=24)
    way = models.CharField(max_length=3, choices=Way.choices)
    other = models.CharField(max_length=2)
    permit_number = models.CharField(max_length=40)
    issued_on = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    facts = models.JSONField(default=list)
    application = models.ForeignKey("permits.Application", on_delete=models.PROTECT, null=True, related_name="+")
    permit = models.ForeignKey("permits.Permit", on_delete=models.PROTECT, null=True, related_name="+")
    about = models.CharField(max_length=12, default=About.PERMIT.value)
    foreign = models.ForeignKey("customs.ForeignPermit", on_delete=models.PROTECT, null=True, related_name="+")
    contact = models.EmailField(blank=True)
    asked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    link = models.CharField(max_length=64, blank=True)
    answer = models.JSONField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    """Null when the answer came by the link."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "number"], name="confirmation_once"),
            models.UniqueConstraint(fields=["foreign"], condition=Q(about="endorsement"),
                                    name="confirmation_export_once"),
            models.UniqueConstraint(fields=["link"], condition=~Q(link=""), name="confirmation_link_once"),
        ]
        indexes = [models.Index(fields=["party", "answered_at", "due_on"], name="confirmation_open")]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """The name under which events speak of it: the case or permit it is about, where it is one of ours."""
        if self.permit is not None:
            return self.permit.subject
        if self.application is not None:
            return self.application.subject
        if self.foreign is not None:
            return self.foreign.subject
        return f"confirmation:{self.number}"

    @property
    def stated(self) -> tuple[Stated, ...]:
        return tuple(Stated(**line) for line in self.facts)

    @property
    def asked(self) -> tuple[Point, ...]:
        """The points that were asked."""
        return POINTS[self.about]

    @property
    def points(self) -> dict[str, Any]:
        return dict((self.answer or {}).get("points", {}))
