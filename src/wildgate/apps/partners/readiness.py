"""What is still missing before permits travel between a partner and us: a list that an administrator works down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from wildgate.apps.partners.models import Certificate, Partner, Proposal, Right
from wildgate.kit import tls


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a live service needs. `tone`: ok, hold (somebody is on it) or no."""

    label: Any
    tone: str
    hint: Any = ""


def steps(partner: Partner, rights: Sequence[Right], certificates: Sequence[Certificate], *, way_waits: bool,
          at: datetime) -> list[Step]:
    """Everything, in the order in which it is best done. Nothing for tiers without a program, which need none of it."""
    if partner.tier in (Partner.Tier.ACCOUNT, Partner.Tier.FILE) and not way_waits:
        return []
    found = [_way(partner, way_waits)]
    if partner.through is None:
        found.append(_certificate(certificates, at))
    if not partner.is_hub:
        found.append(_rights(rights, at))
    return [*found, _own(at)]


def _way(partner: Partner, waits: bool) -> Step:
    label = _("How it is reached")
    if partner.tier == Partner.Tier.LIVE and (partner.endpoint or partner.through):
        return Step(label, "ok")
    return Step(label, "hold", _("Waits for a second person.")) if waits else Step(
        label, "no", _("Its address is not written down: nothing can be sent to it."))


def _certificate(found: Sequence[Certificate], at: datetime) -> Step:
    label = _("The certificate of its program")
    if any(each.holds(at) for each in found):
        return Step(label, "ok")
    if any(each.confirmed_at is None and each.revoked_at is None for each in found):
        return Step(label, "hold", _("Waits for a second person."))
    if any(each.revoked_at is None for each in found):
        return Step(label, "no", _("None is good today: ask for the next one."))
    return Step(label, "no", _("None: its program is not let in. Its operator mails you one."))


def _rights(found: Sequence[Right], at: datetime) -> Step:
    label, on = _("What it may ask for"), at.date()
    if any(each.state == Proposal.State.CONFIRMED and each.withdrawn_at is None and each.since <= on
           and (each.until is None or on <= each.until) for each in found):
        return Step(label, "ok")
    if any(each.open for each in found):
        return Step(label, "hold", _("Waits for a second person."))
    return Step(label, "no", _("Nothing is in force: every question is refused."))


def _own(at: datetime) -> Step:
    label = _("Our own certificate")
    found = tls.identity(settings.HOME)
    if found is None:
        return Step(label, "no", _("There is none: the operator makes one with wildgate tls make."))
    return Step(label, "ok") if at <= found.until else Step(
        label, "no", _("It has ended: the operator makes another with wildgate tls make."))
