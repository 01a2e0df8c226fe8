"""What a customs system, a desk or a phone asks of the quantity ledger, and what it is told (Reg. (EU) 2024/2145).

One `WriteOff` is one item of one version of one declaration against one line of one permit. The same reference, item
and version sent twice is the same write-off.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

from wildgate.convention.permit import plain


@dataclass(frozen=True, slots=True)
class WriteOff:
    """What is asked. `block` empty: the line is found by taxon and term, and must be the only one that fits.

    `version` counts the versions of the declaration from 1. `procedure` is the customs procedure code. `exporter` and
    `importer` are names as declared; empty ones are not compared.
    """

    number: str
    country: str = ""
    issued_on: date | None = None
    block: str | None = None
    taxon: str = ""
    term: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    reference: str = ""
    item: int = 1
    version: int = 1
    procedure: str = ""
    post: str = ""
    transport_document: str = ""
    packages: int | None = None
    exporter: str = ""
    importer: str = ""
    destination: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one line of a permit stands. `available` is what may still be written off: nothing when the permit may
    not be used, whatever its balance says."""

    block: str
    taxon: str
    term: str
    unit: str
    authorised: Decimal
    reserved: Decimal
    consumed: Decimal
    overridden: Decimal
    available: Decimal

    def as_json(self) -> dict[str, object]:
        """One line's balance, quantities as text so that no program rounds them."""
        return {
            "block": self.block, "taxon": self.taxon, "term": self.term, "unit": self.unit,
            "authorised": plain(self.authorised), "reserved": plain(self.reserved), "consumed": plain(self.consumed),
            "overridden": plain(self.overridden), "available": plain(self.available),
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a call. `managed`: quantities are counted for this procedure and kind of document.

    `standing` is the line after the call; `reserved_until` the day and hour when an open reservation comes back by
    itself; `endorsement` the digest of the sealed endorsement, once there is one; `repeated`: this was answered before.
    """

    call: str
    number: str
    kind: str
    state: str
    valid_until: date
    managed: bool
    standing: Standing | None = None
    quantity: Decimal | None = None
    movement: int | None = None
    reserved_until: datetime | None = None
    endorsement: str = ""
    repeated: bool = False
    stage: str = ""

    def as_json(self) -> dict[str, object]:
        """The form in which a program is told: codes, numbers and days, no names."""
        out: dict[str, object] = {
            "call": self.call, "number": self.number, "kind": self.kind, "state": self.state,
            "valid_until": self.valid_until.isoformat(), "quantity_managed": self.managed, "repeated": self.repeated,
        }
        if self.stage:
            out["stage"] = self.stage
        if self.standing is not None:
            out["line"] = self.standing.as_json()
        if self.quantity is not None:
            out["quantity"] = plain(self.quantity)
        if self.movement is not None:
            out["movement"] = self.movement
        if self.reserved_until is not None:
            out["reserved_until"] = self.reserved_until.astimezone(UTC).isoformat(timespec="seconds")
        if self.endorsement:
            out["endorsement"] = self.endorsement
        return out


@dataclass(frozen=True, slots=True)
class Search:
    """Parameters of a list of documents. `since`: only those that changed state after it."""

    state: str = ""
    kind: str = ""
    country: str = ""
    since: datetime | None = None
    valid_on: date | None = None
    numbers: tuple[str, ...] = ()
    page: int = 1


@dataclass(frozen=True, slots=True)
class Documents:
    """One page of a list of documents: an outcome of `check` for each, without quantities of others."""

    found: tuple[Outcome, ...]
    page: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class Notice:
    """An outage to announce: planned or not, from when, until when where that is known."""

    planned: bool
    begins_at: datetime
    ends_at: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """Data that a sector law wants from customs, entered beside a write-off; a later one replaces it."""

    reference: str
    item: int
    number: str
    data: Mapping[str, str] = field(default_factory=dict)
