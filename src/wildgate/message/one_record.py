"""A permit for an air cargo system: IATA ONE Record objects (cargo ontology, live animals), mapped as toolkit v2 is.

An export for carriers. ONE Record counts animals in whole numbers; what it has no place for is listed, never rounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from wildgate.convention.permit import Address, PermitLine, PermitRecord, Reference
from wildgate.message.profile import OTHER_NAMES, TYPE_LETTERS, Box14

CARGO = "https://onerecord.iata.org/ns/cargo#"
CODES = "https://onerecord.iata.org/ns/code-lists/"
Thing = dict[str, Any]


def one_record(record: PermitRecord, endorsements: Sequence[Box14] = ()) -> tuple[Thing, list[str]]:
    """The permit as JSON-LD, and the boxes that it could not carry. A private person's name stays at home."""
    lost = [word for line in record.lines for word in _lost(line)]
    document = _thing(
        "LiveAnimalsEpermit", epermitNumber=record.number, permitTypeCode=_code(TYPE_LETTERS.get(record.kind, "O")),
        permitTypeOtherDescription=OTHER_NAMES.get(record.kind), copyIndicator=False,
        transactionPurposeCode=_listed("TransactionPurposeCode", record.purpose.value if record.purpose else ""),
        specialConditions=record.special_conditions, validFrom=_time(record.issued_at),
        validUntil=_time(record.expires_at), transportContractId=record.transport_document,
        consignee=_organization(record.importer), signatures=_signatures(record, endorsements),
        consignments=[_consignment(line, endorsements) for line in record.lines])
    return {"@context": {"@vocab": CARGO}, **document}, lost


def _signatures(record: PermitRecord, endorsements: Sequence[Box14]) -> list[Thing]:
    signed = [("ISSUING_AUTHORITY", record.authority, None, record.security_stamp),
              ("APPLICANT", record.exporter, None, ""), ("PERMIT_ISSUER", record.authority, record.issued_at, "")]
    return [_thing("EpermitSignature", signatoryRole=_listed("SignatoryRole", role),
                   signatoryCompany=_organization(who), signatureDate=_time(at) if at else None, securityStampId=stamp)
            for role, who, at, stamp in signed] + [
        _thing("EpermitSignature", signatoryRole=_listed("SignatoryRole", "EXAMINING_AUTHORITY"),
               signatureDate=_time(each.at)) for each in endorsements]


def _consignment(line: PermitLine, endorsements: Sequence[Box14]) -> Thing:
    moved = [(amount, unit) for each in endorsements for block, amount, unit in each.quantities if block == line.block]
    one_unit = len({unit for _, unit in moved}) == 1
    return _thing(
        "EpermitConsignment", consignmentItems=_piece(line), usedToDateQuotaQuantity=_whole(line.quota_used),
        examiningQuantity=_thing("Value", numericalValue=str(sum((amount for amount, _ in moved), Decimal(0))),
                                 unit=_code(moved[0][1])) if one_unit else None)


def _piece(line: PermitLine) -> Thing:
    reference = line.last_re_export or line.origin
    return _thing(
        "PieceLiveAnimals", goodsTypeCode=_listed("GoodsTypeCode", line.appendix.value),
        goodsTypeExtensionCode=_listed("GoodsTypeExtensionCode", line.source.value),
        quantityAnimals=_whole(line.quantity) if line.unit == "NAR" else None, speciesScientificName=line.taxon,
        speciesCommonName=line.common_name, specimenTypeCode=_code(line.term), specimenDescription=line.description,
        originTradeCountry=_code(line.origin.country),
        exportTradeCountry=_code(line.last_re_export.country if line.last_re_export else ""),
        **_referenced(reference, "R" if line.last_re_export else "E"), categoryCode=line.operation,
        acquisitionDateTime=f"{line.acquired.isoformat()}T00:00:00Z" if line.acquired else None,
        annualQuotaQuantity=_whole(line.quota))


def _referenced(reference: Reference, letter: str) -> Thing:
    if not reference.number:
        return {}
    return {"originReferencePermitId": reference.number, "originReferencePermitTypeCode": _code(letter),
            "originReferencePermitDateTime": f"{reference.issued_on.isoformat()}T00:00:00Z"
            if reference.issued_on else None}


def _lost(line: PermitLine) -> list[str]:
    lost = []
    if line.unit != "NAR" or _whole(line.quantity) is None:
        lost.append(f"box 11 of block {line.block}: a quantity that is no whole number of specimens")
    if line.last_re_export and line.origin.number:
        lost.append(f"box 12 of block {line.block}: the permit of the country of origin beside the last re-export")
    if line.marks:
        lost.append(f"box 9 of block {line.block}: the marks")
    return lost


def _organization(who: Address) -> Thing | None:
    if who.private:
        return None
    address = _thing("Address", streetAddressLines=who.address.split("\n") if who.address else None,
                     country=_code(who.country))
    return _thing("Company", name=who.name, basedAtLocation=_thing("Location", address=address))


def _thing(kind: str, **facts: Any) -> Thing:
    """An object of the ontology; what is not known is left out."""
    return {"@type": f"{CARGO}{kind}"} | {name: value for name, value in facts.items() if value not in (None, "", [])}


def _code(code: str) -> Thing | None:
    return _thing("CodeListElement", code=code) if code else None


def _listed(name: str, code: str) -> Thing | None:
    return {"@id": f"{CODES}{name}#{code}"} if code else None


def _whole(amount: Decimal | None) -> int | None:
    return int(amount) if amount is not None and amount == amount.to_integral_value() else None


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
