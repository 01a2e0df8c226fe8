"""What people decide about signals: what became of one, and by which values the search goes."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.signals.models import OwnValue, Signal
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.worldtrade.signals import VALUES, fault

MARKED: Final = "trade-signal-marked"
VALUE_SET: Final = "trade-signal-value-set"
LONGEST: Final = 500
BARE: Final = (Signal.State.NEW, Signal.State.WATCH)
"""States that need no reason."""


def mark(*, actor: Actor, key: str, state: str, reason: str, at: datetime) -> Signal | Refusal:
    """Say what became of a signal. Asking the Scientific Authority, an end and a dismissal take a reason."""
    if refused := require(actor, Action.WORK_SIGNALS):
        return refused
    reason = " ".join(reason.split())
    if state not in Signal.State.values:
        return refuse("signal-state", "Choose what became of the signal.", field="state")
    if len(reason) > LONGEST or (state not in BARE and not reason):
        return refuse("signal-reason", "Say why, in at most %(most)s characters.", most=LONGEST, field="reason")
    with transaction.atomic():
        row = Signal.objects.select_for_update().filter(party=actor.party, key=key).first()
        if row is None:
            return refuse("no-such-signal", "There is no such signal.")
        before = row.state
        row.state, row.reason, row.state_by_id, row.state_at = state, reason, actor.own_id, at
        row.save(update_fields=["state", "reason", "state_by", "state_at"])
        events.append(MARKED, row.subject, party=row.party, actor=actor.label, at=at,
                      data={"kind": row.kind, "from": before, "to": state}, note=reason)
    return row


def set_value(*, actor: Actor, name: str, value: float, reason: str, at: datetime) -> OwnValue | Refusal:
    """Let another value hold from the next search on. The old one stays in the list with its reason."""
    if refused := require(actor, Action.SET_SIGNALS):
        return refused
    if not math.isfinite(value) or fault(name, value):
        known = VALUES.get(name)
        if known is None:
            return refuse("signal-value", "There is no such value.", field="name")
        return refuse("signal-value", "It lies between %(least)s and %(most)s.", least=f"{known.least:g}",
                      most=f"{known.most:g}", field="value")
    if not reason.strip() or len(reason) > LONGEST:
        return refuse("signal-reason", "Say why, in at most %(most)s characters.", most=LONGEST, field="reason")
    with transaction.atomic():
        made = OwnValue.objects.create(party=actor.party, name=name, value=value, reason=reason.strip(),
                                       set_by_id=actor.own_id, set_at=at)
        events.append(VALUE_SET, "trade-signals", party=actor.party, actor=actor.label, at=at,
                      data={"name": name, "value": f"{value:g}"}, note=made.reason)
    return made
