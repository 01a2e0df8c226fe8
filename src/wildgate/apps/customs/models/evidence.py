"""What stands beside an endorsement or a paper: corrections, seals, photographs, rejections, missing endorsements."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wildgate.apps.customs.models.endorsements import Endorsement, EndorsementLine, ForeignPermit
from wildgate.convention.permit import plain
from wildgate.kit.fields import QuantityField
from wildgate.kit.uploads.models import Upload

PERSON = settings.AUTH_USER_MODEL


class Correction(models.Model):
    """What really moved of an endorsed line, as customs learned later. The newest one counts; none ever changes."""

    line = models.ForeignKey(EndorsementLine, on_delete=models.PROTECT, related_name="corrections")
    quantity = QuantityField()
    before = QuantityField()
    why = models.CharField(max_length=20)
    reference = models.CharField(max_length=80)
    item = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    actor = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["line", "-id"], name="correction_newest"),
                   models.Index(fields=["at"], name="correction_at")]

    def __str__(self) -> str:
        return f"{plain(self.before)} -> {plain(self.quantity)}"


class Detail(models.Model):
    """The seals of the consignment and the state of the container, as seen when it was endorsed."""

    class Container(models.TextChoices):
        GOOD = "good", _("In order")
        POOR = "poor", _("Poor: too small, dirty or badly aired")
        BROKEN = "broken", _("Broken")

    endorsement = models.OneToOneField(Endorsement, on_delete=models.PROTECT, primary_key=True, related_name="detail")
    seals = models.JSONField(default=list)
    container = models.CharField(max_length=6, choices=Container.choices, blank=True)
    note = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return ", ".join(self.seals)


class SpecimenState(models.Model):
    """Live animals of one endorsed line: whether they are venomous, and how they were."""

    line = models.OneToOneField(EndorsementLine, on_delete=models.PROTECT, primary_key=True, related_name="animals")
    venomous = models.BooleanField(default=False)
    unwell = QuantityField(default=0)

    def __str__(self) -> str:
        return f"{plain(self.unwell)} unwell"


class Rejection(models.Model):
    """A presented paper that customs did not accept: why, on what evidence. Its number is red from that moment on.

    `party` is ours; `country`, `number` and `issued_on` are the paper's. Lifted by the Management Authority, with a
    reason, when the doubt was wrong.
    """

    class Reason(models.TextChoices):
        FORGED = "forged", _("Forged")
        ALTERED = "altered", _("Altered")
        USED = "used-before", _("Used before")
        EXPIRED = "expired", _("Expired")
        OTHER_GOODS = "other-goods", _("Other goods than on the paper")
        NO_AUTHORITY = "no-authority", _("Not issued by a competent authority")
        SOURCE = "false-source", _("False source or origin")
        OTHER = "other", _("Another reason")

    party = models.CharField(max_length=2)
    country = models.CharField(max_length=2)
    number = models.CharField(max_length=40)
    squeezed = models.CharField(max_length=40)
    issued_on = models.DateField(null=True)
    permit = models.ForeignKey("permits.Permit", on_delete=models.PROTECT, null=True, related_name="rejections")
    foreign = models.ForeignKey(ForeignPermit, on_delete=models.PROTECT, null=True, related_name="rejections")
    reason = models.CharField(max_length=16, choices=Reason.choices)
    evidence = models.CharField(max_length=2000)
    port = models.CharField(max_length=60)
    officer = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_why = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(
            name="rejection_lifted_with_reason",
            condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lifted_why="")
            | (Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lifted_why="")))]
        indexes = [models.Index(fields=["party", "squeezed"], name="rejection_number"),
                   models.Index(fields=["party", "-at"], name="rejection_newest")]

    def __str__(self) -> str:
        return f"{self.country} {self.number}"

    @property
    def subject(self) -> str:
        """The paper's own name among events, where it is registered; else the rejection's."""
        if self.permit is not None:
            return str(self.permit.subject)
        return self.foreign.subject if self.foreign is not None else f"foreign:{self.country}/{self.number}/{self.pk}"


class Photo(models.Model):
    """A photograph taken with an endorsement, a rejection, or an endorsement of a phone that only opened a case.

    Its bytes are kept apart, the digest stands here.
    """

    endorsement = models.ForeignKey(Endorsement, on_delete=models.PROTECT, null=True, related_name="photos")
    rejection = models.ForeignKey(Rejection, on_delete=models.PROTECT, null=True, related_name="photos")
    case = models.ForeignKey("customs.DoubleUse", on_delete=models.PROTECT, null=True, related_name="photos")
    upload = models.OneToOneField(Upload, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    added_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(
            name="photo_of_something", condition=Q(endorsement__isnull=False, rejection__isnull=True, case__isnull=True)
            | Q(endorsement__isnull=True, rejection__isnull=False, case__isnull=True)
            | Q(endorsement__isnull=True, rejection__isnull=True, case__isnull=False))]
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.digest[:12]


class MissingEndorsement(models.Model):
    """A foreign paper that came without the exporting customs' endorsement: asked about, not refused (CoP15).

    Open until the exporting authority answered or the officer closes it with what was learned.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Question to the exporting authority")
        CONFIRMED = "confirmed", _("Export confirmed")
        DENIED = "denied", _("Export not confirmed")
        SILENT = "no-answer", _("No answer in time")

    party = models.CharField(max_length=2)
    foreign = models.OneToOneField(ForeignPermit, on_delete=models.PROTECT, related_name="missing")
    country = models.CharField(max_length=2)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    port = models.CharField(max_length=60)
    opened_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    due_on = models.DateField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["party", "state", "due_on"], name="missing_open"),
                   models.Index(fields=["party", "country"], name="missing_by_country")]

    def __str__(self) -> str:
        return f"{self.foreign}: {self.state}"
