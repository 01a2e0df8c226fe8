"""What was captured: the bytes as they came, under their SHA-256. These rows never change: the database refuses it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL


class Evidence(models.Model):
    """One file or form as it was captured. The bytes lie in the home, read-only, under `sha256`.

    `legal_basis` is the provision under which it was captured, in the words of the person; `archive` is the SHA-256 of
    the web archive (WARC) that Wildgate wrote of it, empty where the file was one itself.
    """

    class How(models.TextChoices):
        FORM = "form", _("Typed in")
        LIST = "list", _("A list of listings")
        PAGE = "page", _("A saved page")
        ARCHIVE = "archive", _("A web archive")

    party = models.CharField(max_length=2)
    number = models.CharField(max_length=24)
    how = models.CharField(max_length=8, choices=How.choices)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    media = models.CharField(max_length=60)
    archive = models.CharField(max_length=64, blank=True)
    authority = models.CharField(max_length=200)
    legal_basis = models.CharField(max_length=300)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    who = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "number"], name="market_evidence_once")]
        indexes = [models.Index(fields=["party", "sha256"], name="market_evidence_file")]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"evidence:{self.number}"


class EvidenceStamp(models.Model):
    """A time stamp (RFC 3161) over the SHA-256 of evidence, as its authority gave it."""

    evidence = models.OneToOneField(Evidence, on_delete=models.PROTECT, primary_key=True, related_name="stamp")
    token = models.BinaryField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.evidence_id} stamped {self.at:%Y-%m-%d}"


class EvidenceRemoved(models.Model):
    """The bytes were removed when their time was over. The digest stays: what was there can still be proved."""

    evidence = models.OneToOneField(Evidence, on_delete=models.PROTECT, primary_key=True, related_name="removed")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.evidence_id} removed"


class Capture(models.Model):
    """A listing as seen at one moment: which listing, in which evidence, at which place of it.

    `digest` is the SHA-256 of title and text as read; the text itself stands with the listing, where it can be erased.
    """

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="captures")
    listing = models.ForeignKey("Listing", on_delete=models.PROTECT, related_name="captures")
    line = models.IntegerField(default=0)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["evidence", "line"], name="market_capture_once")]
        indexes = [models.Index(fields=["listing", "-at"], name="market_capture_of")]

    def __str__(self) -> str:
        return f"{self.evidence_id}/{self.line}"
