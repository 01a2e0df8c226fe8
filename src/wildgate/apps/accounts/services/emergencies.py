"""Emergency rights: opened by an official for themself, for a few acts and a short time, with an alarm at once.

What such a right opens stands in `access` (`rights.in_need`): to suspend a permit, to revoke a device, to see who is
suspected. It stops something or shows something; it never issues, decides, endorses or opens what a tip keeps sealed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.accounts.guarding import MOST_MINUTES, REVIEW_WITHIN
from wildgate.apps.accounts.models import Emergency, Person
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

BASIS: Final = ("House rule: emergency rights",)
SHORTEST_REASON: Final = 20
LONGEST_REASON: Final = 500
LONGEST_FINDINGS: Final = 2000
OPENED: Final = "emergency-opened"


def open_emergency(*, actor: Actor, reason: str, minutes: int, at: datetime) -> Emergency | Refusal:
    """Open an emergency right for oneself, for at most four hours. Auditors, administrators and who leads are told."""
    if refused := require(actor, Action.OPEN_EMERGENCY):
        return refused
    if not SHORTEST_REASON <= len(reason.strip()) <= LONGEST_REASON:
        return refuse("reason-missing", "Write why nobody else can act now, in %(least)s to %(most)s characters.",
                      least=SHORTEST_REASON, most=LONGEST_REASON, field="reason", basis=BASIS)
    if not 1 <= minutes <= MOST_MINUTES:
        return refuse("too-long", "An emergency right lasts from 1 to %(most)s minutes.", most=MOST_MINUTES,
                      field="minutes", basis=BASIS)
    with transaction.atomic():
        Person.objects.select_for_update().filter(pk=actor.own_id).first()
        mine = list(Emergency.objects.filter(party=actor.party, person=actor.own_id, reviewed_at=None))
        if any(each.runs(at) for each in mine):
            return refuse("emergency-runs", "Your emergency right runs already.", basis=BASIS)
        if any(at > each.due for each in mine):
            return refuse("emergency-unreviewed", "Your last emergency right was not reviewed within three days: "
                          "somebody else reviews it first.", basis=BASIS)
        made = Emergency.objects.create(party=actor.party, person_id=actor.own_id, reason=reason.strip(), begun_at=at,
                                        minutes=minutes)
        events.append(OPENED, made.subject, party=made.party, actor=actor.label, at=at,
                      data={"minutes": minutes, "person": actor.label, **actor.signed})
    return made


def end_emergency(*, actor: Actor, at: datetime) -> Emergency | Refusal:
    """The person ends their own right before its time."""
    with transaction.atomic():
        found = next((each for each in Emergency.objects.select_for_update().filter(
            party=actor.party, person=actor.person_id, ended_at=None) if each.runs(at)), None)
        if found is None:
            return refuse("no-emergency", "No emergency right of yours runs.", basis=BASIS)
        found.ended_at = at
        found.save(update_fields=["ended_at"])
        events.append("emergency-ended", found.subject, party=found.party, actor=actor.label, at=at)
    return found


def review_emergency(*, actor: Actor, emergency: int, justified: bool, findings: str,
                     at: datetime) -> Emergency | Refusal:
    """Somebody else says whether it was justified, and what they found; once it is over."""
    with transaction.atomic():
        found = Emergency.objects.select_for_update().filter(party=actor.party, pk=emergency).first()
        if found is None:
            return refuse("no-such-emergency", "There is no such emergency right.", basis=BASIS)
        if refused := require(actor, Action.REVIEW_EMERGENCY, found):
            return refused
        if found.runs(at):
            return refuse("emergency-runs-still", "It still runs: review it when it is over.", basis=BASIS)
        if found.reviewed_at is not None:
            return refuse("emergency-reviewed", "It was reviewed already.", basis=BASIS)
        if not findings.strip() or len(findings) > LONGEST_FINDINGS:
            return refuse("findings-missing", "Write what you found, in at most %(most)s characters.",
                          most=LONGEST_FINDINGS, field="findings", basis=BASIS)
        found.reviewed_at, found.reviewed_by_id, found.justified = at, actor.own_id, justified
        found.findings = findings.strip()
        found.save(update_fields=["reviewed_at", "reviewed_by", "justified", "findings"])
        events.append("emergency-reviewed", found.subject, party=found.party, actor=actor.label, at=at,
                      data={"justified": justified, **actor.signed})
    return found


def remind(party: str, at: datetime) -> int:
    """Each day: an event for each emergency right that nobody reviewed in time; how many there are."""
    late = Emergency.objects.filter(party=party, reviewed_at=None, begun_at__lt=at - REVIEW_WITHIN)
    for each in late:
        with transaction.atomic():
            events.append("emergency-unreviewed", each.subject, party=party, actor=events.SYSTEM, at=at,
                          data={"days": (at - each.begun_at) // timedelta(days=1)})
    return len(late)
