"""An alert: an officer of one authority warns the other. The notification matrix tells it, risk control hears it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.duties.matrix import ROLES, Side
from wildgate.apps.duties.models import Alert
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

ALERT: Final = "alert"
LONGEST: Final = 1000


def raise_alert(*, actor: Actor, topic: str, text: str, at: datetime, declaration: str = "",
                permit: str = "") -> Alert | Refusal:
    """Warn the other side. `declaration` and `permit` name what it is about, where it is about one thing."""
    if refused := require(actor, Action.RAISE_ALERT):
        return refused
    if topic not in Alert.Topic.values:
        return refuse("no-such-topic", "Choose what the alert is about.", field="topic")
    if not text.strip() or len(text) > LONGEST:
        return refuse("alert-text", "Say what the others must know, in at most %(most)s characters.", most=LONGEST,
                      field="text")
    named = {"declaration": " ".join(declaration.split())[:70], "permit": "".join(permit.split()).upper()[:40]}
    side = Side.AUTHORITY if actor.has(*ROLES[Side.AUTHORITY]) else Side.CUSTOMS
    with transaction.atomic():
        made = Alert.objects.create(party=actor.party, side=side.value, topic=topic, text=text.strip(),
                                    raised_by_id=actor.own_id, raised_at=at, **named)
        events.append(ALERT, made.subject, party=made.party, actor=actor.label, at=at, data={
            "side": made.side, "topic": made.topic, **{name: value for name, value in named.items() if value}})
    return made
