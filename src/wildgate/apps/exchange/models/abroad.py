"""What is known of permits between two Parties: copies, who took ours, quantities told, differences, legal acts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from wildgate.convention.permit import plain

PERSON = settings.AUTH_USER_MODEL


class ForeignCopy(models.Model):
    """Another Party's permit as its own system gave it; the bytes lie beside the database under their SHA-256.

    `facts` are those of the message in the shape of a record. `state` is what the issuer said last, and since when.
    A newer message of the same permit with other bytes is another copy.
    """

    class How(models.TextChoices):
        ASKED = "asked", _("Asked for")
        SENT = "sent", _("Sent by the authority")

    party = models.CharField(max_length=2)
    issuer = models.CharField(max_length=2)
    number = models.CharField(max_length=60)
    issued_on = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    kind = models.CharField(max_length=40, blank=True)
    version = models.CharField(max_length=4)
    sha256 = models.CharField(max_length=64)
    facts = models.JSONField(default=dict)
    exported = models.JSONField(default=dict)
    state = models.CharField(max_length=20, default="valid")
    state_at = models.DateTimeField()
    signed = models.CharField(max_length=200, blank=True)
    sound = models.BooleanField(default=False)
    partner = models.CharField(max_length=12)
    how = models.CharField(max_length=6, choices=How.choices)
    got_at = models.DateTimeField()
    got_by = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "issuer", "number", "sha256"],
                                               name="exchange_copy_once")]
        indexes = [models.Index(fields=["party", "issuer", "number", "-id"], name="exchange_copy_newest")]

    def __str__(self) -> str:
        return f"{self.issuer} {self.number}"


class Taken(models.Model):
    """A partner that has one of our permits: it asked for it or was sent it, so it hears of every change."""

    party = models.CharField(max_length=2)
    partner = models.CharField(max_length=12)
    permit = models.ForeignKey("permits.Permit", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["permit", "partner"], name="exchange_taken_once")]

    def __str__(self) -> str:
        return f"{self.permit_id} by {self.partner}"


class Reported(models.Model):
    """Quantities that a partner confirmed for a permit, as it wrote them. Never changed: a correction is another row.

    `issuer` is who issued the permit; `positions` are {block: [quantity, unit]} with quantities as text.
    """

    party = models.CharField(max_length=2)
    partner = models.CharField(max_length=12)
    issuer = models.CharField(max_length=2)
    number = models.CharField(max_length=60)
    positions = models.JSONField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "partner", "issuer", "number", "digest"],
                                               name="exchange_reported_once")]

    def __str__(self) -> str:
        return f"{self.partner} on {self.number}"


class Difference(models.Model):
    """A line of which both sides counted another quantity. It stays until an officer closes it, or both agree."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", pgettext_lazy("difference", "Closed")

    party = models.CharField(max_length=2)
    partner = models.CharField(max_length=12)
    issuer = models.CharField(max_length=2)
    number = models.CharField(max_length=60)
    block = models.CharField(max_length=4)
    taxon = models.CharField(max_length=200, blank=True)
    ours = models.DecimalField(max_digits=20, decimal_places=6)
    theirs = models.DecimalField(max_digits=20, decimal_places=6)
    unit = models.CharField(max_length=3)
    opened_at = models.DateTimeField()
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    closed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "partner", "issuer", "number", "block"],
                                               condition=Q(state="open"), name="exchange_difference_once")]
        indexes = [models.Index(fields=["party", "state", "-opened_at"], name="exchange_difference_open")]

    def __str__(self) -> str:
        return f"{self.number} {self.block}: {self.ours} here, {self.theirs} there"

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"difference:{self.pk}"

    @property
    def shown(self) -> tuple[str, str, str]:
        """Here, there, and by how much."""
        return plain(self.ours), plain(self.theirs), plain(abs(self.ours - self.theirs))


class LegalAct(models.Model):
    """Presentation and validation, the two acts that an electronic permit must not skip (Articles III to VI)."""

    class Act(models.TextChoices):
        PRESENTED = "presented", _("Presented")
        VALIDATED = "validated", _("Validated")

    party = models.CharField(max_length=2)
    issuer = models.CharField(max_length=2)
    number = models.CharField(max_length=60)
    act = models.CharField(max_length=10, choices=Act.choices)
    seq = models.BigIntegerField()
    where = models.CharField(max_length=60, blank=True)
    how = models.CharField(max_length=20)
    digest = models.CharField(max_length=64, blank=True)
    quantities = models.JSONField(default=dict)
    who = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "seq", "act"], name="exchange_act_once")]
        indexes = [models.Index(fields=["party", "issuer", "number", "id"], name="exchange_act_of")]

    def __str__(self) -> str:
        return f"{self.number} {self.act}"
