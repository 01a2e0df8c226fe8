"""The procedure table: shipped rows, the rows of the house over them, and how a row of the house comes into force."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, can, require
from wildgate.apps.balances.models import ProcedureRow
from wildgate.convention import procedures as law
from wildgate.convention.lifecycle import PermitState
from wildgate.convention.procedures import SHIPPED, Rule
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.vocabulary import DocumentKind
from wildgate.kit import events
from wildgate.kit.prepared import Prepared

BASIS = ("Procedure table of the house",)
_is_code = re.compile("[0-9A-Z]{1,10}").fullmatch


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row as somebody proposes it."""

    procedure: str
    kind: str
    state: str
    allowed: bool
    managed: bool
    several: bool
    stage: str
    start: date
    end: date | None
    why: str


def rows_in_force(party: str, on: date) -> list[Rule]:
    """The house's confirmed rows of that day."""
    found = (Rule(*row) for row in _confirmed.rows(party=party))
    return [row for row in found if row.start <= on and (row.end is None or on <= row.end)]


_confirmed: Final = Prepared(lambda party: ProcedureRow.objects.filter(
    party=party, confirmed_at__isnull=False).values_list(
    "procedure", "kind", "state", "allowed", "managed", "stage", "several", "start", "end", "pk"))
"""Asked for every call of a customs system; the house has few rows."""


def rule(party: str, procedure: str, kind: str, state: str, on: date, house: Sequence[Rule] | None = None,
         ) -> Rule | None:
    """The row that decides for a document of this kind in this state; None: no row speaks. `house`: the rows in force
    on that day, where the caller has read them."""
    own, code = rows_in_force(party, on) if house is None else house, procedure.strip().upper()
    return law.rule_for((*own, *_shipped(code, kind, state)), code, kind, state, on)


@lru_cache(maxsize=1024)
def _shipped(procedure: str, kind: str, state: str) -> tuple[Rule, ...]:
    """The few of the shipped rows that may decide: they never end, and a call of many asks the same again."""
    return tuple(row for row in SHIPPED if row.holds(procedure, kind, state, date.max))


def table(actor: Actor, on: date) -> tuple[list[ProcedureRow], tuple[Rule, ...]]:
    """The house's rows, those to be confirmed among them, and the shipped ones; nothing for who may not see them."""
    if not can(actor, Action.VIEW_PROCEDURES):
        return [], ()
    rows = (ProcedureRow.objects.filter(party=actor.party).select_related("proposed_by", "confirmed_by")
            .order_by("confirmed_at", "procedure", "kind", "state", "start", "pk"))
    return list(rows[:200]), SHIPPED


def propose(*, actor: Actor, new: NewRow, at: datetime) -> ProcedureRow | Refusal:
    """Propose a row; it holds once somebody else confirms it."""
    if refused := require(actor, Action.KEEP_PROCEDURES) or _fault(new, at.date()):
        return refused
    with transaction.atomic():
        row = ProcedureRow.objects.create(
            party=actor.party, procedure=new.procedure.upper(), kind=new.kind, state=new.state, allowed=new.allowed,
            managed=new.managed, several=new.several, stage=new.stage, start=new.start, end=new.end,
            why=new.why.strip(), proposed_by_id=actor.own_id, proposed_at=at)
        _tell("procedure-proposed", row, actor, at)
    return row


def confirm(*, actor: Actor, row: int, at: datetime) -> ProcedureRow | Refusal:
    """Put a proposed row in force: somebody else than who proposed it."""
    if refused := require(actor, Action.KEEP_PROCEDURES):
        return refused
    with transaction.atomic():
        found = ProcedureRow.objects.select_for_update().filter(party=actor.party, pk=row).first()
        if found is None or found.confirmed_at is not None:
            return refuse("no-such-row", "There is no such row to be confirmed.", basis=BASIS)
        if found.proposed_by_id == actor.own_id:
            return refuse("four-eyes", "Nobody confirms what they proposed themselves.", basis=BASIS)
        found.confirmed_by_id, found.confirmed_at = actor.own_id, at
        found.save(update_fields=["confirmed_by", "confirmed_at"])
        _tell("procedure-in-force", found, actor, at)
    return found


def end(*, actor: Actor, row: int, at: datetime) -> ProcedureRow | Refusal:
    """Let a row end today: the shipped one holds again. One that was not confirmed never comes into force."""
    if refused := require(actor, Action.KEEP_PROCEDURES):
        return refused
    with transaction.atomic():
        found = ProcedureRow.objects.select_for_update().filter(party=actor.party, pk=row).first()
        if found is None or (found.end is not None and found.end < at.date()):
            return refuse("no-such-row", "There is no such row in force.", basis=BASIS)
        last = at.date() - timedelta(days=1)
        found.end = max(last, found.start)
        found.save(update_fields=["end"])
        _tell("procedure-ended", found, actor, at)
    return found


def _tell(kind: str, row: ProcedureRow, actor: Actor, at: datetime) -> None:
    events.append(kind, f"procedure:{row.pk}", party=row.party, actor=actor.label, at=at, data={
        "procedure": row.procedure, "kind": row.kind, "state": row.state, "allowed": row.allowed,
        "managed": row.managed, "several": row.several, "start": row.start.isoformat(), **actor.signed},
        note=row.why if kind == "procedure-proposed" else "")


def _fault(new: NewRow, today: date) -> Refusal | None:
    """The first thing that makes no sense."""
    checks = (
        (bool(_is_code(new.procedure.upper())), "procedure",
         refuse("row-procedure", "The procedure is 1 to 10 capitals and digits.")),
        (new.kind == "" or new.kind in set(DocumentKind), "kind", refuse("row-kind", "Choose a kind of document.")),
        (new.state == "" or new.state in set(PermitState), "state", refuse("row-state", "Choose a state.")),
        (new.stage in ("", law.EXPORT, law.IMPORT), "stage",
         refuse("row-stage", "The endorsement is export, import or none.")),
        (0 < len(new.why.strip()) <= 500, "why", refuse("row-why", "Give the reason, at most 500 characters.")),
        (new.end is None or new.end >= new.start, "end", refuse("row-end", "The last day is before the first.")),
        (new.start >= today, "start",
         refuse("row-start", "A row begins today or later: what was decided by the old one stands.")),
        (not (new.managed and not new.stage), "managed",
         refuse("row-managed", "Quantities are counted where there is an endorsement.")),
        (not new.several or new.managed, "several",
         refuse("row-several", "Several consignments need counted quantities.")),
    )
    return next((replace(why, field=field, basis=BASIS) for holds, field, why in checks if not holds), None)
