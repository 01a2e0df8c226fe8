"""Master files, the certificates given out from them, and the ledger of what those have drawn.

The database itself refuses that more is drawn of a line than was approved.
"""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from wildgate.apps.accounts.models import Organisation
from wildgate.apps.permits.models import Permit
from wildgate.convention.permit import plain
from wildgate.convention.simplified import Allowance, Box, Consignee, MasterState, PaperState, Terms
from wildgate.kit.fields import QuantityField

PERSON = settings.AUTH_USER_MODEL


class MasterFile(models.Model):
    """What the authority approved beforehand for one holder. `boxes` are those that the holder fills; `consignee` is
    name, address and country where box 3 is not among them. `certificates` is the most that may be given out."""

    party = models.CharField(max_length=2)
    number = models.CharField(max_length=24)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="master_files")
    kind = models.CharField(max_length=40)
    direction = models.CharField(max_length=28)
    purposes = models.JSONField()
    boxes = models.JSONField()
    consignee = models.JSONField(null=True)
    certificates = models.IntegerField()
    until = models.DateField()
    note = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=8, choices=[(state.value, state.value) for state in MasterState],
                             default=MasterState.PROPOSED.value)
    drawn_up_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    drawn_up_at = models.DateTimeField()
    decided_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "number"], name="master_file_once"),
            models.CheckConstraint(condition=Q(certificates__gt=0), name="master_file_gives_certificates"),
            models.CheckConstraint(condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("drawn_up_by")),
                                   name="master_file_by_two"),
        ]
        indexes = [models.Index(fields=["organisation", "state"], name="master_file_of_holder")]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """The name under which events speak of this master file."""
        return f"master-file:{self.number}"

    def terms(self, lines: list[MasterLine]) -> Terms:
        """The terms as the rules read them."""
        return Terms(self.direction, tuple(self.purposes), frozenset(map(Box, self.boxes)),
                     Consignee(**self.consignee) if self.consignee else None,
                     tuple(line.allowance for line in lines), self.until)


class MasterLine(models.Model):
    """One kind of specimen: the most on a certificate, the most in all, and what was drawn. Its row is the lock."""

    master = models.ForeignKey(MasterFile, on_delete=models.PROTECT, related_name="lines")
    position = models.IntegerField()
    taxa = models.JSONField()
    list_name = models.CharField(max_length=120, blank=True)
    term = models.CharField(max_length=3)
    unit = models.CharField(max_length=3)
    source = models.CharField(max_length=1)
    origin = models.CharField(max_length=2)
    facts = models.JSONField(default=dict)
    most = QuantityField()
    amount = QuantityField()
    drawn = QuantityField(default=Decimal(0))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["master", "position"], name="master_line_once"),
            models.CheckConstraint(condition=Q(drawn__gte=0, drawn__lte=F("amount")), name="master_never_overdrawn"),
            models.CheckConstraint(condition=Q(most__gt=0, most__lte=F("amount")), name="master_line_most"),
        ]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.list_name or self.taxa[0]}: {plain(self.drawn)} of {plain(self.amount)}"

    @property
    def free(self) -> Decimal:
        return Decimal(self.amount - self.drawn)

    @property
    def name(self) -> str:
        """The taxon, or the list of taxa that shares the line."""
        return self.list_name or ", ".join(self.taxa)

    @property
    def allowance(self) -> Allowance:
        return Allowance(tuple(self.taxa), self.term, self.unit, self.source, self.origin, self.most, self.free,
                         self.facts)


class MasterFinding(models.Model):
    """A finding that the law asks for, made once for every certificate of the master file."""

    master = models.ForeignKey(MasterFile, on_delete=models.PROTECT, related_name="findings")
    kind = models.CharField(max_length=32)
    by = models.CharField(max_length=24)
    basis = models.JSONField(default=list)
    made = models.BooleanField(null=True)
    note = models.CharField(max_length=1000, blank=True)
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["master", "kind", "by"], name="master_finding_once")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind}: {self.made}"


class Certificate(models.Model):
    """A pre-signed certificate. Its number is reserved; `token` is the seal that says "not complete, not usable"."""

    party = models.CharField(max_length=2)
    master = models.ForeignKey(MasterFile, on_delete=models.PROTECT, related_name="papers")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=30)
    token = models.TextField()
    state = models.CharField(max_length=9, choices=[(state.value, state.value) for state in PaperState],
                             default=PaperState.GIVEN.value)
    permit = models.OneToOneField(Permit, on_delete=models.PROTECT, null=True, related_name="presigned")
    given_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "number"], name="presigned_once"),
            models.CheckConstraint(condition=Q(state="completed", permit__isnull=False)
                                   | (~Q(state="completed") & Q(permit__isnull=True)), name="presigned_is_a_permit"),
        ]
        indexes = [models.Index(fields=["master", "state"], name="presigned_of_master")]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """The name under which events speak of this paper."""
        return f"presigned:{self.number}"


class Draw(models.Model):
    """One line of the ledger, never changed: a certificate took of a line, or gave back. Their sum is `drawn`."""

    line = models.ForeignKey(MasterLine, on_delete=models.PROTECT, related_name="draws")
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="draws")
    taxon = models.CharField(max_length=200)
    quantity = QuantityField()
    back = models.BooleanField(default=False)
    actor = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "certificate", "back"], name="draw_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="draw_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id}: {plain(self.quantity)}"
