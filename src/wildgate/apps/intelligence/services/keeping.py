"""The registry of contact points, and reports whose time has run out: nothing is thrown away by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.accounts.models import Authority
from wildgate.apps.intelligence.clearance import NOT_THE_OWNER
from wildgate.apps.intelligence.models import ContactPoint, Report
from wildgate.apps.intelligence.services.filing import working
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

LONGEST_KEPT: Final = timedelta(days=10 * 365)


@dataclass(frozen=True, slots=True)
class Point:
    """What stands in the registry of one contact point: a desk, not a private person."""

    of: str
    kind: str
    name: str
    function: str
    languages: str = ""
    hours: str = ""
    email: str = ""
    phone: str = ""
    channel: str = ""
    authority: int | None = None
    alerts: bool = False


def keep_point(*, actor: Actor, point: Point, at: datetime, key: int | None = None) -> ContactPoint | Refusal:
    """Add a contact point, or write one anew; whoever writes it has checked it."""
    if refused := require(actor, Action.KEEP_CONTRIBUTORS):
        return refused
    point = replace(point, of=point.of.strip().upper())
    if refused := _badly_written(actor.party, point):
        return refused
    with transaction.atomic():
        found = _point(actor, key) if key is not None else ContactPoint(party=actor.party)
        if found is None:
            return refuse("no-such-point", "There is no such contact point.")
        for name in ("of", "kind", "name", "function", "languages", "hours", "email", "phone", "channel", "alerts"):
            setattr(found, name, getattr(point, name))
        found.authority_id, found.checked_at, found.checked_by_id = point.authority, at, actor.own_id
        found.save()
        events.append("contact-point-kept", found.subject, party=found.party, actor=actor.label, at=at,
                      data={"of": found.of, "kind": found.kind})
    return found


def _badly_written(party: str, point: Point) -> Refusal | None:
    if len(point.of) != 2 or not point.of.isalpha():
        return refuse("point-party", "Give the two-letter code of the Party.", field="of")
    if point.kind not in ContactPoint.Kind.values:
        return refuse("point-kind", "Choose what kind of authority it is.", field="kind")
    if not point.name.strip() or not point.function.strip():
        return refuse("point-name", "Give the name of the authority and the function of the desk.", field="name")
    if point.authority is not None and not Authority.objects.filter(party=party, pk=point.authority).exists():
        return refuse("point-authority", "Choose one of our authorities.", field="authority")
    if point.email:
        try:
            validate_email(point.email)
        except ValidationError:
            return refuse("contact", "%(text)s is not an e-mail address.", text=point.email[:60], field="email")
    return None


def _point(actor: Actor, key: int) -> ContactPoint | None:
    return ContactPoint.objects.select_for_update().filter(party=actor.party, pk=key, ended_at=None).first()


def check_point(*, actor: Actor, key: int, at: datetime, gone: bool = False) -> ContactPoint | Refusal:
    """The yearly re-check: it still holds, or it is gone."""
    if refused := require(actor, Action.KEEP_CONTRIBUTORS):
        return refused
    with transaction.atomic():
        found = _point(actor, key)
        if found is None:
            return refuse("no-such-point", "There is no such contact point.")
        found.checked_at, found.checked_by_id, found.ended_at = at, actor.own_id, at if gone else None
        found.save(update_fields=["checked_at", "checked_by", "ended_at"])
        events.append("contact-point-ended" if gone else "contact-point-checked", found.subject, party=found.party,
                      actor=actor.label, at=at)
    return found


def keep_longer(*, actor: Actor, number: str, until: date, reason: str, at: datetime) -> Report | Refusal:
    """After a look: the report is still needed until that day; the owner's people only."""
    reason = " ".join(reason.split())
    if not reason or len(reason) > 500:
        return refuse("retention-reason", "Say why, in at most %(most)s characters.", most=500, field="reason")
    if not at.date() < until <= at.date() + LONGEST_KEPT:
        return refuse("retention-until", "Give a day that lies ahead, at most ten years.", field="until")
    with transaction.atomic():
        at_work = working(actor, number, at)
        if isinstance(at_work, Refusal):
            return at_work
        found, member = at_work
        if member.authority != str(found.mark.owner_id):
            return refuse("originator-control", NOT_THE_OWNER)
        found.retain_until = until
        found.save(update_fields=["retain_until"])
        events.append("report-kept-longer", found.subject, party=found.party, actor=actor.label, at=at, note=reason,
                      data={"until": until.isoformat()})
    return found
