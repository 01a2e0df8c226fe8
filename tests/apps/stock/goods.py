"""Alligator straps and skins as stock of Lacuna Hides, and the re-export that draws from them."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.cast import NOON, SKINS

from wildgate.apps.accounts.access import Actor
from wildgate.apps.stock import intake, services
from wildgate.apps.stock.models import StockEntry
from wildgate.convention.quota import Balance
from wildgate.convention.stock import StockKind

STRAPS = {"taxon": "Alligator mississippiensis", "term": "LPS", "quantity": "40", "unit": "NAR", "source": "W",
          "origin": "US", "origin_permit": "25US123456/9", "origin_permit_date": "2026-01-05", "acquired": "2026-02-01",
          "reference": "Customs entry 4711"}
SKIN_STOCK = {**STRAPS, "term": "SKI", "quantity": "10"}


def read(kind: str = "import", **given: str) -> intake.NewStock:
    new = intake.read(StockKind(kind), {**STRAPS, **given}, party="QM", on=NOON.date())
    assert isinstance(new, intake.NewStock), new
    return new


def declared(mario: Actor, kind: str = "import", **given: str) -> StockEntry:
    entry = services.declare(actor=mario, organisation=min(mario.organisations), new=read(kind, **given), at=NOON)
    assert isinstance(entry, StockEntry), entry
    return entry


def released(who: dict[str, Actor], kind: str = "import", **given: str) -> StockEntry:
    """Stock that Mario has declared and Amina has released."""
    entry = services.release(actor=who["amina"], number=declared(who["mario"], kind, **given).number, at=NOON)
    assert isinstance(entry, StockEntry), entry
    return entry


def balance(entry: StockEntry) -> Balance:
    from wildgate.apps.stock.drawing import balance_of
    return balance_of(entry)


def re_export(quantity: str = "20", stock: str = "", **line: str) -> dict[str, Any]:
    """Answers of a re-export of straps."""
    one = {"taxon": "Alligator mississippiensis", "term": "LPS", "quantity": quantity, "unit": "NAR", "source": "W",
           "origin": "US", "stock": stock, **line}
    return {**SKINS, "direction": "re-export", "lines": [one]}


TODAY: date = NOON.date()
