"""What the auditor searches for, read from an address, and the events that it finds, newest first.

Events are found by time, by actor, by kind or by subject, and each of these ways has an index that also gives the
order. What has none (hours, the kind of thing) looks through a month where no days are given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Q, QuerySet

from wildgate.apps.accounts.models import Organisation, Person
from wildgate.apps.controls.hours import Hours, hours_of
from wildgate.apps.permits.models import Application, Permit
from wildgate.kit.models import Event
from wildgate.kit.sorting import Sorted
from wildgate.site.audit import clock

LONGEST = 80
MOST_PEOPLE, MOST_FIRMS, MOST_CASES = 20, 20, 3000
MONTH = timedelta(days=31)
THINGS = ("application", "permit", "foreign", "quota", "standing", "stock", "person", "organisation", "device",
          "operation", "specimen", "house-rule")
"""Kinds of things that events speak of; a number that is neither a permit's nor a case's is tried with each."""
CODE = re.compile(r"[a-z-]+:[A-Z0-9][A-Za-z0-9/-]{0,60}")
"""What may stand in the event of a search: names of things that are numbers, never what looks like a name."""
FIELDS = ("subject", "actor", "firm", "kind", "since", "until", "low", "high", "out")


@dataclass(frozen=True, slots=True)
class Asked:
    """The question; anything that cannot be read is left out. `low` to `high` are full hours of the own clock."""

    subject: str = ""
    actor: str = ""
    firm: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None
    low: int | None = None
    high: int | None = None
    out: bool = False

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Asked:
        def text(name: str) -> str:
            return str(data.get(name, "")).strip()[:LONGEST]

        low, high = _hour(text("low")), _hour(text("high"))
        if low is None or high is None or low % 24 == high % 24:
            low = high = None
        return cls(text("subject"), text("actor"), text("firm"), text("kind"), _day(text("since")),
                   _day(text("until")), low, high, text("out") == "yes")

    def as_query(self, **more: object) -> str:
        """The search as the query part of an address."""
        given = {name: getattr(self, name) for name in FIELDS} | {"out": "yes" if self.out else "", **more}
        return urlencode({key: value for key, value in given.items() if value not in ("", None, False)})

    @property
    def empty(self) -> bool:
        return self == Asked()

    @property
    def few(self) -> bool:
        """Asked for things that few events speak of: these are found by their subject, then sorted."""
        return bool(self.firm or (self.subject and not self.subject.endswith(":")))

    @property
    def by_clock(self) -> bool:
        """Asked for what no index answers."""
        return self.out or self.low is not None or self.subject.endswith(":")


@dataclass(frozen=True, slots=True)
class Search:
    """The events, what was asked in codes (for the event of the search: no names), and what the page should say.

    `when` is the column of time to order and to cut by.
    """

    events: QuerySet[Event]
    when: str
    codes: dict[str, Any]
    people: tuple[Person, ...] = ()
    firms: tuple[Organisation, ...] = ()
    since: date | None = None
    cut: bool = False


@dataclass(slots=True)
class _Building:
    condition: Q
    codes: dict[str, Any] = field(default_factory=dict)
    people: tuple[Person, ...] = ()
    firms: tuple[Organisation, ...] = ()
    cut: bool = False


def search(party: str, asked: Asked, at: datetime) -> Search:
    """The events that a question finds, reads included."""
    built = _Building(Q(party=party))
    when, what = ("own_at", "own_kind") if asked.few else ("at", "kind")
    since = asked.since or (max(asked.until or at.date(), date.min + MONTH) - MONTH if asked.by_clock else None)
    _subject(party, asked, built)
    _actor(asked, built)
    _firm(party, asked, built)
    if asked.kind:
        built.condition &= Q(**{what: asked.kind})
        built.codes["kind"] = asked.kind
    if since:
        built.condition &= Q(**{f"{when}__gte": _midnight(since)})
        built.codes["since"] = since.isoformat()
    if asked.until:
        if asked.until < date.max:  # after the last day there is none
            built.condition &= Q(**{f"{when}__lt": _midnight(asked.until) + timedelta(days=1)})
        built.codes["until"] = asked.until.isoformat()
    events = Event.objects.all()
    if asked.few or len(built.people) > 1:
        events = events.annotate(own_at=Sorted("at"), own_kind=Sorted("kind"),
                                 own_actor=Sorted("actor") if asked.few else F("actor"))
        when = "own_at"
    events = events.filter(built.condition)
    if asked.out or asked.low is not None:
        events = _by_clock(events, asked, hours_of(party, at), built)
    return Search(events.order_by(f"-{when}", "-seq"), when, built.codes, built.people, built.firms,
                  since if asked.by_clock else None, built.cut)


def _by_clock(events: QuerySet[Event], asked: Asked, hours: Hours, built: _Building) -> QuerySet[Event]:
    minutes = clock.offset(hours.zone, hours.at)
    events = events.annotate(hour=clock.Hour("at", minutes=minutes))
    if asked.low is not None and asked.high is not None:
        built.codes["hours"] = [asked.low, asked.high]
        events = events.filter(clock.between_hours(asked.low % 24, asked.high))
    if asked.out:
        built.codes["out-of-hours"] = True
        events = events.annotate(weekday=clock.Weekday("at", minutes=minutes), day=clock.Day("at", minutes=minutes))
        events = events.filter(clock.out_of_hours(hours))
    return events


def _subject(party: str, asked: Asked, built: _Building) -> None:
    if not asked.subject:
        return
    if asked.subject.endswith(":"):
        built.condition &= Q(subject__startswith=asked.subject)
        built.codes["about"] = asked.subject
        return
    subjects = subjects_of(party, asked.subject)
    built.condition &= Q(subject__in=subjects)
    built.codes["subjects"] = [each for each in subjects[:2] if CODE.fullmatch(each)] or ["not a code"]


def subjects_of(party: str, text: str) -> list[str]:
    """The names under which events speak of what somebody typed: a number, or such a name itself."""
    head, colon, rest = text.partition(":")
    number = (rest if colon else text).partition("/")[0].strip()
    permits = Permit.objects.filter(party=party).select_related("application")
    permit = permits.filter(number=number).first()
    if permit is None:  # the other way round, by the case: two questions, for each has an index
        permit = permits.filter(application__party=party, application__number=number).first()
    if permit is not None and (not colon or (head == "permit" and "/" not in rest)):
        return [permit.subject] if colon else [permit.subject, permit.application.subject]
    return [text] if colon else [f"{thing}:{text}" for thing in THINGS]


def _actor(asked: Asked, built: _Building) -> None:
    if not asked.actor:
        return
    found = Q(name__icontains=asked.actor) | Q(email__iexact=asked.actor)
    head, _colon, key = asked.actor.partition(":")
    if head == "person" and key.isascii() and key.isdigit() and len(key) < 19:
        found = Q(pk=int(key))
    built.people = tuple(Person.objects.filter(found).order_by("name", "pk")[:MOST_PEOPLE])
    labels = [f"person:{person.pk}" for person in built.people] or [asked.actor]
    built.condition &= Q(**{"own_actor__in" if asked.few or len(labels) > 1 else "actor__in": labels})
    built.codes["actors"] = labels if built.people or asked.actor in ("system", "operator") else ["nobody"]


def _firm(party: str, asked: Asked, built: _Building) -> None:
    """What was done with a firm's cases and permits; of a firm with very many the newest."""
    if not asked.firm:
        return
    built.firms = tuple(Organisation.objects.filter(party=party, name__icontains=asked.firm)
                        .order_by("name", "pk")[:MOST_FIRMS])
    keys = [firm.pk for firm in built.firms]
    own = {"own_party": party, "organisation__in": keys}
    cases = Application.objects.alias(own_party=Sorted("party")).filter(**own).order_by("-pk")
    numbers = list(cases.values_list("number", flat=True)[:MOST_CASES + 1])
    built.cut = len(numbers) > MOST_CASES
    permits = Permit.objects.alias(own_party=Sorted("party")).filter(**own).order_by("-pk")
    subjects = [f"application:{number}" for number in numbers[:MOST_CASES]]
    subjects += [f"permit:{number}/{issued.date().isoformat()}"
                 for number, issued in permits.values_list("number", "issued_at")[:MOST_CASES]]
    built.condition &= Q(subject__in=subjects)
    built.codes["firms"] = keys


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place of an event in the order of a search: a page begins after it."""

    at: datetime
    seq: int

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        when, _sign, seq = text.partition("~")
        try:
            at = datetime.fromtimestamp(int(when) / 1_000_000, UTC)
        except (ValueError, OverflowError, OSError):
            return None
        return cls(at, int(seq)) if seq.isascii() and seq.isdigit() and len(seq) < 19 else None

    def __str__(self) -> str:
        return f"{round(self.at.timestamp() * 1_000_000)}~{self.seq}"

    def beyond(self, when: str) -> Q:
        """The first condition bounds the index, the second settles ties."""
        return Q(**{f"{when}__lte": self.at}) & (Q(**{f"{when}__lt": self.at}) | Q(seq__lt=self.seq))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _hour(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 2 and int(text) <= 24 else None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
