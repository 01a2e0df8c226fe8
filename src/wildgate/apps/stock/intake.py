"""What somebody declares as stock, read once: text by field becomes a `NewStock`, or every fault with its field."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import date
from decimal import Decimal

from wildgate.apps.species.registry import law_of
from wildgate.convention import tables
from wildgate.convention.quantity import check_number, parse_quantity
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.stock import StockKind
from wildgate.convention.taxonomy import Unknown
from wildgate.convention.vocabulary import Source

TEXTS = {"origin_permit": 30, "last_permit": 30, "reference": 200}
DATES = ("origin_permit_date", "last_permit_date", "acquired")
FIELDS = ("taxon", "term", "quantity", "unit", "source", "second_source", "origin", "origin_permit",
          "origin_permit_date", "last_country", "last_permit", "last_permit_date", "acquired", "reference")
BRED = frozenset({Source.REGISTERED, Source.PROPAGATED, Source.CAPTIVE_BRED, Source.BORN, Source.ASSISTED,
                  Source.RANCHED})


@dataclass(frozen=True, slots=True)
class NewStock:
    """One entry to be made. Codes are those of the lists, the taxon is the accepted name."""

    kind: StockKind
    taxon: str
    term: str
    quantity: Decimal
    unit: str
    source: str
    origin: str
    acquired: date
    second_source: str = ""
    origin_permit: str = ""
    origin_permit_date: date | None = None
    last_country: str = ""
    last_permit: str = ""
    last_permit_date: date | None = None
    reference: str = ""

    @property
    def digest(self) -> str:
        """Names the facts: the same stock brought in again has the same digest."""
        facts = [str(value.normalize()) if isinstance(value, Decimal) else str(value or "") for value in astuple(self)]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:40]


def read(kind: StockKind, given: Mapping[str, str], *, party: str, on: date) -> NewStock | tuple[Refusal, ...]:
    """Read what was typed; all faults at once, each with the field it stands in."""
    text = {name: given.get(name, "").replace("\x00", "").strip() for name in FIELDS}
    faults: list[Refusal] = []
    taxon = law_of(party).resolve(text["taxon"][:200])
    if isinstance(taxon, Unknown):
        faults.append(refuse("taxon-unknown", "%(name)s is not a name in the tables. %(why)s", field="taxon",
                             name=text["taxon"][:80] or "A blank", why=taxon.reason,
                             suggestions=law_of(party).suggest(text["taxon"][:80])))
    faults += _codes(text)
    unit = text["unit"].upper() or "NAR"
    amount = parse_quantity(text["quantity"], field="quantity")
    for refused in (amount, None if isinstance(amount, Refusal) else check_number(amount, unit, field="quantity")):
        if isinstance(refused, Refusal):
            faults.append(refused)
    days = {name: _day(text[name], name, on, faults) for name in DATES}
    faults += [refuse("too-long", "This is longer than %(most)s characters.", most=most, field=name)
               for name, most in TEXTS.items() if len(text[name]) > most]
    faults += _papers(kind, text, party)
    if faults or isinstance(taxon, Unknown) or isinstance(amount, Refusal):
        return tuple(faults)
    return NewStock(
        kind, taxon.name, text["term"].upper(), amount, unit, text["source"].upper(), text["origin"].upper(),
        days["acquired"] or on, text["second_source"].upper(), text["origin_permit"], days["origin_permit_date"],
        text["last_country"].upper(), text["last_permit"], days["last_permit_date"], text["reference"])


def _codes(text: Mapping[str, str]) -> list[Refusal]:
    term, unit = tables.term(text["term"].upper()), tables.unit(text["unit"].upper() or "NAR")
    checks = (
        ("term", term is not None and term.current, "a current term code"),
        ("unit", unit is not None and unit.current, "a current unit code"),
        ("source", text["source"].upper() in set(Source), "a source code"),
        ("second_source", not text["second_source"] or text["second_source"].upper() in set(Source), "a source code"),
        ("origin", tables.country(text["origin"].upper()) is not None, "a country code"),
        ("last_country", not text["last_country"] or tables.country(text["last_country"].upper()) is not None,
         "a country code"),
    )
    return [refuse("code-unknown", "%(value)s is not %(what)s.", value=text[name][:20] or "A blank", what=what,
                   field=name) for name, holds, what in checks if not holds]


def _day(text: str, name: str, on: date, faults: list[Refusal]) -> date | None:
    if not text:
        return None
    try:
        if len(text) != 10:
            raise ValueError(text)
        day = date.fromisoformat(text)
    except ValueError:
        faults.append(refuse("date-wrong", "%(given)s is not a date: write year-month-day, for example 2019-05-31.",
                             given=text[:20], field=name))
        return None
    if day > on:
        faults.append(refuse("date-later", "The date lies in the future; check the year.", field=name))
    return day


def _papers(kind: StockKind, text: Mapping[str, str], party: str) -> list[Refusal]:
    """What proves the stock, by its kind."""
    found = []
    if text["last_permit"] and not text["last_country"]:
        found.append(refuse("missing", "Name the country of the last re-export.", field="last_country"))
    if kind is StockKind.IMPORT and not (text["origin_permit"] or text["last_permit"]):
        found.append(refuse("paper-missing", "Give the number of the permit or certificate under which it was "
                            "imported.", field="origin_permit", basis=("Art. IV.5(a)",)))
    if kind is StockKind.BRED and text["source"].upper() not in BRED:
        found.append(refuse("source-not-bred", "Stock that was bred or propagated here has the source %(codes)s.",
                            codes=", ".join(sorted(BRED)), field="source"))
    if kind is StockKind.BRED and text["origin"].upper() not in ("", party):
        found.append(refuse("origin-not-home", "Stock that was bred or propagated here has its origin here.",
                            field="origin"))
    if kind is StockKind.PRE_LISTING and not text["acquired"]:
        found.append(refuse("missing", "Give the day on which the stock was acquired.", field="acquired"))
    return found
