"""Watch lists, graded intelligence, and the traders who earned the trusted lane."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wildgate.apps.risk.models.lanes import Assessment

PERSON = settings.AUTH_USER_MODEL


class WatchEntry(models.Model):
    """A name to look out for, with reason, source and end. Organisations; a natural person only by an investigator.

    It counts once a second person has confirmed it. `plain` is the name as it is compared.
    """

    party = models.CharField(max_length=2)
    name = models.CharField(max_length=160)
    plain = models.CharField(max_length=200)
    country = models.CharField(max_length=2, blank=True)
    natural_person = models.BooleanField(default=False)
    reason = models.CharField(max_length=500)
    source = models.CharField(max_length=200)
    expires_on = models.DateField()
    added_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="watch_four_eyes", condition=(
            Q(confirmed_by__isnull=True) | ~Q(confirmed_by=models.F("added_by"))))]
        indexes = [models.Index(fields=["party", "ended_at", "expires_on"], name="watch_in_force")]

    def __str__(self) -> str:
        return f"watch entry {self.pk}"

    @property
    def subject(self) -> str:
        """The name under which events speak of this entry: never the name itself."""
        return f"watch:{self.pk}"


class Intelligence(models.Model):
    """Something heard, graded by its source (A to E) and by itself (1 to 5), about a taxon, route, term or firm.

    It raises or lowers by so many points, less where the grade is weak, and expires. It is never the only ground.
    """

    class Reliability(models.TextChoices):
        A = "A", _("A: always reliable")
        B = "B", _("B: mostly reliable")
        C = "C", _("C: sometimes reliable")
        D = "D", _("D: unreliable")
        E = "E", _("E: untested")

    class Content(models.IntegerChoices):
        KNOWN = 1, _("1: known directly")
        CORROBORATED = 2, _("2: known indirectly, corroborated")
        UNCORROBORATED = 3, _("3: known indirectly")
        UNKNOWN = 4, _("4: cannot be judged")
        FALSE = 5, _("5: suspected to be false")

    party = models.CharField(max_length=2)
    text = models.CharField(max_length=1000)
    reliability = models.CharField(max_length=1, choices=Reliability.choices)
    content = models.PositiveSmallIntegerField(choices=Content.choices)
    taxon = models.CharField(max_length=200, blank=True)
    term = models.CharField(max_length=3, blank=True)
    departure = models.CharField(max_length=2, blank=True)
    destination = models.CharField(max_length=2, blank=True)
    firm = models.CharField(max_length=160, blank=True)
    plain_firm = models.CharField(max_length=200, blank=True)
    points = models.IntegerField()
    expires_on = models.DateField()
    added_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(points__gte=-100) & Q(points__lte=100) & ~Q(points=0),
                                   name="intelligence_points"),
            models.CheckConstraint(name="intelligence_has_scope", condition=(
                ~Q(taxon="") | ~Q(term="") | ~Q(departure="") | ~Q(destination="") | ~Q(firm=""))),
        ]
        indexes = [models.Index(fields=["party", "ended_at", "expires_on"], name="intelligence_in_force")]

    def __str__(self) -> str:
        return f"intelligence {self.pk} ({self.reliability}{self.content})"

    @property
    def subject(self) -> str:
        """The name under which events speak of this item."""
        return f"intelligence:{self.pk}"


class Trusted(models.Model):
    """A firm in the trusted lane: earned by rule, lost at once on an offence. `figures` are what it was earned by."""

    party = models.CharField(max_length=2)
    trader = models.CharField(max_length=32)
    name = models.CharField(max_length=160)
    since = models.DateTimeField()
    figures = models.JSONField(default=dict)
    lost_at = models.DateTimeField(null=True)
    lost_why = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "trader"], condition=Q(lost_at=None),
                                               name="trusted_once")]
        indexes = [models.Index(fields=["party", "lost_at", "name"], name="trusted_newest")]

    def __str__(self) -> str:
        return f"trusted {self.pk}"

    @property
    def subject(self) -> str:
        """The name under which events speak of this firm's trust."""
        return f"trusted:{self.pk}"


class TrustUsed(models.Model):
    """One consignment that the trusted lane served: every use is kept and counted by month."""

    party = models.CharField(max_length=2)
    trusted = models.ForeignKey(Trusted, on_delete=models.PROTECT, related_name="uses")
    assessment = models.OneToOneField(Assessment, on_delete=models.CASCADE, related_name="trust_used")
    month = models.DateField()
    lowered = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["party", "month"], name="trust_used_month")]

    def __str__(self) -> str:
        return f"{self.trusted_id} on {self.assessment_id}"
