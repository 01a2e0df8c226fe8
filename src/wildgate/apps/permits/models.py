"""Applications on their way and permits once issued. An issued permit's rows never change: the database refuses it."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from wildgate.apps.accounts.models import Organisation
from wildgate.apps.findings.models import StandingVersion
from wildgate.apps.species.registry import law_of
from wildgate.convention.lifecycle import CaseState, PermitState, Step
from wildgate.convention.listing import Law
from wildgate.convention.permit import PermitRecord, plain
from wildgate.kit.models import LawEdition

PERSON = settings.AUTH_USER_MODEL
STATES = [(state.value, state.value) for state in CaseState]
PERMIT_STATES = [(state.value, state.value) for state in PermitState]


class Application(models.Model):
    """A request for one permit or certificate. `answers` keeps what the applicant typed, field by field, as typed."""

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
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "number"], name="application_once")]
        indexes = [
            models.Index(fields=["party", "state", "submitted_at"], name="application_queue"),
            models.Index(fields=["organisation", "-changed_at"], name="application_own"),
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

    @cached_property
    def law(self) -> Law:
        """The law of its Party, asked for once for each copy of the row: one law for all that one step does."""
        return law_of(self.party)


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


class Question(models.Model):
    """A question to the applicant and the answer."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="questions")
    text = models.CharField(max_length=2000)
    asked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=2000, blank=True)
    answered_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.text


class Opinion(models.Model):
    """The Scientific Authority's word on one application (Articles III.2(a), IV.2(a))."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="opinions")
    positive = models.BooleanField()
    text = models.CharField(max_length=4000)
    conditions = models.CharField(max_length=2000, blank=True)
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return "positive" if self.positive else "negative"


class Permit(models.Model):
    """An issued permit, keyed by (party, number, issue date). Written once, in the transaction of its issue."""

    party = models.CharField(max_length=2)
    number = models.CharField(max_length=30)
    kind = models.CharField(max_length=40)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="permits")
    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="permit")
    issued_at = models.DateTimeField()
    valid_until = models.DateField()
    importer_country = models.CharField(max_length=2)
    exporter_country = models.CharField(max_length=2)
    purpose = models.CharField(max_length=1, blank=True)
    record_json = models.TextField()
    digest = models.CharField(max_length=64)
    tokens = models.JSONField()
    seal_digest = models.CharField(max_length=64)
    shard = models.CharField(max_length=16)
    status_index = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "number"], name="permit_once"),
            models.UniqueConstraint(fields=["party", "shard", "status_index"], name="permit_status_slot"),
        ]
        indexes = [models.Index(fields=["party", "-issued_at"], name="permit_newest")]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """The name under which events speak of this permit."""
        return f"permit:{self.number}/{self.issued_at.date().isoformat()}"

    @property
    def record(self) -> PermitRecord:
        return PermitRecord.from_json(json.loads(self.record_json))

    @property
    def seals(self) -> tuple[bytes, ...]:
        """The sealed tokens, one for each printed page."""
        return tuple(bytes.fromhex(token) for token in self.tokens)


class PermitLine(models.Model):
    """One block of the permit as a row, for endorsement and reports. The record remains the original."""

    permit = models.ForeignKey(Permit, on_delete=models.PROTECT, related_name="lines")
    block = models.CharField(max_length=4)
    position = models.IntegerField()
    taxon = models.CharField(max_length=200)
    appendix = models.CharField(max_length=3)
    term = models.CharField(max_length=3)
    description = models.CharField(max_length=500, blank=True)
    quantity = models.DecimalField(max_digits=20, decimal_places=6)
    unit = models.CharField(max_length=3)
    source = models.CharField(max_length=1)
    second_source = models.CharField(max_length=1, blank=True)
    origin = models.CharField(max_length=2)
    origin_permit = models.CharField(max_length=40, blank=True)
    marks = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["permit", "position"], name="permit_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="permit_line_positive"),
        ]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.block} {self.taxon}"

    @property
    def amount(self) -> str:
        """The quantity without trailing zeros."""
        return plain(self.quantity)


class PermitStatus(models.Model):
    """Where a permit stands now: folded from its events in the same transaction, so that lists need not fold."""

    permit = models.OneToOneField(Permit, on_delete=models.PROTECT, primary_key=True, related_name="status")
    state = models.CharField(max_length=16, choices=PERMIT_STATES)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.state


def as_json(value: Any) -> str:
    """One spelling for stored JSON text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
