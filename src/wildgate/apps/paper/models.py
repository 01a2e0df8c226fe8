"""Offices that print, what they printed, and every sheet of security paper. The database refuses a second original.

An original print is the first of its `slot`, or stands `instead_of` an earlier one of which two people recorded the
end. Both are unique, so that no program can print twice on one right to print, nor use a sheet twice.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.models import Authority, Organisation
from wildgate.apps.paper.stock import ENDING, LEAVING, ON_A_PRINT, SheetAct, SheetState
from wildgate.apps.permits.models import Permit

PERSON = settings.AUTH_USER_MODEL
ACTS = [(act.value, act.value) for act in SheetAct]


class PrintOffice(models.Model):
    """Where permits are printed: the authority's own room, a chamber linked to the system, a firm for itself.

    `prints` is how many originals of one permit may stand at once; outside the authority it is one.
    """

    class Kind(models.TextChoices):
        AUTHORITY = "authority", _("Office of the authority")
        CHAMBER = "chamber", _("Chamber of commerce")
        TRADER = "trader", _("A firm, for itself")

    party = models.CharField(max_length=2)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, null=True, related_name="print_offices")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="print_offices")
    prints = models.PositiveSmallIntegerField(default=1)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "name"], name="print_office_once"),
            models.CheckConstraint(name="print_office_of_one_body", condition=(
                Q(kind="trader", organisation__isnull=False, authority__isnull=True)
                | ~Q(kind="trader") & Q(organisation__isnull=True, authority__isnull=False))),
            models.CheckConstraint(name="print_office_one_original", condition=(
                Q(prints=1) | Q(kind="authority", prints__gte=1, prints__lte=9))),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        """The name under which events speak of this office."""
        return f"print-office:{self.pk}"


class Assignment(models.Model):
    """A permit that an office is to print: asked for by the holder, in force once the authority accepted it."""

    class State(models.TextChoices):
        ASKED = "asked", _("Asked for")
        ACCEPTED = "accepted", _("To print")
        CLOSED = "closed", _("Closed")

    party = models.CharField(max_length=2)
    permit = models.ForeignKey(Permit, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(PrintOffice, on_delete=models.PROTECT, related_name="assignments")
    state = models.CharField(max_length=8, choices=State.choices)
    asked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    accepted_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["permit"], condition=~Q(state="closed"), name="printed_at_one_office"),
            models.CheckConstraint(condition=~Q(state="accepted") | Q(accepted_by__isnull=False),
                                   name="assignment_accepted_by_somebody"),
        ]
        indexes = [models.Index(fields=["office", "state", "at"], name="assignment_queue")]

    def __str__(self) -> str:
        return f"{self.permit} at {self.office}: {self.state}"


class Print(models.Model):
    """One print of a permit. Never changed; what became of it is a `PrintEnd`."""

    class Kind(models.TextChoices):
        ORIGINAL = "original", _("Original")
        COPY = "copy", _("Copy")

    party = models.CharField(max_length=2)
    permit = models.ForeignKey(Permit, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(PrintOffice, on_delete=models.PROTECT, related_name="prints_made")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    slot = models.PositiveSmallIntegerField(null=True)
    instead_of = models.OneToOneField("PrintEnd", on_delete=models.PROTECT, null=True, related_name="followed_by")
    sheets = models.JSONField(default=list)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["permit", "number"], name="print_numbered"),
            models.UniqueConstraint(fields=["permit", "slot"], condition=Q(instead_of__isnull=True),
                                    name="print_original_once"),
            models.CheckConstraint(name="print_copy_is_no_original", condition=(
                Q(kind="original", slot__isnull=False) | Q(kind="copy", slot__isnull=True, instead_of__isnull=True))),
        ]
        indexes = [models.Index(fields=["office", "-at"], name="print_newest")]

    def __str__(self) -> str:
        return f"{self.permit} print {self.number}"


class EndReport(models.Model):
    """Somebody says that a print was spoiled or came back; it counts when a second person confirms."""

    class Kind(models.TextChoices):
        SPOILED = SheetAct.SPOILED.value, _("Spoiled")
        RETURNED = SheetAct.RETURNED.value, _("Returned")

    party = models.CharField(max_length=2)
    print = models.ForeignKey(Print, on_delete=models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    reason = models.CharField(max_length=300)
    reported_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.print}: {self.kind}"


class PrintEnd(models.Model):
    """The end of a print, seen by two people."""

    print = models.OneToOneField(Print, on_delete=models.PROTECT, primary_key=True, related_name="end")
    report = models.OneToOneField(EndReport, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=EndReport.Kind.choices)
    reported_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reported_by=F("confirmed_by")), name="print_end_four_eyes")]

    def __str__(self) -> str:
        return f"{self.print}: {self.kind}"


class SheetRange(models.Model):
    """One delivery of sheets, from the first number to the last."""

    party = models.CharField(max_length=2)
    first = models.CharField(max_length=20)
    last = models.CharField(max_length=20)
    many = models.PositiveIntegerField()
    received_on = models.DateField()
    supplier_ref = models.CharField(max_length=80, blank=True)
    received_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.first}–{self.last}"

    @property
    def subject(self) -> str:
        """The name under which events speak of this delivery."""
        return f"sheets:{self.pk}"


class Sheet(models.Model):
    """Where a sheet is now: folded from its moves in the same transaction; its row lock lets one act at a time."""

    party = models.CharField(max_length=2)
    number = models.CharField(max_length=20)
    delivery = models.ForeignKey(SheetRange, on_delete=models.PROTECT, related_name="sheets")
    state = models.CharField(max_length=12, choices=[(state.value, state.value) for state in SheetState])
    office = models.ForeignKey(PrintOffice, on_delete=models.PROTECT, null=True, related_name="sheets")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "number"], name="sheet_once")]
        indexes = [models.Index(fields=["office", "state", "number"], name="sheet_in_drawer")]

    def __str__(self) -> str:
        return f"{self.number} {self.state}"


class SheetMove(models.Model):
    """One line of the sheets' ledger, never changed. `office` is the place it happened at; empty: the store."""

    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField(max_length=12, choices=ACTS)
    office = models.ForeignKey(PrintOffice, on_delete=models.PROTECT, null=True, related_name="+")
    print = models.ForeignKey(Print, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    actor = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sheet"], condition=Q(kind__in=[act.value for act in LEAVING]),
                                    name="sheet_leaves_stock_once"),
            models.UniqueConstraint(fields=["sheet"], condition=Q(kind__in=[act.value for act in ENDING]),
                                    name="sheet_ends_once"),
            models.CheckConstraint(name="sheet_used_by_a_print", condition=(
                Q(kind__in=[act.value for act in ON_A_PRINT], print__isnull=False)
                | ~Q(kind__in=[act.value for act in ON_A_PRINT]) & Q(print__isnull=True))),
        ]
        indexes = [models.Index(fields=["office", "kind"], name="sheet_move_place")]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.kind}"


class DayCount(models.Model):
    """What somebody counted in a drawer, beside what the ledger expects there. A difference is explained."""

    party = models.CharField(max_length=2)
    office = models.ForeignKey(PrintOffice, on_delete=models.PROTECT, null=True, related_name="counts")
    day = models.DateField()
    counted = models.PositiveIntegerField()
    expected = models.IntegerField()
    difference = models.IntegerField()
    explanation = models.CharField(max_length=500, blank=True)
    counted_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(difference=F("counted") - F("expected")), name="day_count_adds_up"),
            models.CheckConstraint(condition=Q(difference=0) | ~Q(explanation=""), name="day_count_explained"),
        ]
        indexes = [models.Index(fields=["party", "office", "-day"], name="day_count_newest")]

    def __str__(self) -> str:
        return f"{self.office or 'store'} {self.day}: {self.counted}"

    @property
    def subject(self) -> str:
        """The name under which events speak of the place that was counted."""
        return self.office.subject if self.office else "paper-store"


class CountCheck(models.Model):
    """The second person's count of the same drawer."""

    count = models.OneToOneField(DayCount, on_delete=models.PROTECT, primary_key=True, related_name="check_made")
    counted_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    checked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(counted_by=F("checked_by")), name="count_four_eyes")]

    def __str__(self) -> str:
        return f"{self.count} checked"
