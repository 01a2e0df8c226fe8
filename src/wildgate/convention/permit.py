"""PermitRecord: an issued permit as immutable data, boxes 1 to 15 of the standard form (Res. Conf. 12.3, Annex 2).

Every outward form (paper, PDF, XML, QR) is written from this record and carries its digest.
Boxes 14 (export endorsement) and 15 (transport document) are filled by customs after issue: they are events,
never part of the record, except a transport document that was known at issue.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from wildgate.convention.vocabulary import Appendix, DocumentKind, Purpose, Source

INSTANT = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
LINES_ON_A_PAGE = 4
DIGEST_DOMAIN = b"wildgate/permit/1\n"


@dataclass(frozen=True, slots=True)
class Address:
    """Boxes 3, 4 and 6: who, where. `private` marks a natural person: the seal then carries no plain name."""

    name: str
    address: str
    country: str
    private: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """Boxes 12 and 12a: another country's permit or certificate. Number and date may be unknown."""

    country: str
    number: str = ""
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class PermitLine:
    """One block of boxes 7 to 12b. `block` is A, B, C ... in the order of the form."""

    block: str
    taxon: str
    common_name: str
    term: str
    description: str
    appendix: Appendix
    source: Source
    quantity: Decimal
    unit: str
    origin: Reference
    second_source: Source | None = None
    marks: tuple[str, ...] = ()
    quota_used: Decimal | None = None
    quota: Decimal | None = None
    last_re_export: Reference | None = None
    operation: str = ""
    acquired: date | None = None


@dataclass(frozen=True, slots=True)
class PermitRecord:
    """An issued permit. Keyed by (party, number, issue date); never changed after issue (US 23.26(c)(1))."""

    party: str
    number: str
    kind: DocumentKind
    issued_at: datetime
    valid_until: date
    importer: Address
    exporter: Address
    purpose: Purpose | None
    authority: Address
    place: str
    official: str
    lines: tuple[PermitLine, ...]
    special_conditions: str = ""
    security_stamp: str = ""
    transport_document: str = ""
    replaces: str = ""

    @property
    def key(self) -> tuple[str, str, date]:
        return self.party, self.number, self.issued_at.date()

    @property
    def expires_at(self) -> datetime:
        """The last second of validity: midnight that ends `valid_until`, UTC."""
        return datetime(self.valid_until.year, self.valid_until.month, self.valid_until.day, 23, 59, 59, tzinfo=UTC)

    @property
    def pages(self) -> tuple[tuple[PermitLine, ...], ...]:
        """Lines by printed page: the form holds four blocks, the rest goes on annex pages."""
        return tuple(self.lines[i:i + LINES_ON_A_PAGE] for i in range(0, len(self.lines), LINES_ON_A_PAGE))

    @property
    def digest(self) -> bytes:
        """SHA-256 over the canonical JSON form, 32 bytes: the same for paper, PDF, XML and QR."""
        return hashlib.sha256(DIGEST_DOMAIN + self.canonical()).digest()

    def canonical(self) -> bytes:
        """Sorted keys, no spaces, NFC text, UTF-8: one spelling for one record."""
        text = json.dumps(self.as_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return unicodedata.normalize("NFC", text).encode()

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values; empty optional values are left out."""
        return {
            "party": self.party, "number": self.number, "kind": self.kind.value,
            "issued_at": self.issued_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "valid_until": self.valid_until.isoformat(),
            "importer": _address_json(self.importer), "exporter": _address_json(self.exporter),
            "purpose": self.purpose.value if self.purpose else None,
            "authority": _address_json(self.authority), "place": self.place, "official": self.official,
            "special_conditions": self.special_conditions, "security_stamp": self.security_stamp,
            "transport_document": self.transport_document, "replaces": self.replaces,
            "lines": [_line_json(line) for line in self.lines],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> PermitRecord:
        """The inverse of `as_json`. Raises KeyError or ValueError on anything else: parse foreign input at the door."""
        return cls(
            party=data["party"], number=data["number"], kind=DocumentKind(data["kind"]),
            issued_at=_instant(data["issued_at"]),
            valid_until=date.fromisoformat(data["valid_until"]),
            importer=Address(**data["importer"]), exporter=Address(**data["exporter"]),
            purpose=Purpose(data["purpose"]) if data["purpose"] else None,
            authority=Address(**data["authority"]), place=data["place"], official=data["official"],
            special_conditions=data["special_conditions"], security_stamp=data["security_stamp"],
            transport_document=data["transport_document"], replaces=data["replaces"],
            lines=tuple(_line(line) for line in data["lines"]),
        )


def plain(number: Decimal) -> str:
    """A decimal without exponent or trailing zeros: one spelling for one quantity."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _instant(text: str) -> datetime:
    if INSTANT.fullmatch(text) is None:
        raise ValueError(f"{text} is not of the form 2027-03-03T09:00:00Z")
    return datetime.fromisoformat(text)


def _address_json(who: Address) -> dict[str, Any]:
    return {"name": who.name, "address": who.address, "country": who.country, "private": who.private}


def _reference_json(ref: Reference | None) -> dict[str, Any] | None:
    if ref is None:
        return None
    return {"country": ref.country, "number": ref.number,
            "issued_on": ref.issued_on.isoformat() if ref.issued_on else None}


def _line_json(line: PermitLine) -> dict[str, Any]:
    return {
        "block": line.block, "taxon": line.taxon, "common_name": line.common_name, "term": line.term,
        "description": line.description, "appendix": line.appendix.value, "source": line.source.value,
        "second_source": line.second_source.value if line.second_source else None,
        "quantity": plain(line.quantity), "unit": line.unit, "marks": list(line.marks),
        "quota_used": plain(line.quota_used) if line.quota_used is not None else None,
        "quota": plain(line.quota) if line.quota is not None else None,
        "origin": _reference_json(line.origin), "last_re_export": _reference_json(line.last_re_export),
        "operation": line.operation, "acquired": line.acquired.isoformat() if line.acquired else None,
    }


def _reference(data: Mapping[str, Any]) -> Reference:
    on = data["issued_on"]
    return Reference(data["country"], data["number"], date.fromisoformat(on) if on else None)


def _line(data: Mapping[str, Any]) -> PermitLine:
    return PermitLine(
        block=data["block"], taxon=data["taxon"], common_name=data["common_name"], term=data["term"],
        description=data["description"], appendix=Appendix(data["appendix"]), source=Source(data["source"]),
        second_source=Source(data["second_source"]) if data["second_source"] else None,
        quantity=Decimal(data["quantity"]), unit=data["unit"], marks=tuple(data["marks"]),
        quota_used=Decimal(data["quota_used"]) if data["quota_used"] is not None else None,
        quota=Decimal(data["quota"]) if data["quota"] is not None else None,
        origin=_reference(data["origin"]),
        last_re_export=_reference(data["last_re_export"]) if data["last_re_export"] else None,
        operation=data["operation"], acquired=date.fromisoformat(data["acquired"]) if data["acquired"] else None,
    )
