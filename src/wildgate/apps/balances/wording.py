"""How the ledger's answers read: to a program as plain codes and numbers, to a person as words."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from wildgate.convention.permit import plain

if TYPE_CHECKING:
    from wildgate.apps.balances.asking import Outcome, Standing


def standing_json(line: Standing) -> dict[str, object]:
    """One line's balance, quantities as text so that no program rounds them."""
    return {
        "block": line.block, "taxon": line.taxon, "term": line.term, "unit": line.unit,
        "authorised": plain(line.authorised), "reserved": plain(line.reserved), "consumed": plain(line.consumed),
        "overridden": plain(line.overridden), "available": plain(line.available),
    }


def outcome_json(told: Outcome) -> dict[str, object]:
    """The answer to a call."""
    out: dict[str, object] = {
        "call": told.call, "number": told.number, "kind": told.kind, "state": told.state,
        "valid_until": told.valid_until.isoformat(), "quantity_managed": told.managed, "repeated": told.repeated,
    }
    if told.stage:
        out["stage"] = told.stage
    if told.standing is not None:
        out["line"] = standing_json(told.standing)
    if told.quantity is not None:
        out["quantity"] = plain(told.quantity)
    if told.movement is not None:
        out["movement"] = told.movement
    if told.reserved_until is not None:
        out["reserved_until"] = told.reserved_until.astimezone(UTC).isoformat(timespec="seconds")
    if told.endorsement:
        out["endorsement"] = told.endorsement
    return out
