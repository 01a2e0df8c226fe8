"""Alerts: the fast lane. The alert, its pulse and the order to tell people are one transaction (Dec. 16.62)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.intelligence.clearance import Facing
from wildgate.apps.intelligence.models import Alert
from wildgate.apps.intelligence.selectors import JOINED, facing, keys_of, member_of, owner_for, visible_alerts
from wildgate.apps.intelligence.services.marking import NO_COMPARTMENT, NOT_FOUND, fault, mark_for
from wildgate.apps.intelligence.services.pulses import pulse as pulse
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events, jobs
from wildgate.sharing.marking import Marking, settled

APPENDICES: Final = ("", "I", "II", "III")
LONGEST_TITLE: Final = 200
TOGETHER: Final = timedelta(days=1)


def raise_alert(*, actor: Actor | None, party: str, kind: str, appendix: str, title: str, subject_kind: str,
                subject_key: str, marking: Marking, at: datetime) -> Alert:
    """Raise an alert for another app or for a member who was asked before (`warn`). An empty owner: the usual one."""
    held = settled(replace(marking, owner=marking.owner or owner_for(party, actor, at, marking.compartments)))
    with transaction.atomic():
        made = Alert.objects.create(
            party=party, mark=mark_for(party, held, at), kind=kind, appendix=appendix, title=title[:LONGEST_TITLE],
            subject_kind=subject_kind, subject_key=subject_key, raised_at=at,
            raised_by_id=actor.person_id if actor is not None else None)
        events.append("intelligence-alert", made.subject, party=party, at=at,
                      actor=actor.label if actor is not None else events.SYSTEM,
                      data={"appendix": appendix, "tlp": held.tlp.word})
        pulse("alert-raised", party=party, alert=made, at=at)
        jobs.enqueue("intelligence.tell_of_alert", str(made.pk), party=party, at=at, alert=made.pk)
    return made


def count_into(*, party: str, kind: str, title: str, subject_key: str, at: datetime) -> Alert | None:
    """Count one more of the same into an alert of the last day that nobody has seen; its title then says how many.

    None: there is none, and the caller raises one in the same transaction: the chain's end is held until then, so that
    two who find none at the same moment do not both raise. People were told when it was raised; an event names each
    that joins.
    """
    with transaction.atomic():
        events.lock_head(party)
        found = (Alert.objects.select_for_update(of=("self",)).select_related("mark").order_by("-pk")
                 .filter(Q(title=title) | Q(title__startswith=f"{title} ("), party=party, kind=kind, seen_at=None,
                         closed_at=None, raised_at__gt=at - TOGETHER).first())
        if found is None:
            return None
        events.append(JOINED, found.subject, party=party, actor=events.SYSTEM, at=at, data={"key": subject_key})
        many = f" ({len(keys_of(found))})"
        found.title = title[:LONGEST_TITLE - len(many)] + many
        found.save(update_fields=["title"])
        pulse("alert-changed", party=party, alert=found, at=at)
    return found


def warn(*, actor: Actor, appendix: str, title: str, subject_kind: str, subject_key: str, marking: Marking,
         at: datetime) -> Alert | Refusal:
    """A member raises an alert by hand."""
    member = member_of(actor, at)
    held = settled(replace(marking, owner=member.authority if member is not None else ""))
    if member is not None and held.compartments - member.compartments:
        return NO_COMPARTMENT
    if refused := require(actor, Action.WORK_INTELLIGENCE, Facing(member, actor.party, held, "work")):
        return refused
    if refused := fault(actor.party, held):
        return refused
    if not title.strip() or len(title) > LONGEST_TITLE:
        return refuse("report-title", "Give it a title of at most %(most)s characters.", most=LONGEST_TITLE,
                      field="title")
    if appendix not in APPENDICES:
        return refuse("alert-appendix", "Choose the Appendix.", field="appendix")
    return raise_alert(actor=actor, party=actor.party, kind="warning", appendix=appendix, title=title.strip(),
                       subject_kind=subject_kind, subject_key=subject_key, marking=held, at=at)


def see_alert(*, actor: Actor, alert: int, at: datetime) -> Alert | Refusal:
    """Say that it was seen and is being worked on; the first who says so counts."""
    return _step(actor, alert, at, close=False)


def close_alert(*, actor: Actor, alert: int, at: datetime) -> Alert | Refusal:
    """Take it off the desks. It stays in the books."""
    return _step(actor, alert, at, close=True)


def _step(actor: Actor, key: int, at: datetime, *, close: bool) -> Alert | Refusal:
    with transaction.atomic():
        if not visible_alerts(actor, at).filter(pk=key).exists():
            return NOT_FOUND
        events.lock_head(actor.party)  # before the alert, in the order of `count_into`: neither waits for the other
        found = Alert.objects.select_for_update(of=("self",)).select_related("mark").get(pk=key)
        if refused := require(actor, Action.WORK_INTELLIGENCE, facing(actor, found, at, "work")):
            return refused
        if close and found.closed_at is None:
            found.closed_at = at
        elif not close and found.seen_at is None:
            found.seen_by_id, found.seen_at = actor.own_id, at
        else:
            return found
        found.save(update_fields=["closed_at", "seen_by", "seen_at"])
        kind = "intelligence-alert-closed" if close else "intelligence-alert-seen"
        events.append(kind, found.subject, party=found.party, actor=actor.label, at=at)
        pulse("alert-changed", party=found.party, alert=found, at=at)
    return found
