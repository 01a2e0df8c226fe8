"""A listing, what was read in it, the permits it quotes, and to which others it is tied."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wildgate.apps.market.models.evidence import Capture
from wildgate.apps.market.models.sellers import Seller

PERSON = settings.AUTH_USER_MODEL
APPENDIX = 10


class Listing(models.Model):
    """One offer at one address, as last captured, with the answers of the newest screening beside it for lists.

    `key` tells it from others: a hash of its canonical address, or of its number on its platform. `platform_id` is the
    key of the platform in its register. `screened_at` is empty until a job has read it. `urgency`: 2 = a specimen of
    Appendix I is offered, 1 = it may be one, 0 = no. In `title` and `text` ways to reach people are covered.
    """

    class State(models.TextChoices):
        NEW = "new", _("To be looked at")
        SENT = "sent", _("Sent to intelligence")
        CASE = "case", _("In a case")
        DISMISSED = "dismissed", _("Dismissed")

    class Specimen(models.TextChoices):
        REAL = "real", _("A specimen")
        FOSSIL = "fossil", _("A fossil")
        IMITATION = "imitation", _("An imitation")
        UNCLEAR = "unclear", _("Not clear")
        NONE = "none", _("No specimen")

    party = models.CharField(max_length=2)
    number = models.CharField(max_length=24)
    key = models.CharField(max_length=64)
    url = models.CharField(max_length=1000, blank=True)
    looks_like = models.CharField(max_length=200, blank=True)
    platform_id = models.BigIntegerField(null=True)
    platform = models.CharField(max_length=120, blank=True)
    outside_id = models.CharField(max_length=120, blank=True)
    title = models.CharField(max_length=500)
    text = models.TextField(blank=True)
    price = models.FloatField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    quantity = models.FloatField(null=True)
    location = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=2, blank=True)
    ships_to = models.CharField(max_length=200, blank=True)
    offered_on = models.DateField(null=True)
    language = models.CharField(max_length=3, blank=True)
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, null=True, related_name="listings")
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)
    relisted_as = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="relisted_from")
    captured = models.ForeignKey(Capture, on_delete=models.PROTECT, null=True, related_name="+")
    screened_at = models.DateTimeField(null=True)
    specimen = models.CharField(max_length=10, choices=Specimen.choices, blank=True)
    offered = models.BooleanField(default=False)
    score = models.FloatField(default=0)
    taxon = models.CharField(max_length=200, blank=True)
    rank = models.CharField(max_length=20, blank=True)
    group = models.CharField(max_length=20, blank=True)
    appendix_at = models.CharField(max_length=APPENDIX, blank=True)
    appendix_today = models.CharField(max_length=APPENDIX, blank=True)
    term = models.CharField(max_length=3, blank=True)
    urgency = models.PositiveSmallIntegerField(default=0)
    alerted_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    case = models.CharField(max_length=40, blank=True)
    report = models.CharField(max_length=40, blank=True)
    state_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    state_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "number"], name="market_listing_once"),
                       models.UniqueConstraint(fields=["party", "key"], name="market_listing_key")]
        indexes = [models.Index(fields=["party", "state", "-urgency", "-score", "-id"], name="market_queue"),
                   models.Index(fields=["party", "platform_id", "-last_seen"], name="market_of_platform"),
                   models.Index(fields=["party", "taxon"], name="market_of_taxon"),
                   models.Index(fields=["party", "last_seen"], name="market_seen"),
                   models.Index(fields=["seller", "-last_seen"], name="market_of_seller")]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"listing:{self.number}"


class Screening(models.Model):
    """What was read in one capture, by which version of names and which model. A newer one stands beside the older.

    `answers` holds the three answers apart, each with its reasons and the place of the words they rest on.
    """

    capture = models.ForeignKey(Capture, on_delete=models.PROTECT, related_name="screenings")
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="screenings")
    version = models.CharField(max_length=80)
    model = models.CharField(max_length=64, blank=True)
    by_rules = models.BooleanField(default=True)
    normal = models.TextField(blank=True)
    answers = models.JSONField(default=dict)
    score = models.FloatField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["capture", "version", "model"], name="market_screening_once")]
        indexes = [models.Index(fields=["listing", "-id"], name="market_screening_newest")]

    def __str__(self) -> str:
        return f"{self.listing_id}: {self.score:.2f}"


class PermitCheck(models.Model):
    """A permit number that a listing quotes, and what the registers say of it. Nothing of a holder is ever kept here.

    `why` are the codes of what does not fit. `country` is the Party whose form the number has.
    """

    class Answer(models.TextChoices):
        VALID = "valid", _("Valid and consistent")
        INCONSISTENT = "inconsistent", _("Valid, but does not fit")
        UNKNOWN = "unknown", _("Not in the register")
        UNVERIFIABLE = "unverifiable", _("Cannot be verified here")
        MALFORMED = "malformed", _("Not a number of that Party's form")

    party = models.CharField(max_length=2)
    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="permit_checks")
    number = models.CharField(max_length=40)
    country = models.CharField(max_length=2, blank=True)
    scheme = models.CharField(max_length=40, blank=True)
    answer = models.CharField(max_length=14, choices=Answer.choices)
    why = models.JSONField(default=list)
    clones = models.JSONField(default=list)
    asked_at = models.DateTimeField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["listing", "number"], name="market_check_once")]
        indexes = [models.Index(fields=["party", "number"], name="market_check_number")]

    def __str__(self) -> str:
        return f"{self.number}: {self.answer}"


class ListingImage(models.Model):
    """A picture that came with a listing: SHA-256 of the file, and a hash of what it shows (dHash, 64 bits, hex)."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="images")
    party = models.CharField(max_length=2)
    sha256 = models.CharField(max_length=64)
    looks = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["listing", "sha256"], name="market_image_once")]
        indexes = [models.Index(fields=["party", "sha256"], name="market_image_file")]

    def __str__(self) -> str:
        return self.sha256[:12]


class TextBand(models.Model):
    """A piece of the signature of a listing's text (with p before it: picture): those that share one may be alike."""

    party = models.CharField(max_length=2)
    band = models.CharField(max_length=20)
    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="bands")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "band", "listing"], name="market_band_once")]

    def __str__(self) -> str:
        return self.band


class ListingLink(models.Model):
    """Two listings that are tied, and by what. `strength` is the share of the text or picture that is the same."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Nearly the same text")
        IMAGE = "image", _("The same picture")
        CONTACT = "contact", _("The same way to reach the seller")
        PERMIT = "permit", _("The same permit number")

    party = models.CharField(max_length=2)
    one = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="links_on")
    other = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="links_back")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    strength = models.FloatField(default=1)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["one", "other", "kind"], name="market_link_once"),
                       models.CheckConstraint(condition=Q(one__lt=models.F("other")), name="market_link_ordered")]

    def __str__(self) -> str:
        return f"{self.one_id} and {self.other_id}: {self.kind}"
