"""What is read about tips: who sees which, the queue, one tip, the box requests, and whether the count comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Case, Count, Q, QuerySet, Sum, Value, When

from wildgate.apps.accounts.access import BORDER, OFFICERS, Action, Actor, can
from wildgate.apps.accounts.models import Person, Role
from wildgate.apps.tips.agreement import kappa
from wildgate.apps.tips.models import Assessment, Attachment, Opening, Tip
from wildgate.apps.tips.models.tip import ENDED, UNASSESSED
from wildgate.kit.models import Series

AGES: Final = (1, 3, 7, 30)
"""Days at which open tips are counted: how old they are."""
QUESTIONS: Final = ("credible", "in_scope", "jurisdiction", "listed_one", "at_risk", "source_grade", "content_grade")


def visible_to(actor: Actor) -> QuerySet[Tip]:
    """The tips that `can(actor, VIEW_TIPS, tip)` allows, and no other."""
    seen = Q(pk=None)
    if actor.has(Role.INVESTIGATOR):
        seen |= Q(about_officials=False)
    if actor.has(Role.AUDITOR) and not actor.has(*OFFICERS, *BORDER):
        seen |= Q(about_officials=True)
    return Tip.objects.filter(seen, party=actor.party)


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter as it stands in the address: `waiting` (not assessed), `working`, `ended`, `second`, or `unread`: the
    teller wrote."""

    state: str = "waiting"

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Asked:
        state = given.get("state", "waiting")
        return cls(state if state in ("", "waiting", "working", "ended", "unread", "second") else "waiting")


WORKING: Final = (Tip.State.GRADED, Tip.State.ASSIGNED, Tip.State.FORWARDED)


def queue(actor: Actor, asked: Asked) -> QuerySet[Tip]:
    """Appendix I and live animals first, then the clock that runs, then what looks least like spam."""
    found = visible_to(actor)
    if asked.state == "waiting":
        found = found.filter(state__in=UNASSESSED)
    elif asked.state == "working":
        found = found.filter(state__in=WORKING)
    elif asked.state == "ended":
        found = found.filter(state__in=ENDED)
    elif asked.state == "unread":
        found = found.filter(unread=True)
    elif asked.state == "second":
        found = for_second(actor, found)
    ended = Case(When(state__in=ENDED, then=Value(1)), default=Value(0))
    order = "-due_at" if asked.state == "ended" else "due_at"
    return (found.select_related("first", "assigned_to").annotate(files=Count("attachments"))
            .order_by(ended, "-urgent", order, "spam", "pk"))


def for_second(actor: Actor, found: QuerySet[Tip]) -> QuerySet[Tip]:
    """Graded tips of the sample that nobody has assessed again, without those that the actor assessed."""
    again = Assessment.objects.filter(party=actor.party, second=True).values("tip")
    own = Assessment.objects.filter(party=actor.party, by_id=actor.person_id).values("tip")
    return found.filter(sampled=True).exclude(state__in=UNASSESSED).exclude(pk__in=again).exclude(pk__in=own)


def counts(actor: Actor) -> dict[str, int]:
    """How many tips stand in each part of the list."""
    rows = {state: (n, unread) for state, n, unread in visible_to(actor).order_by().values_list("state").annotate(
        n=Count("pk"), new=Count("pk", filter=Q(unread=True)))}
    found = {name: sum(rows[state][0] for state in states if state in rows) for name, states in (
        ("waiting", UNASSESSED), ("working", WORKING), ("ended", ENDED))}
    return found | {"unread": sum(unread for _n, unread in rows.values())}


def tip(actor: Actor, number: str) -> Tip | None:
    """One tip, for whoever may see it."""
    return visible_to(actor).select_related("first", "assigned_to", "forwarded_by").filter(number=number).first()


def attachment(actor: Actor, number: str, place: int) -> Attachment | None:
    return Attachment.objects.filter(tip__in=visible_to(actor), tip__number=number, place=place).first()


def folded_with(actor: Actor, one: Tip) -> list[Tip]:
    """The other tips of nearly the same words that the actor may see."""
    first = one.first_id or one.pk
    return list(visible_to(actor).filter(Q(pk=first) | Q(first_id=first)).exclude(pk=one.pk).order_by("pk")[:50])


def workers(party: str, one: Tip, at: datetime) -> list[Person]:
    """Who may be given this tip."""
    from wildgate.apps.accounts.selectors import actor_of
    found = Person.objects.filter(posts__party=party, posts__role__in=[Role.INVESTIGATOR, Role.AUDITOR],
                                  is_active=True).distinct().order_by("name")
    return [person for person in found if can(actor_of(person, at.date()), Action.WORK_TIP, one)]


def openings(actor: Actor) -> QuerySet[Opening]:
    """Requests to open boxes: for the custodian all of the Party but those of tips that they worked on."""
    if not can(actor, Action.OPEN_IDENTITY):
        return Opening.objects.none()
    return (Opening.objects.filter(party=actor.party).exclude(tip__acts__by_id=actor.person_id)
            .select_related("tip", "asked_by", "answered_by").order_by("-state", "-pk"))


@dataclass(frozen=True, slots=True)
class Balance:
    """The count of all tips of a Party, each part from a place of its own.

    `numbered`: numbers that were ever given out. `kept`: rows. `assessed`: first assessments. `open`: tips in a state
    before grading. `ended_badly`: ended without a grade or reason, which the database refuses as well.
    """

    numbered: int
    kept: int
    assessed: int
    open: int
    ended_badly: int = 0

    @property
    def holds(self) -> bool:
        return self.numbered == self.kept == self.assessed + self.open and not self.ended_badly


def balance(party: str) -> Balance:
    """Tips = assessed + open: every tip that was ever taken in is one or the other."""
    tips = Tip.objects.filter(party=party)
    row = tips.aggregate(
        kept=Count("pk"), open=Count("pk", filter=Q(state__in=UNASSESSED)),
        bad=Count("pk", filter=Q(state__in=ENDED) & (Q(reason="") | Q(source_grade="") | Q(content_grade=""))))
    numbered = Series.objects.filter(party=party, name="tip").aggregate(n=Sum("last"))["n"] or 0
    assessed = Assessment.objects.filter(party=party, second=False).count()
    return Balance(numbered, row["kept"], assessed, row["open"], row["bad"])


def ageing(party: str, at: datetime) -> list[tuple[int, int]]:
    """For each age in days: how many open tips are older."""
    found = Tip.objects.filter(party=party, state__in=UNASSESSED).aggregate(**{
        f"over_{days}": Count("pk", filter=Q(received_at__lt=at - timedelta(days=days))) for days in AGES})
    return [(days, found[f"over_{days}"]) for days in AGES]


def late(party: str, at: datetime) -> dict[str, int]:
    """How many first looks and hand-overs are over their time now."""
    return Tip.objects.filter(party=party).aggregate(
        look=Count("pk", filter=Q(looked_at=None, due_at__lt=at)),
        hand_over=Count("pk", filter=Q(state=Tip.State.FORWARDED, handed_over_at=None, hand_over_due_at__lt=at)))


def agreements(party: str) -> list[tuple[str, int, float | None]]:
    """Each question of the assessment, how many tips two people answered, and Cohen's kappa of it."""
    said: dict[int, dict[bool, Any]] = {}
    twice = Assessment.objects.filter(party=party, second=True).values("tip")
    for row in Assessment.objects.filter(party=party, tip__in=twice):
        said.setdefault(row.tip_id, {})[row.second] = row
    both = [pair for pair in said.values() if len(pair) == 2]
    return [(name, len(both), kappa([(getattr(pair[False], name), getattr(pair[True], name)) for pair in both]))
            for name in QUESTIONS]
