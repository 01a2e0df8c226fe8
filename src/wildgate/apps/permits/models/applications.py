"""Applications on their way: what is asked for, what the law said, and the findings it wants."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.models import Organisation
from wildgate.apps.findings.models import StandingVersion
from wildgate.apps.houserules.models import Team
from wildgate.apps.species.registry import law_of
from wildgate.convention.lifecycle import CaseState, Step
from wildgate.convention.listing import Law
from wildgate.kit.models import LawEdition

PERSON = settings.AUTH_USER_MODEL
STATES = [(state.value, state.value) for state in CaseState]


class Application(models.Model):
    """A request for one permit or certificate. `answers` keeps what the applicant typed, field by field, as typed.

    `language` is the one it was submitted in: the applicant is written to in it. `due_on` is the day promised by the
    service times of the house. `replaces` is the permit that this one will take the place of, for the reason
    `replacing`. `retrospective` holds the consents of both authorities (Res. Conf. 12.3, retrospective issue).
    """

    class Replacing(models.TextChoices):
        LOST = "lost", _("It was lost or stolen")
        VARIATION = "variation", _("Something in it must change")
        SPOILT = "spoilt", _("The paper is spoilt")

    party = models.CharField(max_length=2)
    number = models.CharField(max_length=24)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="applications")
    state = models.CharField(max_length=16, choices=STATES, default=CaseState.DRAFT.value)
    answers = models.JSONField(default=dict)
    trade = models.JSONField(null=True)
    ruling = models.JSONField(null=True)
    direction = models.CharField(max_length=28, blank=True)
    other_country = models.CharField(max_length=2, blank=True)
    conditions = models.TextField(blank=True)
    refusal = models.JSONField(null=True)
    started_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    countersigned_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    language = models.CharField(max_length=5, blank=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")
    perishable = models.BooleanField(default=False)
    due_on = models.DateField(null=True)
    replaces = models.ForeignKey("Permit", on_delete=models.PROTECT, null=True, related_name="replacements")
    replacing = models.CharField(max_length=12, blank=True, choices=Replacing.choices)
    retrospective = models.JSONField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "number"], name="application_once")]
        indexes = [
            models.Index(fields=["party", "state", "submitted_at"], name="application_queue"),
            models.Index(fields=["organisation", "-changed_at"], name="application_own"),
            models.Index(fields=["party", "due_on"], name="application_due"),
            models.Index(fields=["party", "state", "officer", "due_on", "team", "perishable", "organisation"],
                         name="application_counts"),
            models.Index(fields=["party", "-changed_at", "-id"], name="application_newest"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """The name under which events speak of this application."""
        return f"application:{self.number}"

    @property
    def case_state(self) -> CaseState:
        return CaseState(self.state)

    @property
    def let_go(self) -> bool:
        """Whether a rule of retention emptied it: a case that ended without a permit, of which the bones are left."""
        return not self.answers and self.case_state in (CaseState.REFUSED, CaseState.WITHDRAWN)

    @cached_property
    def law(self) -> Law:
        """The law of its Party, asked for once for each copy of the row: one law for all that one step does."""
        return law_of(self.party)


class CaseTaxon(models.Model):
    """A taxon that an application is about, as accepted or as typed: what cases and opinions are found by."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="taxa")
    taxon = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["taxon", "application"], name="case_taxon_once")]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.taxon}"


class Finding(models.Model):
    """One finding that the ruling asks for: open (`made` is null), made, or found not to hold."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="findings")
    kind = models.CharField(max_length=32)
    by = models.CharField(max_length=24)
    basis = models.JSONField(default=list)
    made = models.BooleanField(null=True)
    note = models.CharField(max_length=1000, blank=True)
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "kind", "by"], name="finding_once")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.made}"

    @property
    def version(self) -> str:
        """Changes with every word on the finding; empty while it is open."""
        return self.at.isoformat() if self.at else ""


class StoredRuling(models.Model):
    """The law's own answer at a step of an application, with the edition of the law that gave it. Never changed.

    `Application.ruling` is the copy that is worked with; books add what they have to say to it.
    """

    party = models.CharField(max_length=2)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="rulings")
    step = models.CharField(max_length=16, choices=[(step.value, step.value) for step in (Step.SUBMIT, Step.ISSUE)])
    at = models.DateTimeField()
    edition = models.ForeignKey(LawEdition, on_delete=models.PROTECT, related_name="+")
    trade_json = models.TextField()
    ruling_json = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "application", "step"], name="ruling_once")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.step}"

    @property
    def ruling(self) -> dict[str, Any]:
        return dict(json.loads(self.ruling_json))

    @property
    def law(self) -> str:
        """The day of the Appendices that it was made by."""
        return str(self.ruling["law"])

    @property
    def digest(self) -> str:
        """What the event of the step names: SHA-256 of the ruling, in hexadecimal."""
        return hashlib.sha256(self.ruling_json.encode()).hexdigest()


class RestsOn(models.Model):
    """The version of a standing finding that made a finding on one line. It stays when the standing finding changes."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="rests")
    version = models.ForeignKey(StandingVersion, on_delete=models.PROTECT, related_name="+")
    position = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["finding", "position"], name="rests_on_one")]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.finding} rests on {self.version_id}"
