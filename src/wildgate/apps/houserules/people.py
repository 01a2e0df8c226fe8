"""Writes about who works where: teams, their members, and who stands in for somebody who is away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop

from wildgate.apps.accounts.access import OFFICERS, Action, Actor, require
from wildgate.apps.accounts.models import Post, Role
from wildgate.apps.houserules import reading
from wildgate.apps.houserules.models import Absence, Member, Team
from wildgate.convention.fields import Reader
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.vocabulary import Direction
from wildgate.kit import events

LONGEST_ABSENCE = 400
"""Days. Whoever stays away longer leaves the post."""


@dataclass(frozen=True, slots=True)
class TeamFacts:
    """What a team is: empty directions or groups mean all of them."""

    name: str
    office: str
    directions: tuple[str, ...]
    groups: tuple[str, ...]


def read_team(given: Mapping[str, Any]) -> TeamFacts | tuple[Refusal, ...]:
    refusals: list[Refusal] = []
    r = Reader(given, "", refusals)
    name, office = r.text("name", most=80, required=True), r.text("office", most=80) or ""
    known = {each.value for each in Direction}
    directions = reading.many(r, "directions", lambda text: text if text in known else None,
                              gettext_noop("%(text)s is not a direction of trade."))
    groups = reading.groups(r, "groups")
    return tuple(refusals) if refusals else TeamFacts(name or "", office, directions, groups)


def make_team(*, actor: Actor, given: Mapping[str, Any], at: datetime) -> Team | tuple[Refusal, ...]:
    """Make a team. Its name is its own for ever: a closed one is not made again."""
    if refused := require(actor, Action.KEEP_TEAMS):
        return (refused,)
    facts = read_team(given)
    if isinstance(facts, tuple):
        return facts
    with transaction.atomic():
        events.lock_head(actor.party)
        if Team.objects.filter(party=actor.party, name=facts.name).exists():
            return (refuse("team-known", "There is a team %(name)s already.", name=facts.name, field="name"),)
        team = Team.objects.create(party=actor.party, name=facts.name, office=facts.office,
                                   directions=list(facts.directions), groups=list(facts.groups))
        _tell("team-made", team, actor, at, directions=team.directions, groups=team.groups)
    return team


def close_team(*, actor: Actor, team: int, at: datetime) -> Team | Refusal:
    """Close a team: from today no case is given to it. Its name and past cases stay."""
    with transaction.atomic():
        found = _open_team(actor, team)
        if isinstance(found, Refusal):
            return found
        found.closed_on = at.date()
        found.save(update_fields=["closed_on"])
        _tell("team-closed", found, actor, at)
    return found


def add_member(*, actor: Actor, team: int, person: int, at: datetime) -> Team | Refusal:
    """Put an officer into a team; one person may be in several."""
    with transaction.atomic():
        found = _open_team(actor, team)
        if isinstance(found, Refusal):
            return found
        if not _serve(actor.party, [person], at.date(), OFFICERS):
            return refuse("not-an-officer", "Only officers of the Management Authority are in teams.", field="person")
        if Member.objects.filter(team=found, person_id=person).exists():
            return refuse("member-known", "This person is in the team already.", field="person")
        Member.objects.create(team=found, person_id=person)
        _tell("team-joined", found, actor, at, person=person)
    return found


def remove_member(*, actor: Actor, team: int, person: int, at: datetime) -> Team | Refusal:
    """Take somebody out of a team; their cases stay with them until they are handed over."""
    with transaction.atomic():
        found = _open_team(actor, team)
        if isinstance(found, Refusal):
            return found
        if not Member.objects.filter(team=found, person_id=person).delete()[0]:
            return refuse("no-member", "This person is not in the team.", field="person")
        _tell("team-left", found, actor, at, person=person)
    return found


def be_away(*, actor: Actor, person: int, stand_in: int, since: date | None, until: date | None,
            at: datetime) -> Absence | Refusal:
    """Say that somebody is away and who stands in, with rights of their own only. One's own, or an administrator's."""
    absence = Absence(party=actor.party, person_id=person, stand_in_id=stand_in)
    if refused := require(actor, Action.KEEP_ABSENCE, absence):
        return refused
    days = _absence_days(since, until, at.date())
    if isinstance(days, Refusal):
        return days
    if person == stand_in:
        return refuse("own-stand-in", "Nobody stands in for themselves.", field="stand_in")
    serving = (*OFFICERS, Role.SCIENTIST)
    for each, name in ((person, "person"), (stand_in, "stand_in")):
        if not _serve(actor.party, [each], at.date(), serving):
            return refuse("not-serving", "This person works no cases here.", field=name)
    if not any(_serve(actor.party, [person, stand_in], at.date(), same) for same in (OFFICERS, (Role.SCIENTIST,))):
        return refuse("other-work", "Who stands in has only their own rights and could do nothing on these cases: "
                      "choose somebody who does the same work.", field="stand_in")
    with transaction.atomic():
        events.lock_head(actor.party)
        first, last = days
        if Absence.objects.filter(party=actor.party, person_id=person, ended_at=None, since__lte=last,
                                  until__gte=first).exists():
            return refuse("absence-overlaps", "An absence is entered for some of these days already: end it first.",
                          field="since")
        absence.since, absence.until = first, last
        absence.save()
        _away("absence-entered", absence, actor, at)
    return absence


def end_absence(*, actor: Actor, absence: int, at: datetime) -> Absence | Refusal:
    """The person is back, or will not go."""
    with transaction.atomic():
        found = Absence.objects.select_for_update().filter(party=actor.party, pk=absence, ended_at=None).first()
        if found is None:
            return refuse("no-absence", "There is no such absence to end.")
        if refused := require(actor, Action.KEEP_ABSENCE, found):
            return refused
        found.ended_at = at
        found.save(update_fields=["ended_at"])
        _away("absence-ended", found, actor, at)
    return found


def _open_team(actor: Actor, team: int) -> Team | Refusal:
    if refused := require(actor, Action.KEEP_TEAMS):
        return refused
    found = Team.objects.select_for_update().filter(party=actor.party, pk=team, closed_on=None).first()
    return found or refuse("no-such-team", "There is no such open team.", field="team")


def _serve(party: str, people: Sequence[int], on: date, roles: Sequence[Role]) -> bool:
    """Do all of them hold one of these posts on that day?"""
    serving = Post.objects.filter(Q(until=None) | Q(until__gte=on), party=party, person_id__in=people, role__in=roles,
                                  person__is_active=True)
    return serving.values("person_id").distinct().count() == len(set(people))


def _absence_days(since: date | None, until: date | None, today: date) -> tuple[date, date] | Refusal:
    """The first and the last day, if somebody has to stand in on them."""
    if since is None or until is None:
        return refuse("missing", "%(field)s is missing.", field="until" if since else "since")
    if until < since:
        return refuse("dates-crossed", "The last day comes before the first.", field="until")
    if until < today:
        return refuse("absence-past", "These days are over: nobody has to stand in.", field="until")
    if (until - since).days > LONGEST_ABSENCE:
        return refuse("absence-long", "An absence is at most %(most)s days long.", most=LONGEST_ABSENCE, field="until")
    return since, until


def _tell(kind: str, team: Team, actor: Actor, at: datetime, **data: object) -> None:
    events.append(kind, f"team:{team.pk}", party=team.party, actor=actor.label, at=at, data=data)


def _away(kind: str, absence: Absence, actor: Actor, at: datetime) -> None:
    events.append(kind, f"person:{absence.person_id}", party=absence.party, actor=actor.label, at=at, data={
        "absence": absence.pk, "stand_in": absence.stand_in_id, "since": absence.since.isoformat(),
        "until": absence.until.isoformat()})
