"""What is declared: one consignment and its items, as every rule, rate and model of risk control sees it.

Names follow the WCO data model where it has one. Parties are organisations by name; no nationality, ethnicity, religion
or age of a person has a field here, so nothing can select by it (Revised Kyoto Convention, General Annex 6.3-6.4;
WTO Trade Facilitation Agreement 7.4.2: no arbitrary discrimination).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class PermitRef:
    """A permit named in a declaration. `country` is the issuing Party where it is known; `role` says whose it is:
    `home` or `foreign` (both numbers stand side by side on an item, W6-6)."""

    number: str
    country: str = ""
    issued_on: date | None = None
    role: str = "home"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a declaration. `claims` holds codes of statements such as `Y900`: "not CITES" (W5-8)."""

    number: int
    hs: str
    description: str = ""
    taxon: str = ""
    term: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    net_mass: Decimal | None = None
    """Kilograms."""
    value: Decimal | None = None
    currency: str = ""
    origin: str = ""
    source: str = ""
    purpose: str = ""
    permits: tuple[PermitRef, ...] = ()
    claims: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trader:
    """A party of a declaration: a name and where it is; `identifier` is its number with customs."""

    name: str = ""
    country: str = ""
    identifier: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Consignment:
    """What moves. `direction`: export, re-export, import, transit. `route` holds countries and ports on the way, in
    order; `procedure` the customs procedure (for instance `10` export, `40` release)."""

    reference: str
    party: str
    direction: str
    lodged_at: datetime
    post: str = ""
    procedure: str = ""
    mode: str = ""
    departure: str = ""
    destination: str = ""
    route: tuple[str, ...] = ()
    exporter: Trader = Trader()
    importer: Trader = Trader()
    declarant: Trader = Trader()
    carrier: str = ""
    transport_document: str = ""
    express: bool = False
    items: tuple[Item, ...] = ()
    late_changes: tuple[str, ...] = ()
    """Names of fields that were changed after the first version: `consignee`, `route`, `destination`."""
    moves_at: datetime | None = None
    """When the goods are to leave or arrive, where it is said."""
