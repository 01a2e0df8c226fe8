"""Seized specimens: what, where and how, who has them, what becomes of them; and, walled off, who is suspected."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from wildgate.apps.inspections.codes import Cause, Detection, Method, Mode
from wildgate.apps.inspections.models.controls import Inspection

PERSON = settings.AUTH_USER_MODEL


class Seizure(models.Model):
    """One incident. No field holds a person's name: whoever is suspected stands in `Suspect` alone.

    `nationalities` are the country codes that the illegal trade report asks for, entered by investigators; risk control
    has no way to them. Live specimens reach the Management Authority by `hand_over_by`.
    """

    class State(models.TextChoices):
        HELD = "held"
        DECIDED = "decided"
        DISPOSED = "disposed"

    party = models.CharField(max_length=2)
    number = models.CharField(max_length=24)
    inspection = models.OneToOneField(Inspection, on_delete=models.PROTECT, null=True, related_name="seizure")
    seized_at = models.DateTimeField()
    place = models.CharField(max_length=120)
    post = models.CharField(max_length=40, blank=True)
    agency = models.CharField(max_length=120)
    cause = models.CharField(max_length=20, choices=Cause.choices)
    mode = models.CharField(max_length=8, choices=Mode.choices)
    concealment = models.CharField(max_length=300, blank=True)
    detection = models.CharField(max_length=12, choices=Detection.choices)
    origin = models.CharField(max_length=2, blank=True)
    transit = models.JSONField(default=list)
    destination = models.CharField(max_length=2, blank=True)
    papers = models.JSONField(default=list)
    provision = models.CharField(max_length=300)
    sanction = models.CharField(max_length=300, blank=True)
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)
    nationalities = models.JSONField(default=list)
    storage = models.CharField(max_length=120)
    more = models.CharField(max_length=1000, blank=True)
    live = models.BooleanField(default=False)
    hand_over_by = models.DateTimeField(null=True)
    handed_over_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.HELD)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "number"], name="seizure_number_once"),
                       models.CheckConstraint(condition=Q(value__isnull=True) | Q(value__gte=0), name="seizure_value")]
        indexes = [models.Index(fields=["party", "-seized_at"], name="seizure_newest"),
                   models.Index(fields=["party", "state", "-seized_at"], name="seizure_state")]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """The name under which events speak of this seizure."""
        return f"seizure:{self.number}"

    @property
    def gone(self) -> bool:
        """Was every line disposed of in a way that leaves nothing in a store of the State?"""
        done = self.disposals.filter(state=Disposal.State.DONE).exclude(method=Method.STORED)
        left = {place for kept in done.values_list("lines", flat=True) for place in kept}
        return left >= set(self.lines.values_list("position", flat=True))

    @property
    def wall(self) -> str:
        """The name under which events speak of looks behind the wall."""
        return f"suspects:{self.number}"


class SeizedLine(models.Model):
    """Specimens of one kind in a seizure; one row of the illegal trade report."""

    seizure = models.ForeignKey(Seizure, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    taxon = models.CharField(max_length=200)
    appendix = models.CharField(max_length=3, blank=True)
    term = models.CharField(max_length=3)
    quantity = models.DecimalField(max_digits=20, decimal_places=6)
    unit = models.CharField(max_length=3, default="NAR")
    live = models.PositiveIntegerField(default=0)
    marks = models.CharField(max_length=200, blank=True)
    identified_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seizure", "position"], name="seized_line_once"),
                       models.CheckConstraint(condition=Q(quantity__gt=0), name="seized_something")]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.quantity} {self.term} {self.taxon}"


class Custody(models.Model):
    """One hand-over. `digest` covers the row and the one before it; rows are only added, the database sees to it.

    `lines` are those that a disposal took out of custody; `condition` is then its method. None: all that is held.
    """

    seizure = models.ForeignKey(Seizure, on_delete=models.PROTECT, related_name="custody")
    seq = models.PositiveSmallIntegerField()
    giver = models.CharField(max_length=120)
    taker = models.CharField(max_length=120)
    place = models.CharField(max_length=120)
    at = models.DateTimeField()
    condition = models.CharField(max_length=300)
    seal = models.CharField(max_length=40, blank=True)
    to_authority = models.BooleanField(default=False)
    lines = models.JSONField(null=True)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seizure", "seq"], name="custody_seq_once")]
        ordering = ["seq"]

    def __str__(self) -> str:
        return f"{self.seq}: {self.taker}"


class Disposal(models.Model):
    """What becomes of lines of a seizure: proposed by one officer, decided by another, carried out."""

    class State(models.TextChoices):
        PROPOSED = "proposed"
        DECIDED = "decided"
        REFUSED = "refused"
        DONE = "done"

    seizure = models.ForeignKey(Seizure, on_delete=models.PROTECT, related_name="disposals")
    lines = models.JSONField(default=list)
    method = models.CharField(max_length=16, choices=Method.choices)
    to = models.CharField(max_length=120)
    why = models.CharField(max_length=1000)
    consulted = models.CharField(max_length=2, blank=True)
    consulted_on = models.DateField(null=True)
    provision = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="disposal_four_eyes", condition=(
                Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")))),
            models.CheckConstraint(name="disposal_decided_by_somebody", condition=(
                Q(state="proposed") | Q(decided_by__isnull=False, decided_at__isnull=False))),
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.method


class Suspect(models.Model):
    """Somebody suspected. Read only behind the wall (`services.suspecting.behind_the_wall`), each look an event."""

    party = models.CharField(max_length=2)
    seizure = models.ForeignKey(Seizure, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    identifiers = models.CharField(max_length=300, blank=True)
    role = models.CharField(max_length=80, blank=True)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"suspect {self.pk}"
