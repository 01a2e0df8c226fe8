"""Trade and Line: what somebody wants to move. The question that the law answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wildgate.convention.vocabulary import Direction, Purpose, Source


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of specimen in a consignment.

    `taxon` is the scientific name as given; `term` a three-letter code; `unit` a current unit code (NAR = number);
    `origin` the country where the specimen was taken or bred (ISO 3166-1 alpha-2, XX unknown, ZZ high seas);
    `second_source` stands beside source I or O; `acquired` the acquisition date of a pre-Convention specimen;
    `origin_permit` and `operation` are numbers as printed on the papers; `region` is where in the country of origin the
    specimens were taken, `plan` the management plan of the harvest.
    """

    taxon: str
    term: str
    quantity: Decimal
    unit: str
    source: Source
    origin: str
    live: bool = False
    acquired: date | None = None
    second_source: Source | None = None
    origin_permit: str | None = None
    operation: str | None = None
    note: str = ""
    region: str = ""
    plan: str = ""


@dataclass(frozen=True, slots=True)
class Trade:
    """A consignment on its way: direction, day, route, purpose and lines.

    `sender` and `receiver` are the countries of (re-)export and of destination (`from` and `to` in JSON).
    """

    direction: Direction
    on: date
    sender: str
    receiver: str
    purpose: Purpose
    lines: tuple[Line, ...]
    personal_effects: bool = False
    carried_by_owner: bool = False
    certificate: str | None = None
    origin_permit: str | None = None
    registered_operation: str | None = None
    residence: str | None = None
