"""Reads of the house's rules: what is in force on a day, who works where, who stands in for whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from wildgate.apps.accounts.models import Post, Role
from wildgate.apps.houserules import kinds
from wildgate.apps.houserules.kinds import Holiday, OpinionTime, PartnerForm, Port, Remit, ServiceTime, Tariff, Week
from wildgate.apps.houserules.models import Absence, Rule, Team
from wildgate.apps.houserules.reading import depth
from wildgate.apps.houserules.working_days import SATURDAY_SUNDAY, Calendar, Weekend

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule in force: its row's key, what it is about, since when, and what it says."""

    pk: int
    kind: str
    key: str
    since: date
    until: date | None
    value: Any


@dataclass(frozen=True, slots=True)
class Condition:
    """A sentence of the conditions library, in the language that was asked for."""

    key: str
    text: str


def calendar_of(party: str) -> Calendar:
    """The whole calendar, in one query."""
    rules = list(Rule.objects.filter(party=party, kind__in=(Holiday.KIND, Week.KIND), state=Rule.State.CONFIRMED)
                 .order_by("since", "pk"))
    days = {rule.key: not rule.ends for rule in rules if rule.kind == Holiday.KIND}
    weekends = tuple(Weekend(rule.since, SATURDAY_SUNDAY if rule.ends else frozenset(rule.value["weekend"]),
                             rule.until or date.max) for rule in rules if rule.kind == Week.KIND)
    return Calendar(frozenset(date.fromisoformat(key) for key, free in days.items() if free), weekends)


def spoken(party: str, kind: str) -> list[Rule]:
    """The last confirmed entry of each key, whether it has begun or not."""
    found = Rule.objects.filter(party=party, kind=kind, state=Rule.State.CONFIRMED).order_by("since", "pk")
    return [rule for rule in {rule.key: rule for rule in found}.values() if not rule.ends]


def waiting(party: str) -> list[Rule]:
    """What waits for a second person, the oldest first."""
    return list(Rule.objects.filter(party=party, state=Rule.State.PROPOSED).select_related("proposed_by")
                .order_by("proposed_at", "pk"))


def history(party: str, kind: str) -> QuerySet[Rule]:
    """Every entry of a kind that was decided, the newest first."""
    return (Rule.objects.filter(party=party, kind=kind).exclude(state=Rule.State.PROPOSED)
            .select_related("proposed_by", "decided_by").order_by("-decided_at", "-pk"))


def coming(party: str, kind: str, on: date) -> list[Rule]:
    """Confirmed entries of a kind that begin after that day."""
    return list(Rule.objects.filter(party=party, kind=kind, state=Rule.State.CONFIRMED, since__gt=on)
                .order_by("since", "key", "pk"))


def counts(party: str, on: date) -> dict[str, int]:
    """How many entries of each kind are in force on that day (of holidays: from that day on), in one query."""
    found = (Rule.objects.filter(Q(until=None) | Q(until__gte=on), party=party, state=Rule.State.CONFIRMED)
             .filter(Q(since__lte=on) | Q(kind=Holiday.KIND)).order_by("since", "pk"))
    newest = {(kind, key): ends for kind, key, ends in found.values_list("kind", "key", "ends")}
    return dict(Counter(kind for (kind, _), ends in newest.items() if not ends))


def in_force_rows(party: str, *kind: str, on: date) -> list[Rule]:
    """The rows that hold on that day: of each key the entry that began last, unless it ends the matter."""
    found = (Rule.objects.filter(Q(until=None) | Q(until__gte=on), party=party, kind__in=kind, since__lte=on,
                                 state=Rule.State.CONFIRMED).order_by("since", "pk"))
    newest = {(rule.kind, rule.key): rule for rule in found}
    return [rule for _, rule in sorted(newest.items()) if not rule.ends]


def in_force(party: str, *kind: str, on: date) -> list[Entry]:
    """What holds on that day, by kind and key."""
    return [Entry(rule.pk, rule.kind, rule.key, rule.since, rule.until, kinds.kept(rule.kind, rule.value))
            for rule in in_force_rows(party, *kind, on=on)]


def holding(party: str, proposed: Iterable[Rule], on: date) -> dict[tuple[str, str], Rule]:
    """What holds now in the place of what is proposed, by kind and key; for holidays: what was said of their day."""
    wanted = {rule.kind for rule in proposed}
    found = {(rule.kind, rule.key): rule for rule in in_force_rows(party, *wanted - {Holiday.KIND}, on=on)}
    if Holiday.KIND in wanted:
        found.update({(rule.kind, rule.key): rule for rule in spoken(party, Holiday.KIND)})
    return found


def values(party: str, shape: type[T], *, on: date) -> list[T]:
    """What holds on that day of one kind, as values."""
    return [entry.value for entry in in_force(party, shape.KIND, on=on)]  # type: ignore[attr-defined]


def promised_on(party: str, *, direction: str, groups: Collection[str], perishable: bool, on: date,
                document: str = "") -> date | None:
    """The day by which a case handed in on `on` is to be decided; None where the house promises nothing for it.

    The nearest service time counts: goods that spoil first, then the narrowest group, then direction and document;
    of several as near, the longest.
    """
    found = service_time(values(party, ServiceTime, on=on), direction=direction, groups=groups, perishable=perishable,
                         document=document)
    return calendar_of(party).after(on, found.days) if found else None


def service_time(promised: Iterable[ServiceTime], *, direction: str, groups: Collection[str], perishable: bool,
                 document: str = "") -> ServiceTime | None:
    """The service time that serves a case."""
    fits = [each for each in promised
            if each.direction in ("", direction) and each.document in ("", document)
            and (not each.group or each.group in groups) and (perishable or not each.perishable)]
    return max(fits, default=None, key=lambda each: (
        each.perishable, depth(each.group), bool(each.direction), bool(each.document), each.days, each.key))


DAYS_FOR_AN_OPINION = 10
"""The house's value where no entry says otherwise: no source at hand names a time."""


def opinion_days(party: str, *, groups: Collection[str], perishable: bool, on: date) -> int:
    """Working days that a Scientific Authority has for its opinion; the nearest entry counts."""
    fits = [each for each in values(party, OpinionTime, on=on)
            if (not each.group or each.group in groups) and (perishable or not each.perishable)]
    found = max(fits, default=None, key=lambda each: (each.perishable, depth(each.group), each.days, each.key))
    return found.days if found else DAYS_FOR_AN_OPINION


def team_for(party: str, direction: str, groups: Collection[str], on: date) -> Team | None:
    """The team that takes a case: the one for the narrowest group, then for the direction, then the first by name."""
    teams = Team.objects.filter(Q(closed_on=None) | Q(closed_on__gt=on), party=party).order_by("name", "pk")
    fits = [(team, [group for group in team.groups if group in groups]) for team in teams
            if (not team.directions or direction in team.directions)]
    fits = [(team, near) for team, near in fits if near or not team.groups]
    return min(fits, default=(None, []), key=lambda pair: (
        -max(map(depth, pair[1]), default=0), not pair[0].directions, pair[0].name, pair[0].pk))[0]


def covered_by(person_id: int, party: str, on: date) -> frozenset[int]:
    """The people whose cases this person works on that day: those who are away and named this one, and their own.

    A stand-in who is away hands on to nobody: cover is never inherited.
    """
    away = Absence.objects.filter(party=party, stand_in_id=person_id, since__lte=on, until__gte=on, ended_at=None)
    return frozenset({person_id, *away.values_list("person_id", flat=True)})


def away(party: str, on: date) -> dict[int, int]:
    """Who is away on that day, with the person who stands in."""
    found = Absence.objects.filter(party=party, since__lte=on, until__gte=on, ended_at=None).order_by("pk")
    return dict(found.values_list("person_id", "stand_in_id"))


def remits(party: str, on: date) -> list[Remit]:
    """What each Scientific Authority advises on."""
    return values(party, Remit, on=on)


def remit_for(found: Iterable[Remit], groups: Collection[str], term: str) -> Remit | None:
    """The remit that a line belongs to: the one for the narrowest group, then the one that names its term."""
    fits = [(each, [group for group in each.groups if group in groups]) for each in found
            if not each.terms or term in each.terms]
    fits = [(each, near) for each, near in fits if near or not each.groups]
    return min(fits, default=(None, []), key=lambda pair: (
        -max(map(depth, pair[1]), default=0), not pair[0].terms, pair[0].key))[0]


def conditions_for(party: str, taxa: Collection[str], groups: Collection[str], direction: str, language: str,
                   on: date) -> list[Condition]:
    """The conditions that fit a case, in the reader's language, those made for its taxa first."""
    fits = [each for each in values(party, kinds.Condition, on=on)
            if each.direction in ("", direction) and _about(each, taxa, groups)]
    fits.sort(key=lambda each: (not each.taxa, not each.groups, each.name))
    return [Condition(each.key, kinds.in_language(each.texts, language)) for each in fits]


def _about(condition: kinds.Condition, taxa: Collection[str], groups: Collection[str]) -> bool:
    if not condition.taxa and not condition.groups:
        return True
    return bool(set(condition.taxa) & {*taxa, *groups} or set(condition.groups) & set(groups))


def partner_form(party: str, country: str, on: date) -> str | None:
    """What the partner Party takes: `electronic`, `printed-qr` or `security-paper`; None where nothing was agreed."""
    return next((each.form for each in values(party, PartnerForm, on=on) if each.country == country), None)


def national(party: str, on: date) -> tuple[int, kinds.National] | None:
    """What holds for wildlife permits under national law, with the key of its entry; None: they are not given here."""
    return next(((entry.pk, entry.value) for entry in in_force(party, kinds.National.KIND, on=on)), None)


def text_of(party: str, key: str, language: str, on: date) -> str:
    """A free text of the house in that language, else in English; empty where there is none."""
    found = next((each for each in values(party, kinds.FreeText, on=on) if each.name == key), None)
    return kinds.in_language(found.texts, language) if found else ""


def ports(party: str, on: date) -> list[Port]:
    """The places of entry and exit that the Party designated."""
    return values(party, Port, on=on)


def other_than(place: str, listed: Sequence[Port], *, by_program: bool) -> tuple[str, ...]:
    """The names of the designated places, where that place is none of them; nothing where a Party keeps no list.

    A list in which no place has a code yet was written for people: what a program calls a place is not held against it.
    """
    if any(each.is_called(place) for each in listed) or (by_program and not any(each.codes for each in listed)):
        return ()
    return tuple(each.name for each in listed)


def tariff(party: str, document: str, on: date) -> tuple[int, Tariff] | None:
    """The tariff for a kind of document with the key of its entry: its own, else the one for any."""
    found = {entry.key: entry for entry in in_force(party, Tariff.KIND, on=on)}
    entry = found.get(document) or found.get("any")
    return (entry.pk, entry.value) if entry else None


def absences(party: str, on: date) -> list[Absence]:
    """Who is away on that day or later, the next first."""
    return list(Absence.objects.filter(party=party, until__gte=on, ended_at=None)
                .select_related("person", "stand_in").order_by("since", "pk"))


def serving(party: str, on: date, roles: Collection[Role]) -> list[tuple[int, str]]:
    """The people who hold one of these posts on that day, by name."""
    posts = Post.objects.filter(Q(until=None) | Q(until__gte=on), party=party, role__in=roles, person__is_active=True)
    return list(posts.order_by("person__name", "person_id").values_list("person_id", "person__name").distinct())


def teams(party: str, on: date) -> list[Team]:
    """The open teams with their members, by name."""
    return list(Team.objects.filter(Q(closed_on=None) | Q(closed_on__gt=on), party=party)
                .prefetch_related("members__person").order_by("name", "pk"))
