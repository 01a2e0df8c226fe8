"""The door of the machine interface: which key is this, may its program do that, has it called too often?"""

from __future__ import annotations

import hmac
import math
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.http import HttpRequest
from ninja.security import HttpBearer

from wildgate.apps.accounts.models import Role
from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.gateway.actors import by_program
from wildgate.apps.gateway.models import CallLog, Meter, Program, ProgramKey
from wildgate.apps.gateway.services import digest_of
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import api

NO_KEY: Final = refuse("key-missing", "Send the key of your program: Authorization: Bearer wg_...")
BAD_KEY: Final = refuse("key-unknown", "This key is not known here.")
REVOKED: Final = refuse("key-revoked", "This key was revoked or has ended. Ask the administrator for a new one.")
DAY_FULL: Final = "quota-of-calls"
PLACES: Final = 3
TooLarge = Callable[[HttpRequest, Refusal], None]
"""What else is done with a message that has too many bytes, such as keeping a line of it for the file."""


class Key(HttpBearer):
    """Guards an operation: it takes the key of a program with one of these roles; no role named: of any program.

    Sets `request.program` and `request.actor`, counts the call, and reads the body: at most `most` bytes, before
    anything looks into it.
    """

    openapi_scheme = "bearer"

    def __init__(self, *roles: Role, most: int = api.ONE, too_large: TooLarge | None = None) -> None:
        super().__init__()
        self.roles, self.most, self.too_large = roles, most, too_large

    @property
    def rule(self) -> str:
        """The access rule in words."""
        return "key of a program: " + (" or ".join(role.value for role in self.roles) or "any")

    def __call__(self, request: HttpRequest) -> Any:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise api.Refused(NO_KEY)
        return self.authenticate(request, token.strip())

    def authenticate(self, request: HttpRequest, token: str) -> Program:
        at: datetime = request.at  # type: ignore[attr-defined]
        key = _key(token, at)
        if isinstance(key, Refusal):
            raise api.Refused(key)
        program = key.program
        request.program = program  # type: ignore[attr-defined]
        if self.roles and program.role not in self.roles:
            raise api.Refused(refuse("wrong-role", "This takes the key of another kind of program."))
        if full := _count(program, at):
            raise api.Refused(full, wait=_wait(full, at))
        actor = actor_of(program.person, at.date())
        if actor.person_id is None or not actor.roles:
            raise api.Refused(REVOKED)
        request.actor = by_program(actor)  # type: ignore[attr-defined]
        body = api.take_body(request, self.most)
        if isinstance(body, Refusal):
            if self.too_large is not None:
                self.too_large(request, body)
            raise api.Refused(body)
        if key.used_on != at.date():
            ProgramKey.objects.filter(pk=key.pk).update(used_on=at.date())
        return program


def _key(token: str, at: datetime) -> ProgramKey | Refusal:
    parts = token.split("_", PLACES - 1)
    if len(parts) != PLACES or parts[0] != "wg":
        return BAD_KEY
    found = ProgramKey.objects.select_related("program__person").filter(prefix=parts[1][:8]).first()
    if found is None or not hmac.compare_digest(found.digest, digest_of(parts[2])):
        return BAD_KEY
    return found if found.opens(at) and found.program.ended_at is None else REVOKED


def _count(program: Program, at: datetime) -> Refusal | None:
    """Count this call, unless it is one too many: one statement, so that no two processes count past the limit."""
    day, minute = at.date(), int(at.timestamp() // 60)
    today, now = Q(day=day), Q(minute=minute)
    room = ~(today & Q(day_calls__gte=program.daily_quota)) & ~(now & Q(minute_calls__gte=program.per_minute))
    if not program.daily_quota or not program.per_minute:
        return _full(program, day=not program.daily_quota)
    mine = Meter.objects.filter(program=program)
    moved = {
        "day_calls": Case(When(today, then=F("day_calls") + 1), default=Value(1), output_field=IntegerField()),
        "minute_calls": Case(When(now, then=F("minute_calls") + 1), default=Value(1), output_field=IntegerField()),
        "day": day, "minute": minute}
    if mine.filter(room).update(**moved):
        return None
    if Meter.objects.bulk_create([Meter(program=program, day=day, minute=0)], ignore_conflicts=True) and mine.filter(
            room).update(**moved):
        return None
    return _full(program, day=mine.filter(today, day_calls__gte=program.daily_quota).exists())


def _wait(full: Refusal, at: datetime) -> int:
    """Seconds until a call is taken again: to the next minute, or to the next day (UTC)."""
    if full.code != DAY_FULL:
        return 60 - at.second
    now = at.astimezone(UTC)
    return math.ceil((datetime.combine(now.date() + timedelta(days=1), time(), UTC) - now).total_seconds())


def _full(program: Program, *, day: bool) -> Refusal:
    if day:
        return refuse(DAY_FULL, "The program has made its %(most)s calls of today.", most=program.daily_quota)
    return refuse("too-many-calls", "The program makes more than %(most)s calls a minute. Wait for the next one.",
                  most=program.per_minute)


def note(request: HttpRequest, operation: str, status: int) -> None:
    """Write one call into the log of its day: which operation and what answer, nothing of what was asked."""
    program: Program | None = getattr(request, "program", None)
    if program is None:
        return
    at: datetime = request.at  # type: ignore[attr-defined]
    things = int(getattr(request, "things", 0))
    row = {"program": program, "day": at.date(), "operation": operation[:80], "status": status}
    more = {"calls": F("calls") + 1, "things": F("things") + things}
    if not CallLog.objects.filter(**row).update(**more):
        CallLog.objects.bulk_create([CallLog(party=program.party, **row)], ignore_conflicts=True)
        CallLog.objects.filter(**row).update(**more)
