"""Writes about programs: taken up, given keys, limited, ended; and what they are told."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from wildgate.apps.accounts import services as accounts
from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.accounts.models import Authority, Organisation, Post, Role
from wildgate.apps.accounts.selectors import OF_PROGRAMS
from wildgate.apps.gateway.models import Notice, Program, ProgramKey
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

MOST_KEYS: Final = 4
KEY_LIFE: Final = timedelta(days=365)
MOST_CALLS: Final = 10_000_000
NO_PROGRAM: Final = refuse("no-such-program", "There is no such program.")
LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"


def add_program(*, actor: Actor, name: str, role: str, body: Organisation | Authority, contact: str = "",
                station: str = "", at: datetime) -> Program | Refusal:
    """Take up a program of a customs authority or of a carrier. It gets its keys afterwards."""
    if refused := require(actor, Action.KEEP_PROGRAMS):
        return refused
    if fault := _fits(actor, role, body):
        return fault
    with transaction.atomic():
        if Program.objects.filter(party=actor.party, name=name.strip()).exists():
            return refuse("program-twice", "A program %(name)s is there already.", name=name.strip(), field="name")
        person = accounts.add_person(party=actor.party, email=f"program-{secrets.token_hex(8)}{OF_PROGRAMS}",
                                     name=name.strip(), password=None, by=actor.label, at=at)
        organisation = body if isinstance(body, Organisation) else None
        authority = body if isinstance(body, Authority) else None
        accounts.appoint(person=person, role=Role(role), party=actor.party, by=actor.label, at=at, station=station,
                         organisation=organisation, authority=authority)
        made = Program.objects.create(party=actor.party, name=name.strip(), role=role, organisation=organisation,
                                      authority=authority, person=person, contact=contact, made_at=at,
                                      made_by_id=actor.own_id)
        events.append("program-added", made.subject, party=made.party, actor=actor.label, at=at, data={"role": role})
    return made


def _fits(actor: Actor, role: str, body: Organisation | Authority) -> Refusal | None:
    if body.party != actor.party or role not in Program.Kind.values:
        return refuse("no-such-body", "There is no such authority or firm.", field="body")
    wanted = Organisation if role == Program.Kind.CARRIER else Authority
    if not isinstance(body, wanted):
        return refuse("wrong-body", "A carrier's program belongs to a firm, that of customs to an authority.",
                      field="body")
    return None


def give_key(*, actor: Actor, program: int, at: datetime,
             life: timedelta = KEY_LIFE) -> tuple[ProgramKey, str] | Refusal:
    """A new key and its text, which is shown now and never again. Others of the program go on working."""
    with transaction.atomic():
        found = _locked(actor, program)
        if isinstance(found, Refusal):
            return found
        if found.ended_at is not None:
            return refuse("program-ended", "The program was ended: it gets no keys.")
        if found.keys.filter(revoked_at=None, expires_at__gt=at).count() >= MOST_KEYS:
            return refuse("too-many-keys", "The program has %(most)s keys: revoke one first.", most=MOST_KEYS)
        prefix, digest, text = drawn()
        made = ProgramKey.objects.create(party=found.party, program=found, prefix=prefix, digest=digest,
                                         made_at=at, made_by_id=actor.own_id, expires_at=at + life)
        events.append("key-given", found.subject, party=found.party, actor=actor.label, at=at, data={"key": prefix})
    return made, text


def drawn() -> tuple[str, str, str]:
    """A new key: its first part, which is kept and shown, the digest of the rest, and its text, which is not kept."""
    prefix, secret = "".join(secrets.choice(LETTERS) for _ in range(8)), secrets.token_urlsafe(32)
    return prefix, digest_of(secret), f"wg_{prefix}_{secret}"


def digest_of(secret: str) -> str:
    """A key has 256 random bits, so a plain hash is enough: there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


def revoke_key(*, actor: Actor, program: int, prefix: str, at: datetime) -> ProgramKey | Refusal:
    """From now on this key opens nothing."""
    with transaction.atomic():
        found = _locked(actor, program)
        if isinstance(found, Refusal):
            return found
        key = found.keys.filter(prefix=prefix).first()
        if key is None:
            return refuse("no-such-key", "There is no such key.")
        if key.revoked_at is None:
            key.revoked_at, key.revoked_by_id = at, actor.own_id
            key.save(update_fields=["revoked_at", "revoked_by"])
            events.append("key-revoked", found.subject, party=found.party, actor=actor.label, at=at,
                          data={"key": prefix})
    return key


def change_limits(*, actor: Actor, program: int, daily_quota: int, per_minute: int, at: datetime) -> Program | Refusal:
    """How much a program may call."""
    for name, value in (("daily_quota", daily_quota), ("per_minute", per_minute)):
        if not 0 <= value <= MOST_CALLS:
            return refuse("no-limit", "A limit is a whole number from 0 to %(most)s.", most=MOST_CALLS, field=name)
    with transaction.atomic():
        found = _locked(actor, program)
        if isinstance(found, Refusal):
            return found
        found.daily_quota, found.per_minute = daily_quota, per_minute
        found.save(update_fields=["daily_quota", "per_minute"])
        events.append("program-limited", found.subject, party=found.party, actor=actor.label, at=at,
                      data={"daily": daily_quota, "minute": per_minute})
    return found


def end_program(*, actor: Actor, program: int, at: datetime) -> Program | Refusal:
    """End a program: its keys are revoked and its post ends, both at once. Its log stays."""
    with transaction.atomic():
        found = _locked(actor, program)
        if isinstance(found, Refusal):
            return found
        if found.ended_at is not None:
            return found
        found.keys.filter(revoked_at=None).update(revoked_at=at, revoked_by_id=actor.own_id)
        Post.objects.filter(person_id=found.person_id).update(until=at.date() - timedelta(days=1))
        found.ended_at, found.ended_by_id = at, actor.own_id
        found.save(update_fields=["ended_at", "ended_by"])
        events.append("program-ended", found.subject, party=found.party, actor=actor.label, at=at)
    return found


def _locked(actor: Actor, program: int) -> Program | Refusal:
    if refused := require(actor, Action.KEEP_PROGRAMS):
        return refused
    return Program.objects.select_for_update().filter(party=actor.party, pk=program).first() or NO_PROGRAM


def notify(programs: Iterable[int], *, party: str, kind: str, subject: str, cause: str, at: datetime,
           data: Mapping[str, Any] | None = None) -> int:
    """Tell these programs; of one cause nobody is told twice. Call inside a transaction."""
    keys = sorted(set(programs))
    Notice.objects.bulk_create([Notice(party=party, program_id=each, cause=cause, kind=kind, subject=subject, at=at,
                                       data=dict(data or {})) for each in keys], ignore_conflicts=True)
    return len(keys)


def acknowledge(*, program: Program, until: int, at: datetime) -> int:
    """The program has got its notices up to this number; how many of them it had not said so of before."""
    return Notice.objects.filter(program=program, pk__lte=until, acknowledged_at=None).update(acknowledged_at=at)
