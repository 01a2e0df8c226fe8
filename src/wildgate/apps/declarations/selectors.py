"""What is read of declarations: lists, one declaration, the consignment as it stands, its messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.declarations.models import Answer, Declaration, DeclaredMessage, Version
from wildgate.apps.declarations.reading.form import Lodged, read_form
from wildgate.targeting.consignment import Consignment


def visible_to(actor: Actor) -> QuerySet[Declaration]:
    """The declarations that `can` lets the actor see."""
    if not can(actor, Action.VIEW_DECLARATIONS):
        return Declaration.objects.none()
    return Declaration.objects.filter(party=actor.party)


def declarations(actor: Actor, *, text: str = "", answer: str = "", post: str = "", lane: str = "",
                 state: str = "") -> QuerySet[Declaration]:
    """The newest first, by what was chosen."""
    found = visible_to(actor).select_related("program", "sender")
    if text.strip():
        found = found.filter(reference__startswith=text.strip()[:70])
    for name, value, known in (("answer", answer, Answer.values), ("state", state, Declaration.State.values),
                               ("lane", lane, ["green", "yellow", "red"])):
        if value in known:
            found = found.filter(**{name: value})
    if post:
        found = found.filter(post=post)
    return found.order_by("-changed_at", "-pk")


def declaration(actor: Actor, reference: str) -> Declaration | None:
    return visible_to(actor).select_related("program", "sender").filter(reference=reference[:70]).first()


def newest(row: Declaration) -> Version:
    return row.versions.select_related("message").get(number=row.version)


def consignment(actor: Actor, reference: str) -> Consignment | None:
    """The newest version as risk, inspections and rules see it."""
    row = declaration(actor, reference)
    return said_in(newest(row), row) if row is not None else None


def said_in(version: Version, row: Declaration) -> Consignment:
    """A stored version as a consignment again: what was accepted once is read by the same reader."""
    read = read_form(_forgiving(version.form), party=row.party, at=version.at)
    if not isinstance(read, Lodged):
        raise ValueError(f"{row.reference} version {version.number} cannot be read back: {read[0].sentence}")
    moves = version.form.get("moves_at")
    return replace(read.consignment, late_changes=tuple(version.late_changes),
                   moves_at=datetime.fromisoformat(moves) if moves else None)


def _forgiving(form: dict[str, Any]) -> dict[str, Any]:
    """Without what is judged against the clock of the day it came."""
    return {name: value for name, value in form.items() if name not in ("declared_at", "moves_at")}


def messages(actor: Actor, row: Declaration) -> list[Version]:
    """The versions with their messages, the newest first."""
    if not can(actor, Action.VIEW_DECLARATIONS, row):
        return []
    return list(row.versions.select_related("message").defer("message__body").order_by("-number"))


def message(actor: Actor, key: int) -> DeclaredMessage | None:
    """One message with its body."""
    if not can(actor, Action.VIEW_DECLARATIONS):
        return None
    return DeclaredMessage.objects.filter(party=actor.party, pk=key).first()


def refused_messages(actor: Actor) -> QuerySet[DeclaredMessage]:
    """Messages that were refused as a whole, the newest first."""
    if not can(actor, Action.VIEW_DECLARATIONS):
        return DeclaredMessage.objects.none()
    return (DeclaredMessage.objects.filter(party=actor.party).exclude(code="").select_related("program", "sender")
            .defer("body").order_by("-received_at", "-pk"))


def posts(actor: Actor, since: datetime) -> list[str]:
    """Posts that declarations of late were for."""
    rows = visible_to(actor).filter(changed_at__gte=since).exclude(post="")
    return sorted(set(rows.values_list("post", flat=True)[:5000]))
