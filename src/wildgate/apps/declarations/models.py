"""What is declared to customs: declarations in their versions, their items, and every message as it came."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

PERSON = settings.AUTH_USER_MODEL


class Answer(models.TextChoices):
    """What a declaration is answered with."""

    ALLOW = "allow", pgettext_lazy("declaration", "Allow")
    CHECK = "check", pgettext_lazy("declaration", "Check")
    HOLD = "hold", pgettext_lazy("declaration", "Hold")


class DeclaredMessage(models.Model):
    """A message byte for byte, with its SHA-256 and what was answered; also one that was refused. Never changed.

    `counts`: the first of its number from this sender; the same number with the same content to the same address is
    answered again, with another content or to another address it is refused. A message that was too large is kept
    without its body. Status 0: many declarations, of which some are not answered yet.
    """

    class Kind(models.TextChoices):
        JSON = "json"
        CSV = "csv"
        XML = "xml"

    party = models.CharField(max_length=2)
    sender = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    program = models.ForeignKey("gateway.Program", on_delete=models.PROTECT, null=True, related_name="+")
    message_id = models.CharField(max_length=64, blank=True)
    counts = models.BooleanField(default=False)
    attempt = models.CharField(max_length=32, blank=True)
    kind = models.CharField(max_length=4, choices=Kind.choices)
    name = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=120, blank=True, db_default="")
    """What the address that it was sent to means: the operation, and the declaration that it names. Empty: not known,
    of messages before this was kept."""
    size = models.BigIntegerField()
    digest = models.CharField(max_length=64, blank=True)
    body = models.BinaryField(null=True)
    received_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(default=0)
    code = models.CharField(max_length=60, blank=True)
    answer = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sender", "message_id"], condition=Q(counts=True),
                                    name="message_counts_once"),
        ]
        indexes = [models.Index(fields=["party", "-received_at"], name="message_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id or self.digest[:12]}"

    @property
    def taken(self) -> bool:
        return not self.code


class AnsweredEntry(models.Model):
    """What one declaration of a message with many was answered, until all of them are: then the message has it."""

    message = models.ForeignKey(DeclaredMessage, on_delete=models.CASCADE, related_name="entries")
    position = models.PositiveIntegerField()
    body = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "position"], name="entry_answered_once")]

    def __str__(self) -> str:
        return f"{self.message_id}[{self.position}]"


class Declaration(models.Model):
    """One declaration as its newest version says it. Found by its reference, which is unique at a Party."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("declaration", "Open")
        WITHDRAWN = "withdrawn", pgettext_lazy("declaration", "Withdrawn")

    party = models.CharField(max_length=2)
    reference = models.CharField(max_length=70)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    answer = models.CharField(max_length=5, choices=Answer.choices, default=Answer.CHECK)
    lane = models.CharField(max_length=6, blank=True)
    sender = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    program = models.ForeignKey("gateway.Program", on_delete=models.PROTECT, null=True, related_name="+")
    direction = models.CharField(max_length=10)
    procedure = models.CharField(max_length=10, blank=True)
    post = models.CharField(max_length=60, blank=True)
    express = models.BooleanField(default=False)
    lodged_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    moves_at = models.DateTimeField(null=True)
    late_by = models.PositiveIntegerField(null=True)
    """Hours by which prior notice was missed; None: in time, or none is asked for."""
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "reference"], name="declaration_once")]
        indexes = [
            models.Index(fields=["party", "-changed_at"], name="declaration_newest"),
            models.Index(fields=["party", "answer", "-changed_at"], name="declaration_answer"),
            models.Index(fields=["party", "post", "-changed_at"], name="declaration_post"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def subject(self) -> str:
        """The name under which events speak of this declaration."""
        return f"declaration:{self.reference}"


class Version(models.Model):
    """One version as it was declared, and what was found and answered. Never changed."""

    declaration = models.ForeignKey(Declaration, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    message = models.ForeignKey(DeclaredMessage, on_delete=models.PROTECT, related_name="versions")
    form = models.JSONField()
    answer = models.CharField(max_length=5, choices=Answer.choices)
    lane = models.CharField(max_length=6, blank=True)
    findings = models.JSONField(default=list)
    late_changes = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["declaration", "number"], name="version_once")]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.declaration} version {self.number}"


class DeclaredItem(models.Model):
    """One item of one version as a row, for search and shares. `newest` belongs to the version that counts.

    `not_cites` is the claim that the goods are not listed; `trader` who declares it: number with customs, else the name
    in capitals; `doubted`: the claim stands against what the item says itself.
    """

    party = models.CharField(max_length=2)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="items")
    number = models.PositiveIntegerField()
    newest = models.BooleanField(default=True)
    at = models.DateTimeField()
    trader = models.CharField(max_length=160, blank=True)
    hs = models.CharField(max_length=6)
    taxon = models.CharField(max_length=200, blank=True)
    term = models.CharField(max_length=3, blank=True)
    claims = models.JSONField(default=list)
    not_cites = models.BooleanField(default=False)
    doubted = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "number"], name="declared_item_once")]
        indexes = [
            models.Index(fields=["party", "trader", "at"], condition=Q(newest=True), name="item_trader"),
            models.Index(fields=["party", "hs", "at"], condition=Q(newest=True), name="item_code"),
        ]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.version} item {self.number}"


class DeclaredPermit(models.Model):
    """A permit as it is named on an item, and the one paper that it was found to be; several or none: left open."""

    class Found(models.TextChoices):
        ONE = "one", _("Found")
        NONE = "none", _("Not found")
        SEVERAL = "several", _("Several fit")

    party = models.CharField(max_length=2)
    item = models.ForeignKey(DeclaredItem, on_delete=models.PROTECT, related_name="permits")
    position = models.PositiveSmallIntegerField()
    said = models.CharField(max_length=60)
    found = models.CharField(max_length=7, choices=Found.choices)
    home = models.ForeignKey("permits.Permit", on_delete=models.PROTECT, null=True, related_name="declared")
    foreign = models.ForeignKey("customs.ForeignPermit", on_delete=models.PROTECT, null=True, related_name="declared")
    candidates = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "position"], name="declared_permit_once")]
        ordering = ["position"]

    def __str__(self) -> str:
        return self.said
