"""To connect a Party in one go: the way, the certificate and the usual rights are proposed together, and confirmed so.

Every right stays a row with its own event; nothing here decides anything that the single acts would not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor
from wildgate.apps.partners import certificates
from wildgate.apps.partners.models import Partner, Right
from wildgate.apps.partners.rights import BASIS, USUAL
from wildgate.apps.partners.services.agreements import (
    NOT_WAITING,
    confirm_link,
    confirm_right,
    propose_link,
    propose_right,
)
from wildgate.apps.partners.services.callers import confirm_certificate, propose_certificate
from wildgate.apps.partners.services.registry import locked
from wildgate.convention.refusal import Refusal, refuse

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody proposes. `usual` is a key of `rights.USUAL`; without `certificate` none is proposed.

    `also_server`: its server shows the certificate too, so that our program trusts it when it calls.
    """

    way: Mapping[str, Any]
    usual: str
    legal_basis: str = ""
    certificate: bytes = b""
    fingerprint: str = ""
    also_server: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody read and confirms: rows by their numbers, and the fingerprint as it was read out to them."""

    link: int = 0
    rights: tuple[int, ...] = ()
    certificate: int = 0
    fingerprint: str = ""


def connect(*, actor: Actor, code: str, plan: Plan, at: datetime) -> Partner | Refusal:
    """Propose all of it, or nothing where one part is refused. A second person confirms."""
    return _whole(lambda: _propose(actor, code, plan, at))


def propose_rights(*, actor: Actor, code: str, operations: Sequence[str], kinds: Sequence[str], since: date,
                   legal_basis: str, at: datetime, until: date | None = None) -> list[Right] | Refusal:
    """Several operations on the same kinds of documents: a right for each, or none where one is refused."""
    if not operations:
        return refuse("operations-missing", "Choose at least one thing that it may do.", field="operation", basis=BASIS)
    return _whole(lambda: _all(propose_right(
        actor=actor, code=code, operation=each, kinds=kinds, since=since, until=until, legal_basis=legal_basis, at=at)
        for each in dict.fromkeys(operations)))


def confirm_all(*, actor: Actor, code: str, seen: Seen, at: datetime) -> Partner | Refusal:
    """Confirm everything that was shown, or nothing where one part is refused. What came since waits on."""
    return _whole(lambda: _confirm(actor, code, seen, at))


def _propose(actor: Actor, code: str, plan: Plan, at: datetime) -> Partner | Refusal:
    found = locked(actor, Action.PROPOSE_RIGHT, code)
    if isinstance(found, Refusal):
        return found
    if plan.usual not in USUAL:
        return refuse("no-such-usual", "Choose what this Party does.", field="usual", basis=BASIS)
    way = dict(plan.way)
    if plan.certificate:
        made = propose_certificate(actor=actor, code=code, data=plan.certificate, fingerprint=plan.fingerprint, at=at)
        if isinstance(made, Refusal):
            return made
        if plan.also_server:
            way["server_ca"] = certificates.pem(bytes(made.der)).decode()
    link = propose_link(actor=actor, code=code, given=way, at=at)
    if isinstance(link, Refusal):
        return link
    for operation, kinds in USUAL[plan.usual].items():
        right = propose_right(actor=actor, code=code, operation=operation.value, kinds=kinds, since=at.date(),
                              legal_basis=plan.legal_basis, at=at)
        if isinstance(right, Refusal):
            return right
    return found


def _confirm(actor: Actor, code: str, seen: Seen, at: datetime) -> Partner | Refusal:
    found = locked(actor, Action.PROPOSE_RIGHT, code)
    if isinstance(found, Refusal):
        return found
    if found.rights.filter(pk__in=seen.rights).count() != len(seen.rights) or (
            seen.link and not found.links.filter(pk=seen.link).exists()):
        return NOT_WAITING
    acts: list[Any] = [lambda row=row: confirm_right(actor=actor, right=row, at=at) for row in seen.rights]
    if seen.link:
        acts.append(lambda: confirm_link(actor=actor, link=seen.link, at=at))
    if seen.certificate:
        acts.append(lambda: confirm_certificate(actor=actor, code=code, certificate=seen.certificate,
                                                fingerprint=seen.fingerprint, at=at))
    done = _all(act() for act in acts)
    return done if isinstance(done, Refusal) else found


def _all(outcomes: Iterable[T | Refusal]) -> list[T] | Refusal:
    """Every outcome, or the first refusal; after that nothing more is done."""
    done: list[T] = []
    for each in outcomes:
        if isinstance(each, Refusal):
            return each
        done.append(each)
    return done


def _whole(act: Callable[[], T | Refusal]) -> T | Refusal:
    """All of it or nothing."""
    with transaction.atomic():
        outcome = act()
        if isinstance(outcome, Refusal):
            transaction.set_rollback(True)
    return outcome
