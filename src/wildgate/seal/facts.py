"""What a reader is shown of a genuine code: plain values, to be compared with the paper and the goods."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from wildgate.convention.permit import plain
from wildgate.convention.sentence import Sentence, say
from wildgate.convention.vocabulary import Appendix
from wildgate.seal.claims import KIND_NAMES, Named, PermitClaims, SealedLine
from wildgate.seal.companion import Companion
from wildgate.seal.endorsement import Endorsement
from wildgate.seal.note import Note


def permit_facts(claims: PermitClaims) -> dict[str, Any]:
    """The permit page as carried by the code. A private person's name is absent; `check` verifies a name typed in."""
    facts: dict[str, Any] = {
        "number": claims.number, "party": claims.party, "kind": KIND_NAMES[claims.kind],
        "issued": stamp(claims.issued_at), "valid_until": _day(claims.expires_at // 86400),
        "exporter": _named(claims.exporter), "importer": _named(claims.importer), "purpose": claims.purpose,
        "lines": list(map(_line, claims.lines)),
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


def companion_facts(companion: Companion) -> dict[str, Any]:
    """The label, or the certificate that is not complete, as carried by its code."""
    facts: dict[str, Any] = {
        "kind": companion.paper.name.lower(), "party": companion.party, "number": companion.number,
        "document": KIND_NAMES[companion.kind], "issued": stamp(companion.issued_at),
        "valid_until": stamp(companion.expires_at)[:10],
    }
    return facts | {"permit_digest": companion.permit_digest.hex()} if companion.permit_digest else facts


def stamp(seconds: int) -> str:
    """UTC time as `2027-03-03T10:00:00Z`."""
    days, rest = divmod(seconds, 86400)
    minutes, second = divmod(rest, 60)
    return f"{_day(days)}T{minutes // 60:02d}:{minutes % 60:02d}:{second:02d}Z"


@lru_cache(maxsize=2048)
def _day(days: int) -> str:
    return (_EPOCH + timedelta(days=days)).isoformat()


_EPOCH = date(1970, 1, 1)


def spoken(seconds: float) -> Sentence:
    """UTC time for a sentence: `06:00 UTC on 3 March 2027`."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return say("%(time)s UTC on %(day)s %(month)s %(year)s", time=f"{moment:%H:%M}", day=moment.day,
               month=_MONTHS[moment.month - 1], year=moment.year)


_MONTHS = (say("January"), say("February"), say("March"), say("April"), say("May"), say("June"), say("July"),
           say("August"), say("September"), say("October"), say("November"), say("December"))


def _named(who: Named) -> dict[str, str | None]:
    if who.check is None:
        return {"name": who.name, "country": who.country}
    return {"name": None, "country": who.country, "check": who.check.hex()}


def _line(line: SealedLine) -> dict[str, Any]:
    taxon, appendix, source, term, quantity, unit, origin, origin_permit, marks = line
    shown: dict[str, Any] = {
        "taxon": taxon, "appendix": _APPENDICES[appendix], "source": source, "term": term,
        "quantity": plain(quantity), "unit": unit, "origin": origin,
    }
    if origin_permit:
        shown["origin_permit"] = origin_permit
    if marks:
        shown["marks"] = list(marks)
    return shown


_APPENDICES = {appendix: appendix.value for appendix in Appendix}
