"""What the two authorities agreed on telling each other, the notices that came of it, and imports told to the other."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wildgate.apps.duties.matrix import BY_CODE, Agreed, Duty
from wildgate.apps.letters.subjects import split

PERSON = settings.AUTH_USER_MODEL


class Term(models.Model):
    """What holds for one row of the matrix from a day on, once a second person has confirmed it."""

    class State(models.TextChoices):
        PROPOSED = "proposed"
        CONFIRMED = "confirmed"
        DECLINED = "declined"

    party = models.CharField(max_length=2)
    row = models.CharField(max_length=30)
    on = models.BooleanField(default=True)
    ways = models.JSONField(default=list)
    roles = models.JSONField(default=list)
    stations = models.JSONField(default=list)
    hours = models.PositiveSmallIntegerField(null=True)
    address = models.EmailField(blank=True)
    since = models.DateField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "row"], condition=Q(state="proposed"), name="term_waits_once"),
            models.CheckConstraint(name="term_by_two", condition=(
                Q(state="proposed", decided_by=None) | ~Q(state="confirmed") & ~Q(state="proposed")
                | Q(state="confirmed", decided_by__isnull=False) & ~Q(decided_by=models.F("proposed_by")))),
        ]
        indexes = [models.Index(fields=["party", "state", "row", "since"], name="term_in_force")]

    def __str__(self) -> str:
        return f"{self.row} from {self.since}"

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"duty:{self.row}"

    @property
    def agreed(self) -> Agreed:
        return Agreed(self.on, tuple(self.ways), tuple(self.roles), tuple(self.stations), self.hours, self.address,
                      self.since)


class Notice(models.Model):
    """One authority tells the other of one event, and the proof that it was received: who, when, and by which way.

    The proof itself stands in the chain (`notice-received`, `notice-taken`); the row says so quickly. `due_at` is empty
    where no receipt was asked for.
    """

    party = models.CharField(max_length=2)
    row = models.CharField(max_length=30)
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=80)
    roles = models.JSONField(default=list)
    stations = models.JSONField(default=list)
    happened_at = models.DateTimeField()
    given_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    received_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    received_how = models.CharField(max_length=40, blank=True)
    """`page`, `link`, or `webhook:7` when the other side's system took it."""
    escalated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "row", "seq"], name="notice_once")]
        indexes = [
            models.Index(fields=["party", "due_at", "id"], name="notice_open",
                         condition=Q(received_at=None, due_at__isnull=False)),
            models.Index(fields=["party", "-id"], name="notice_newest"),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}: {self.row} of {self.about}"

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"notice:{self.pk}"

    @property
    def duty(self) -> Duty:
        return BY_CODE[self.row]

    @property
    def number(self) -> str:
        """The number that people know its subject by."""
        return split(self.about)[1]

    def state(self, at: datetime) -> str:
        if self.received_at is not None:
            return "received"
        if self.due_at is None:
            return "told"
        return "overdue" if self.due_at < at else "open"


class Relay(models.Model):
    """A file of imports for the Management Authority: made once, kept as it was sent, mailed, and received.

    `link` is SHA-256 of the token in the mail, by which somebody without an account says that it arrived.
    """

    party = models.CharField(max_length=2)
    day = models.DateField()
    rows = models.PositiveIntegerField()
    table = models.TextField()
    message = models.TextField()
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    address = models.EmailField(blank=True)
    link = models.CharField(max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sending_until = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    notice = models.OneToOneField(Notice, on_delete=models.PROTECT, null=True, related_name="relay")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["link"], condition=~Q(link=""), name="relay_link_once")]
        indexes = [models.Index(fields=["party", "-id"], name="relay_newest")]

    def __str__(self) -> str:
        return f"{self.rows} imports of {self.day}"

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"relay:{self.pk}"


class Relayed(models.Model):
    """One import went out in one file, and in no other."""

    relay = models.ForeignKey(Relay, on_delete=models.PROTECT, related_name="entries")
    endorsement = models.OneToOneField("customs.Endorsement", on_delete=models.PROTECT, related_name="relayed")

    def __str__(self) -> str:
        return f"{self.endorsement_id} in {self.relay_id}"


class Incident(models.Model):
    """A duty of data protection with its clock: a breach, a request that went to the wrong authority, a new processor.

    `noticed_at` begins the clock; for a processor `contract_on` ends it. No names stand here: `what` says which data.
    """

    class Kind(models.TextChoices):
        BREACH = "breach", _("Breach: the other authority hears of it within 48 hours")
        MISSENT = "missent", _("Request of a person sent to the wrong authority: passed on within 3 days")
        PROCESSOR = "processor", _("New processor: announced 5 working days before the contract")

    party = models.CharField(max_length=2)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    what = models.CharField(max_length=500)
    noticed_at = models.DateTimeField()
    contract_on = models.DateField(null=True)
    due_at = models.DateTimeField()
    opened_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="incident_done_by_somebody", condition=(
            Q(done_at=None, done_by=None, outcome="")
            | Q(done_at__isnull=False, done_by__isnull=False) & ~Q(outcome="")))]
        indexes = [models.Index(fields=["party", "done_at", "due_at"], name="incident_open")]

    def __str__(self) -> str:
        return f"{self.kind} due {self.due_at:%Y-%m-%d}"

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"incident:{self.pk}"


class Alert(models.Model):
    """What one authority warns the other of, in words of its officer. Never changed.

    Events name the topic, the declaration and the permit; the words stay here, with those who read notices.
    """

    class Topic(models.TextChoices):
        FORGED = "forged-papers", _("Forged or altered papers about")
        CONTRABAND = "contraband", _("Other contraband with the goods")
        ROUTE = "route", _("A route or a way of hiding")
        SPECIES = "species", _("Specimens that are passed off as others")
        TRADER = "trader", _("A trader who must be looked at")
        STOLEN = "stolen-forms", _("Stolen forms, stamps or sheets")
        OTHER = "other", _("Something else")

    party = models.CharField(max_length=2)
    side = models.CharField(max_length=10)
    topic = models.CharField(max_length=16, choices=Topic.choices)
    declaration = models.CharField(max_length=70, blank=True)
    permit = models.CharField(max_length=40, blank=True)
    text = models.CharField(max_length=1000)
    raised_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["party", "-raised_at"], name="alert_newest")]

    def __str__(self) -> str:
        return f"{self.topic} {self.raised_at:%Y-%m-%d}"

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"alert:{self.pk}"
