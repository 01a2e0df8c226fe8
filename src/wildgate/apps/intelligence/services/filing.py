"""Filing reports: the report, its versions, parts with stricter marks, and what it speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.intelligence.clearance import Facing, Member
from wildgate.apps.intelligence.models import (
    Case,
    Entity,
    Mark,
    Mention,
    Part,
    Relation,
    Report,
    ReportVersion,
)
from wildgate.apps.intelligence.models.reports import LONGEST_TEXT, LONGEST_TITLE, new_number
from wildgate.apps.intelligence.selectors import case as case_of
from wildgate.apps.intelligence.selectors import member_of, owner_for, report
from wildgate.apps.intelligence.selectors.reading import visible_mentions, visible_parts
from wildgate.apps.intelligence.services.marking import NO_COMPARTMENT, NOT_FOUND, fault, mark_for
from wildgate.apps.intelligence.services.pulses import pulse
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.sharing.grading import Grading
from wildgate.sharing.marking import Marking, Tlp, settled

RETENTION: Final = timedelta(days=3 * 365)
"""Kept so long before somebody must look whether it is still needed (house value)."""
NOMINAL: Final = {Entity.Kind.PERSON, Entity.Kind.PHONE, Entity.Kind.EMAIL, Entity.Kind.ACCOUNT, Entity.Kind.ADDRESS}
"""Kinds of entities that tell of identifiable persons, whatever the form says."""
LONGEST_VALUE: Final = 300


@dataclass(frozen=True, slots=True)
class NewEntity:
    """Something that a report speaks of: a kind of `Entity.Kind` and its value."""

    kind: str
    value: str
    nominal: bool = False

    @property
    def tells_of_persons(self) -> bool:
        return self.nominal or self.kind in NOMINAL


@dataclass(frozen=True, slots=True)
class About:
    """What is said of a report beside its words."""

    kind: str = Report.Kind.INFORMATION
    purpose: str = ""
    legal_basis: str = ""
    retain_days: int = RETENTION.days
    tells_withheld: bool = False


def file_report(*, actor: Actor | None, party: str, origin: str, origin_key: str, title: str, text: str,
                grading: Grading | None, marking: Marking, entities: Sequence[NewEntity] = (), case: str = "",
                at: datetime, about: About = About()) -> Report | Refusal:
    """File a report. Without an actor the program does it for another app; an empty owner means the usual one.

    Who files RED is among the named. A report that speaks of persons is marked nominal, whatever the marking says.
    """
    marking = _completed(party, actor, marking, entities, at)
    if refused := _unfit(actor, party, origin, marking, at) or _badly_worded(title, text, entities):
        return refused
    with transaction.atomic():
        within = _case(actor, party, case, at)
        if isinstance(within, Refusal):
            return within
        mark = mark_for(party, marking, at)
        by = actor.own_id if actor is not None else None
        made = Report.objects.create(
            party=party, mark=mark, number=new_number(party, at.year), case=within, kind=about.kind, origin=origin,
            origin_key=origin_key, purpose=about.purpose, legal_basis=about.legal_basis,
            tells_withheld=about.tells_withheld, retain_until=(at + timedelta(days=about.retain_days)).date(),
            filed_by_id=by, filed_at=at, **_graded(grading))
        made.current = ReportVersion.objects.create(party=party, mark=mark, report=made, no=1, title=title.strip(),
                                                    text=text.strip(), by_id=by, at=at)
        made.save(update_fields=["current"])
        mention(made, entities, mark)
        events.append("report-filed", made.subject, party=party, actor=actor.label if actor else events.SYSTEM, at=at,
                      data={"tlp": marking.tlp.word, "kind": about.kind})
        pulse("report-filed", party=party, report=made, at=at)
    return made


def _completed(party: str, actor: Actor | None, marking: Marking, entities: Sequence[NewEntity],
               at: datetime) -> Marking:
    """The marking with its owner, with whoever files among the named, and nominal where persons are spoken of."""
    owner = marking.owner or owner_for(party, actor, at, marking.compartments)
    named = marking.named
    if actor is not None and actor.person_id is not None and (named is not None or marking.tlp == Tlp.RED):
        named = (named or frozenset()) | {actor.person_id}
    nominal = marking.nominal or any(each.tells_of_persons for each in entities)
    return settled(replace(marking, owner=owner, named=named, nominal=nominal))


def _unfit(actor: Actor | None, party: str, origin: str, marking: Marking, at: datetime) -> Refusal | None:
    """Why it may not be filed so: unknown limits, another authority's name, or above what the author may read."""
    if origin not in Report.Origin.values:
        return refuse("report-origin", "Choose where it comes from.", field="origin")
    member = member_of(actor, at) if actor is not None else None
    if member is not None and marking.compartments - member.compartments:
        return NO_COMPARTMENT
    if refused := fault(party, marking):
        return refused
    if actor is None:
        return None
    if refused := require(actor, Action.WORK_INTELLIGENCE, Facing(member, party, marking, "work")):
        return refused
    if origin != Report.Origin.IMPORT and member is not None and marking.owner != member.authority:
        return refuse("report-owner", "You file for your own authority.", field="owner")
    return None


def _badly_worded(title: str, text: str, entities: Sequence[NewEntity]) -> Refusal | None:
    if not title.strip() or len(title) > LONGEST_TITLE:
        return refuse("report-title", "Give it a title of at most %(most)s characters.", most=LONGEST_TITLE,
                      field="title")
    if not text.strip() or len(text) > LONGEST_TEXT:
        return refuse("report-text", "Write what is known, in at most %(most)s characters.", most=LONGEST_TEXT,
                      field="text")
    for place, each in enumerate(entities, 1):
        if each.kind not in Entity.Kind.values:
            return refuse("report-entity", "Entry %(place)s begins with none of the kinds: write such as "
                          "“phone: +49 30 1234”, each on a line of its own.", place=place, field="entities")
        if not each.value.strip() or len(each.value) > LONGEST_VALUE:
            return refuse("report-entity", "Entry %(place)s: write after the colon what it is, in at most %(most)s "
                          "characters.", place=place, most=LONGEST_VALUE, field="entities")
    return None


def _case(actor: Actor | None, party: str, number: str, at: datetime) -> Case | Refusal | None:
    if not number:
        return None
    found = (case_of(actor, number, at) if actor is not None
             else Case.objects.filter(party=party, number=number).first())
    if found is None or found.state != Case.State.OPEN:
        return refuse("report-case", "There is no such open case.", field="case")
    return found


def _graded(grading: Grading | None) -> dict[str, str]:
    if grading is None:
        return {}
    return {"source": grading.source.value, "content": grading.content.value, "handling": grading.handling.value}


def mention(found: Report, entities: Sequence[NewEntity], mark: Mark, part: Part | None = None) -> None:
    """Keep what a report or a part of it speaks of. Inside the caller's transaction."""
    for each in dict.fromkeys(entities):
        row, _new = Entity.objects.get_or_create(party=found.party, kind=each.kind, value=" ".join(each.value.split()),
                                                 defaults={"nominal": each.tells_of_persons})
        Mention.objects.get_or_create(party=found.party, report=found, part=part, entity=row, defaults={"mark": mark})


def working(actor: Actor, number: str, at: datetime) -> tuple[Report, Member] | Refusal:
    """The report under its lock and the member who works on it. Inside the caller's transaction."""
    member = member_of(actor, at)
    found = report(actor, number, at, member)
    if found is None or member is None:
        return NOT_FOUND
    found = Report.objects.select_for_update(of=("self",)).select_related("mark", "current").get(pk=found.pk)
    refused = require(actor, Action.WORK_INTELLIGENCE, Facing(member, found.party, found.mark.value, "work"))
    return refused or (found, member)


def write_version(*, actor: Actor, number: str, title: str, text: str, reason: str, at: datetime,
                  grading: Grading | None = None) -> Report | Refusal:
    """Write the next version of a report, with the mark that holds; the owner's people only. `grading`: a new one."""
    if refused := _badly_worded(title, text, ()):
        return refused
    with transaction.atomic():
        at_work = working(actor, number, at)
        if isinstance(at_work, Refusal):
            return at_work
        found, member = at_work
        if member.authority != str(found.mark.owner_id):
            return refuse("report-of-another", "Only the authority that it comes from writes a version; add a comment.")
        last = found.current.no if found.current is not None else 0
        found.current = ReportVersion.objects.create(
            party=found.party, mark=found.mark, report=found, no=last + 1, title=title.strip(), text=text.strip(),
            reason=" ".join(reason.split())[:500], by_id=actor.own_id, at=at)
        for name, value in _graded(grading).items():
            setattr(found, name, value)
        found.save(update_fields=["current", "source", "content", "handling"])
        events.append("report-changed", found.subject, party=found.party, actor=actor.label, at=at, note=reason,
                      data={"version": last + 1})
        pulse("report-changed", party=found.party, report=found, at=at)
    return found


def add_part(*, actor: Actor, number: str, text: str, marking: Marking, at: datetime,
             entities: Sequence[NewEntity] = (), instead_of: int | None = None) -> Part | Refusal:
    """Add a part with a mark of its own, never wider than the report's; the owner's people only.

    It takes the place of another part when one is named. Readers below its mark are told of neither.
    """
    if refused := _badly_worded("part", text, entities):
        return refused
    with transaction.atomic():
        at_work = working(actor, number, at)
        if isinstance(at_work, Refusal):
            return at_work
        found, member = at_work
        if member.authority != str(found.mark.owner_id):
            return refuse("report-of-another", "Only the authority that it comes from writes a version; add a comment.")
        held = found.mark.value.with_stricter(_completed(found.party, actor, replace(
            marking, owner=str(found.mark.owner_id)), entities, at))
        if held.compartments - member.compartments:
            return NO_COMPARTMENT
        if refused := fault(found.party, held):
            return refused
        if refused := require(actor, Action.WORK_INTELLIGENCE, Facing(member, found.party, held, "work")):
            return refused
        old = visible_parts(actor, found, at, member).filter(pk=instead_of).first() if instead_of else None
        if instead_of and old is None:
            return NOT_FOUND
        mark = mark_for(found.party, held, at)
        made = Part.objects.create(party=found.party, mark=mark, report=found, text=text.strip(), instead_of=old,
                                   by_id=actor.own_id, at=at)
        mention(found, entities, mark, made)
        events.append("report-part-added", found.subject, party=found.party, actor=actor.label, at=at,
                      data={"part": made.pk})
        pulse("report-changed", party=found.party, report=found, at=at, mark=mark)
    return made


def relate(*, actor: Actor, number: str, source: int, target: int, kind: str, at: datetime) -> Relation | Refusal:
    """Say that the report joins two entities that it speaks of; the stricter mark of both mentions holds."""
    with transaction.atomic():
        at_work = working(actor, number, at)
        if isinstance(at_work, Refusal):
            return at_work
        found, member = at_work
        spoken = {each.entity_id: each for each in visible_mentions(actor, at, member).filter(report=found)
                  .select_related("mark")}
        if source not in spoken or target not in spoken or source == target:
            return refuse("relation-ends", "Choose two of the persons or things that the report speaks of.")
        held = spoken[source].mark.value.with_stricter(spoken[target].mark.value)
        made, _new = Relation.objects.get_or_create(
            report=found, source_id=source, target_id=target, kind=kind[:40],
            defaults={"party": found.party, "mark": mark_for(found.party, held, at)})
        events.append("report-related", found.subject, party=found.party, actor=actor.label, at=at, data={})
        pulse("report-changed", party=found.party, report=found, at=at, mark=made.mark)
    return made
