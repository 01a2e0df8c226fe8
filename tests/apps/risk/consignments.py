"""Consignments for the tests of risk control."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from wildgate.targeting.consignment import Consignment, Item, PermitRef, Trader

LACUNA = Trader("Lacuna Hides Ltd", "QM", "QM-TIN-1", "12 Tannery Road, Port Lacuna")
QUARTZ = Trader("Quartz Leather Co", "QZ", "", "5 Basalt Street, Quartz City")


def skins(permit: str = "", *, quantity: str = "100", **more: Any) -> Item:
    """Crocodile skins, with a permit where a number is given."""
    permits = (PermitRef(permit, "QM"),) if permit else ()
    return Item(**{"number": 1, "hs": "410320", "description": "raw skins of crocodile",
                   "taxon": "Crocodylus novaeguineae", "term": "SKI", "quantity": Decimal(quantity), "unit": "NAR",
                   "net_mass": Decimal(quantity) * 2, "value": Decimal(quantity) * 300, "currency": "USD",
                   "origin": "QM", "source": "W", "purpose": "T", "permits": permits, **more})


def export(reference: str, at: datetime, *items: Item, **more: Any) -> Consignment:
    """Lacuna's export to Quartzland through Kivu-2."""
    return Consignment(**{
        "reference": reference, "party": "QM", "direction": "export", "lodged_at": at, "post": "Kivu-2",
        "procedure": "10", "mode": "air", "departure": "QM", "destination": "QZ", "route": (), "exporter": LACUNA,
        "importer": QUARTZ, "carrier": "SpeedX", "transport_document": "AWB 1", "items": items or (skins(),), **more})
