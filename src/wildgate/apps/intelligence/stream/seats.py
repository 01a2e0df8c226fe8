"""Who sits behind each open stream: session, account, second factor, posts and membership, as they are now.

The same questions as the gate of the pages asks for one request, here for all open streams at once: a handful of
queries, however many there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models import Model
from django.utils.crypto import constant_time_compare

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.accounts.gate import SECOND_FACTORS, SIGNED_IN_AT
from wildgate.apps.accounts.models import Person, Role
from wildgate.apps.accounts.reliability import Level, level_of
from wildgate.apps.accounts.selectors import posts_of
from wildgate.apps.intelligence.clearance import Member, open_to
from wildgate.apps.intelligence.models import Contributor
from wildgate.apps.intelligence.selectors.membership import in_force
from wildgate.sharing.marking import Tlp

NONE: Final[frozenset[str]] = frozenset()
BATCH: Final = 500
"""So many keys go into one query."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who may read the stream now."""

    actor: Actor
    member: Member

    @property
    def person_id(self) -> int:
        return self.member.person_id


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a session says: whose, with which hash of the password, whether two factors were shown elsewhere, what the
    sign-in proves, and when it was (seconds since 1970; None in a session that no page has seen yet)."""

    person_id: int
    hash: str
    strong: bool
    level: Level
    since: float | None

    def ends_before(self, at: datetime) -> bool:
        """As `gate.too_old` has it for pages: a sign-in ends, however busy it is."""
        return self.since is not None and at.timestamp() - self.since >= settings.SESSION_COOKIE_AGE


class Sessions:
    """Reads sessions. What was read of one is kept until its row changes; that it is there is asked each time."""

    def __init__(self) -> None:
        self._read: dict[str, tuple[str, SignedIn | None]] = {}

    def signed_in(self, keys: Collection[str], at: datetime) -> dict[str, SignedIn]:
        """Sessions that have not ended, of people who are signed in."""
        found: dict[str, tuple[str, SignedIn | None]] = {}
        for some in _batches(keys):
            rows = Session.objects.filter(session_key__in=some, expire_date__gt=at)
            for key, data in rows.values_list("session_key", "session_data"):
                known = self._read.get(key)
                found[key] = known if known and known[0] == data else (data, _signed_in(data))
        self._read = found
        return {key: signed for key, (_data, signed) in found.items() if signed and not signed.ends_before(at)}


def _signed_in(data: str) -> SignedIn | None:
    said: Mapping[str, Any] = SessionStore().decode(data)
    person_id, own_hash = str(said.get(SESSION_KEY, "")), said.get(HASH_SESSION_KEY, "")
    if not person_id.isdigit():
        return None
    ways = said.get(AUTHENTICATION_METHODS_SESSION_KEY, ())
    strong = settings.OIDC_STRONG and any(way.get("method") == "socialaccount" for way in ways)
    return SignedIn(int(person_id), own_hash, strong, level_of(ways, strong_identity=strong), said.get(SIGNED_IN_AT))


def seats(signed: Mapping[str, SignedIn], party: str, at: datetime) -> dict[str, Seat]:
    """The seat behind each session; a session that may not read the stream has none. People share theirs."""
    people = {person.pk: person for some in _batches({each.person_id for each in signed.values()})
              for person in Person.objects.filter(pk__in=some, is_active=True).only("pk", "password", "sign_in_round")}
    actors = _actors(list(people.values()), party, at)
    members = _members(actors, party, at)
    seated = {pk: Seat(actors[pk], member) for pk, member in members.items()
              if can(actors[pk], Action.ENTER_INTELLIGENCE)}
    factors = _with_second_factor(seated)
    hashes = {pk: people[pk].get_session_auth_hash() for pk in seated}
    return {key: seated[each.person_id] for key, each in signed.items()
            if each.person_id in seated and constant_time_compare(each.hash, hashes[each.person_id])
            and (each.strong or each.person_id in factors) and _proves_enough(each, actors[each.person_id])}


def _proves_enough(signed: SignedIn, actor: Actor) -> bool:
    """As `gate.wanting` has it for pages: some roles sign in with a passkey. The demo world goes without."""
    return settings.DEMO or signed.level >= Level.KEY or not any(r.value in settings.PASSKEYS_FOR for r in actor.roles)


def _actors(people: list[Person], party: str, at: datetime) -> dict[int, Actor]:
    """People with the posts that they hold now; firms and mandates open nothing here."""
    out = {}
    for some in _batches(people):
        for pk, posts in posts_of(list(some), party, at.date()).items():
            out[pk] = Actor(label=f"person:{pk}", name="", party=party, person_id=pk,
                            roles=frozenset(Role(post.role) for post in posts),
                            authorities=frozenset(post.authority_id for post in posts if post.authority_id is not None))
    return out


def _members(actors: Mapping[int, Actor], party: str, at: datetime) -> dict[int, Member]:
    """As `selectors.member_of`, for many at once."""
    out = {}
    for some in _batches(actors):
        rows = list(in_force(party, at).filter(person_id__in=some).values_list(
            "pk", "person_id", "authority_id", "clearance"))
        keys = [row[0] for row in rows]
        held = _codes(Contributor.compartments.through, "compartment", keys)
        groups = _codes(Contributor.groups.through, "sharinggroup", keys)
        out.update({person: Member(
            person_id=person, authority=str(authority), clearance=Tlp(clearance), groups=groups.get(pk, NONE),
            compartments=open_to(actors[person], held.get(pk, NONE)))
            for pk, person, authority, clearance in rows if authority in actors[person].authorities})
    return out


def _codes(through: type[Model], of: str, rows: list[int]) -> dict[int, frozenset[str]]:
    """The codes that each membership holds, of those that are in force."""
    out: dict[int, set[str]] = {}
    for pk, code in through._default_manager.filter(
            **{"contributor_id__in": rows, f"{of}__confirmed_at__isnull": False, f"{of}__ended_at": None},
    ).values_list("contributor_id", f"{of}__code"):
        out.setdefault(pk, set()).add(code)
    return {pk: frozenset(codes) for pk, codes in out.items()}


def _with_second_factor(people: Collection[int]) -> set[int]:
    """Who has one; the demo world goes without."""
    if settings.DEMO:
        return set(people)
    return {pk for some in _batches(people) for pk in Authenticator.objects.filter(
        user_id__in=some, type__in=SECOND_FACTORS).values_list("user_id", flat=True)}


def _batches(keys: Collection[Any]) -> Iterator[list[Any]]:
    """In a fixed order, so many at a time."""
    ordered = list(keys)
    return (ordered[start:start + BATCH] for start in range(0, len(ordered), BATCH))
