"""Standing findings, their versions and their ledger. A version is never changed: permits keep the one they rest on."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from wildgate.convention.finding import KINDS, Period, StandingFinding
from wildgate.convention.permit import plain
from wildgate.convention.quota import Entry, Scope
from wildgate.convention.vocabulary import By, Direction, FindingKind
from wildgate.kit.fields import QuantityField

PERSON = settings.AUTH_USER_MODEL


class Standing(models.Model):
    """A standing finding with all its versions. Its number is how people call it: SO-3."""

    party = models.CharField(max_length=2)
    number = models.CharField(max_length=12)
    kind = models.CharField(max_length=32, choices=[(kind.value, kind.value) for kind in KINDS])
    by = models.CharField(max_length=24, choices=[(by.value, by.value) for by in By])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "number"], name="standing_once")]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """The name under which events speak of this finding."""
        return f"standing:{self.number}"


class StandingVersion(models.Model):
    """What a standing finding says from a day on; the newest that has begun is the one that holds.

    `factors` are the groups that a non-detriment finding weighs (Res. Conf. 16.7), `text` what it rests on in words.
    `withdrawn` ends the finding on `start`. `why` says what made the authority change its word.
    """

    standing = models.ForeignKey(Standing, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    positive = models.BooleanField(default=True)
    withdrawn = models.BooleanField(default=False)
    taxon = models.CharField(max_length=200)
    terms = models.JSONField(default=list)
    sources = models.JSONField(default=list)
    purposes = models.JSONField(default=list)
    region = models.CharField(max_length=80, blank=True)
    plans = models.JSONField(default=list)
    direction = models.CharField(max_length=28, blank=True)
    amount = QuantityField(null=True)
    unit = models.CharField(max_length=3, default="NAR")
    period = models.CharField(max_length=8, choices=[(period.value, period.value) for period in Period],
                              default=Period.YEAR.value)
    conditions = models.CharField(max_length=1000, blank=True)
    start = models.DateField()
    end = models.DateField(null=True)
    review = models.DateField(null=True)
    text = models.CharField(max_length=4000)
    factors = models.JSONField(default=dict)
    references = models.JSONField(default=list)
    why = models.CharField(max_length=1000, blank=True)
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["standing", "version"], name="standing_version_once"),
            models.CheckConstraint(condition=Q(end__isnull=True) | Q(end__gte=F("start")),
                                   name="standing_ends_after_start"),
            models.CheckConstraint(condition=Q(review__isnull=True) | Q(review__gte=F("start")),
                                   name="standing_review_after_start"),
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gt=0), name="standing_amount_positive"),
        ]
        indexes = [models.Index(fields=["standing", "-version"], name="standing_newest")]

    def __str__(self) -> str:
        return f"{self.standing.number}, version {self.version}"

    @property
    def finding(self) -> StandingFinding:
        """The version as the law's own value; reads `standing`."""
        scope = Scope(self.taxon, frozenset(self.terms), frozenset(self.sources), frozenset(self.purposes), self.region)
        return StandingFinding(
            key=self.pk or 0, number=self.standing.number, version=self.version, kind=FindingKind(self.standing.kind),
            by=By(self.standing.by), home=self.standing.party, scope=scope, positive=self.positive, start=self.start,
            end=self.end, review=self.review, direction=Direction(self.direction) if self.direction else None,
            amount=self.amount, unit=self.unit, period=Period(self.period), plans=frozenset(self.plans),
            conditions=self.conditions)


class StandingBalance(models.Model):
    """What permits of one year take of a standing finding; its row lock puts officers in one line.

    `room` is the limit of the version that holds, or what was taken already where a change went below that: the
    database refuses to take more. Null: no limit, and what is granted and exported is counted all the same (Art. IV.3).
    """

    standing = models.ForeignKey(Standing, on_delete=models.PROTECT, related_name="balances")
    start = models.DateField()
    unit = models.CharField(max_length=3)
    room = QuantityField(null=True)
    bound = QuantityField(default=Decimal(0))
    used = QuantityField(default=Decimal(0))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["standing", "start"], name="standing_balance_once"),
            models.CheckConstraint(condition=Q(room__isnull=True) | Q(room__gte=F("bound") + F("used")),
                                   name="standing_never_overdrawn"),
            models.CheckConstraint(condition=Q(bound__gte=0, used__gte=0), name="standing_nothing_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.standing} {self.start.year}: {plain(self.taken)}"

    @property
    def taken(self) -> Decimal:
        """Bound by permits that may still export, and exported."""
        taken: Decimal = self.bound + self.used
        return taken


class StandingHold(models.Model):
    """What one line of a permit has taken, until it is used or given back, and the version it was granted on."""

    class State(models.TextChoices):
        BOUND = "bound"
        EXPIRED = "expired"
        CLOSED = "closed"

    balance = models.ForeignKey(StandingBalance, on_delete=models.PROTECT, related_name="holds")
    version = models.ForeignKey(StandingVersion, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=80)
    block = models.CharField(max_length=4)
    state = models.CharField(max_length=8, choices=State.choices)
    quantity = QuantityField()
    factor = models.DecimalField(max_digits=24, decimal_places=12, default=1)
    until = models.DateField()

    class Meta:
        indexes = [
            models.Index(fields=["subject"], name="standing_hold_subject"),
            models.Index(fields=["state", "until"], name="standing_hold_until"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.block}: {plain(self.quantity)} {self.state}"


class StandingEntry(models.Model):
    """One line of the ledger, never changed: bind, use, return. Their fold is the balance."""

    balance = models.ForeignKey(StandingBalance, on_delete=models.PROTECT, related_name="entries")
    subject = models.CharField(max_length=80)
    block = models.CharField(max_length=4)
    kind = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in Entry])
    quantity = QuantityField()
    why = models.CharField(max_length=20, blank=True)
    actor = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="standing_entry_positive")]
        indexes = [
            models.Index(fields=["balance", "-id"], name="standing_entry_newest"),
            models.Index(fields=["subject"], name="standing_entry_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {plain(self.quantity)} {self.subject}"
