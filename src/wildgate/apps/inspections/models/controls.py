"""An inspection from its plan to its outcome, other agencies' results, and the check matrix with its draws."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from wildgate.apps.inspections.codes import Agency, Behind, Found, Kind, Lane, Outcome
from wildgate.convention.refusal import Refusal

PERSON = settings.AUTH_USER_MODEL


class Inspection(models.Model):
    """One control of one consignment. `reference` names what it is about: a declaration, permit, foreign paper, parcel.

    `turn` is the lane as the order of work. Goods inspected inland stay unaltered until `due_on` or until the result.
    `notified_at` and `arrives_at` are prior notice; `retained` says that another agency's amount differs from ours.
    """

    class State(models.TextChoices):
        PLANNED = "planned"
        RECORDED = "recorded"
        CLOSED = "closed"

    party = models.CharField(max_length=2)
    number = models.CharField(max_length=24)
    behind = models.CharField(max_length=12, choices=Behind.choices)
    reference = models.CharField(max_length=80, blank=True)
    direction = models.CharField(max_length=12, blank=True)
    reasons = models.JSONField(default=list)
    lane = models.CharField(max_length=6, blank=True, choices=Lane.choices)
    turn = models.PositiveSmallIntegerField(default=2)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    post = models.CharField(max_length=40)
    place = models.CharField(max_length=120, blank=True)
    inland = models.BooleanField(default=False)
    appointment = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=60)
    notified_at = models.DateTimeField(null=True)
    arrives_at = models.DateTimeField(null=True)
    notice_hours = models.PositiveSmallIntegerField(default=0)
    due_on = models.DateField(null=True)
    officer = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    planned_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.PLANNED)
    recorded_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, blank=True, choices=Outcome.choices)
    outcome_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    outcome_at = models.DateTimeField(null=True)
    follow_up_on = models.DateField(null=True)
    followed_up_at = models.DateTimeField(null=True)
    retained = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "number"], name="inspection_number_once"),
            models.CheckConstraint(name="inspection_recorded_by_somebody", condition=(
                Q(state="planned", recorded_at__isnull=True, recorded_by__isnull=True)
                | ~Q(state="planned") & Q(recorded_at__isnull=False, recorded_by__isnull=False))),
            models.CheckConstraint(name="inspection_reserved_until", condition=(
                ~Q(outcome="release-reserved") | Q(follow_up_on__isnull=False))),
        ]
        indexes = [
            models.Index(fields=["party", "post", "state", "turn", "appointment"], name="inspection_day_list"),
            models.Index(fields=["party", "behind", "reference"], name="inspection_of"),
            models.Index(fields=["party", "-planned_at"], name="inspection_newest"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """The name under which events speak of this inspection."""
        return f"inspection:{self.number}"

    @property
    def unaltered(self) -> bool:
        """Must the goods stay as they are until somebody has looked at them?"""
        return self.inland and self.state == self.State.PLANNED

    @property
    def late_notice(self) -> bool:
        """Did the prior notice come too late? It is told, never a ground to refuse."""
        if not self.notice_hours or self.arrives_at is None:
            return False
        return self.notified_at is None or _hours(self.notified_at, self.arrives_at) < self.notice_hours


def _hours(since: datetime, until: datetime) -> float:
    return (until - since).total_seconds() / 3600


class InspectionLine(models.Model):
    """One line of the checklist: what is said to be there, what to look at, and what was found."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    item = models.PositiveSmallIntegerField(default=0)
    taxon = models.CharField(max_length=200, blank=True)
    term = models.CharField(max_length=3, blank=True)
    appendix = models.CharField(max_length=3, blank=True)
    quantity = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    unit = models.CharField(max_length=3, blank=True)
    live = models.BooleanField(default=False)
    description = models.CharField(max_length=300, blank=True)
    permits = models.JSONField(default=list)
    marks = models.JSONField(default=list)
    points = models.JSONField(default=list)
    result = models.CharField(max_length=16, blank=True, choices=Found.choices)
    found_taxon = models.CharField(max_length=200, blank=True)
    found_quantity = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    dead = models.PositiveIntegerField(null=True)
    venomous = models.BooleanField(default=False)
    container = models.CharField(max_length=10, blank=True)
    remark = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inspection", "position"], name="inspection_line_once")]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.position} {self.taxon}"

    @property
    def counted_again(self) -> Recount | None:
        """The newest recount; None: the first result holds."""
        return max(self.recounts.all(), key=lambda each: each.pk, default=None)

    @property
    def holds(self) -> str:
        """The result that counts: a recount may find the declared quantity after all, or find that it is not there."""
        again = self.counted_again
        if again is None or self.result not in (Found.IN_ORDER, Found.QUANTITY):
            return self.result
        return Found.IN_ORDER.value if again.quantity == self.quantity else Found.QUANTITY.value


class Recount(models.Model):
    """Our own amount counted again, in the unit of the line: a fact beside the first result, which stays (W7-6).

    `before` is what held until then. The newest one holds; rows are only added, the database sees to it.
    """

    line = models.ForeignKey(InspectionLine, on_delete=models.PROTECT, related_name="recounts")
    quantity = models.DecimalField(max_digits=20, decimal_places=6)
    before = models.DecimalField(max_digits=20, decimal_places=6)
    why = models.CharField(max_length=300)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    unbooked: Refusal | None = None
    """Why the books did not follow: told to whoever counted, right after it was written."""

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity__gte=0), name="recount_quantity")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.before} -> {self.quantity}"


class AgencyRequest(models.Model):
    """Customs ask another agency about one consignment. `question` is what, `due_at` by when, `note` where and how.

    An agency has one open question about an inspection at a time. What it verified are results of their own: answered
    or withdrawn, the row itself changes no more.
    """

    class State(models.TextChoices):
        OPEN = "open"
        ANSWERED = "answered"
        WITHDRAWN = "withdrawn"

    party = models.CharField(max_length=2)
    number = models.CharField(max_length=24)
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="agency_requests")
    agency = models.CharField(max_length=12, choices=Agency.choices)
    question = models.CharField(max_length=500)
    note = models.CharField(max_length=500, blank=True)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    asked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "number"], name="agency_request_number_once"),
            models.UniqueConstraint(fields=["inspection", "agency"], name="agency_request_open_once",
                                    condition=Q(state="open")),
            models.CheckConstraint(name="agency_request_ended_by_somebody", condition=(
                Q(state="open", answered_by=None, answered_at=None, withdrawn_by=None, withdrawn_at=None)
                | Q(state="answered", answered_by__isnull=False, answered_at__isnull=False, withdrawn_by=None,
                    withdrawn_at=None)
                | Q(state="withdrawn", answered_by=None, answered_at=None, withdrawn_by__isnull=False,
                    withdrawn_at__isnull=False))),
        ]
        indexes = [models.Index(fields=["party", "agency", "state", "due_at"], name="agency_request_list")]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """The name under which events speak of this request."""
        return f"agency-request:{self.number}"


class AgencyResult(models.Model):
    """What another agency found on the same consignment, item by item; the newest of an agency holds.

    `request`: the agency wrote it down itself, asked by it; without one customs typed in what they were told.
    """

    party = models.CharField(max_length=2)
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="agency_results")
    agency = models.CharField(max_length=12, choices=Agency.choices)
    position = models.PositiveSmallIntegerField()
    quantity = models.DecimalField(max_digits=20, decimal_places=6)
    unit = models.CharField(max_length=3)
    in_order = models.BooleanField(default=True)
    remark = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    request = models.ForeignKey(AgencyRequest, on_delete=models.PROTECT, null=True, related_name="results")

    class Meta:
        indexes = [models.Index(fields=["inspection", "position", "-at"], name="agency_result_newest")]
        constraints = [models.CheckConstraint(condition=Q(quantity__gte=0), name="agency_quantity")]

    def __str__(self) -> str:
        return f"{self.agency} {self.position}"


class CheckRule(models.Model):
    """One row of the check matrix: for such goods, going that way, so deep a check for such a share.

    An empty `taxon`, `term`, `appendix` or `direction` means any. A row holds from `since`; a later one of the same
    goods and kind takes its place. Share 0 takes the check away.
    """

    party = models.CharField(max_length=2)
    taxon = models.CharField(max_length=200, blank=True)
    term = models.CharField(max_length=3, blank=True)
    appendix = models.CharField(max_length=3, blank=True)
    live = models.BooleanField(null=True)
    direction = models.CharField(max_length=12, blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    share = models.PositiveSmallIntegerField()
    since = models.DateField()
    set_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["party", "since"], name="check_rule_since")]
        constraints = [models.CheckConstraint(condition=Q(share__lte=100), name="check_rule_share")]

    def __str__(self) -> str:
        return f"{self.kind} {self.share} %"


class NoticeRule(models.Model):
    """So many hours before arrival such goods are to be announced at a post; empty: any. 0 takes the rule away."""

    party = models.CharField(max_length=2)
    taxon = models.CharField(max_length=200, blank=True)
    live = models.BooleanField(null=True)
    post = models.CharField(max_length=40, blank=True)
    hours = models.PositiveSmallIntegerField()
    since = models.DateField()
    set_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["party", "since"], name="notice_rule_since")]

    def __str__(self) -> str:
        return f"{self.hours} h"


class CheckSeed(models.Model):
    """The secret of one day's draws. Its SHA-256 stands in the chain before the first draw; it is told afterwards."""

    party = models.CharField(max_length=2)
    day = models.DateField()
    secret = models.CharField(max_length=64)
    commitment = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "day"], name="check_seed_once")]

    def __str__(self) -> str:
        return f"{self.party} {self.day}"


class CheckDraw(models.Model):
    """One draw: which check an item got, by which number, under which row of the matrix."""

    party = models.CharField(max_length=2)
    seed = models.ForeignKey(CheckSeed, on_delete=models.PROTECT, related_name="draws")
    reference = models.CharField(max_length=80)
    item = models.PositiveSmallIntegerField()
    ticket = models.DecimalField(max_digits=8, decimal_places=4)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    share = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "reference", "item"], name="check_draw_once")]
        indexes = [models.Index(fields=["party", "-at"], name="check_draw_newest")]

    def __str__(self) -> str:
        return f"{self.reference} {self.item}: {self.kind}"
