"""Reports with their versions and parts, what they mention, and the cases that group them."""

from __future__ import annotations

import secrets
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.models import CODE_LETTERS
from wildgate.apps.intelligence.models.marks import Marked
from wildgate.sharing.grading import Credibility, Grading, Handling, Reliability

PERSON = settings.AUTH_USER_MODEL
LONGEST_TITLE: Final = 200
LONGEST_TEXT: Final = 20_000


def new_number(party: str, year: int) -> str:
    """The number of a report. It cannot be guessed or counted up: a gap would tell of what one may not see."""
    return f"{party}-R-{year}-{''.join(secrets.choice(CODE_LETTERS) for _ in range(8))}"


class Case(Marked):
    """Reports of one matter, and the papers that it has to do with."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    number = models.CharField(max_length=20)
    title = models.CharField(max_length=LONGEST_TITLE)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    opened_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "number"], name="intel_case_once")]
        indexes = [models.Index(fields=["party", "state", "-opened_at"], name="intel_case_list")]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"intelligence-case:{self.number}"


class CaseLink(Marked):
    """A paper or a thing of another app that a case has to do with: a key, never a pointer from there back to here."""

    class Kind(models.TextChoices):
        PERMIT = "permit", _("Permit")
        DECLARATION = "declaration", _("Declaration")
        SEIZURE = "seizure", _("Seizure")
        LISTING = "listing", _("Listing")
        TIP = "tip", _("Tip")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="links")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    key = models.CharField(max_length=80)
    made_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "kind", "key"], name="intel_case_link_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Report(Marked):
    """A piece of intelligence with one grading and one mark. Its words stand in versions, of which none changes.

    `origin_key` is where it came from; of a tip only the compartment `sources` opens it. `tells_withheld`: a reader
    who does not get some parts is told that something is left out, never how much.
    """

    class Kind(models.TextChoices):
        INFORMATION = "information", _("Information")
        ASSESSMENT = "assessment", _("Assessment")
        WARNING = "warning", _("Warning")

    class Origin(models.TextChoices):
        TIP = "tip", _("Tip")
        MARKET = "market", _("Market monitoring")
        SEIZURE = "seizure", _("Seizure")
        DECLARATION = "declaration", _("Declaration")
        OWN = "own", _("Own work")
        IMPORT = "import", _("Taken over from another system")

    number = models.CharField(max_length=24)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="reports")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.INFORMATION)
    origin = models.CharField(max_length=12, choices=Origin.choices)
    origin_key = models.CharField(max_length=120, blank=True)
    current = models.ForeignKey("ReportVersion", on_delete=models.PROTECT, null=True, related_name="+")
    source = models.CharField(max_length=1, choices=[(each.value, each.value) for each in Reliability], blank=True)
    content = models.CharField(max_length=1, choices=[(each.value, each.value) for each in Credibility], blank=True)
    handling = models.CharField(max_length=1, choices=[(each.value, each.value) for each in Handling], blank=True)
    tells_withheld = models.BooleanField(default=False)
    purpose = models.CharField(max_length=300, blank=True)
    legal_basis = models.CharField(max_length=300, blank=True)
    retain_until = models.DateField()
    filed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    filed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "number"], name="intel_report_once")]
        indexes = [models.Index(fields=["party", "-filed_at"], name="intel_report_newest"),
                   models.Index(fields=["party", "retain_until"], name="intel_report_retention"),
                   models.Index(fields=["party", "origin", "origin_key"], name="intel_report_origin")]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"intelligence-report:{self.number}"

    @property
    def grading(self) -> Grading | None:
        if not (self.source and self.content):
            return None
        return Grading(Reliability(self.source), Credibility(self.content), Handling(self.handling or "P"))


class ReportVersion(Marked):
    """The words of a report at one time, with the mark of that time. Never changed; another marking is a version."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="versions")
    no = models.PositiveIntegerField()
    title = models.CharField(max_length=LONGEST_TITLE)
    text = models.TextField(max_length=LONGEST_TEXT)
    reason = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "no"], name="intel_report_version_once")]

    def __str__(self) -> str:
        return f"{self.report_id} version {self.no}"


class Part(Marked):
    """A part of a report with a stricter mark of its own. Never changed; another part takes its place."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="parts")
    text = models.TextField(max_length=LONGEST_TEXT)
    instead_of = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"part {self.pk}"


class Sanitised(models.Model):
    """A report that was made of another: asked from the parent only, so that a child never reveals it."""

    parent = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="children")
    child = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.parent_id} > {self.child_id}"


class Entity(models.Model):
    """Somebody or something that reports mention. It is read through its mentions only, never by itself."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        ORGANISATION = "organisation", _("Organisation")
        ACCOUNT = "account", _("Account on a platform")
        PHONE = "phone", _("Telephone number")
        EMAIL = "email", _("E-mail address")
        ADDRESS = "address", _("Address")
        VEHICLE = "vehicle", _("Vehicle")
        VESSEL = "vessel", _("Vessel")
        TAXON = "taxon", _("Taxon")
        PERMIT = "permit", _("Permit")
        DECLARATION = "declaration", _("Declaration")
        SEIZURE = "seizure", _("Seizure")
        LISTING = "listing", _("Listing")
        PLACE = "place", _("Place")

    party = models.CharField(max_length=2)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    value = models.CharField(max_length=300)
    nominal = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "kind", "value"], name="intel_entity_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Mention(Marked):
    """That a report, or one part of it, speaks of an entity."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="mentions")
    part = models.ForeignKey(Part, on_delete=models.PROTECT, null=True, related_name="mentions")
    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="mentions")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "part", "entity"], name="intel_mention_once"),
                       models.UniqueConstraint(fields=["report", "entity"], name="intel_mention_of_report_once",
                                               condition=Q(part=None))]

    def __str__(self) -> str:
        return f"{self.report_id} mentions {self.entity_id}"


class Relation(Marked):
    """That a report joins two entities: `owns`, `sells-to`, `same-as`."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="relations")
    source = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="relations_from")
    target = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="relations_to")
    kind = models.SlugField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "source", "target", "kind"],
                                               name="intel_relation_once")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id}"
