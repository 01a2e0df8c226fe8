"""Marks: made of a marking, checked before, and changed: raised by every reader, lowered by the owner's people only."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.accounts.models import Authority, Person
from wildgate.apps.intelligence.clearance import NOT_THE_OWNER, STANDING, Facing, why_not
from wildgate.apps.intelligence.models import Compartment, Mark, Report, ReportVersion, SharingGroup
from wildgate.apps.intelligence.selectors import member_of, members_of, report
from wildgate.apps.intelligence.services.pulses import pulse
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.sharing.marking import Marking, Tlp, settled

TLP: Final = ("FIRST, Traffic Light Protocol 2.0",)
ORIGINATOR: Final = ("House rule: originator control",)
LONGEST: Final = 500
NO_COMPARTMENT: Final = refuse("marking-compartment", "Choose among the compartments that you hold.",
                               field="compartments")
"""The one answer for a compartment that is not there and for one that the member does not hold."""
NOT_FOUND: Final = refuse("not-found", "There is no such page.")
"""The one answer to whoever may not read: the same as to whoever mistyped."""


def fault(party: str, marking: Marking) -> Refusal | None:
    """Why a marking cannot be kept: an owner, compartment, group or person that is not there."""
    held = settled(marking)
    if not (held.owner.isdecimal() and Authority.objects.filter(party=party, pk=int(held.owner)).exists()):
        return refuse("marking-owner", "Choose the authority that it comes from.", field="owner", basis=TLP)
    if held.compartments - STANDING.keys() - _codes(Compartment, party, held.compartments):
        return NO_COMPARTMENT
    if held.groups and held.groups - _codes(SharingGroup, party, held.groups):
        return refuse("marking-group", "Choose among the sharing groups that are in force.", field="groups")
    if held.tlp == Tlp.RED and not held.named:
        return refuse("marking-red", "TLP:RED is for named persons: name at least one.", field="named", basis=TLP)
    if held.named and Person.objects.filter(pk__in=held.named, is_active=True).count() != len(held.named):
        return refuse("marking-named", "Choose persons who have an account.", field="named", basis=TLP)
    return None


def _codes(model: type[Compartment] | type[SharingGroup], party: str, asked: frozenset[str]) -> set[str]:
    return set(model.objects.filter(party=party, code__in=asked, confirmed_at__isnull=False, ended_at=None)
               .values_list("code", flat=True))


def mark_for(party: str, marking: Marking, at: datetime) -> Mark:
    """The row of a marking, settled. Inside the caller's transaction; the standing compartments are made when needed.

    Raises ValueError for a compartment or group that is not there: to leave it out would open a door.
    """
    held = settled(marking)
    made = Mark.objects.create(party=party, tlp=int(held.tlp), owner_id=int(held.owner), nominal=held.nominal,
                               grouped=held.groups is not None, by_name=held.named is not None, barred=held.barred)
    if held.compartments:
        made.compartments.set(_rows(party, held.compartments, at))
    if held.groups:
        found = list(SharingGroup.objects.filter(party=party, code__in=held.groups, confirmed_at__isnull=False))
        if len(found) != len(held.groups):
            raise ValueError("a sharing group of the marking is not there")
        made.groups.set(found)
    if held.named:
        made.named.set(held.named)
    return made


def _rows(party: str, codes: frozenset[str], at: datetime) -> list[Compartment]:
    for code in codes & STANDING.keys():
        stand(party, code, at)
    found = list(Compartment.objects.filter(party=party, code__in=codes, confirmed_at__isnull=False))
    if len(found) != len(codes):
        raise ValueError("a compartment of the marking is not there")
    return found


def stand(party: str, code: str, at: datetime) -> Compartment:
    """One of the standing compartments, made when it is first asked for."""
    found, _new = Compartment.objects.get_or_create(
        party=party, code=code, defaults={"name": STANDING[code], "proposed_at": at, "confirmed_at": at})
    return found


def is_lower(new: Marking, old: Marking) -> bool:
    """Whether somebody who could not read by the old marking could by the new one: it opens in any respect."""
    return settled(old).with_stricter(settled(new)) != settled(new)


def change_marking(*, actor: Actor, number: str, marking: Marking, reason: str, at: datetime) -> Report | Refusal:
    """Let another marking hold for a report; a new version keeps the words, the old one keeps its own mark.

    Whoever may read raises; only a member of the owning authority lowers (originator control). Parts and what was said
    about the report keep their own marks, which are read together with the report's.
    """
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST:
        return refuse("marking-reason", "Say why, in at most %(most)s characters.", most=LONGEST, field="reason")
    with transaction.atomic():
        found = report(actor, number, at)
        if found is None:
            return NOT_FOUND
        found = Report.objects.select_for_update(of=("self",)).select_related("mark", "current").get(pk=found.pk)
        old, new = found.mark.value, settled(replace(marking, owner=str(found.mark.owner_id)))
        if new == old:
            return refuse("marking-same", "It is marked so already.", field="tlp")
        new = replace(new, barred=new.barred or (not new.groups and _stays_barred(actor, old, at)))
        if refused := _unfit(actor, found, old, new, at):
            return refused
        found.mark = mark_for(found.party, new, at)
        kept = found.current
        if kept is None:
            return NOT_FOUND
        found.current = ReportVersion.objects.create(
            party=found.party, mark=found.mark, report=found, no=kept.no + 1, title=kept.title, text=kept.text,
            reason=reason, by_id=actor.own_id, at=at)
        found.save(update_fields=["mark", "current"])
        events.append("report-marked", found.subject, party=found.party, actor=actor.label, at=at, note=reason,
                      data={"from": old.tlp.word, "to": new.tlp.word, "lower": is_lower(new, old)})
        pulse("report-marked", party=found.party, report=found, at=at)
    return found


def _stays_barred(actor: Actor, old: Marking, at: datetime) -> bool:
    """Whether a marking without groups still keeps the report in: it did before, or somebody of another authority takes
    the groups away, which must not open a way that the originator had closed."""
    member = member_of(actor, at)
    return old.barred or (bool(old.groups) and (member is None or member.authority != old.owner))


def _unfit(actor: Actor, found: Report, old: Marking, new: Marking, at: datetime) -> Refusal | None:
    """Why this actor may not let that marking hold."""
    member = member_of(actor, at)
    kind = "lower" if is_lower(new, old) else "work"
    taken_over = found.origin == Report.Origin.IMPORT  # its originator sits in another system
    if kind == "lower" and member is not None and (taken_over or member.authority != old.owner):
        return refuse("originator-control", NOT_THE_OWNER, basis=ORIGINATOR, field="tlp")
    if refused := require(actor, Action.WORK_INTELLIGENCE, Facing(member, found.party, old, kind)):
        return refused
    if member is None or new.compartments - old.compartments - member.compartments:
        return NO_COMPARTMENT
    if refused := fault(found.party, new):
        return refused
    if why_not(member, new) and member.authority == old.owner:
        return refuse("marking-shuts-out", "You could not read it yourself any more: let a colleague who could do it.",
                      field="tlp")
    owners = [each for _actor, each in members_of(found.party, at, authority=int(old.owner))]
    if any(not why_not(each, old) for each in owners) and all(why_not(each, new) for each in owners):
        return refuse("marking-orphans", "Nobody of the authority that it comes from could read it any more.",
                      field="tlp", basis=ORIGINATOR)
    return None
