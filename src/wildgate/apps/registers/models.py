"""Registered operations with what they put out, and specimens with their marks, events and holders.

The database itself keeps a mark on one specimen, a specimen on one open permit, and the events as they were written.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from wildgate.apps.accounts.models import Organisation
from wildgate.convention.marks import MarkKind
from wildgate.convention.operations import Entry, OperationKind, OperationState, Stock

PERSON = settings.AUTH_USER_MODEL


class Operation(models.Model):
    """A breeding operation, nursery or scientific institution of the home register, or of another Party's as known.

    `key` is the number in its one spelling; `organisation` the firm behind a home entry where it applies here;
    `reference` the Notification or decision by which it came into the register.
    """

    party = models.CharField(max_length=2)
    country = models.CharField(max_length=2)
    number = models.CharField(max_length=40)
    key = models.CharField(max_length=40)
    kind = models.CharField(max_length=24, choices=[(kind.value, kind.value) for kind in OperationKind])
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="operations")
    name = models.CharField(max_length=160)
    address = models.CharField(max_length=300, blank=True)
    registered_on = models.DateField()
    valid_until = models.DateField(null=True)
    last_inspection = models.DateField(null=True)
    next_inspection = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=[(state.value, state.value) for state in OperationState],
                             default=OperationState.ACTIVE.value)
    reference = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "country", "key"], name="operation_once"),
            models.CheckConstraint(condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("registered_on")),
                                   name="operation_ends_after_start"),
            models.CheckConstraint(condition=Q(organisation__isnull=True) | Q(country=F("party")),
                                   name="operation_firm_at_home"),
        ]
        ordering = ["country", "number"]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def subject(self) -> str:
        """The name under which events speak of this operation."""
        return f"operation:{self.pk}"

    @property
    def entry(self) -> Entry:
        """The row as the law's own value."""
        return Entry(self.number, self.country, OperationKind(self.kind), OperationState(self.state),
                     self.registered_on, self.valid_until, self.next_inspection,
                     tuple(Stock(row.taxon, row.yearly) for row in self.taxa.all()))


class OperationTaxon(models.Model):
    """A taxon that an operation is registered for, by its accepted name, and the output in specimens that it states."""

    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="taxa")
    taxon = models.CharField(max_length=200)
    yearly = models.DecimalField(max_digits=20, decimal_places=6, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operation", "taxon"], name="operation_taxon_once"),
            models.CheckConstraint(condition=Q(yearly__isnull=True) | Q(yearly__gt=0),
                                   name="operation_output_positive"),
        ]
        ordering = ["taxon"]

    def __str__(self) -> str:
        return self.taxon


class OperationOutput(models.Model):
    """What a line of a permit takes of an operation's yearly output: held at issue, used or given back later."""

    class State(models.TextChoices):
        HELD = "held"
        USED = "used"
        RETURNED = "returned"

    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="output")
    subject = models.CharField(max_length=80)
    block = models.CharField(max_length=4)
    taxon = models.CharField(max_length=200)
    year = models.IntegerField()
    quantity = models.DecimalField(max_digits=20, decimal_places=6)
    unit = models.CharField(max_length=3)
    until = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.HELD)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "block"], condition=Q(state="held"),
                                               name="operation_output_once")]
        indexes = [models.Index(fields=["operation", "year"], name="operation_output_year")]

    def __str__(self) -> str:
        return f"{self.subject} {self.block}: {self.quantity} {self.unit} {self.state}"


class Specimen(models.Model):
    """One individual in a holder's account. `confirmed`: an officer has seen the papers or the specimen itself.

    `offered_to` is the holder whom it was offered to and who has not answered; there is never more than one.
    """

    class State(models.TextChoices):
        ALIVE = "alive"
        DEAD = "dead"
        EXPORTED = "exported"
        LOST = "lost"

    class Sex(models.TextChoices):
        MALE = "m"
        FEMALE = "f"
        UNKNOWN = "u"

    class Acquired(models.TextChoices):
        BRED = "bred"
        BOUGHT = "bought"
        IMPORTED = "imported"
        GIVEN = "given"
        TAKEN = "taken"
        OTHER = "other"

    party = models.CharField(max_length=2)
    number = models.CharField(max_length=24)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="specimens")
    taxon = models.CharField(max_length=200)
    source = models.CharField(max_length=1)
    sex = models.CharField(max_length=1, choices=Sex.choices, default=Sex.UNKNOWN)
    born = models.DateField(null=True)
    origin = models.CharField(max_length=2)
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, null=True, related_name="specimens")
    mother = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    father = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.ALIVE)
    acquired = models.CharField(max_length=8, choices=Acquired.choices)
    acquired_on = models.DateField()
    document = models.CharField(max_length=120, blank=True)
    confirmed = models.BooleanField(default=False)
    offered_to = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="offered_specimens")
    registered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "number"], name="specimen_once"),
            models.CheckConstraint(condition=Q(offered_to__isnull=True) | Q(state="alive"),
                                   name="specimen_offered_alive"),
            models.CheckConstraint(condition=Q(offered_to__isnull=True) | ~Q(offered_to=F("organisation")),
                                   name="specimen_offered_to_another"),
        ]
        indexes = [models.Index(fields=["organisation", "state", "taxon"], name="specimen_account")]

    def __str__(self) -> str:
        return f"{self.number} {self.taxon}"

    @property
    def subject(self) -> str:
        """The name under which events speak of this specimen."""
        return f"specimen:{self.number}"


class Mark(models.Model):
    """A mark on a specimen, in its one spelling. Marks of the dead stay taken: a ring is not put on a second bird."""

    party = models.CharField(max_length=2)
    specimen = models.ForeignKey(Specimen, on_delete=models.PROTECT, related_name="marks")
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in MarkKind
                                                    if kind is not MarkKind.ANY])
    value = models.CharField(max_length=60)
    closed = models.BooleanField(default=False)
    in_use = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "kind", "value"], condition=Q(in_use=True),
                                               name="mark_on_one_specimen")]
        indexes = [models.Index(fields=["party", "value"], name="mark_value")]
        ordering = ["-in_use", "id"]

    def __str__(self) -> str:
        return self.value


class SpecimenEvent(models.Model):
    """Something that happened to a specimen, never changed. `on` is the day it happened, `at` when it was written."""

    class Kind(models.TextChoices):
        REGISTERED = "registered"
        BIRTH = "birth"
        CONFIRMED = "confirmed"
        DEATH = "death"
        LOST = "lost"
        OFFERED = "offered"
        OFFER_WITHDRAWN = "offer-withdrawn"
        ACCEPTED = "accepted"
        REFUSED = "refused"
        REMARKED = "re-marked"
        PERMIT = "on-permit"
        RETURNED = "off-permit"
        EXPORTED = "exported"
        CROSSING = "crossing"

    specimen = models.ForeignKey(Specimen, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    on = models.DateField()
    sender = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    receiver = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    document = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=300, blank=True)
    actor = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["specimen", "-id"], name="specimen_event_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"


class SpecimenHold(models.Model):
    """A specimen on a permit. While one is open no second permit takes the specimen.

    UNCLEAR: customs counted fewer than the line has, so an officer says which ones left.
    """

    class State(models.TextChoices):
        BOUND = "bound"
        UNCLEAR = "unclear"
        EXPORTED = "exported"
        RETURNED = "returned"

    specimen = models.ForeignKey(Specimen, on_delete=models.PROTECT, related_name="holds")
    subject = models.CharField(max_length=80)
    block = models.CharField(max_length=4)
    until = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.BOUND)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["specimen"], condition=Q(state__in=["bound", "unclear"]),
                                               name="specimen_on_one_permit")]
        indexes = [models.Index(fields=["subject"], name="specimen_hold_subject"),
                   models.Index(fields=["state", "until"], name="specimen_hold_until")]

    def __str__(self) -> str:
        return f"{self.subject} {self.block}: {self.specimen_id} {self.state}"


class Attorney(models.Model):
    """Somebody whom the holder lets cross borders with a specimen in the holder's name, while it lasts."""

    party = models.CharField(max_length=2)
    specimen = models.ForeignKey(Specimen, on_delete=models.PROTECT, related_name="attorneys")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    document = models.CharField(max_length=120, blank=True)
    start = models.DateField()
    end = models.DateField()
    revoked_on = models.DateField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(end__gte=F("start")), name="attorney_ends_after_start")]

    def __str__(self) -> str:
        return f"{self.name} until {self.end}"
