"""Quotas with their ledger, and suspensions. The database itself refuses to overdraw a quota or rewrite its ledger."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from wildgate.apps.accounts.models import Organisation
from wildgate.convention.permit import plain
from wildgate.convention.quota import Balance, Entry, Limit, QuotaKind, Scope
from wildgate.convention.suspension import Effect, Suspension, Way
from wildgate.kit import books
from wildgate.kit.fields import QuantityField


class Quota(models.Model):
    """What a Party may export of a taxon in a year. `country` empty: every Party's, as some listings set it.

    `amount` is null while the quota is in preparation; `certain` is false where the text says more than the codes.
    `key` is the quota's name in the register it was read from: a second reading finds it again. `factors` turn other
    units into the quota's: {"SET": "4"} counts each set as four.
    """

    party = models.CharField(max_length=2)
    country = models.CharField(max_length=2, blank=True)
    taxon = models.CharField(max_length=200)
    listed_name = models.CharField(max_length=200, blank=True)
    rank = models.CharField(max_length=12, blank=True)
    terms = models.JSONField(default=list)
    sources = models.JSONField(default=list)
    purposes = models.JSONField(default=list)
    region = models.CharField(max_length=80, blank=True)
    unit = models.CharField(max_length=3, default="NAR")
    amount = QuantityField(null=True)
    start = models.DateField()
    end = models.DateField()
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in QuotaKind])
    certain = models.BooleanField(default=True)
    current = models.BooleanField(default=True)
    factors = models.JSONField(default=dict)
    note = models.CharField(max_length=2000, blank=True)
    url = models.CharField(max_length=500, blank=True)
    key = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "key"], name="quota_once"),
            models.CheckConstraint(condition=Q(end__gte=F("start")), name="quota_ends_after_start"),
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gte=0), name="quota_not_negative"),
        ]
        indexes = [models.Index(fields=["party", "taxon", "country", "start"], name="quota_of_taxon")]

    def __str__(self) -> str:
        amount = "in preparation" if self.amount is None else f"{plain(self.amount)} {self.unit}"
        return f"{self.country or 'all'} {self.taxon} {self.start.year}: {amount}"

    @property
    def subject(self) -> str:
        """The name under which events speak of this quota."""
        return f"quota:{self.pk}"

    @property
    def limit(self) -> Limit:
        """The quota as the law's own value."""
        scope = Scope(self.taxon, frozenset(self.terms), frozenset(self.sources), frozenset(self.purposes), self.region)
        factors = {unit: Decimal(factor) for unit, factor in self.factors.items()}
        return Limit(self.pk, self.country, scope, self.unit, self.amount, self.start, self.end, self.certain,
                     self.taxon, self.note, factors)


class QuotaBalance(models.Model):
    """Where a quota stands, or the share of a firm or a region in it. Its row lock puts officers in one line.

    The row without firm and region is what no share takes; the rows of a quota add up to its amount. The check on
    each row is what makes an overdraft impossible, whatever the program does.
    """

    quota = models.ForeignKey(Quota, on_delete=models.PROTECT, related_name="balances")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    region = models.CharField(max_length=80, blank=True)
    amount = QuantityField()
    reserved = QuantityField(default=Decimal(0))
    bound = QuantityField(default=Decimal(0))
    used = QuantityField(default=Decimal(0))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quota", "organisation", "region"], name="quota_share_once"),
            models.UniqueConstraint(fields=["quota", "region"], condition=Q(organisation__isnull=True),
                                    name="quota_open_share_once"),
            models.CheckConstraint(condition=Q(amount__gte=F("reserved") + F("bound") + F("used")),
                                   name="quota_never_overdrawn"),
            models.CheckConstraint(condition=Q(reserved__gte=0, bound__gte=0, used__gte=0),
                                   name="quota_nothing_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.quota}: {plain(self.balance.free)} free"

    @property
    def balance(self) -> Balance:
        return Balance(self.amount, self.reserved, self.bound, self.used)


class QuotaHold(models.Model):
    """What one line of an application or permit has taken of a balance, until it is used or given back."""

    State = books.State

    balance = models.ForeignKey(QuotaBalance, on_delete=models.PROTECT, related_name="holds")
    subject = models.CharField(max_length=80)
    block = models.CharField(max_length=4)
    state = models.CharField(max_length=8, choices=State.choices)
    quantity = QuantityField()
    factor = models.DecimalField(max_digits=24, decimal_places=12, default=1)
    until = models.DateField()

    class Meta:
        indexes = [
            models.Index(fields=["subject"], name="quota_hold_subject"),
            models.Index(fields=["state", "until"], name="quota_hold_until"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.block}: {plain(self.quantity)} {self.state}"


class QuotaEntry(models.Model):
    """One line of the ledger, never changed: reserve, bind, use, return. Their fold is the balance.

    `of` says what a return undoes; `why` why it came: cancelled, expired, endorsed, replaced by the binding.
    """

    balance = models.ForeignKey(QuotaBalance, on_delete=models.PROTECT, related_name="entries")
    subject = models.CharField(max_length=80)
    block = models.CharField(max_length=4, blank=True)
    kind = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in Entry])
    of = models.CharField(max_length=8, blank=True)
    quantity = QuantityField()
    why = models.CharField(max_length=20, blank=True)
    actor = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="quota_entry_positive")]
        indexes = [
            models.Index(fields=["balance", "-id"], name="quota_entry_newest"),
            models.Index(fields=["subject"], name="quota_entry_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {plain(self.quantity)} {self.subject}"


class SuspensionRow(models.Model):
    """A measure against trade as it stands in the register. `country` empty: every country; `taxon` empty: all."""

    party = models.CharField(max_length=2)
    country = models.CharField(max_length=2, blank=True)
    taxon = models.CharField(max_length=200, blank=True)
    rank = models.CharField(max_length=12, blank=True)
    terms = models.JSONField(default=list)
    sources = models.JSONField(default=list)
    purposes = models.JSONField(default=list)
    exempt_sources = models.JSONField(default=list)
    exempt_purposes = models.JSONField(default=list)
    start = models.DateField()
    end = models.DateField(null=True)
    effect = models.CharField(max_length=8, choices=[(effect.value, effect.value) for effect in Effect])
    way = models.CharField(max_length=8, choices=[(way.value, way.value) for way in Way])
    domestic = models.BooleanField(default=False)
    current = models.BooleanField(default=True)
    note = models.CharField(max_length=4000, blank=True)
    reference = models.CharField(max_length=200, blank=True)
    url = models.CharField(max_length=500, blank=True)
    key = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "key"], name="suspension_once"),
            models.CheckConstraint(condition=Q(end__isnull=True) | Q(end__gte=F("start")),
                                   name="suspension_ends_after_start"),
        ]
        indexes = [models.Index(fields=["party", "country", "start"], name="suspension_of_country")]

    def __str__(self) -> str:
        return f"{self.country or 'all'} {self.taxon or 'all listed species'} since {self.start}: {self.effect}"

    @property
    def measure(self) -> Suspension:
        """The row as the law's own value."""
        scope = Scope(self.taxon, frozenset(self.terms), frozenset(self.sources), frozenset(self.purposes))
        return Suspension(self.country, scope, self.start, self.end, Effect(self.effect), Way(self.way),
                          frozenset(self.exempt_sources), frozenset(self.exempt_purposes), self.note, self.reference,
                          self.domestic)
