"""A holder's stock entries with their ledger. The database itself refuses that more goes out than came in."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from wildgate.apps.accounts.models import Organisation
from wildgate.convention.permit import Reference, plain
from wildgate.convention.quota import Balance, Entry
from wildgate.convention.stock import Stock, StockKind, StockState
from wildgate.kit import books
from wildgate.kit.fields import QuantityField

PERSON = settings.AUTH_USER_MODEL


class StockWindow(models.Model):
    """The time in which holders declare what they have of a taxon: from the day its listing was adopted to the day
    before it takes effect."""

    party = models.CharField(max_length=2)
    taxon = models.CharField(max_length=200)
    adopted_on = models.DateField()
    effective_on = models.DateField()
    note = models.CharField(max_length=500, blank=True)
    opened_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "taxon", "effective_on"], name="stock_window_once"),
            models.CheckConstraint(condition=Q(effective_on__gt=F("adopted_on")), name="stock_window_has_days"),
        ]

    def __str__(self) -> str:
        return f"{self.taxon}: {self.adopted_on} to {self.effective_on}"

    @property
    def subject(self) -> str:
        """The name under which events speak of this window."""
        return f"stock-window:{self.pk}"


class StockEntry(models.Model):
    """What a holder has of one kind of specimen from one origin, as it came in. Its facts never change.

    `origin...` is box 12 and `last_...` box 12a of every certificate drawn from it; `reference` names the document that
    proves it; `made_from` and `given` say what a conversion took of which entry, with the yield `stated`; `key` finds
    the entry again when the same thing is brought in twice.
    """

    party = models.CharField(max_length=2)
    number = models.CharField(max_length=24)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="stock")
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in StockKind])
    state = models.CharField(max_length=8, choices=[(state.value, state.value) for state in StockState],
                             default=StockState.DECLARED.value)
    taxon = models.CharField(max_length=200)
    term = models.CharField(max_length=3)
    quantity = QuantityField()
    unit = models.CharField(max_length=3)
    source = models.CharField(max_length=1)
    second_source = models.CharField(max_length=1, blank=True)
    origin = models.CharField(max_length=2)
    origin_permit = models.CharField(max_length=30, blank=True)
    origin_permit_date = models.DateField(null=True)
    last_country = models.CharField(max_length=2, blank=True)
    last_permit = models.CharField(max_length=30, blank=True)
    last_permit_date = models.DateField(null=True)
    acquired = models.DateField()
    reference = models.CharField(max_length=200, blank=True)
    window = models.ForeignKey(StockWindow, on_delete=models.PROTECT, null=True, related_name="entries")
    made_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="products")
    given = QuantityField(null=True)
    stated = QuantityField(null=True)
    declared_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    declared_at = models.DateTimeField()
    decided_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)
    key = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "number"], name="stock_entry_once"),
            models.UniqueConstraint(fields=["party", "key"], name="stock_entry_brought_in_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="stock_entry_positive"),
            models.CheckConstraint(condition=Q(made_from__isnull=True, given__isnull=True)
                                   | Q(made_from__isnull=False, given__gt=0), name="stock_made_from_something"),
            models.CheckConstraint(condition=Q(declared_by__isnull=True) | Q(decided_by__isnull=True)
                                   | ~Q(declared_by=F("decided_by")), name="stock_not_released_by_its_declarer"),
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "taxon"], name="stock_of_holder"),
            models.Index(fields=["party", "state", "declared_at"], name="stock_to_release"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """The name under which events speak of this entry."""
        return f"stock:{self.number}"

    @property
    def amount(self) -> str:
        """The quantity without trailing zeros."""
        return plain(self.quantity)

    def stock(self, balance: Balance) -> Stock:
        """The entry as the law's own value, with what is free of it."""
        return Stock(
            self.pk, self.number, self.taxon, self.term, self.unit, self.source,
            Reference(self.origin, self.origin_permit, self.origin_permit_date), balance.amount, balance.free,
            Reference(self.last_country, self.last_permit, self.last_permit_date) if self.last_country else None,
            self.second_source, self.acquired)


class StockBalance(models.Model):
    """Where a released entry stands. Its row lock puts everybody who draws from it in one line.

    The check on each row is what makes more out than in impossible, whatever the program does.
    """

    entry = models.OneToOneField(StockEntry, on_delete=models.PROTECT, primary_key=True, related_name="balance_row")
    amount = QuantityField()
    reserved = QuantityField(default=Decimal(0))
    bound = QuantityField(default=Decimal(0))
    used = QuantityField(default=Decimal(0))

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=F("reserved") + F("bound") + F("used")),
                                   name="stock_never_more_out_than_in"),
            models.CheckConstraint(condition=Q(reserved__gte=0, bound__gte=0, used__gte=0),
                                   name="stock_nothing_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.entry}: {plain(self.balance.free)} free"

    @property
    def balance(self) -> Balance:
        return Balance(self.amount, self.reserved, self.bound, self.used)


class StockHold(models.Model):
    """What one line of an application or certificate has taken of an entry, until it is used or given back.

    `until` is the last day of the certificate; empty while the application is open.
    """

    State = books.State

    balance = models.ForeignKey(StockBalance, on_delete=models.PROTECT, related_name="holds")
    subject = models.CharField(max_length=80)
    block = models.CharField(max_length=4, blank=True)
    state = models.CharField(max_length=8, choices=State.choices)
    quantity = QuantityField()
    factor = models.DecimalField(max_digits=24, decimal_places=12, default=1)
    until = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject"], name="stock_hold_subject"),
            models.Index(fields=["state", "until"], name="stock_hold_until"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.block}: {plain(self.quantity)} {self.state}"


class StockLine(models.Model):
    """One line of the ledger, never changed: reserve, bind, use, return. Their fold is the balance.

    `of` says what a return undoes; `why` why it came: endorsed, cancelled, expired, converted, died, lost, consumed.
    """

    balance = models.ForeignKey(StockBalance, on_delete=models.PROTECT, related_name="lines")
    subject = models.CharField(max_length=80)
    block = models.CharField(max_length=4, blank=True)
    kind = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in Entry])
    of = models.CharField(max_length=8, blank=True)
    quantity = QuantityField()
    why = models.CharField(max_length=40, blank=True)
    actor = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="stock_line_positive")]
        indexes = [
            models.Index(fields=["balance", "-id"], name="stock_line_newest"),
            models.Index(fields=["subject"], name="stock_line_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {plain(self.quantity)} {self.subject}"
