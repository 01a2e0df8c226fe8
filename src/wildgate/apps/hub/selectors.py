"""What is read about the hub: each Party's state, who may reach whom, what passed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, pi, sin
from typing import Final

from django.db.models import Count, Q, QuerySet

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.exchange.models import Line
from wildgate.apps.hub.models import Access, Passage
from wildgate.apps.partners.models import Partner
from wildgate.apps.partners.selectors import partners

DAY: Final = timedelta(hours=24)
STALE: Final = timedelta(minutes=15)
"""What was heard longer ago says nothing about now."""
WIDTH, HEIGHT = 720, 420


@dataclass(frozen=True, slots=True)
class Node:
    """A Party as the map and the table show it. `state`: up, down, suspended, silent (not heard of lately)."""

    partner: Partner
    state: str
    heard_at: datetime | None
    error: str
    waiting: int
    passed: int
    refused: int
    x: int
    y: int

    @property
    def tone(self) -> str:
        return {"up": "ok", "down": "no", "suspended": "no"}.get(self.state, "off")


def nodes(actor: Actor, at: datetime) -> list[Node]:
    """Every Party with a live service, round the hub, in the order of their codes."""
    found = [each for each in partners(actor).order_by("code") if each.tier == Partner.Tier.LIVE and not each.is_hub]
    lines = {line.partner: line for line in Line.objects.filter(party=actor.party)}
    counts = {row["receiver"]: row for row in _passages(actor).values("receiver").annotate(
        waiting=Count("pk", filter=Q(state="waiting")),
        passed=Count("pk", filter=Q(state="delivered", answered_at__gt=at - DAY)),
        refused=Count("pk", filter=Q(state__in=("refused", "dead"), answered_at__gt=at - DAY)))}
    out = []
    for place, partner in enumerate(found):
        line, turn = lines.get(partner.code), 2 * pi * place / len(found) - pi / 2
        told = counts.get(partner.code) or {"waiting": 0, "passed": 0, "refused": 0}
        out.append(Node(partner, _state(partner, line, at), _heard(line), line.error if line else "",
                        told["waiting"], told["passed"], told["refused"],
                        round(WIDTH / 2 + 270 * cos(turn)), round(HEIGHT / 2 + 150 * sin(turn))))
    return out


def _heard(line: Line | None) -> datetime | None:
    return max(filter(None, (line.good_at, line.failed_at)), default=None) if line else None


def _state(partner: Partner, line: Line | None, at: datetime) -> str:
    if partner.suspended_at is not None:
        return "suspended"
    heard = _heard(line)
    if line is None or heard is None or heard < at - STALE:
        return "silent"
    return "up" if heard == line.good_at else "down"


def accesses(actor: Actor, callee: str) -> QuerySet[Access]:
    """Who may reach a Party, the newest first; what has ended stays readable."""
    if not can(actor, Action.VIEW_EXCHANGE):
        return Access.objects.none()
    found = Access.objects.filter(party=actor.party, callee=callee)
    return (found.select_related("made_by", "confirmed_by", "ended_by")
            .order_by("ended_at", "-pk"))


def passages(actor: Actor, state: str = "") -> QuerySet[Passage]:
    """What passed, the newest first, without bodies."""
    if not can(actor, Action.VIEW_EXCHANGE):
        return Passage.objects.none()
    rows = _passages(actor).defer("body").order_by("-pk")
    return rows.filter(state=state) if state in Passage.State.values else rows


def reachable(actor: Actor, caller: Partner) -> list[Partner]:
    """The Parties that let this one reach them."""
    codes = Access.objects.filter(party=actor.party, caller=caller.code, ended_at=None,
                                  confirmed_at__isnull=False).values("callee")
    return list(Partner.objects.filter(party=actor.party, code__in=codes, suspended_at=None,
                                       tier=Partner.Tier.LIVE).order_by("code"))


def _passages(actor: Actor) -> QuerySet[Passage]:
    return Passage.objects.filter(party=actor.party)
