"""What a reader is shown of a genuine code: plain values, to be compared with the paper and the goods."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from wildgate.convention.permit import plain
from wildgate.seal.claims import KIND_NAMES, Named, PermitClaims, SealedLine
from wildgate.seal.endorsement import Endorsement
from wildgate.seal.note import Note


def permit_facts(claims: PermitClaims) -> dict[str, Any]:
    """The permit page as carried by the code. A private person's name is absent; `check` verifies a name typed in."""
    facts: dict[str, Any] = {
        "number": claims.number, "party": claims.party, "kind": KIND_NAMES[claims.kind],
        "issued": stamp(claims.issued_at), "valid_until": stamp(claims.expires_at)[:10],
        "exporter": _named(claims.exporter), "importer": _named(claims.importer), "purpose": claims.purpose,
        "lines": [_line(line) for line in claims.lines],
        "page": claims.page, "pages": claims.pages, "record_digest": claims.record_digest.hex(),
    }
    if claims.stamp:
        facts["security_stamp"] = claims.stamp
    if claims.related:
        facts["related"] = list(claims.related)
    if claims.most_uses is not None:
        facts["multiple_use"], facts["most_uses"] = True, claims.most_uses or None
    return facts


def endorsement_facts(endorsement: Endorsement) -> dict[str, Any]:
    """The endorsement as carried by the label."""
    return {
        "kind": "endorsement", "party": endorsement.party, "number": endorsement.number,
        "stage": endorsement.stage.name.lower().replace("_", "-"), "place": endorsement.locode,
        "endorsed": stamp(int(endorsement.at.timestamp())),
        "quantities": [plain(amount) for amount in endorsement.quantities],
        "transport_document": endorsement.transport_document or None, "packages": endorsement.packages,
        "permit_digest": endorsement.permit_digest.hex(),
        "previous": endorsement.previous.hex() if endorsement.previous else None,
    }


def note_facts(note: Note) -> dict[str, Any]:
    """The note as carried by its code."""
    return {
        "kind": "note", "party": note.party, "number": note.number, "issued": stamp(int(note.issued_at.timestamp())),
        "valid_until": stamp(int(note.expires_at.timestamp()))[:10], "from": note.sender, "to": note.receiver,
        "carried": note.carried, "purpose": note.purpose, "law": note.law.isoformat(),
        "items": [{"taxon": item.taxon, "appendix": item.appendix.value if item.appendix else None, "term": item.term,
                   "quantity": plain(item.quantity), "unit": item.unit, "origin": item.origin, "reason": item.reason,
                   "rule": item.rule or None} for item in note.items],
    }


def stamp(seconds: int) -> str:
    """UTC time as `2027-03-03T10:00:00Z`."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()[:19] + "Z"


def spoken(seconds: float) -> str:
    """UTC time for a sentence: `06:00 UTC on 3 March 2027`."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment:%H:%M} UTC on {moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")


def _named(who: Named) -> dict[str, str | None]:
    if who.check is None:
        return {"name": who.name, "country": who.country}
    return {"name": None, "country": who.country, "check": who.check.hex()}


def _line(line: SealedLine) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "taxon": line.taxon, "appendix": line.appendix.value, "source": line.source, "term": line.term,
        "quantity": plain(line.quantity), "unit": line.unit, "origin": line.origin,
    }
    if line.origin_permit:
        shown["origin_permit"] = line.origin_permit
    if line.marks:
        shown["marks"] = list(line.marks)
    return shown
