"""Every read of risk control, cut down to what the actor may see. Scores are read here only, and every look is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, Count, Q, QuerySet, When

from wildgate.apps.accounts.access import Action, Actor, can, require
from wildgate.apps.accounts.models import Role
from wildgate.apps.risk.models import (
    Assessment,
    Hit,
    Intelligence,
    Lane,
    LearntModel,
    Profile,
    Score,
    Seed,
    Slot,
    Trusted,
    TrustUsed,
    WatchEntry,
)
from wildgate.convention.refusal import Refusal
from wildgate.kit import events

SCORES_SEEN = "scores-seen"
STATES = (Profile.State.IN_FORCE, Profile.State.WATCH, Profile.State.PROPOSED, Profile.State.DRAFT)


@dataclass(frozen=True, slots=True)
class Post:
    """One shift of a day at one post: its boxes, and how many consignments went into each lane."""

    slot: Slot
    green: int
    yellow: int
    red: int
    stops: int
    random: int

    @property
    def all(self) -> int:
        return self.green + self.yellow + self.red

    @property
    def share(self) -> int:
        return round(100 * self.slot.taken / self.slot.boxes) if self.slot.boxes else 100


def posts(actor: Actor, day: date) -> list[Post]:
    """The posts of a day with their lanes, in two queries."""
    if not can(actor, Action.VIEW_LANES):
        return []
    counted = {row["slot"]: row for row in Assessment.objects.filter(party=actor.party, day=day, newest=True).values(
        "slot").annotate(green=Count("pk", filter=Q(lane=Lane.GREEN)), yellow=Count("pk", filter=Q(lane=Lane.YELLOW)),
                         red=Count("pk", filter=Q(lane=Lane.RED)), stops=Count("pk", filter=Q(drawn_by="rule")),
                         random=Count("pk", filter=Q(drawn_by="random")))}
    slots = Slot.objects.filter(party=actor.party, pk__in=counted).order_by("post", "shift")
    return [Post(slot, *(counted[slot.pk][name] for name in ("green", "yellow", "red", "stops", "random")))
            for slot in slots]


def assessments(actor: Actor, *, day: date | None = None, post: str = "", lane: str = "",
                reference: str = "") -> QuerySet[Assessment]:
    """The newest versions, red before yellow before green, then the newest first."""
    if not can(actor, Action.VIEW_LANES):
        return Assessment.objects.none()
    found = Assessment.objects.filter(party=actor.party, newest=True).select_related("slot")
    if reference:
        return found.filter(reference__startswith=reference[:70]).order_by("-at", "-pk")
    found = found.filter(day=day) if day else found
    found = found.filter(post=post) if post else found
    found = found.filter(lane=lane) if lane in Lane.values else found
    strict = Case(When(lane=Lane.RED, then=0), When(lane=Lane.YELLOW, then=1), default=2)
    return found.order_by(strict, "-points", "-at", "-pk")


def assessment(actor: Actor, reference: str, version: int | None = None) -> Assessment | None:
    """One assessment, its newest version where none is asked for."""
    if not can(actor, Action.VIEW_LANES):
        return None
    found = Assessment.objects.filter(party=actor.party, reference=reference).select_related("slot")
    return (found.filter(version=version) if version else found.filter(newest=True)).first()


def score(*, actor: Actor, reference: str, at: datetime) -> Score | Refusal | None:
    """The score of an assessment. Whoever looks is named in the chain; None where no model spoke."""
    if refused := require(actor, Action.VIEW_SCORES):
        return refused
    with transaction.atomic():
        found = Score.objects.select_related("assessment", "model").filter(
            party=actor.party, assessment__reference=reference, assessment__newest=True).first()
        if found is not None:
            events.append(SCORES_SEEN, found.assessment.subject, party=actor.party, actor=actor.label, at=at,
                          data={"version": found.assessment.version})
    return found


def hits_of(row: Assessment) -> list[Hit]:
    return list(row.hits.select_related("profile").order_by("item", "-points"))


def profiles(actor: Actor, state: str = "") -> QuerySet[Profile]:
    """Profiles by their code, each with how often it spoke, was followed by a result, and was right."""
    if not can(actor, Action.VIEW_PROFILES):
        return Profile.objects.none()
    done = Q(hits__assessment__finding__isnull=False)
    found = Profile.objects.filter(party=actor.party).annotate(
        spoke=Count("hits__assessment", distinct=True), results=Count("hits__assessment", filter=done, distinct=True),
        right=Count("hits__assessment", filter=Q(hits__assessment__finding=True), distinct=True))
    found = found.filter(state=state) if state in Profile.State.values else found.filter(state__in=STATES)
    return found.order_by("code", "-version")


def profile(actor: Actor, key: int) -> Profile | None:
    return profiles_all(actor).filter(pk=key).select_related("written_by", "confirmed_by").first()


def profiles_all(actor: Actor) -> QuerySet[Profile]:
    if not can(actor, Action.VIEW_PROFILES):
        return Profile.objects.none()
    return Profile.objects.filter(party=actor.party)


def versions(row: Profile) -> list[Profile]:
    return list(Profile.objects.filter(party=row.party, code=row.code).select_related("written_by", "confirmed_by")
                .order_by("-version"))


def watch_entries(actor: Actor, on: date, *, ended: bool = False) -> QuerySet[WatchEntry]:
    """The watch list; natural persons are seen by investigators only."""
    if not can(actor, Action.KEEP_WATCH_LISTS):
        return WatchEntry.objects.none()
    over = ~Q(ended_at=None) | Q(expires_on__lt=on)
    found = WatchEntry.objects.filter(over if ended else ~over, party=actor.party)
    if not actor.has(Role.INVESTIGATOR):
        found = found.filter(natural_person=False)
    return found.select_related("added_by", "confirmed_by").order_by("confirmed_at", "name", "pk")


def heard(actor: Actor, on: date, *, ended: bool = False) -> QuerySet[Intelligence]:
    """Intelligence in force, or that which is over."""
    if not can(actor, Action.KEEP_INTELLIGENCE):
        return Intelligence.objects.none()
    over = ~Q(ended_at=None) | Q(expires_on__lt=on)
    return (Intelligence.objects.filter(over if ended else ~over, party=actor.party).select_related("added_by")
            .order_by("expires_on", "pk"))


def seeds(actor: Actor) -> QuerySet[Seed]:
    """The days of the draw; the seed of a day that is not over is nobody's to see."""
    if not can(actor, Action.VIEW_LANES):
        return Seed.objects.none()
    return Seed.objects.filter(party=actor.party).order_by("-day")


def trusted(actor: Actor) -> QuerySet[Trusted]:
    if not can(actor, Action.VIEW_PROFILES):
        return Trusted.objects.none()
    return Trusted.objects.filter(party=actor.party).annotate(n=Count("uses")).order_by("lost_at", "name", "pk")


def trust_by_month(actor: Actor) -> list[Any]:
    """The monthly report: how often the lane was used, how often it helped, what random inspections found there."""
    if not can(actor, Action.VIEW_PROFILES):
        return []
    return list(TrustUsed.objects.filter(party=actor.party).values("month").annotate(
        firms=Count("trusted", distinct=True), uses=Count("pk"), lowered=Count("pk", filter=Q(lowered=True)),
        random=Count("pk", filter=Q(assessment__drawn_by="random")),
        found=Count("pk", filter=Q(assessment__finding=True))).order_by("-month")[:24])


def models(actor: Actor) -> QuerySet[LearntModel]:
    if not can(actor, Action.VIEW_PROFILES):
        return LearntModel.objects.none()
    return (LearntModel.objects.filter(party=actor.party).defer("body").select_related("asked_by", "confirmed_by")
            .order_by("-number"))
