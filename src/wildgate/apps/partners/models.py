"""Other Parties as far as something is known of them: their offices, how they are reached, what was agreed."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from wildgate.apps.partners.rights import KINDS, Granted
from wildgate.apps.partners.rights import Operation as Asked
from wildgate.convention import tables

PERSON = settings.AUTH_USER_MODEL


class Partner(models.Model):
    """One Party of which something is known here, or a hub. `code` is its country code; it is never our own.

    `tier` is how far the exchange goes: named accounts, signed files, or a live service; empty: none yet. `through` is
    the hub by which it is reached. `secret` is SHA-256 of the text that its program sends beside its certificate.
    `register`: who counts the quantities of its permits, at an address of its own where it has one.
    """

    class Status(models.TextChoices):
        UNKNOWN = "unknown", _("Not known")
        NONE = "none", _("Paper only")
        PLANNED = "planned", _("E-permits planned")
        LIVE = "live", _("E-permits beside paper")
        PAPERLESS = "paperless", _("E-permits without paper")

    class Tier(models.TextChoices):
        NONE = "", _("No exchange")
        ACCOUNT = "account", _("Named accounts")
        FILE = "file", _("Signed files")
        LIVE = "live", _("Live service")

    class Adapter(models.TextChoices):
        NONE = "", _("None")
        SOAP_1 = "soap-v1", _("EPIX 2016-17, reconstructed (message v1)")
        SOAP_2 = "soap-v2", _("EPIX 2016-17, reconstructed (message v2)")
        GET_DOCUMENT = "get-document", _("One operation, get_document")
        REST = "rest", _("Wildgate, REST")
        EMAIL = "email", _("Signed files by e-mail")
        WEB = "web", _("An officer looks it up by hand")

    class Register(models.TextChoices):
        NONE = "", _("Nobody: its permits are written off here")
        REST = "rest", _("Its own register, REST")

    party = models.CharField(max_length=2)
    code = models.CharField(max_length=2)
    name = models.CharField(max_length=120)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.UNKNOWN)
    status_since = models.DateField(null=True, blank=True)
    signed_by = models.CharField(max_length=160, blank=True)
    printed_by = models.CharField(max_length=160, blank=True)
    source = models.CharField(max_length=200, blank=True)
    """Where we have all this from: a notification, the Party's own word."""
    tier = models.CharField(max_length=8, choices=Tier.choices, blank=True)
    adapter = models.CharField(max_length=14, choices=Adapter.choices, blank=True)
    endpoint = models.CharField(max_length=300, blank=True)
    service_namespace = models.CharField(max_length=200, blank=True)
    register = models.CharField(max_length=8, choices=Register.choices, blank=True)
    register_endpoint = models.CharField(max_length=300, blank=True)
    timeout_seconds = models.PositiveSmallIntegerField(default=20)
    server_ca = models.TextField(blank=True)
    is_hub = models.BooleanField(default=False)
    through = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="members")
    secret = models.CharField(max_length=64, blank=True)
    changed_at = models.DateTimeField()
    suspended_at = models.DateTimeField(null=True)
    suspended_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "code"], name="partner_once"),
            models.CheckConstraint(condition=~Q(code=F("party")), name="partner_is_another"),
            models.CheckConstraint(condition=Q(through=None) | Q(is_hub=False), name="partner_hub_is_direct"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"partner:{self.code}"

    def named(self, language: str) -> str:
        """Its name in that language; a hub that is no country has one name."""
        country = None if self.is_hub else tables.country(self.code)
        return country.name(language) if country else self.name


class Office(models.Model):
    """An authority of a Party, or the desk there that answers about exchange. Never a person.

    The mailbox is shown to officials here; to everybody only when it is that of an office (`open_mailbox`).
    """

    class Kind(models.TextChoices):
        MANAGEMENT = "management", _("Management Authority")
        SCIENTIFIC = "scientific", _("Scientific Authority")
        CUSTOMS = "customs", _("Customs")
        TECHNICAL = "technical", _("Contact point for the exchange")

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="offices")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=160)
    place = models.CharField(max_length=80, blank=True)
    web = models.URLField(max_length=300, blank=True)
    mailbox = models.EmailField(blank=True)
    open_mailbox = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "kind", "name"], name="office_once")]

    def __str__(self) -> str:
        return self.name


class Proposal(models.Model):
    """What two people decide: proposed by one, in effect once another has confirmed it, and never changed then."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Waits for a second person")
        CONFIRMED = "confirmed", _("Confirmed")
        DECLINED = "declined", _("Declined")

    party = models.CharField(max_length=2)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="%(class)ss")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def open(self) -> bool:
        return self.state == self.State.PROPOSED


def _by_two(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(name=f"{name}_by_two", condition=(
        Q(state="proposed") | Q(decided_by__isnull=False) & (Q(state="declined") | ~Q(decided_by=F("proposed_by")))))


class Right(Proposal):
    """What a partner may ask for: one operation on some kinds of documents, both days included, with its legal basis.

    It is withdrawn at once, by one person.
    """

    operation = models.CharField(max_length=8)
    kinds = models.JSONField(default=list)
    since = models.DateField()
    until = models.DateField(null=True)
    legal_basis = models.CharField(max_length=500)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            _by_two("right"),
            models.CheckConstraint(name="right_can_be_granted",
                                   condition=Q(operation__in=[each.value for each in Asked])),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="right_has_days"),
            models.CheckConstraint(condition=~Q(legal_basis=""), name="right_has_basis"),
        ]
        indexes = [models.Index(fields=["partner", "state", "operation"], name="right_of_partner")]

    def __str__(self) -> str:
        return f"{self.operation} for {self.partner_id}"

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"partner-right:{self.pk}"

    @property
    def granted(self) -> Granted:
        return Granted(self.operation, frozenset(self.kinds) & frozenset(KINDS), self.since, self.until)


class Link(Proposal):
    """How a partner is reached from a decision on: `values` are fields of `Partner`, as they were proposed."""

    values = models.JSONField(default=dict)

    class Meta:
        constraints = [
            _by_two("partner_link"),
            models.UniqueConstraint(fields=["partner"], condition=Q(state="proposed"), name="partner_link_waits_once"),
        ]

    def __str__(self) -> str:
        return f"link of {self.partner_id}"

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"partner-link:{self.pk}"


class Certificate(models.Model):
    """A certificate by which a partner's program is known: this very one (pin), or whatever its authority issues (ca).

    `fingerprint` is SHA-256 of the certificate, in hexadecimal. It opens nothing until a second person has confirmed it
    (those from before that rule name nobody). A pin that was revoked stays: it is refused by name, also where the
    partner's authority had issued it.
    """

    class Kind(models.TextChoices):
        PIN = "pin", _("This certificate")
        CA = "ca", _("Whatever this authority issues")

    party = models.CharField(max_length=2)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="certificates")
    kind = models.CharField(max_length=3, choices=Kind.choices)
    fingerprint = models.CharField(max_length=64)
    name = models.CharField(max_length=300)
    issuer = models.CharField(max_length=300)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    der = models.BinaryField()
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "fingerprint"], name="partner_certificate_once"),
            models.CheckConstraint(name="partner_certificate_by_two", condition=(
                Q(confirmed_by=None) | Q(confirmed_at__isnull=False) & ~Q(confirmed_by=F("added_by")))),
        ]
        indexes = [models.Index(fields=["party", "kind", "revoked_at"], name="partner_certificate_kind")]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"partner-certificate:{self.fingerprint[:16]}"

    @property
    def proposed_by_id(self) -> int:
        """Who does not confirm it."""
        return self.added_by_id

    def holds(self, at: datetime) -> bool:
        """Whether it opens anything at that moment."""
        return self.confirmed_at is not None and self.revoked_at is None and self.not_before <= at <= self.not_after


class AgreedText(Proposal):
    """Another text that the partner's program is to send beside its certificate, as SHA-256; empty: none any more."""

    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            _by_two("partner_text"),
            models.UniqueConstraint(fields=["partner"], condition=Q(state="proposed"), name="partner_text_waits_once"),
        ]

    def __str__(self) -> str:
        return f"agreed text {self.pk} of {self.partner_id}"

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"partner-text:{self.pk}"


class Admission(Proposal):
    """An account proposed for a named officer of a partner; confirmed, it is made and `officer` is its row."""

    name = models.CharField(max_length=120)
    email = models.EmailField()
    officer = models.OneToOneField("Officer", on_delete=models.PROTECT, null=True, related_name="admission")

    class Meta:
        constraints = [
            _by_two("partner_admission"),
            models.UniqueConstraint(fields=["party", "email"], condition=Q(state="proposed"),
                                    name="partner_admission_waits_once"),
        ]

    def __str__(self) -> str:
        return f"admission {self.pk} of {self.partner_id}"

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"partner-admission:{self.pk}"


class Officer(models.Model):
    """A named officer of a partner with an account here; the second factor is asked for at the gate, as of officials.

    When the account ends, its post ends with it.
    """

    party = models.CharField(max_length=2)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="officers")
    person = models.OneToOneField(PERSON, on_delete=models.PROTECT, related_name="partner_officer")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"officer {self.person_id} of {self.partner_id}"
