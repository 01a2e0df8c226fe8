"""How the authority works, as rows that its own people change: dated rules of two people, teams, absence."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL


class Rule(models.Model):
    """One dated entry of the house's rules: proposed by one person, in effect once another has confirmed it.

    An entry is never changed afterwards. The newest confirmed entry of a key that has begun speaks: the next one takes
    its place, one that `ends` takes it out. `until` is the last day of an entry that was made for a time.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Waits for a second person")
        CONFIRMED = "confirmed", _("Confirmed")
        DECLINED = "declined", _("Declined")

    party = models.CharField(max_length=2)
    kind = models.CharField(max_length=16)
    key = models.CharField(max_length=200)
    value = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    ends = models.BooleanField(default=False)
    since = models.DateField()
    until = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    why = models.CharField(max_length=500, blank=True)
    proposed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["party", "kind", "state", "since"], name="rule_in_force"),
                   models.Index(fields=["party", "state"], name="rule_waits")]
        constraints = [
            models.UniqueConstraint(fields=["party", "kind", "key"], condition=Q(state="proposed"),
                                    name="rule_proposed_once"),
            models.CheckConstraint(name="rule_by_two", condition=(
                ~Q(state="confirmed") | ~Q(decided_by=F("proposed_by")))),
            models.CheckConstraint(condition=Q(state="proposed") | Q(decided_by__isnull=False), name="rule_decided"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def subject(self) -> str:
        """The name under which events speak of this entry."""
        return f"house-rule:{self.pk}"


class Team(models.Model):
    """Officers who share a queue. Empty `directions` or `groups` mean all of them.

    `groups` are taxonomic classes or kingdoms as the law names them (Aves, Plantae); `office` is the branch it sits in.
    """

    party = models.CharField(max_length=2)
    name = models.CharField(max_length=80)
    office = models.CharField(max_length=80, blank=True)
    directions = models.JSONField(default=list)
    groups = models.JSONField(default=list)
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "name"], name="team_once")]

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """An officer in a team."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "person"], name="member_once")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.team_id}"


class Absence(models.Model):
    """Somebody is away; `stand_in` works their cases meanwhile, with the stand-in's own rights only."""

    party = models.CharField(max_length=2)
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="absences")
    stand_in = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["party", "since", "until"], name="absence_days")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.since} to {self.until}"
