"""The officers' queue: its tabs, what narrows and sorts them, and each case as one line with its clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Count, Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from wildgate.apps.accounts.access import OFFICERS, Action, Actor, can
from wildgate.apps.accounts.models import Person
from wildgate.apps.houserules.cover import absent, with_absence
from wildgate.apps.houserules.models import Absence
from wildgate.apps.houserules.selectors import covered_by
from wildgate.apps.houserules.working_days import Calendar
from wildgate.apps.permits import searching, selectors
from wildgate.apps.permits.models import Application, Batch, Permit
from wildgate.convention.lifecycle import CLOSED, CaseState, PermitState
from wildgate.kit.long_lists import MOST_LISTED
from wildgate.kit.sorting import Sorted

S = CaseState
SHORTEST_SEARCH = 2
LONGEST_SEARCH = 80
SOON = 2
"""Working days before the promised day on which the clock turns amber."""
MOST_LOST = 10
RUNNING: Final = tuple(state for state in selectors.OPEN if state not in (S.ASKED, S.APPEALED))
"""The promise of a day runs here: not while the applicant is asked, nor once the case was decided."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of the queue: its cases are in `states`; `own` narrows them to the officer's and those they stand in
    for. `deed` is what can be done to many at once."""

    slug: str
    label: Any
    states: tuple[CaseState, ...]
    own: bool = False
    late: bool = False
    spoils: bool = False
    deed: str = ""

    def q(self, whose: frozenset[int], today: date) -> Q:
        wanted = Q(state__in=[state.value for state in self.states])
        if self.own:
            wanted &= Q(officer_id__in=whose)
        if self.late:
            wanted &= Q(due_on__lt=today)
        if self.spoils:
            wanted &= Q(perishable=True)
        return wanted


TABS: Final = (
    Tab("new", _("New"), (S.SUBMITTED,)),
    Tab("mine", _("Mine"), (S.IN_REVIEW,), own=True, deed=Batch.Deed.APPROVE),
    Tab("review", _("In review"), (S.IN_REVIEW,), deed=Batch.Deed.APPROVE),
    Tab("waiting", _("Waiting for applicant"), (S.ASKED,)),
    Tab("science", _("With Scientific Authority"), (S.WITH_SCIENTIST,)),
    Tab("countersign", _("To countersign"), (S.APPROVED,), deed=Batch.Deed.COUNTERSIGN),
    Tab("issue", _("To issue"), (S.COUNTERSIGNED,), deed=Batch.Deed.ISSUE),
    Tab("appeals", _("Appeals"), (S.APPEALED,)),
    Tab("perishable", _("Goods that spoil"), selectors.OPEN, spoils=True),
    Tab("late", _("Overdue"), RUNNING, late=True),
    Tab("closed", pgettext_lazy("cases", "Closed"), tuple(sorted(CLOSED))),
)
SORTS: Final[Mapping[str, Any]] = {
    "due": _("Promised day"), "age": _("Longest waiting"), "new": _("Newest"), "number": _("Number")}
ORDER: Final[Mapping[str, tuple[Any, ...]]] = {
    "due": (Sorted("due_on").asc(nulls_last=True), Sorted("submitted_at"), "pk"),
    "age": (Sorted("submitted_at"), "pk"), "new": (Sorted("changed_at").desc(), "-pk"), "number": (Sorted("number"),)}
"""Open cases are few and found by their state; then they are sorted."""
CLOSED_ORDER: Final[Mapping[str, tuple[str, ...]]] = {"new": ("-changed_at", "-pk"), "number": ("number",)}
"""Nearly all cases are closed: these are read in the order of an index."""


def tab_of(slug: str) -> Tab:
    """The tab of that name; the first one for any other text."""
    return next((tab for tab in TABS if tab.slug == slug), TABS[0])


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an officer asks the queue for. `mine`: one's own cases and those of people one stands in for."""

    tab: Tab
    text: str = ""
    team: int | None = None
    mine: bool = False
    sort: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Wanted:
        """From an address or a form; what is not known counts as not asked."""
        tab, team, sort = tab_of(given.get("tab", "")), given.get("team", ""), given.get("sort", "")
        sorts = CLOSED_ORDER if tab.slug == "closed" else SORTS
        return cls(tab, given.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH],
                   int(team) if team.isascii() and team.isdigit() and len(team) < 10 else None,
                   given.get("whose") == "mine", sort if sort in sorts else next(iter(sorts)))

    @property
    def sorts(self) -> list[tuple[str, Any]]:
        """The orders to choose from."""
        return [(slug, word) for slug, word in SORTS.items() if self.tab.slug != "closed" or slug in CLOSED_ORDER]


class Queue:
    """The queue as one officer sees it on one day."""

    def __init__(self, actor: Actor, wanted: Wanted, on: date) -> None:
        self.actor, self.wanted, self.on = actor, wanted, on
        self.whose = covered_by(actor.own_id, actor.party, on)
        self._matching = search(actor, wanted.text)
        self.most = searching.MOST_FOUND if len(wanted.text) >= SHORTEST_SEARCH else MOST_LISTED

    def found(self) -> QuerySet[Application]:
        """All cases that the filters leave, in every tab."""
        found = self._matching
        if self.wanted.team is not None:
            found = found.filter(team_id=self.wanted.team)
        return found.filter(officer_id__in=self.whose) if self.wanted.mine else found

    def counts(self) -> dict[str, int]:
        """How many cases each tab holds. Nearly all are closed: of these no more than one above `most` are counted."""
        *tabs, closed = TABS
        waiting = self.found().filter(state__in=[state.value for state in selectors.OPEN])
        told: dict[str, int] = waiting.aggregate(**{
            tab.slug: Count("pk", filter=tab.q(self.whose, self.on)) for tab in tabs})
        over = self.found().filter(closed.q(self.whose, self.on)).order_by().values("pk")
        return told | {closed.slug: over[:self.most + 1].count()}

    def cases(self) -> QuerySet[Application]:
        """The cases of the tab, in the order asked for: else what is overdue first."""
        found = self.found().select_related("organisation", "officer", "team")
        tab, sort = self.wanted.tab, self.wanted.sort
        if tab.slug != "closed":
            return found.filter(tab.q(self.whose, self.on)).order_by(*ORDER[sort])
        return (found.alias(own_state=Sorted("state")).filter(own_state__in=[state.value for state in tab.states])
                .order_by(*CLOSED_ORDER[sort]))


def next_of(actor: Actor, today: date, *, after: str) -> str | None:
    """The number of the case that waits for this officer and is due first; None where none does.

    Those they review, or stand in for; those of others to countersign; those to issue; those that nobody has taken.
    """
    whose = covered_by(actor.own_id, actor.party, today)
    mine = Q(officer_id__in=whose)
    wanted = tab_of("mine").q(whose, today) | tab_of("new").q(whose, today) & (Q(officer=None) | mine)
    if can(actor, Action.COUNTERSIGN).allowed:
        wanted |= tab_of("countersign").q(whose, today) & ~Q(decided_by_id=actor.person_id)
    if can(actor, Action.ISSUE).allowed:
        wanted |= tab_of("issue").q(whose, today)
    return (search(actor, "").filter(wanted).exclude(number=after.replace("\x00", "")).order_by(*ORDER["due"])
            .values_list("number", flat=True).first())


def search(actor: Actor, text: str) -> QuerySet[Application]:
    """Cases that the actor may see and that match `text` by number, firm or taxon (as typed or as accepted)."""
    found = selectors.applications_visible_to(actor).exclude(state=CaseState.DRAFT.value)
    kept = text.strip()[:LONGEST_SEARCH]
    if len(kept) < SHORTEST_SEARCH:
        return found
    return found.filter(searching.cases_matching(actor.party, kept))


@dataclass(frozen=True, slots=True)
class Clock:
    """The promised day of something that waits, and the working days to it: below zero when it has passed.

    `stands`: it waits for somebody else, and the day will be put off by as long as that takes.
    """

    day: date
    days: int
    stands: bool = False

    @property
    def tone(self) -> str:
        if self.stands:
            return "off"
        return "no" if self.days < 0 else "hold" if self.days <= SOON else "ok"

    @property
    def words(self) -> str:
        if self.stands:
            return str(_("clock stands still"))
        if self.days < 0:
            return ngettext("%(days)s working day late", "%(days)s working days late", -self.days) % {
                "days": -self.days}
        if not self.days:
            return str(_("due today"))
        return ngettext("%(days)s working day left", "%(days)s working days left", self.days) % {"days": self.days}


def clock(day: date | None, calendar: Calendar, today: date) -> Clock | None:
    """None where no day was promised. A promised day that is over but for free days is not yet late."""
    if day is None:
        return None
    days = calendar.between(today, day)
    return Clock(day, min(days, -1) if day < today else days)


@dataclass(frozen=True, slots=True)
class Row:
    """A case as one line of the queue. `days` is its age since it was submitted, `goods` its first line: quantity,
    unit and term."""

    case: Application
    taxon: str
    more: int
    appendix: str
    days: int
    goods: Mapping[str, str] = field(default_factory=dict)
    clock: Clock | None = None
    note: str = ""


def row_of(case: Application, at: datetime, calendar: Calendar | None = None) -> Row:
    """The line of one case; with a calendar it has its clock, which stands still while the applicant has to act."""
    lines = (case.ruling or {}).get("lines", [])
    first = lines[0]["accepted"] if lines else ""
    goods: Mapping[str, str] = next(iter((case.trade or {}).get("lines", [])), {})
    strictest = min((line["appendix"] for line in lines if line["appendix"]), key=len, default="")
    shown = calendar is not None and (case.case_state in RUNNING or case.case_state is S.ASKED)
    return Row(case, first, max(0, len(lines) - 1), strictest,
               (at - case.submitted_at).days if case.submitted_at else 0, goods,
               _clock_of(case, at.date(), calendar) if shown and calendar is not None else None)


def _clock_of(case: Application, today: date, calendar: Calendar) -> Clock | None:
    found = clock(case.due_on, calendar, today)
    return replace(found, stands=True) if found and case.case_state is S.ASKED else found


def officers(party: str, on: date) -> list[Person]:
    """Who works on cases here on that day, by name."""
    posts = Q(posts__until=None) | Q(posts__until__gte=on)
    return list(Person.objects.filter(posts, is_active=True, posts__party=party, posts__role__in=OFFICERS)
                .distinct().order_by("name", "pk"))


def officer_choices(party: str, on: date, away: Sequence[Absence] | None = None) -> list[tuple[int, str]]:
    """Keys and names of who can be given a case; of whoever is away, who stands in."""
    return with_absence(names(officers(party, on)), absent(party, on) if away is None else away)


def lost_permits(actor: Actor) -> list[Permit]:
    """Permits reported lost for which nobody has asked for another one yet, the newest report first."""
    return list(selectors.permits_visible_to(actor)
                .filter(status__state=PermitState.LOST.value, replacements=None)
                .select_related("organisation", "status").order_by("-status__changed_at")[:MOST_LOST])


def names(rows: Iterable[Model]) -> list[tuple[int, str]]:
    """Keys and names for a choice."""
    return [(row.pk, str(row)) for row in rows]
