"""From a decided application to the PermitRecord: which document the home authority grants, and its boxes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings

from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.selectors import management_authority
from wildgate.apps.permits.answers import OUTWARD
from wildgate.apps.permits.models import Application
from wildgate.apps.species.common_names import common_name
from wildgate.convention.outcome import Ruling
from wildgate.convention.permit import Address, PermitLine, PermitRecord, Reference
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.trade import Line, Trade
from wildgate.convention.validity import valid_until
from wildgate.convention.vocabulary import DocumentKind, Outcome

SUFFIX = {DocumentKind.EXPORT_PERMIT: "E", DocumentKind.RE_EXPORT: "R", DocumentKind.IMPORT_PERMIT: "I"}
PREFERRED = (DocumentKind.EXPORT_PERMIT, DocumentKind.RE_EXPORT, DocumentKind.IMPORT_PERMIT)


def document_kind(ruling: Ruling, party: str) -> DocumentKind | Refusal:
    """The one kind of document that the home authority would issue for every line, or why there is none."""
    ours = [{document.kind, *document.alternatives} for document in ruling.documents if document.issued_by == party]
    if not ours:
        return refuse("no-home-document",
                      "The law asks for no document from this authority here; nothing has to be applied for.",
                      basis=tuple(sorted({basis for document in ruling.documents for basis in document.basis})))
    common = set.intersection(*ours)
    if not common:
        kinds = ", ".join(sorted({document.kind.value for document in ruling.documents if document.issued_by == party}))
        return refuse("several-documents",
                      "The lines need different documents (%(kinds)s); apply for each kind separately.",
                      kinds=kinds, basis=("Res. Conf. 12.3",))
    return next((kind for kind in PREFERRED if kind in common), sorted(common)[0])


def number_for(party: str, kind: DocumentKind, year: int, serial: int) -> str:
    """`YY CC NNNNNN` and a letter for the kind (Res. Conf. 12.3; US 23.23(c)(6)), for example 26QM000031E."""
    return f"{year % 100:02d}{party}{serial:06d}{SUFFIX.get(kind, 'C')}"


def build(application: Application, trade: Trade, ruling: Ruling, kind: DocumentKind, *, number: str, official: Actor,
          at: datetime) -> PermitRecord:
    """Boxes 1 to 13 from the application as it was decided."""
    authority = management_authority(application.party)
    holder, other = _holder(application), _other(application.answers)
    outward = application.direction in OUTWARD
    return PermitRecord(
        party=application.party, number=number, kind=kind, issued_at=at.replace(microsecond=0),
        valid_until=valid_until(kind, at.date()), importer=other if outward else holder,
        exporter=holder if outward else other, purpose=trade.purpose,
        authority=Address(authority.name, authority.address, application.party), place=authority.place,
        official=official.name, special_conditions=_conditions(application, ruling),
        transport_document=application.answers.get("transport_document", ""),
        lines=tuple(_line(i, line, answers, ruling, trade)
                    for i, (line, answers) in enumerate(zip(trade.lines, application.answers["lines"], strict=True))),
    )


def _holder(application: Application) -> Address:
    holder = application.organisation
    return Address(holder.name, holder.address, holder.country, holder.private)


def _other(answers: Mapping[str, Any]) -> Address:
    return Address(answers["other_name"].strip(), answers["other_address"].strip(), answers["other_country"],
                   answers.get("other_private") == "yes")


def _conditions(application: Application, ruling: Ruling) -> str:
    """Box 5: live specimens travel by the rules for live transport; then what the authorities wrote."""
    parts = []
    if any(line.get("live") == "yes" or line.get("term") == "LIV" for line in application.answers["lines"]):
        parts.append("For live animals or plants: valid only if transport conforms to "
                     "the IATA Live Animals Regulations, the IATA Perishable Cargo Regulations "
                     "or the CITES guidelines for non-air transport.")
    if application.conditions:
        parts.append(application.conditions)
    return "\n".join(parts)


def block(position: int) -> str:
    """The letter of a block: A to Z, then AA, AB ..."""
    first, second = divmod(position, 26)
    return (chr(64 + first) if first else "") + chr(65 + second)


def _line(position: int, line: Line, answers: Mapping[str, str], ruling: Ruling, trade: Trade) -> PermitLine:
    ruled = ruling.lines[position]
    if ruled.appendix is None or ruled.decision is Outcome.NO_DOCUMENT:
        raise ValueError(f"line {position} needs no document: records are built for ruled lines only")
    return PermitLine(
        block=block(position), taxon=ruled.accepted, common_name=common_name(ruled.accepted), term=line.term,
        description=answers.get("description", ""), appendix=ruled.appendix, source=line.source,
        second_source=line.second_source, quantity=line.quantity, unit=line.unit,
        marks=tuple(mark.strip() for mark in answers.get("marks", "").split("\n") if mark.strip()),
        origin=Reference(line.origin, answers.get("origin_permit", ""), _day(answers.get("origin_permit_date"))),
        last_re_export=_last(answers), operation=line.operation or "", acquired=line.acquired,
    )


def _last(answers: Mapping[str, str]) -> Reference | None:
    country = answers.get("last_country", "")
    return (Reference(country, answers.get("last_permit", ""), _day(answers.get("last_permit_date")))
            if country else None)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def home() -> str:
    return str(settings.PARTY)
