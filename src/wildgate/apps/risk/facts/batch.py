"""The consignments that are assessed together: what they name is looked up once for all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from wildgate.apps.risk.parties import address_key, key_of
from wildgate.convention.listing import Answer, Law, Listed
from wildgate.convention.quota import Claim, Shipment, Specimens, lineage
from wildgate.convention.taxonomy import Taxon, Unknown
from wildgate.targeting.consignment import Consignment, Item, PermitRef, Trader
from wildgate.targeting.fields import Value

Facts = dict[str, Value]
_SIGNS = re.compile(r"[\W_]")
RE_EXPORT, EXPORT, IMPORT = "re-export", "export", "import"


@dataclass(frozen=True, slots=True)
class Keys:
    """The parties of a consignment as the history keeps them; `trader` is the one at home, who answers for it."""

    exporter: str
    importer: str
    trader: str
    address: str


@dataclass
class Batch:
    """Consignments of one Party, assessed at one moment under one law."""

    party: str
    at: datetime
    law: Law
    consignments: list[Consignment]
    keys: dict[str, Keys] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.keys = {said.reference: _keys(said) for said in self.consignments}

    @property
    def on(self) -> date:
        return self.at.date()

    def items(self) -> Iterator[tuple[Consignment, Item]]:
        for said in self.consignments:
            for item in said.items:
                yield said, item

    def refs(self) -> Iterator[PermitRef]:
        for _, item in self.items():
            yield from item.permits

    def taxon(self, item: Item) -> Taxon | None:
        found: Taxon | Unknown | None = self.law.resolve(item.taxon) if item.taxon else None
        return found if isinstance(found, Taxon) else None

    def name(self, item: Item) -> str:
        """The accepted name where the declared one can be placed."""
        found = self.taxon(item)
        return found.name if found else item.taxon.strip()

    def listing(self, item: Item) -> Answer | None:
        return self.law.listings(item.taxon, item.origin or None, self.on) if item.taxon else None

    def listed(self, item: Item) -> Listed | None:
        found = self.listing(item)
        return found if isinstance(found, Listed) else None

    def shipment(self, said: Consignment, item: Item) -> Shipment:
        """One item as quotas and suspensions look at it."""
        specimens = Specimens(lineage(self.law, item.taxon) if item.taxon else (), item.term, item.source, item.purpose,
                              item.origin)
        claim = Claim("0", specimens, item.quantity or 0, item.unit)  # type: ignore[arg-type]
        sender = said.departure or (self.party if said.direction in (EXPORT, RE_EXPORT) else "")
        receiver = said.destination or (self.party if said.direction == IMPORT else "")
        return Shipment(sender, receiver, self.on, (claim,), said.direction == RE_EXPORT)


def number_of(text: str) -> str:
    """A permit's number in its one spelling: letters and digits, whatever a declaration puts between them.

    Letters of any script stay, since other Parties' numbers have them; `squeeze` keeps A to Z alone, as ours are.
    """
    return _SIGNS.sub("", text.upper())[:60]


def as_kept(text: str) -> str:
    """The spelling in which rows were kept before: signs stay, gaps do not."""
    return "".join(text.split()).upper()[:60]


def at_home(said: Consignment) -> Trader:
    """The party that answers for the consignment here: the importer of an import, else the exporter."""
    return said.importer if said.direction == IMPORT else said.exporter


def _keys(said: Consignment) -> Keys:
    own = at_home(said)
    return Keys(key_of(said.exporter), key_of(said.importer), key_of(own), address_key(own))
