"""An invented trade with something to learn: two of its lanes are mostly wrong."""

from __future__ import annotations

import random
from datetime import date, timedelta

from wildgate.convention.refusal import Refusal
from wildgate.targeting import columns as mappings
from wildgate.targeting.columns import Columns
from wildgate.targeting.declared import Declared, from_rows

TAXA = ("Python regius", "Varanus salvator", "Crocodylus niloticus", "Panthera leo", "Manis javanica", "Naja naja")
TERMS = ("SKI", "LIV", "LPS")
COUNTRIES = ("QM", "QZ", "CD", "KE")
HEAD = ("id", "date", "taxon", "genus", "term", "source", "purpose", "exporter", "importer", "declarant", "origin",
        "departure", "destination", "hs", "mode", "post", "quantity", "net_mass", "value", "finding", "outcome")


def mapping() -> Columns:
    found = mappings.columns("wildgate")
    assert not isinstance(found, Refusal)
    return found


def rows(count: int, *, seed: int = 7, labelled: bool = True, days: int = 364) -> list[dict[str, str]]:
    """Declarations over some days; a lane of Manis and one of Naja from QZ are wrong four times in five."""
    chance = random.Random(seed)
    out = []
    for number in range(count):
        taxon, origin = chance.choice(TAXA), chance.choice(COUNTRIES)
        bad = chance.random() < (0.8 if taxon in {"Manis javanica", "Naja naja"} and origin == "QZ" else 0.05)
        quantity = chance.randint(1, 400)
        day = date(2026, 1, 1) + timedelta(days=number * days // count)
        out.append(dict(zip(HEAD, (
            f"D{number}", day.isoformat(), taxon, taxon.split()[0], chance.choice(TERMS), "W", "T",
            f"firm {chance.randint(1, 40)}", f"buyer {chance.randint(1, 60)}", "agent", origin, origin, "QM", "410320",
            "air", "kivu-2", str(quantity), str(quantity * 2), str(quantity * chance.randint(5, 50)),
            str(int(bad)) if labelled else "", "seized" if bad and number % 3 else ""), strict=True)))
    return out


def declared(count: int, **more: object) -> Declared:
    return from_rows(rows(count, **more), mapping())  # type: ignore[arg-type]
