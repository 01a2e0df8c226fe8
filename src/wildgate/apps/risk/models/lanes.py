"""What risk control decided: lanes with their reasons, declared items, scores, the results of inspections."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL
KEPT = {"not so: %(meaning)s": "%(meaning)s: no"}
"""Sentences of rows that are older than the wording of today."""
SHIFTS = {"day": _("day"), "night": _("night")}
"""Names of shifts that we propose; others are as the post calls them."""
WORDS = {"yes": _("yes"), "no": _("no"), "unknown": _("unknown"), "consignee": _("consignee"), "route": _("route"),
         "destination": _("destination"), "export": _("export"), "re-export": _("re-export"), "import": _("import"),
         "transit": _("transit")}


class Lane(models.TextChoices):
    """What happens to the goods. The CITES lane stands beside the customs lane: the stricter one is followed."""

    GREEN = "green", _("Green")
    YELLOW = "yellow", _("Yellow")
    RED = "red", _("Red")


class DrawnBy(models.TextChoices):
    """What put a consignment into its lane."""

    RULE = "rule", _("A rule that stops")
    PROFILE = "profile", _("Profiles")
    MODEL = "model", _("The model")
    RANDOM = "random", _("The random share")
    NOTHING = "nothing", _("Nothing")


class Capacity(models.Model):
    """How many boxes a post can open in one shift, and how many papers it can look at; the newest row holds.

    An empty post stands for every post that has no row of its own. Hours are UTC; a shift may pass midnight.
    """

    party = models.CharField(max_length=2)
    post = models.CharField(max_length=60, blank=True)
    shift = models.CharField(max_length=20)
    begins = models.PositiveSmallIntegerField(default=0)
    boxes = models.PositiveSmallIntegerField(default=12)
    papers = models.PositiveSmallIntegerField(default=60)
    closed = models.BooleanField(default=False)
    set_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(begins__lt=24), name="capacity_hour")]
        indexes = [models.Index(fields=["party", "post", "shift", "-set_at"], name="capacity_newest")]

    def __str__(self) -> str:
        return f"{self.post or '*'} {self.shift}: {self.boxes}"

    @property
    def shift_name(self) -> str:
        """The shift in the reader's language, where its name is one of ours."""
        return str(SHIFTS.get(self.shift, self.shift))


class Slot(models.Model):
    """One shift of one day at one post: how many boxes it may open and how many are given away.

    Its row is locked while a lane is given, so posts and programs that ask at the same moment cannot pass the limit;
    the database itself refuses one too many.
    """

    party = models.CharField(max_length=2)
    post = models.CharField(max_length=60, blank=True)
    day = models.DateField()
    shift = models.CharField(max_length=20)
    boxes = models.PositiveSmallIntegerField()
    papers = models.PositiveSmallIntegerField()
    taken = models.PositiveSmallIntegerField(default=0)
    taken_papers = models.PositiveSmallIntegerField(default=0)
    taken_random = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "day", "post", "shift"], name="slot_once"),
            models.CheckConstraint(condition=Q(taken__lte=F("boxes"), taken_papers__lte=F("papers")),
                                   name="slot_within_capacity"),
            models.CheckConstraint(condition=Q(taken_random__lte=F("taken")), name="slot_random_within_taken"),
        ]

    def __str__(self) -> str:
        return f"{self.post} {self.day} {self.shift}: {self.taken} of {self.boxes}"

    @property
    def shift_name(self) -> str:
        """The shift in the reader's language, where its name is one of ours."""
        return str(SHIFTS.get(self.shift, self.shift))

    @property
    def left(self) -> int:
        return self.boxes - self.taken


class Seed(models.Model):
    """The random draw of one day: its commitment stands in the chain before the day, the seed is told afterwards."""

    party = models.CharField(max_length=2)
    day = models.DateField()
    secret = models.CharField(max_length=64)
    commitment = models.CharField(max_length=64)
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    trusted_percent = models.DecimalField(max_digits=5, decimal_places=2)
    committed_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    assessed = models.PositiveIntegerField(default=0)
    drawn = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "day"], name="risk_seed_once")]

    def __str__(self) -> str:
        return f"{self.party} {self.day}"


class Assessment(models.Model):
    """The lane of one version of a consignment, and why.

    `grounds` are catalogue sentences with values, worded when read; the score stands in a row of its own that few may
    see. `ticket`: the random draw fell on it. `sampled`: it belongs to the random sample, whatever else chose it, and
    `chance` is the probability with which it could have been drawn. `otherwise`: the lane that risk
    alone asked for. `takes_box`: it takes one of the shift's boxes.
    `crowded_out`: it should have been opened and no box was left. `without_model`: why a model that should speak did
    not. `imported`: an inspection of the past from a file; it has version 0 and no lane and is never the newest.
    """

    party = models.CharField(max_length=2)
    reference = models.CharField(max_length=70)
    version = models.PositiveIntegerField(default=1)
    newest = models.BooleanField(default=True)
    digest = models.CharField(max_length=64)
    direction = models.CharField(max_length=12, blank=True)
    procedure = models.CharField(max_length=10, blank=True)
    post = models.CharField(max_length=60, blank=True)
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, null=True, related_name="assessments")
    day = models.DateField()
    lodged_at = models.DateTimeField()
    at = models.DateTimeField()
    lane = models.CharField(max_length=6, choices=Lane.choices)
    otherwise = models.CharField(max_length=6, choices=Lane.choices, default=Lane.GREEN)
    drawn_by = models.CharField(max_length=8, choices=DrawnBy.choices)
    ticket = models.BooleanField(default=False)
    sampled = models.BooleanField(default=False)
    chance = models.FloatField(default=0)
    takes_box = models.BooleanField(default=False)
    takes_papers = models.BooleanField(default=False)
    crowded_out = models.BooleanField(default=False)
    points = models.IntegerField(default=0)
    grounds = models.JSONField(default=list)
    without_model = models.CharField(max_length=120, blank=True)
    trusted = models.BooleanField(default=False)
    customs_lane = models.CharField(max_length=6, blank=True, choices=Lane.choices)
    result = models.CharField(max_length=12, blank=True)
    finding = models.BooleanField(null=True)
    result_at = models.DateTimeField(null=True)
    imported = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "reference", "version"], name="assessment_once"),
            models.UniqueConstraint(fields=["party", "reference"], condition=Q(newest=True),
                                    name="assessment_newest_once"),
        ]
        indexes = [
            models.Index(fields=["party", "day", "post", "lane"], name="assessment_desk"),
            models.Index(fields=["party", "day"], condition=Q(sampled=True), name="assessment_sampled"),
            models.Index(fields=["party", "result_at"], name="assessment_result"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.lane}"

    @property
    def subject(self) -> str:
        """The name under which events speak of this assessment."""
        return f"risk:{self.reference}"

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why this lane, one sentence each, in the reader's language."""
        return tuple(worded(each) for each in self.grounds)


class Seen(models.Model):
    """One declared item as risk control keeps it: codes and amounts, parties as keys that nobody can turn back.

    The history facts and the rates are counted over these rows.
    """

    party = models.CharField(max_length=2)
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="items")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    direction = models.CharField(max_length=12, blank=True)
    post = models.CharField(max_length=60, blank=True)
    hs = models.CharField(max_length=12, blank=True)
    taxon = models.CharField(max_length=200, blank=True)
    term = models.CharField(max_length=3, blank=True)
    source = models.CharField(max_length=1, blank=True)
    purpose = models.CharField(max_length=1, blank=True)
    origin = models.CharField(max_length=2, blank=True)
    exporter = models.CharField(max_length=32, blank=True)
    importer = models.CharField(max_length=32, blank=True)
    trader = models.CharField(max_length=32, blank=True)
    address = models.CharField(max_length=32, blank=True)
    code = models.CharField(max_length=6, blank=True)
    lane_key = models.CharField(max_length=32, blank=True)
    permit = models.CharField(max_length=60, blank=True)
    quantity = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    unit = models.CharField(max_length=3, blank=True)
    net_mass = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    value = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    exempt = models.BooleanField(default=False)
    newest = models.BooleanField(default=True)
    outcome = models.CharField(max_length=12, blank=True)
    finding = models.BooleanField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assessment", "number"], name="seen_once")]
        indexes = [
            models.Index(fields=["party", "trader", "at"], name="seen_trader"),
            models.Index(fields=["party", "taxon", "at"], name="seen_taxon"),
            models.Index(fields=["party", "exporter"], condition=~Q(finding=None), name="seen_exporter"),
            models.Index(fields=["party", "importer"], condition=~Q(finding=None), name="seen_importer"),
            models.Index(fields=["party", "code"], condition=~Q(finding=None), name="seen_code"),
            models.Index(fields=["party", "lane_key"], condition=~Q(finding=None), name="seen_lane"),
            models.Index(fields=["party", "permit"], name="seen_permit"),
            models.Index(fields=["party", "address"], condition=Q(finding=True), name="seen_address"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id}/{self.number}"


class Known(models.Model):
    """The facts of an item as they were when it was assessed: codes, amounts and answers, no name and no address.

    A draft profile is tried on them, and a model learns from them.
    """

    seen = models.OneToOneField(Seen, on_delete=models.CASCADE, primary_key=True, related_name="known")
    facts = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"facts of {self.seen_id}"


class Score(models.Model):
    """The model's score of an assessment and its parts. Read only by `selectors.score`, which logs every look."""

    party = models.CharField(max_length=2)
    assessment = models.OneToOneField(Assessment, on_delete=models.CASCADE, related_name="score")
    model = models.ForeignKey("risk.LearntModel", on_delete=models.PROTECT, related_name="+")
    score = models.FloatField()
    parts = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"score of {self.assessment_id}"


class Result(models.Model):
    """What an inspection found on one item. A later result of the same item takes its place; both stay."""

    class Outcome(models.TextChoices):
        CLEAN = "clean", _("As declared")
        PAPERS = "papers", _("Papers wrong")
        QUANTITY = "quantity", _("Quantity differs")
        SPECIES = "species", _("Other species or term")
        UNDECLARED = "undeclared", _("Not declared")
        SEIZED = "seized", _("Seized")
        OTHER = "other", _("Another finding")

    party = models.CharField(max_length=2)
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="results")
    item = models.PositiveIntegerField()
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    finding = models.BooleanField()
    by = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["party", "at"], name="result_newest")]

    def __str__(self) -> str:
        return f"{self.assessment_id}/{self.item} {self.outcome}"


def worded(ground: dict[str, Any]) -> str:
    """A stored sentence in the reader's language. `words` names the values that are words and translated as well."""
    values = dict(ground.get("values", {}))
    for name in ground.get("words", ()):
        if values.get(name):
            values[name] = _in_words(str(values[name])) if name == "value" else gettext(str(values[name]))
    parts = [worded(part) for part in ground.get("parts", ())]
    template = ground["template"]
    return gettext(KEPT.get(template, template)) % {**values, "parts": "; ".join(parts)}


def _in_words(value: str) -> str:
    """A found value: those that are words of ours are translated, codes, names and amounts stay as they are."""
    return ", ".join(str(WORDS.get(each, each)) for each in value.split(", "))
