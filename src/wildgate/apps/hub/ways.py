"""Whether a message may pass, and the line on which it goes: signed by this hub, nothing of it kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings

from wildgate.apps.exchange import wire
from wildgate.apps.exchange.talking import AGENT, PASSING, Talk
from wildgate.apps.exchange.wire import Reply
from wildgate.apps.hub.models import Access
from wildgate.apps.partners.models import Partner
from wildgate.apps.partners.selectors import partner as partner_of
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import forwarded

BASIS: Final = ("Rules of the hub: each Party says who may reach it",)


def receiver_of(sender: Partner, code: str) -> Partner | Refusal:
    """The Party that a message or question is for, when it can be reached here and lets the sender reach it."""
    found = partner_of(code) if settings.HUB else None
    if found is None or found.tier != Partner.Tier.LIVE or found.is_hub or found.pk == sender.pk:
        return refuse("callee-not-found", "The hub reaches no service of %(asked)s.", asked=code[:2], basis=BASIS)
    if found.suspended_at is not None:
        return refuse("callee-not-found", "The exchange with %(asked)s is suspended here.", asked=found.code,
                      basis=BASIS)
    if not allowed(found.code, sender.code):
        return refuse("adapter-not-available", "%(asked)s has not said that %(caller)s may reach it through this hub.",
                      asked=found.code, caller=sender.code, basis=BASIS)
    return found


def allowed(callee: str, caller: str) -> bool:
    return Access.objects.filter(party=settings.PARTY, callee=callee, caller=caller, ended_at=None,
                                 confirmed_at__isnull=False).exists()


@dataclass(frozen=True, slots=True)
class PassingTalk(Talk):
    """A talk of which no body is kept: the hub's own log holds hashes. What is sent carries the hub's signature."""

    def send(self, operation: str, number: str, *, url: str, body: bytes = b"", method: str = "POST",
             headers: Mapping[str, str] | None = None, faults: frozenset[int] = frozenset()) -> Reply | Refusal:
        signed = {forwarded.HEADER: forwarded.sign(Path(settings.HOME), body)} if body else {}
        reply = self.line(self.way, method, url, body, {"User-Agent": AGENT, **(headers or {}), **signed})
        if isinstance(reply, Reply) and reply.status in PASSING - faults:
            return refuse("partner-busy", "The partner's service answered with status %(status)s.",
                          status=reply.status)
        return reply


def talk(partner: Partner, who: str, at: datetime, token: str = "") -> PassingTalk:
    """A talk with one Party in the hub's name; the security code of a permit goes along as it came."""
    return PassingTalk(partner, who, at, wire.exchange, token=token)
