"""Trades to ask about: Mario's skins and what else the tests of the law move across borders."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from wildgate.convention.listing import law
from wildgate.convention.outcome import Ruling
from wildgate.convention.ruling import rule
from wildgate.convention.trade import Line, Trade
from wildgate.convention.vocabulary import Direction, Purpose, Source

CROCODILE = "Crocodylus novaeguineae"
GORILLA = "Gorilla gorilla"
ORCHID_I = "Phragmipedium besseae"
ORCHID_II = "Dendrobium nobile"


def line(taxon: str = CROCODILE, **changes: Any) -> Line:
    fields: dict[str, Any] = {
        "term": "SKI",
        "quantity": Decimal(1200),
        "unit": "NAR",
        "source": "W",
        "origin": "QM",
        **changes,
    }
    fields["source"] = Source(fields["source"])
    return Line(taxon, **fields)


def trade(*lines: Line, direction: str = "export", purpose: str = "T", **changes: Any) -> Trade:
    fields: dict[str, Any] = {"on": date(2025, 6, 1), "sender": "QM", "receiver": "QZ", **changes}
    return Trade(Direction(direction), purpose=Purpose(purpose), lines=lines or (line(),), **fields)


def ask(*lines: Line, **changes: Any) -> Ruling:
    return rule(trade(*lines, **changes), law())


def kinds(ruling: Ruling) -> list[str]:
    return [document.kind.value for document in ruling.documents]


def codes(ruling: Ruling) -> set[str]:
    return {warning.code for warning in ruling.warnings} | {refusal.code for refusal in ruling.refusals}


def as_json(**changes: Any) -> dict[str, Any]:
    """The contract's example trade; keys of the line are given as `line__key`."""
    item = {
        "taxon": CROCODILE,
        "term": "SKI",
        "quantity": "1200",
        "unit": "NAR",
        "source": "C",
        "origin": "QM",
        "live": False,
        "acquired": None,
    }
    item.update({key.removeprefix("line__"): value for key, value in changes.items() if key.startswith("line__")})
    top = {
        "direction": "export",
        "on": "2027-03-03",
        "from": "QM",
        "to": "QZ",
        "purpose": "T",
        "lines": [item],
        "personal_effects": False,
        "carried_by_owner": False,
        "certificate": None,
    }
    top.update(
        {{"sender": "from"}.get(key, key): value for key, value in changes.items() if not key.startswith("line__")}
    )
    return top
