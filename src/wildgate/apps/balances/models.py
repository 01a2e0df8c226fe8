"""The quantity ledger of each permit line: balances, what declarations have of them, movements that never change."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from wildgate.convention import writeoff
from wildgate.kit.fields import QuantityField

PERSON = settings.AUTH_USER_MODEL


class Balance(models.Model):
    """Where one line of a permit stands. Made when it is first asked for, under the permit's lock."""

    party = models.CharField(max_length=2)
    permit_line = models.OneToOneField("permits.PermitLine", on_delete=models.PROTECT, related_name="balance")
    unit = models.CharField(max_length=3)
    authorised = QuantityField()
    overridden = QuantityField(default=Decimal(0))
    reserved = QuantityField(default=Decimal(0))
    consumed = QuantityField(default=Decimal(0))

    class Meta:
        constraints = [
            models.CheckConstraint(name="balance_nothing_negative", condition=Q(
                authorised__gte=0, overridden__gte=0, reserved__gte=0, consumed__gte=0)),
            models.CheckConstraint(
                name="balance_within_authorised",
                condition=Q(authorised__gte=F("reserved") + F("consumed") - F("overridden"))),
        ]

    def __str__(self) -> str:
        return f"{self.permit_line_id}: {self.sums.free} free"

    @property
    def sums(self) -> writeoff.Balance:
        return writeoff.Balance(self.authorised, self.overridden, self.reserved, self.consumed)


class Claim(models.Model):
    """What one item of one declaration has of a line now. `until`: when what is set aside comes back by itself.

    `box_14` keeps what the endorsement will say when the last item is released: port, transport document, packages.
    """

    party = models.CharField(max_length=2)
    balance = models.ForeignKey(Balance, on_delete=models.PROTECT, related_name="claims")
    reference = models.CharField(max_length=80)
    item = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    procedure = models.CharField(max_length=10, blank=True)
    stage = models.CharField(max_length=6, blank=True)
    reserved = QuantityField(default=Decimal(0))
    consumed = QuantityField(default=Decimal(0))
    until = models.DateTimeField(null=True)
    box_14 = models.JSONField(default=dict)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()
    endorsed = models.CharField(max_length=64, blank=True)
    """The digest of the sealed endorsement that it went into."""
    block = ""
    """The letter of its line, where a book holds it."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["balance", "reference", "item"], name="claim_once"),
            models.CheckConstraint(name="claim_not_negative", condition=Q(reserved__gte=0, consumed__gte=0)),
        ]
        indexes = [
            models.Index(fields=["party", "reference", "item"], name="claim_of_declaration"),
            models.Index(fields=["until"], condition=Q(reserved__gt=0), name="claim_running_out"),
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.reference}/{self.item}"

    @property
    def asked_by_id(self) -> int | None:
        """Who asked for it: nobody overrides a balance for themselves."""
        found: int | None = self.by_id
        return found

    @property
    def share(self) -> writeoff.Share:
        return writeoff.Share(self.reserved, self.consumed)


class Movement(models.Model):
    """One line of the ledger, never changed. Its fold is the balance."""

    party = models.CharField(max_length=2)
    balance = models.ForeignKey(Balance, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=14, choices=[(kind.value, kind.value) for kind in writeoff.Kind])
    quantity = QuantityField()
    held = QuantityField(default=Decimal(0))
    before = QuantityField(default=Decimal(0))
    unit = models.CharField(max_length=3)
    reference = models.CharField(max_length=80, blank=True)
    item = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)
    procedure = models.CharField(max_length=10, blank=True)
    post = models.CharField(max_length=60, blank=True)
    actor = models.CharField(max_length=40)
    at = models.DateTimeField()
    why = models.CharField(max_length=500, blank=True)
    authority = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="movement_not_negative", condition=Q(quantity__gte=0, held__gte=0,
                                                                             before__gte=0)),
            models.CheckConstraint(name="override_has_grounds", condition=~Q(kind="override")
                                   | ~Q(why="") & ~Q(authority="") & ~Q(actor="")),
        ]
        indexes = [
            models.Index(fields=["balance", "id"], name="movement_of_line"),
            models.Index(fields=["party", "kind", "-at"], name="movement_kind"),
            models.Index(fields=["party", "reference", "item"], name="movement_of_declaration"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity}"

    @property
    def move(self) -> writeoff.Movement:
        kind = writeoff.Kind(self.kind)
        grounds = writeoff.Grounds(self.actor, self.why, self.authority) if kind is writeoff.Kind.OVERRIDE else None
        return writeoff.Movement(kind, self.quantity, self.held, self.before, grounds)


class Call(models.Model):
    """A call that was answered with yes: sent again with the same content, it is answered again and not done again."""

    party = models.CharField(max_length=2)
    call = models.CharField(max_length=10)
    reference = models.CharField(max_length=80)
    item = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    answer = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "reference", "item", "version", "call"],
                                               name="call_once")]

    def __str__(self) -> str:
        return f"{self.call} {self.reference}/{self.item} v{self.version}"


class Watch(models.Model):
    """A declaration that asked about a permit and is told while it is open when the permit's state changes."""

    party = models.CharField(max_length=2)
    permit = models.ForeignKey("permits.Permit", on_delete=models.PROTECT, related_name="watches")
    reference = models.CharField(max_length=80)
    item = models.PositiveIntegerField()
    actor = models.CharField(max_length=40)
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["permit", "reference", "item"], name="watch_once")]

    def __str__(self) -> str:
        return f"{self.reference}/{self.item} watches {self.permit_id}"


class ProcedureRow(models.Model):
    """A row of the procedure table that the house set, in place of a shipped one. Two people put it in force."""

    party = models.CharField(max_length=2)
    procedure = models.CharField(_("Procedure code, or how it begins"), max_length=10)
    kind = models.CharField(_("Kind of document"), max_length=40, blank=True)
    state = models.CharField(_("State of the document"), max_length=16, blank=True)
    allowed = models.BooleanField(_("May be used"))
    managed = models.BooleanField(_("Quantities are counted"))
    several = models.BooleanField(_("May be written off in several consignments"), default=False)
    stage = models.CharField(_("Endorsement"), max_length=6, blank=True)
    start = models.DateField(_("First day"))
    end = models.DateField(_("Last day"), null=True, blank=True)
    why = models.CharField(_("Reason"), max_length=500)
    proposed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="procedure_four_eyes",
                                   condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by"))),
            models.CheckConstraint(name="procedure_ends_after_start",
                                   condition=Q(end__isnull=True) | Q(end__gte=F("start"))),
        ]
        ordering = ["procedure", "kind", "state", "start", "pk"]

    def __str__(self) -> str:
        return f"{self.procedure} {self.kind} {self.state}"


class Outage(models.Model):
    """A time in which the system was or will be out of reach. `ends_at` empty: not known yet."""

    party = models.CharField(max_length=2)
    planned = models.BooleanField()
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=500, blank=True)
    announced_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    announced_at = models.DateTimeField()
    reconciled_at = models.DateTimeField(null=True)
    reconciled_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(name="outage_ends_after_beginning",
                                              condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("begins_at")))]
        indexes = [models.Index(fields=["party", "-begins_at"], name="outage_newest")]

    def __str__(self) -> str:
        return f"{self.party} from {self.begins_at}"

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"outage:{self.pk}"


class SectorRecord(models.Model):
    """What a sector law wants from customs beside a write-off, under short names. A later entry replaces it."""

    party = models.CharField(max_length=2)
    permit = models.ForeignKey("permits.Permit", on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=80)
    item = models.PositiveIntegerField()
    data = models.JSONField(default=dict)
    actor = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["permit", "reference", "item"], name="sector_record_once")]

    def __str__(self) -> str:
        return f"{self.reference}/{self.item}"

    @property
    def shown(self) -> dict[str, Any]:
        return dict(self.data)
