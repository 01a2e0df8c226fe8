"""People, the firms they trade for, the authorities they serve, and the posts that join them."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.guarding import Emergency as Emergency
from wildgate.apps.accounts.guarding import Interest as Interest


class Role(models.TextChoices):
    """What a post lets a person do; the rules are in `access.py`."""

    TRADER = "trader", _("Trader")
    OFFICER = "officer", _("Management Authority officer")
    COUNTERSIGNER = "countersigner", _("Countersigning officer")
    SCIENTIST = "scientist", _("Scientific Authority")
    CUSTOMS = "customs", _("Customs officer")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")
    PRINT_OFFICE = "print-office", _("Print and sign office")
    SUPERVISOR = "supervisor", _("Customs supervisor")
    RISK_MANAGER = "risk-manager", _("Risk manager")
    INVESTIGATOR = "investigator", _("Investigator")
    EXPERT = "expert", _("Identification expert")
    CUSTOMS_SYSTEM = "customs-system", _("Program of customs")
    CARRIER = "carrier", _("Carrier")
    FOREIGN = "foreign", _("Officer of another Party")
    AGENCY = "agency", _("Officer of another agency")


OF_PEOPLE = tuple(role for role in Role if role not in {Role.CUSTOMS_SYSTEM, Role.FOREIGN})
"""What a person is given here: programs have a key instead, and officers of another Party come with their partner."""


class Agency(models.TextChoices):
    """Other agencies of the Party that look at the same consignment."""

    VETERINARY = "veterinary", _("Veterinary service")
    PLANT_HEALTH = "plant-health", _("Plant health service")
    FISHERIES = "fisheries", _("Fisheries service")
    FORESTRY = "forestry", _("Forestry service")
    POLICE = "police", _("Police")


class People(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Somebody who signs in. Rights come from posts, never from the row itself."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    sign_in_round = models.PositiveIntegerField(default=0, db_default=0)
    """Counted up when a role at an authority or a factor changes, or the account is closed: it ends the sessions."""

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[People] = People()

    def __str__(self) -> str:
        return self.name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session is bound to: the password, and the round."""
        return salted_hmac("wildgate.accounts.session", f"{self.password}:{self.sign_in_round}", secret=secret,
                           algorithm="sha256").hexdigest()

    @property
    def is_staff(self) -> bool:
        """Django's own admin is nobody's desk here."""
        return False


class Authority(models.Model):
    """A body that the Party designated: Management or Scientific Authority, customs (Article IX).

    `agency` says which other agency it is, of one of that kind: its people are asked what that agency is asked.
    """

    class Kind(models.TextChoices):
        MANAGEMENT = "management", _("Management Authority")
        SCIENTIFIC = "scientific", _("Scientific Authority")
        CUSTOMS = "customs", _("Customs")
        OVERSIGHT = "oversight", _("Audit office")
        PRINTING = "printing", _("Print and sign office")
        ENFORCEMENT = "enforcement", _("Enforcement authority")
        FOREIGN = "foreign", _("Authority of another Party")
        AGENCY = "agency", _("Other agency at the border")

    party = models.CharField(max_length=2)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=160)
    address = models.CharField(max_length=300, blank=True)
    place = models.CharField(max_length=80, blank=True)
    agency = models.CharField(max_length=12, blank=True, choices=Agency.choices, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "kind", "name"], name="authority_once"),
            models.CheckConstraint(name="authority_which_agency", condition=(
                Q(kind="agency") & ~Q(agency="") | ~Q(kind="agency") & Q(agency=""))),
        ]

    def __str__(self) -> str:
        return self.name


CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_code() -> str:
    """Eight letters by which an organisation is named to others; they cannot be guessed or counted up."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(8))


class Organisation(models.Model):
    """A firm, institution or private person that applies for permits: the holder on the form.

    `code` is what it tells a client who wants to give it a mandate. `registered_until` and `regular_until` are the last
    days of its registration and of its certificate of regularity; empty: without end. `asked_by` is the person who
    registered it, `proof` what the authority may check it by.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for the authority")
        VERIFIED = "verified", _("Verified")
        REFUSED = "refused", _("Not accepted")

    party = models.CharField(max_length=2)
    code = models.CharField(max_length=8, default=new_code)
    name = models.CharField(max_length=160)
    address = models.CharField(max_length=300)
    country = models.CharField(max_length=2)
    private = models.BooleanField(default=False)
    registration_number = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.VERIFIED)
    registered_until = models.DateField(null=True, blank=True)
    regular_until = models.DateField(null=True, blank=True)
    proof = models.TextField(max_length=2000, blank=True)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "name", "address"], name="organisation_once",
                                    condition=Q(state="verified")),
            models.UniqueConstraint(fields=["party", "code"], name="organisation_code_once"),
        ]
        indexes = [models.Index(fields=["party", "state", "asked_at"], name="organisation_queue")]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        """The name under which events speak of this organisation."""
        return f"organisation:{self.pk}"


class Post(models.Model):
    """A person's role in an organisation or authority, while it lasts.

    `manager`: somebody who invites colleagues of an organisation, ends their posts and gives mandates for it.
    """

    party = models.CharField(max_length=2)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=16, choices=Role.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True,
                                     related_name="posts")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, null=True, blank=True, related_name="posts")
    station = models.CharField(max_length=60, blank=True)
    manager = models.BooleanField(default=False)
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "role", "organisation"], name="post_in_organisation_once",
                                    condition=Q(organisation__isnull=False)),
            models.UniqueConstraint(fields=["person", "role", "authority"], name="post_in_authority_once",
                                    condition=Q(authority__isnull=False)),
            models.CheckConstraint(name="post_in_one_body", condition=(
                Q(role__in=("trader", "carrier"), organisation__isnull=False, authority__isnull=True)
                | ~Q(role__in=("trader", "carrier")) & Q(organisation__isnull=True, authority__isnull=False))),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.role}"


class Mandate(models.Model):
    """A client lets an agent act for it. `kinds` are directions and kinds of documents; an empty list means all.

    It holds from `since` to `until`, both days included, unless the client takes it back before: at once.
    """

    party = models.CharField(max_length=2)
    client = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="mandates_given")
    agent = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="mandates_held")
    kinds = models.JSONField(default=list)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    revoked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(client=models.F("agent")), name="mandate_for_another"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=models.F("since")), name="mandate_has_days"),
        ]
        indexes = [models.Index(fields=["agent", "revoked_at"], name="mandate_of_agent")]

    def __str__(self) -> str:
        return f"{self.agent} for {self.client}"

    def holds(self, on: date) -> bool:
        return self.revoked_at is None and self.since <= on and (self.until is None or on <= self.until)


class Link(models.Model):
    """A link that was mailed to somebody. It works once and for a time; the database keeps its SHA-256 only.

    `answers` is what a registration typed; it is erased with the row when the link is used up or has expired.
    """

    class Purpose(models.TextChoices):
        REGISTER = "register"
        JOIN = "join"
        PASSWORD = "password"  # noqa: S105  (a purpose, no secret)
        FORGOTTEN = "forgot"
        """Somebody asked for a new password: the row waits for the job that writes to the address, and is erased."""

    party = models.CharField(max_length=2)
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    digest = models.CharField(max_length=64, unique=True)
    email = models.EmailField()
    answers = models.JSONField(default=dict)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True, related_name="links")
    manager = models.BooleanField(default=False)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "used_at"], name="link_of_organisation")]

    def __str__(self) -> str:
        return f"{self.purpose} until {self.expires_at:%Y-%m-%d}"


class Knock(models.Model):
    """One use of a public form, or one try at a code or at the password of who is signed in, so that too many can be
    turned away. `who` is a keyed hash: neither address nor person is kept."""

    form = models.CharField(max_length=12)
    who = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["form", "who", "at"], name="knock_recent")]

    def __str__(self) -> str:
        return f"{self.form} at {self.at:%Y-%m-%d %H:%M}"
