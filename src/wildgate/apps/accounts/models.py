"""People, the firms they trade for, the authorities they serve, and the posts that join them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


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

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[People] = People()

    def __str__(self) -> str:
        return self.name

    @property
    def is_staff(self) -> bool:
        """Django's own admin is nobody's desk here."""
        return False


class Authority(models.Model):
    """A body that the Party designated: Management or Scientific Authority, customs (Article IX)."""

    class Kind(models.TextChoices):
        MANAGEMENT = "management", _("Management Authority")
        SCIENTIFIC = "scientific", _("Scientific Authority")
        CUSTOMS = "customs", _("Customs")
        OVERSIGHT = "oversight", _("Audit office")
        PRINTING = "printing", _("Print and sign office")

    party = models.CharField(max_length=2)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=160)
    address = models.CharField(max_length=300, blank=True)
    place = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "kind", "name"], name="authority_once")]

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """A firm, institution or private person that applies for permits: the holder on the form."""

    party = models.CharField(max_length=2)
    name = models.CharField(max_length=160)
    address = models.CharField(max_length=300)
    country = models.CharField(max_length=2)
    private = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "name", "address"], name="organisation_once")]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A person's role in an organisation or authority, while it lasts."""

    party = models.CharField(max_length=2)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=16, choices=Role.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True,
                                     related_name="posts")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, null=True, blank=True, related_name="posts")
    station = models.CharField(max_length=60, blank=True)
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "role", "organisation"], name="post_in_organisation_once",
                                    condition=Q(organisation__isnull=False)),
            models.UniqueConstraint(fields=["person", "role", "authority"], name="post_in_authority_once",
                                    condition=Q(authority__isnull=False)),
            models.CheckConstraint(name="post_in_one_body", condition=(
                Q(role="trader", organisation__isnull=False, authority__isnull=True)
                | ~Q(role="trader") & Q(organisation__isnull=True, authority__isnull=False))),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.role}"
