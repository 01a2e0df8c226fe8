"""Monitoring campaigns: a fixed protocol, the searches by it, the empty ones too, and pairs who searched apart."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from wildgate.screening.trends import Coverage as Covered

PERSON = settings.AUTH_USER_MODEL


class Campaign(models.Model):
    """One question with the protocol that shall answer it. What is looked at stands in its coverages."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        RUNNING = "running", _("Running")
        CLOSED = "closed", pgettext_lazy("campaign", "Closed")

    party = models.CharField(max_length=2)
    number = models.CharField(max_length=24)
    title = models.CharField(max_length=160)
    question = models.CharField(max_length=500)
    first_day = models.DateField()
    last_day = models.DateField()
    minutes = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    state = models.CharField(max_length=7, choices=State.choices, default=State.PLANNED)
    made_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "number"], name="campaign_once"),
            models.CheckConstraint(condition=Q(first_day__lte=F("last_day")), name="campaign_days"),
            models.CheckConstraint(condition=Q(state="planned") | Q(begun_at__isnull=False), name="campaign_begun")]
        indexes = [models.Index(fields=["party", "state", "-id"], name="campaigns_list")]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"campaign:{self.number}"


class Coverage(models.Model):
    """What is looked at and how it is counted, from a time on. Once frozen it never changes: the next version does.

    `platforms` are keys of the register, `searchers` codes that the campaign gives them, never names.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="coverages")
    version = models.PositiveIntegerField()
    platforms = models.JSONField(default=list)
    terms = models.JSONField(default=list)
    species = models.JSONField(default=list)
    languages = models.JSONField(default=list)
    searchers = models.JSONField(default=list)
    counting = models.CharField(max_length=500)
    reason = models.CharField(max_length=500, blank=True)
    holds_from = models.DateTimeField(null=True)
    frozen_at = models.DateTimeField(null=True)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "version"], name="campaign_coverage_once")]

    def __str__(self) -> str:
        return f"{self.campaign_id} v{self.version}"

    def covered(self) -> Covered:
        """The same for the engine of trends: equal where all of it is equal, whatever its order."""
        def each(values: list[str]) -> tuple[str, ...]:
            return tuple(sorted(values))
        return Covered(each(self.platforms), each(self.species), each(self.terms), each(self.languages),
                       each(self.searchers), self.counting)


class Search(models.Model):
    """One search by the protocol, with its result, which is often nothing. Append-only: a wrong one is struck out.

    `seen` are adverts looked at, `matching` those that offer what the campaign counts; of them `permit_yes` mention a
    permit. `value` is their whole asking price in US dollars where prices were given.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="searches")
    party = models.CharField(max_length=2)
    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="searches")
    started_at = models.DateTimeField()
    minutes = models.DecimalField(max_digits=6, decimal_places=1)
    platform = models.CharField(max_length=60)
    term = models.CharField(max_length=120)
    language = models.CharField(max_length=3, blank=True)
    searcher = models.CharField(max_length=20)
    seen = models.PositiveIntegerField()
    matching = models.PositiveIntegerField()
    specimens = models.PositiveIntegerField(null=True)
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    permit_yes = models.PositiveIntegerField(null=True)
    listings = models.JSONField(default=list)
    from_file = models.BooleanField(default=False)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "started_at", "platform", "term", "searcher"],
                                    name="campaign_search_once"),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="campaign_search_minutes"),
            models.CheckConstraint(condition=Q(matching__lte=F("seen")), name="campaign_search_matching"),
            models.CheckConstraint(condition=Q(permit_yes=None) | Q(permit_yes__lte=F("matching")),
                                   name="campaign_search_permits")]
        indexes = [models.Index(fields=["campaign", "started_at"], name="campaign_searches"),
                   models.Index(fields=["party", "platform", "started_at"], name="campaign_searches_on")]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.platform} {self.started_at:%Y-%m-%d}"


class Struck(models.Model):
    """A search that does not count, with the reason. It stays in the list."""

    search = models.OneToOneField(Search, on_delete=models.PROTECT, primary_key=True, related_name="struck")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.search_id} struck out"


class Pair(models.Model):
    """Two people who searched the same at the same time, apart: how many each found and how many both."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="pairs")
    platform = models.CharField(max_length=60)
    term = models.CharField(max_length=120)
    searched_on = models.DateField()
    first_searcher = models.CharField(max_length=20)
    second_searcher = models.CharField(max_length=20)
    first = models.PositiveIntegerField()
    second = models.PositiveIntegerField()
    both = models.PositiveIntegerField()
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(both__lte=F("first")) & Q(both__lte=F("second")),
                                   name="campaign_pair_both"),
            models.CheckConstraint(condition=~Q(first_searcher=F("second_searcher")), name="campaign_pair_two")]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.platform} {self.searched_on}"
