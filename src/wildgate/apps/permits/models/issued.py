"""Permits once issued. Their rows never change: the database refuses it."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.db.models import Q

from wildgate.apps.accounts.models import Organisation
from wildgate.apps.permits.models.applications import Application
from wildgate.convention.lifecycle import PermitState
from wildgate.convention.permit import PermitRecord, plain

PERMIT_STATES = [(state.value, state.value) for state in PermitState]


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
        indexes = [models.Index(fields=["party", "-issued_at"], name="permit_newest"),
                   models.Index(fields=["organisation", "-issued_at", "-id"], name="permit_of_firm")]

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
        indexes = [models.Index(fields=["taxon", "permit"], name="permit_line_taxon")]
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

    class Meta:
        indexes = [models.Index(fields=["state", "changed_at"], name="permit_status_state")]

    def __str__(self) -> str:
        return self.state


class LegalForm(models.Model):
    """In which form a permit was issued: electronic only, to be printed with its code, or on security paper.

    `taken` is what the other country took on that day by the register; empty where nothing was agreed with it.
    """

    permit = models.OneToOneField(Permit, on_delete=models.PROTECT, primary_key=True, related_name="legal_form")
    form = models.CharField(max_length=16)
    taken = models.CharField(max_length=16, blank=True)

    def __str__(self) -> str:
        return self.form


def as_json(value: Any) -> str:
    """One spelling for stored JSON text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
