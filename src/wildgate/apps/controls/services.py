"""What auditors write: notes cleared with a reason, limits set."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.controls.models import Limits, Note
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

CLEARED, LIMITS_SET = "control-cleared", "control-limits-set"
SET = ("opens", "closes", "zone", "reissues", "reissue_days", "appendix_one", "quota_percent", "value",
       "sample_percent", "sample_days")


def clear(*, actor: Actor, note: int, reason: str, at: datetime) -> Note | Refusal:
    """An auditor whom it does not concern closes a note and says why."""
    kept = reason.strip()
    with transaction.atomic():
        found = Note.objects.select_for_update().filter(party=actor.party, pk=note).first()
        if found is None or require(actor, Action.VIEW_CONTROLS, found):
            return refuse("no-such-note", "There is no such note, or you may not see it.")
        if refused := require(actor, Action.CLEAR_CONTROL, found):
            return refused
        if found.cleared_at is not None:
            return refuse("note-cleared", "This note was cleared already.")
        if not kept:
            return refuse("missing", "Write %(what)s.", what="why the note can be cleared", field="reason")
        if len(kept) > 1000:
            return refuse("too-long", "%(what)s is %(length)s characters long; shorten it to %(longest)s.",
                          what="The reason", length=len(kept), longest=1000, field="reason")
        found.cleared_at, found.cleared_by_id, found.reason = at, actor.own_id, kept
        found.save(update_fields=["cleared_at", "cleared_by", "reason"])
        events.append(CLEARED, found.own_subject, party=found.party, actor=actor.label, at=at,
                      data={"kind": found.kind, "event": found.seq}, note=kept)
    return found


def set_limits(*, actor: Actor, values: dict[str, Any], at: datetime) -> Limits | Refusal:
    """From now on internal control looks for this; what was noted before stays."""
    if refused := require(actor, Action.SET_CONTROLS):
        return refused
    with transaction.atomic():
        made = Limits.objects.create(party=actor.party, set_by_id=actor.own_id, set_at=at,
                                     **{name: values[name] for name in SET})
        events.append(LIMITS_SET, "controls", party=actor.party, actor=actor.label, at=at,
                      data={name: values[name] if isinstance(values[name], int | bool) else str(values[name])
                            for name in SET})
    return made
