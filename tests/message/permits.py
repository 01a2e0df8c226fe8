"""The permits that the tests of the outward forms write, print and read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from wildgate.convention.permit import Address, PermitLine, PermitRecord, Reference
from wildgate.convention.vocabulary import Appendix, DocumentKind, Purpose, Source

MARIO = Address("Mario Ferro, Lacuna Hides Ltd", "12 Harbour Road\nPort Lacuna 4001", "QM")
QUARTZ = Address("Quartz Leather GmbH", "Bergstrasse 7\n8001 Quartzstadt", "QZ")
AUTHORITY = Address("Demoland Wildlife Authority", "1 Convention Square\nLacuna", "QM")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def line(block: str = "A", **changes: object) -> PermitLine:
    facts: dict[str, object] = {
        "block": block, "taxon": "Crocodylus novaeguineae", "common_name": "New Guinea crocodile", "term": "SKI",
        "description": "Belly skins, salted", "appendix": Appendix.II, "source": Source.CAPTIVE_BRED,
        "quantity": Decimal("1200"), "unit": "NAR", "origin": Reference("QM"),
        "marks": ("QM 2027 CNG 000001-001200",), "quota_used": Decimal("1200"), "quota": Decimal("5000"),
    }
    return PermitLine(**(facts | changes))  # type: ignore[arg-type]


def permit(count: int = 1, /, **changes: object) -> PermitRecord:
    facts: dict[str, object] = {
        "party": "QM", "number": "27QM000045DL", "kind": DocumentKind.EXPORT_PERMIT,
        "issued_at": datetime(2027, 3, 3, 9, 30, 0, tzinfo=UTC), "valid_until": date(2027, 9, 2),
        "importer": QUARTZ, "exporter": MARIO, "purpose": Purpose.COMMERCIAL, "authority": AUTHORITY,
        "place": "Lacuna", "official": "Bo Osei", "lines": tuple(line(LETTERS[at]) for at in range(count)),
        "special_conditions": "Valid only if transport meets the IATA regulations.\nTags must stay on the skins.",
        "security_stamp": "QM 0004711",
    }
    return PermitRecord(**(facts | changes))  # type: ignore[arg-type]


def re_export() -> PermitRecord:
    """One with every optional box filled."""
    origin = Reference("PG", "PG-2026-000123", date(2026, 5, 4))
    last = Reference("SG", "SG26RX0009", date(2026, 11, 30))
    return permit(kind=DocumentKind.RE_EXPORT, transport_document="AWB 176-12345675", replaces="27QM000044DL", lines=(
        line("A", origin=origin, last_re_export=last, operation="A-PG-501", source=Source.CONFISCATED,
             second_source=Source.WILD),
        line("B", origin=Reference("XX"), acquired=date(1969, 7, 1), source=Source.PRE_CONVENTION, quota=None,
             quota_used=None, quantity=Decimal("12.125"), unit="KGM", marks=()),
    ))
