"""Targets are kept by two people: one proposes a system with its ceiling, another confirms both, either ends it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from wildgate.apps.accounts.access import Action, Actor, can, require
from wildgate.apps.intelligence.models import Compartment, SharingGroup
from wildgate.apps.intelligence.models.targets import Target
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.sharing.marking import Tlp

TWO: Final = ("House rule: two people keep a target",)
NONE_SUCH: Final = refuse("target-unknown", "There is no such target.")


def in_force(party: str) -> QuerySet[Target]:
    """Targets that files may be written for."""
    return (Target.objects.filter(party=party, confirmed_at__isnull=False, ended_at=None)
            .prefetch_related("compartments", "groups").order_by("name", "pk"))


def visible_targets(actor: Actor) -> QuerySet[Target]:
    """Every target with those that wait and those that have ended, for people who keep them."""
    found = Target.objects.filter(party=actor.party).order_by("ended_at", "name", "pk")
    if not can(actor, Action.KEEP_CONTRIBUTORS):
        return found.none()
    return found.select_related("proposed_by", "confirmed_by").prefetch_related("compartments", "groups")


def propose(*, actor: Actor, code: str, name: str, kind: str, tlp: Tlp, nominal: bool,
            compartments: Collection[str], groups: Collection[str], at: datetime) -> Target | Refusal:
    """Propose a system with the most that it may be given. RED is no ceiling: it never leaves."""
    if refused := require(actor, Action.KEEP_CONTRIBUTORS):
        return refused
    if kind not in Target.Kind.values or tlp >= Tlp.RED:
        return refuse("target-ceiling", "TLP:RED never leaves: choose a lower ceiling.", field="tlp")
    if kind == Target.Kind.TWIX and (nominal or compartments):
        return refuse("target-twix", "An alert table holds no persons and nothing of a compartment.", field="nominal")
    walls = list(Compartment.objects.filter(counting(actor.party, compartments)))
    shared = list(SharingGroup.objects.filter(counting(actor.party, groups)))
    if (len(walls), len(shared)) != (len(set(compartments)), len(set(groups))):
        return refuse("target-limits", "Choose compartments and groups that are in force.", field="compartments")
    try:
        with transaction.atomic():
            made = Target.objects.create(party=actor.party, code=code, name=name.strip(), kind=kind, tlp=int(tlp),
                                         nominal=nominal, proposed_by_id=actor.own_id, proposed_at=at)
            made.compartments.set(walls)
            made.groups.set(shared)
            _tell("intelligence-target-proposed", made, actor, at)
    except IntegrityError:
        return refuse("target-twice", "There is a target of this code already.", field="code")
    return made


def counting(party: str, codes: Collection[str]) -> Q:
    """The condition that a compartment or group of these codes is in force."""
    return Q(party=party, code__in=codes, confirmed_at__isnull=False, ended_at=None)


def confirm(*, actor: Actor, code: str, at: datetime) -> Target | Refusal:
    """Put a proposed target in force; never whoever proposed it."""
    with transaction.atomic():
        found = _locked(actor, code)
        if found is None or found.confirmed_at is not None or found.ended_at is not None:
            return NONE_SUCH
        if refused := require(actor, Action.CONFIRM_CONTRIBUTOR, found):
            return refused
        found.confirmed_by_id, found.confirmed_at = actor.own_id, at
        found.save(update_fields=["confirmed_by", "confirmed_at"])
        _tell("intelligence-target-confirmed", found, actor, at)
    return found


def end(*, actor: Actor, code: str, at: datetime) -> Target | Refusal:
    """Nothing more is written for it from now on."""
    with transaction.atomic():
        found = _locked(actor, code)
        if found is None or found.ended_at is not None:
            return NONE_SUCH
        if refused := require(actor, Action.KEEP_CONTRIBUTORS):
            return refused
        found.ended_at = at
        found.save(update_fields=["ended_at"])
        _tell("intelligence-target-ended", found, actor, at)
    return found


def _locked(actor: Actor, code: str) -> Target | None:
    return Target.objects.select_for_update(of=("self",)).filter(party=actor.party, code=code).first()


def _tell(kind: str, target: Target, actor: Actor, at: datetime) -> None:
    events.append(kind, target.subject, party=target.party, actor=actor.label, at=at,
                  data={"kind": target.kind, "tlp": Tlp(target.tlp).word, "nominal": target.nominal})
