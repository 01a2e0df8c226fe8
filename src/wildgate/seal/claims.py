"""What the seal of a permit says: the claims of one printed page, from a PermitRecord and back."""

from __future__ import annotations

import calendar
import hashlib
import hmac
import re
import unicodedata
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, NamedTuple

from wildgate.convention.permit import LINES_ON_A_PAGE, Address, PermitLine, PermitRecord
from wildgate.convention.vocabulary import Appendix, DocumentKind, Purpose, Source
from wildgate.seal import cbor, shape
from wildgate.seal.shape import Unfit

ISS, EXP, IAT, STATUS, PERMIT = 1, 4, 6, 65535, -65537
VERSION: Final = 1
MOST_PAGES: Final = 250
COMFORTABLE_BYTES: Final = 350
"""Up to this payload a QR code stays at version 21, level Q: permits of origin and marks are carried if they fit."""

KIND_NUMBERS: Final = {
    DocumentKind.EXPORT_PERMIT: 1, DocumentKind.RE_EXPORT: 2, DocumentKind.IMPORT_PERMIT: 3,
    DocumentKind.FROM_THE_SEA: 5, DocumentKind.PRE_CONVENTION: 6, DocumentKind.CAPTIVE_BRED: 7,
    DocumentKind.EXHIBITION: 8, DocumentKind.INSTRUMENT: 9, DocumentKind.SAMPLES: 10, DocumentKind.OWNERSHIP: 11,
    DocumentKind.ORIGIN: 12, DocumentKind.PROPAGATED: 13, DocumentKind.PHYTOSANITARY: 14,
    DocumentKind.SCIENTIFIC_LABEL: 15,
}
"""Type numbers of claim 2. Number 4 is "other certificate" of other Parties: it is read but never written here."""
OTHER_KIND: Final = 4
KIND_NAMES: Final = {number: kind.value for kind, number in KIND_NUMBERS.items()} | {OTHER_KIND: "other-certificate"}

LONGEST_MONTHS: Final = {
    1: 6, 2: 6, 3: 12, 4: 36, 5: 12, 6: 36, 7: 36, 8: 36, 9: 36, 10: 6, 11: 36, 12: 12, 13: 36, 14: 12, 15: 36,
}
"""Longest validity by type (Convention Art. VI.2; Res. Conf. 12.3 and 16.8; 50 CFR 23.54)."""

MULTIPLE_USE: Final = frozenset({DocumentKind.EXHIBITION, DocumentKind.INSTRUMENT, DocumentKind.OWNERSHIP})
APPENDICES: Final = dict(enumerate(Appendix, start=1))
_APPENDIX_NUMBERS: Final = {appendix: number for number, appendix in APPENDICES.items()}
_SOURCES: Final = {one.value: (one, None) for one in Source} | {
    one.value + two.value: (one, two) for one in (Source.CONFISCATED, Source.PRE_CONVENTION) for two in Source}
_PURPOSES: Final = frozenset(purpose.value for purpose in Purpose)
_NO_MARKS: Final[tuple[str, ...]] = ()
_TOP_KEYS: Final = frozenset({ISS, EXP, IAT, STATUS, PERMIT})
_PERMIT_KEYS: Final = frozenset(range(12))
_STATUS_KEYS: Final = frozenset({"idx", "uri"})
is_status_uri: Final = re.compile("[A-Z]{2}/[0-9]{2}Q[1-4]/(?:0|[1-9][0-9]{0,4})").fullmatch
_are_codes: Final = re.compile("[A-Z]{3} [A-Z]{3} [A-Z]{2}").fullmatch


class Named(NamedTuple):
    """Box 3 or 4 as carried: a plain name cut to 48 bytes, or for a private person an 8-byte check and no name."""

    name: str | None
    check: bytes | None
    country: str


class SealedLine(NamedTuple):
    """One line as carried. `origin_permit` and `marks` are empty when they were left out for space."""

    taxon: str
    appendix: Appendix
    source: str
    term: str
    quantity: Decimal
    unit: str
    origin: str
    origin_permit: str
    marks: tuple[str, ...]


class PermitClaims(NamedTuple):
    """The claims of one printed page. Times are UTC seconds; `record_digest` is `PermitRecord.digest`, 32 bytes.

    `most_uses` is None for a single-use permit, 0 for unlimited uses. `newer` marks keys of a later profile.
    """

    party: str
    issued_at: int
    expires_at: int
    status_uri: str
    status_index: int
    number: str
    kind: int
    related: tuple[str, ...]
    most_uses: int | None
    exporter: Named
    importer: Named
    purpose: str | None
    lines: tuple[SealedLine, ...]
    record_digest: bytes
    page: int
    pages: int
    stamp: str
    newer: bool


def name_check(name: str, record_digest: bytes) -> bytes:
    """8 bytes that tell whether a name read from the paper is the one on the permit (HMAC-SHA-256).

    Case, accents' spelling and spaces do not matter. It hides a name from those who only scan, not from a guesser.
    """
    normal = " ".join(unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name).casefold()).split())
    return hmac.new(record_digest, normal.encode(), hashlib.sha256).digest()[:8]


def permit_payload(record: PermitRecord, page: int, status_uri: str, status_index: int, digest: bytes) -> bytes:
    """The claims of printed page `page` (from 1) as deterministic CBOR. Raises Unfit if no verifier would take them."""
    body = _body(record, page, digest)
    claims: dict[int, Any] = {
        ISS: record.party, EXP: int(record.expires_at.timestamp()), IAT: int(record.issued_at.timestamp()),
        STATUS: {"status_list": {"idx": status_index, "uri": status_uri}}, PERMIT: body,
    }
    lines = record.lines[(page - 1) * LINES_ON_A_PAGE:page * LINES_ON_A_PAGE]
    for with_origin, with_marks in ((True, True), (True, False), (False, False)):
        body[8] = [_line(line, with_origin, with_marks) for line in lines]
        if len(payload := cbor.encode_in_order(claims)) <= COMFORTABLE_BYTES:
            break
    read_permit(claims)
    return payload


def _body(record: PermitRecord, page: int, digest: bytes) -> dict[int, Any]:
    body: dict[int, Any] = {0: VERSION, 1: record.number, 2: KIND_NUMBERS[record.kind]}
    if record.kind in MULTIPLE_USE:                  # the keys are written in order: see `cbor.encode_in_order`
        body[4] = [True]
    body[5], body[6] = _named(record.exporter, digest), _named(record.importer, digest)
    if record.purpose:
        body[7] = record.purpose.value
    body[8], body[9] = [], digest
    if (pages := -(-len(record.lines) // LINES_ON_A_PAGE)) > 1:
        body[10] = [page, pages]
    if record.security_stamp:
        body[11] = record.security_stamp
    return body


def _named(who: Address, digest: bytes) -> list[str | bytes]:
    return [name_check(who.name, digest) if who.private else shape.cut(who.name), who.country]


def _line(line: PermitLine, with_origin: bool, with_marks: bool) -> list[Any]:
    source = line.source.value
    if source in "IO" and line.second_source:
        source += line.second_source.value
    out = [shape.cut(line.taxon, 128), _APPENDIX_NUMBERS[line.appendix], source, line.term,
           shape.number_to_carry(line.quantity), line.unit, line.origin.country]
    origin_permit = shape.cut(line.origin.number) if with_origin else ""
    if with_marks and line.marks:
        return [*out, origin_permit, [shape.cut(mark) for mark in line.marks]]
    return [*out, origin_permit] if origin_permit else out


def read_permit(claims: Any) -> PermitClaims:
    """Check decoded claims against the permit profile. Raises Unfit with what is wrong."""
    newer = shape.known_keys(claims, _TOP_KEYS, "the code")
    party = shape.party(claims.get(ISS), "the issuing Party")
    issued, expires = shape.time(claims, IAT, "the time of issue"), shape.time(claims, EXP, "the last day of validity")
    uri, index = read_place(claims.get(STATUS), party)
    body = claims.get(PERMIT)
    newer |= shape.known_keys(body, _PERMIT_KEYS, "the permit")
    if shape.need(body, 0, int, "the version") != VERSION:
        raise Unfit("it is of another version")
    kind: int = shape.need(body, 2, int, "the type of the permit")
    if kind not in KIND_NAMES:
        raise Unfit("the type of the permit is unknown")
    if expires <= issued or expires > latest_end(issued, LONGEST_MONTHS[kind]):
        raise Unfit(f"it is valid longer than the {LONGEST_MONTHS[kind]} months allowed for its type, or for no time")
    purpose = body.get(7)
    if purpose is not None and (type(purpose) is not str or purpose not in _PURPOSES):
        raise Unfit("the purpose is unknown")
    digest: bytes = shape.need(body, 9, bytes, "the digest of the record")
    if len(digest) != 32:
        raise Unfit("the digest of the record is not 32 bytes long")
    page, pages = _page(body.get(10))
    return PermitClaims(
        party, issued, expires, uri, index, shape.text(body.get(1), shape.NUMBER_BYTES, "the permit number"), kind,
        _related(body.get(3)), _most_uses(body.get(4)), _read_named(body.get(5)), _read_named(body.get(6)), purpose,
        _read_lines(body.get(8)), digest, page, pages,
        shape.text(body[11], 32, "the security stamp") if 11 in body else "", newer)


@lru_cache(maxsize=4096)
def _last_day(day: int, months: int) -> int:
    start = datetime.fromtimestamp(day * 86400, UTC)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = min(start.day, calendar.monthrange(year, month + 1)[1])
    return calendar.timegm((year, month + 1, last, 0, 0, 0))


def latest_end(issued: int, months: int) -> int:
    """The last second of validity that `months` allow: the end of that day anywhere on Earth."""
    return _last_day(issued // 86400, months) + 2 * 86400 - 1


def read_place(claim: object, party: str) -> tuple[str, int]:
    """The list of `party` and the place in it that hold the state."""
    if type(claim) is not dict or claim.keys() != {"status_list"}:
        raise Unfit("the place in the status list is missing")
    place = claim["status_list"]
    if type(place) is not dict or place.keys() != _STATUS_KEYS:
        raise Unfit("the place in the status list is missing")
    uri, index = place["uri"], place["idx"]
    if type(uri) is not str or not is_status_uri(uri) or uri[:2] != party:
        raise Unfit("its status list is not one of the issuing Party")
    if type(index) is not int or not 0 <= index < 65536:
        raise Unfit("the place in the status list is out of range")
    return uri, index


def _read_named(value: object) -> Named:
    if type(value) is not list or len(value) != 2:
        raise Unfit("exporter or importer is missing")
    name, country = value
    if country != "":
        shape.party(country, "the country of the exporter or importer")
    if type(name) is bytes and len(name) == 8:
        return Named(None, name, country)
    if name != "":
        shape.text(name, shape.NAME_BYTES, "the name of the exporter or importer")
    return Named(name, None, country)


def _read_lines(value: object) -> tuple[SealedLine, ...]:
    if type(value) is not list or not 1 <= len(value) <= LINES_ON_A_PAGE:
        raise Unfit(f"it does not carry 1 to {LINES_ON_A_PAGE} lines")
    return tuple(map(_read_line, value))


def _read_line(line: object) -> SealedLine:
    if type(line) is not list or not 7 <= len(line) <= 9:
        raise Unfit("a line is not complete")
    taxon, appendix, source, term, amount, unit, origin = line if len(line) == 7 else line[:7]
    if type(taxon) is not str or not 0 < len(taxon) <= 32:
        shape.text(taxon, 128, "a scientific name")
    if type(appendix) is not int or appendix not in APPENDICES:
        raise Unfit("an Appendix is not 1, 2 or 3")
    if type(source) is not str or source not in _SOURCES:
        raise Unfit("a source is unknown")
    if not _are_codes(f"{term} {unit} {origin}"):
        raise Unfit("a term, unit or country of origin is not a code")
    origin_permit, marks = "", _NO_MARKS
    if len(line) > 7:
        origin_permit, marks = _read_extras(line[7:])
    return SealedLine(taxon, APPENDICES[appendix], source, term, shape.quantity(amount), unit, origin,
                      origin_permit, marks)


def _read_extras(extras: list[Any]) -> tuple[str, tuple[str, ...]]:
    number, marks = extras[0], extras[1] if len(extras) == 2 else []
    if len(extras) == 1 or number != "":
        shape.text(number, shape.NAME_BYTES, "the permit of origin")
    if type(marks) is not list or len(marks) > 64 or (len(extras) == 2 and not marks):
        raise Unfit("the marks are not a list")
    return number, tuple(shape.text(mark, shape.NAME_BYTES, "a mark") for mark in marks)


def _related(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if type(value) is not list or not 1 <= len(value) <= 8:
        raise Unfit("the related permits are not a list")
    return tuple(shape.text(number, shape.NUMBER_BYTES, "a related permit") for number in value)


def _most_uses(value: object) -> int | None:
    if value is None:
        return None
    match value:
        case [True]:
            return 0
        case [True, int(most)] if type(most) is int and 0 < most < 65536:
            return most
    raise Unfit("the number of uses is not understood")


def _page(value: object) -> tuple[int, int]:
    if value is None:
        return 1, 1
    match value:
        case [int(page), int(pages)] if type(page) is type(pages) is int and 1 <= page <= pages <= MOST_PAGES:
            return page, pages
    raise Unfit("the page is not understood")
