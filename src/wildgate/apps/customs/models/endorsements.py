"""What customs wrote on permits: endorsements, and the foreign papers that were presented."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from wildgate.convention.permit import plain

PERSON = settings.AUTH_USER_MODEL


class ForeignPermit(models.Model):
    """A permit or certificate of another Party as it was presented here, keyed by (country, number, issue date).

    `digest` names the paper in our endorsement: the digest of its seal when it carries one, else SHA-256 over the facts
    registered here. `endorsement_digest` is that of the exporting customs' sealed endorsement, where there is one.
    """

    class State(models.TextChoices):
        REGISTERED = "registered"
        USED = "used"

    party = models.CharField(max_length=2)
    country = models.CharField(max_length=2)
    number = models.CharField(max_length=30)
    issued_on = models.DateField()
    valid_until = models.DateField()
    kind = models.CharField(max_length=40)
    exporter_country = models.CharField(max_length=2)
    importer_country = models.CharField(max_length=2)
    purpose = models.CharField(max_length=1, blank=True)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    digest = models.CharField(max_length=64)
    endorsement_digest = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REGISTERED)
    registered_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "country", "number", "issued_on"], name="foreign_permit_once"),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.number}"

    @property
    def subject(self) -> str:
        """The name under which events speak of this paper."""
        return f"foreign:{self.country}/{self.number}/{self.issued_on.isoformat()}"


class ForeignLine(models.Model):
    """One block of a foreign permit as presented."""

    foreign = models.ForeignKey(ForeignPermit, on_delete=models.PROTECT, related_name="lines")
    block = models.CharField(max_length=4)
    position = models.IntegerField()
    taxon = models.CharField(max_length=200)
    appendix = models.CharField(max_length=3)
    source = models.CharField(max_length=1)
    term = models.CharField(max_length=3)
    quantity = models.DecimalField(max_digits=20, decimal_places=6)
    unit = models.CharField(max_length=3)
    origin = models.CharField(max_length=2)
    origin_permit = models.CharField(max_length=40, blank=True)
    marks = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["foreign", "position"], name="foreign_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="foreign_line_positive"),
        ]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.block} {self.taxon}"

    @property
    def amount(self) -> str:
        """The quantity without trailing zeros."""
        return plain(self.quantity)


class Endorsement(models.Model):
    """Boxes 14 and 15: what moved over the border, where, with which transport document, and which officer saw it.

    At export it stands on a home permit; at import on a foreign permit, on a home import permit, or on both at once.
    A permit is used once (US 23.26(c)(18)): the constraints hold that even where the services do not. A certificate for
    several crossings (Art. VII.7, Res. Conf. 16.8) collects one endorsement a crossing, counted by `turn` from 1;
    whether it was a way out or in is the stage. Every other permit has turn 1 and no more.
    """

    class Stage(models.TextChoices):
        EXPORT = "export"
        IMPORT = "import"

    party = models.CharField(max_length=2)
    permit = models.ForeignKey("permits.Permit", on_delete=models.PROTECT, null=True, related_name="endorsements")
    foreign = models.ForeignKey(ForeignPermit, on_delete=models.PROTECT, null=True, related_name="endorsements")
    stage = models.CharField(max_length=6, choices=Stage.choices)
    port = models.CharField(max_length=60)
    transport_document = models.CharField(max_length=48)
    packages = models.PositiveIntegerField(null=True)
    at = models.DateTimeField()
    officer = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    token = models.TextField()
    digest = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True)
    turn = models.PositiveSmallIntegerField(default=1)
    key = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["permit", "turn"], condition=Q(permit__isnull=False), name="permit_used_once"
            ),
            models.CheckConstraint(condition=Q(turn=1) | Q(turn__gt=1, foreign__isnull=True), name="endorsement_turn"),
            models.UniqueConstraint(
                fields=["foreign"], condition=Q(foreign__isnull=False), name="foreign_permit_used_once"
            ),
            models.UniqueConstraint(fields=["party", "key"], condition=~Q(key=""), name="endorsement_key_once"),
            models.CheckConstraint(
                name="endorsement_of_a_permit",
                condition=(
                    Q(stage="export", permit__isnull=False, foreign__isnull=True)
                    | Q(stage="import") & (Q(permit__isnull=False) | Q(foreign__isnull=False))
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["party", "stage", "at"], name="endorsement_year"),
            models.Index(fields=["party", "port", "-at"], name="endorsement_station"),
        ]

    def __str__(self) -> str:
        return f"{self.stage} of {self.permit or self.foreign}"

    @property
    def seal(self) -> bytes:
        """The sealed endorsement: what its label carries."""
        return bytes.fromhex(self.token)


class EndorsementLine(models.Model):
    """How much of one line moved; zero is an answer. At import `dead_on_arrival` counts live specimens that died."""

    endorsement = models.ForeignKey(Endorsement, on_delete=models.PROTECT, related_name="lines")
    permit_line = models.ForeignKey("permits.PermitLine", on_delete=models.PROTECT, null=True, related_name="endorsed")
    foreign_line = models.ForeignKey(ForeignLine, on_delete=models.PROTECT, null=True, related_name="endorsed")
    quantity = models.DecimalField(max_digits=20, decimal_places=6)
    dead_on_arrival = models.DecimalField(max_digits=20, decimal_places=6, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=0), name="endorsed_not_negative"),
            models.CheckConstraint(
                condition=Q(permit_line__isnull=False) | Q(foreign_line__isnull=False), name="endorsed_some_line"
            ),
            models.UniqueConstraint(fields=["endorsement", "permit_line", "foreign_line"], name="endorsed_line_once"),
        ]

    def __str__(self) -> str:
        return f"{plain(self.quantity)} of {self.permit_line or self.foreign_line}"

    @property
    def amount(self) -> str:
        """The quantity without trailing zeros."""
        return plain(self.quantity)
