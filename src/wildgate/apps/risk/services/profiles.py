"""Profiles are written, tried, proposed, put in force by a second person, reviewed and retired. A version that was
proposed never changes: the next text is the next version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.risk.models import Profile
from wildgate.apps.risk.trials import run
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.targeting import profiles as engine
from wildgate.targeting import sharing

PROPOSED, IN_FORCE, RETIRED, WATCHED = "profile-proposed", "profile-in-force", "profile-retired", "profile-watched"
DRAFTED, REVIEWED, DECLINED = "profile-drafted", "profile-reviewed", "profile-declined"
BASIS = ("House rule: two people put a profile in force",)
REVIEW = timedelta(days=365)
LONGEST_WHY = 500


def read(given: Mapping[str, Any]) -> engine.Profile | Refusal:
    """What was typed as the engine's value, or the first thing that is wrong with it."""
    return engine.profile_of(**given)


def draft(*, actor: Actor, given: Mapping[str, Any], at: datetime) -> Profile | Refusal:
    """Keep a draft: the next version of its code, or the draft of it that is there already."""
    if refused := require(actor, Action.KEEP_PROFILES):
        return refused
    found = read(given)
    if isinstance(found, Refusal):
        return found
    with transaction.atomic():
        events.lock_head(actor.party)  # two drafts of one code at the same moment get two versions
        row = Profile.objects.filter(party=actor.party, code=found.code, state=Profile.State.DRAFT).first()
        if row is None:
            row = Profile(party=actor.party, code=found.code, version=_next(actor.party, found.code))
        _fill(row, found, at)
        row.written_by_id, row.written_at, row.trial = actor.own_id, at, None
        row.save()
        events.append(DRAFTED, row.subject, party=row.party, actor=actor.label, at=at, data=told(row))
    return row


def try_out(*, actor: Actor, profile: int, last: int, at: datetime) -> Profile | Refusal:
    """Ask a draft about the last declarations, and keep what it would have done."""
    if refused := require(actor, Action.KEEP_PROFILES):
        return refused
    row = _of(actor, profile, Profile.State.DRAFT)
    if isinstance(row, Refusal):
        return row
    row.trial = run(row, last=last, at=at).as_json()
    row.save(update_fields=["trial"])
    return row


def propose(*, actor: Actor, profile: int, at: datetime) -> Profile | Refusal:
    """Ask a second person to put a draft in force. It is tried out first where nobody did."""
    if refused := require(actor, Action.KEEP_PROFILES):
        return refused
    with transaction.atomic():
        row = _of(actor, profile, Profile.State.DRAFT, lock=True)
        if isinstance(row, Refusal):
            return row
        row.trial = row.trial or run(row, at=at).as_json()
        row.state, row.written_by_id = Profile.State.PROPOSED, actor.own_id
        row.save()
        events.append(PROPOSED, row.subject, party=row.party, actor=actor.label, at=at, data=told(row))
    return row


def confirm(*, actor: Actor, profile: int, at: datetime) -> Profile | Refusal:
    """Put a proposed version in force; the version before it ends."""
    with transaction.atomic():
        row = _of(actor, profile, Profile.State.PROPOSED, lock=True)
        if isinstance(row, Refusal):
            return row
        if refused := require(actor, Action.CONFIRM_PROFILE, row):
            return refused
        before = _speaking(row.party, row.code)
        if before is not None:
            _retire(before, "replaced", at)
        row.since = max(row.since, at.date())
        if row.until is not None and row.until < row.since:
            return refuse("profile-over", "The time for which this profile was written is over: decline it.",
                          basis=BASIS)
        row.state, row.confirmed_by_id, row.confirmed_at = Profile.State.IN_FORCE, actor.own_id, at
        row.review_on = at.date() + REVIEW
        row.save()
        events.append(IN_FORCE, row.subject, party=row.party, actor=actor.label, at=at,
                      data={**told(row), "replaces": before.version if before else 0})
    return row


def decline(*, actor: Actor, profile: int, why: str, at: datetime) -> Profile | Refusal:
    """Give a proposal back as a draft, with the reason; whoever proposed may take it back so."""
    with transaction.atomic():
        row = _of(actor, profile, Profile.State.PROPOSED, lock=True)
        if isinstance(row, Refusal):
            return row
        own = row.written_by_id == actor.person_id and not require(actor, Action.KEEP_PROFILES)
        if not own and (refused := require(actor, Action.CONFIRM_PROFILE, row)):
            return refused
        if (told_why := _why(why)) is not None:
            return told_why
        row.state = Profile.State.DRAFT
        row.save(update_fields=["state"])
        events.append(DECLINED, row.subject, party=row.party, actor=actor.label, at=at, data=told(row),
                      note=why.strip())
    return row


def retire(*, actor: Actor, profile: int, why: str, at: datetime) -> Profile | Refusal:
    """Take a profile out of force, with the reason. What it caught stays."""
    if refused := require(actor, Action.KEEP_PROFILES):
        return refused
    if (told_why := _why(why)) is not None:
        return told_why
    with transaction.atomic():
        row = _of(actor, profile, Profile.State.IN_FORCE, Profile.State.WATCH, lock=True)
        if isinstance(row, Refusal):
            return row
        _retire(row, why.strip(), at)
        events.append(RETIRED, row.subject, party=row.party, actor=actor.label, at=at, data=told(row),
                      note=why.strip())
    return row


def review(*, actor: Actor, profile: int, keep: bool, at: datetime) -> Profile | Refusal:
    """A person looked at the profile and its results: it goes on for a year, or is watched only."""
    if refused := require(actor, Action.KEEP_PROFILES):
        return refused
    with transaction.atomic():
        row = _of(actor, profile, Profile.State.IN_FORCE, Profile.State.WATCH, lock=True)
        if isinstance(row, Refusal):
            return row
        row.state = Profile.State.IN_FORCE if keep else Profile.State.WATCH
        row.reviewed_at, row.review_on = at, at.date() + REVIEW
        row.save(update_fields=["state", "reviewed_at", "review_on"])
        events.append(REVIEWED, row.subject, party=row.party, actor=actor.label, at=at, data=told(row))
    return row


def watch_unreviewed(party: str, at: datetime) -> int:
    """Profiles that nobody reviewed when they should have been are watched only; how many."""
    with transaction.atomic():
        late = list(Profile.objects.select_for_update().filter(party=party, state=Profile.State.IN_FORCE,
                                                               review_on__lt=at.date()).order_by("pk"))
        for row in late:
            row.state = Profile.State.WATCH
            row.save(update_fields=["state"])
            events.append(WATCHED, row.subject, party=party, actor=events.SYSTEM, at=at, data=told(row))
    return len(late)


def load_shipped(party: str, at: datetime) -> int:
    """The profiles that come with the program, as version 1 in force; once, where a Party has none at all."""
    if Profile.objects.filter(party=party).exists():
        return 0
    rows = []
    for found in sharing.shipped():
        row = Profile(party=party, code=found.code, shipped=True, written_at=at, confirmed_at=at)
        _fill(row, found, at)
        row.state = Profile.State.WATCH if found.watch else Profile.State.IN_FORCE
        rows.append(row)
    with transaction.atomic():
        events.lock_head(party)
        if Profile.objects.filter(party=party).exists():
            return 0
        Profile.objects.bulk_create(rows)
        events.append("profiles-shipped", "profiles", party=party, actor=events.SYSTEM, at=at, data={"n": len(rows)})
    return len(rows)


def take_in(*, actor: Actor, content: bytes, at: datetime) -> list[Profile] | Refusal:
    """Profiles of a shared file as drafts of this house. What is in force here already, word for word, is left out."""
    if refused := require(actor, Action.KEEP_PROFILES):
        return refused
    found = sharing.read(content)
    if isinstance(found, Refusal):
        return found
    known = {row.code: row.text for row in Profile.objects.filter(party=actor.party, state__in=(
        Profile.State.IN_FORCE, Profile.State.WATCH))}
    made: list[Profile] = []
    with transaction.atomic():
        for each in found:
            if known.get(each.code) == each.when:
                continue
            row = draft(actor=actor, given=as_given(replace(each, owner=actor.name, since=None, until=None,
                                                            review=None)), at=at)
            if isinstance(row, Refusal):
                transaction.set_rollback(True)
                return row
            made.append(row)
    return made


def as_given(found: engine.Profile) -> dict[str, Any]:
    """A value as `read` takes it."""
    return {"code": found.code, "title": found.title, "when": found.when, "points": found.points, "hard": found.hard,
            "owner": found.owner[:120], "since": found.since, "until": found.until, "basis": found.basis,
            "source": found.source, "scope": found.scope, "indicator": found.indicator, "look_at": found.look_at}


def told(row: Profile) -> dict[str, Any]:
    """What events say of a version: no names."""
    return {"version": row.version, "hard": row.hard, "points": row.points, "since": row.since.isoformat()}


def _fill(row: Profile, found: engine.Profile, at: datetime) -> None:
    row.title, row.text, row.hard, row.points = found.title, found.when, found.hard, found.points
    row.scope, row.indicator, row.basis = list(found.scope), found.indicator, found.basis
    row.source, row.look_at, row.owner = found.source, found.look_at, found.owner[:120]
    row.since, row.until = found.since or at.date(), found.until
    row.review_on = found.review or at.date() + REVIEW


def _next(party: str, code: str) -> int:
    return (Profile.objects.filter(party=party, code=code).aggregate(n=Max("version"))["n"] or 0) + 1


def _speaking(party: str, code: str) -> Profile | None:
    return Profile.objects.select_for_update().filter(party=party, code=code, state__in=(
        Profile.State.IN_FORCE, Profile.State.WATCH)).first()


def _retire(row: Profile, why: str, at: datetime) -> None:
    row.state, row.retired_at, row.retired_why = Profile.State.RETIRED, at, why[:LONGEST_WHY]
    row.save(update_fields=["state", "retired_at", "retired_why"])


def _of(actor: Actor, key: int, *states: str, lock: bool = False) -> Profile | Refusal:
    rows = Profile.objects.select_for_update() if lock else Profile.objects
    row = rows.filter(party=actor.party, pk=key, state__in=states).first()
    return row or refuse("no-such-profile", "There is no such profile, or it is not at this step any more.")


def _why(why: str) -> Refusal | None:
    if not why.strip():
        return refuse("reason-missing", "Say why, so that others know.", field="why", basis=BASIS)
    if len(why) > LONGEST_WHY:
        return refuse("too-long", "%(what)s is %(length)s characters long; shorten it to %(longest)s.",
                      what="The reason", length=len(why), longest=LONGEST_WHY, field="why")
    return None


