"""From a decided application to the PermitRecord: which document the home authority grants, and its boxes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.conf import settings

from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.selectors import management_authority
from wildgate.apps.permits import kinds, needs
from wildgate.apps.permits.answers import OUTWARD
from wildgate.apps.permits.models import Application
from wildgate.apps.species.common_names import common_name
from wildgate.convention.outcome import Ruling
from wildgate.convention.permit import Address, PermitLine, PermitRecord, Reference
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.retrospective import Retrospection
from wildgate.convention.trade import Line, Trade
from wildgate.convention.validity import valid_until
from wildgate.convention.vocabulary import DocumentKind, Outcome

SUFFIX = {DocumentKind.EXPORT_PERMIT: "E", DocumentKind.RE_EXPORT: "R", DocumentKind.IMPORT_PERMIT: "I"}
PREFERRED = (DocumentKind.EXPORT_PERMIT, DocumentKind.RE_EXPORT, DocumentKind.IMPORT_PERMIT)

ONLY_IF_ASKED = frozenset({DocumentKind.EXHIBITION, DocumentKind.OWNERSHIP, DocumentKind.INSTRUMENT,
                           DocumentKind.SAMPLES, DocumentKind.SCIENTIFIC_LABEL})


def document_kind(ruling: Ruling, party: str, wanted: DocumentKind | None = None) -> DocumentKind | Refusal:
    """The one kind of document that the home authority would issue for every line, or why there is none.

    `wanted` is taken where the law leaves a choice; a certificate of Article VII that was asked for is never silently
    exchanged for a permit.
    """
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
    if wanted is not None and wanted in common:
        return wanted
    if wanted in ONLY_IF_ASKED:
        told = [each.reason for each in ruling.warnings if each.code == "certificate-not-available"]
        return refuse("certificate-cannot-serve", "The certificate that you ask for cannot be issued here. %(why)s",
                      why=" ".join(dict.fromkeys(told)), field="direction",
                      basis=tuple(dict.fromkeys(basis for each in ruling.warnings for basis in each.basis
                                                if each.code == "certificate-not-available")))
    return next((kind for kind in PREFERRED if kind in common), sorted(common)[0])


def number_for(party: str, kind: DocumentKind, year: int, serial: int) -> str:
    """`YY CC NNNNNN` and a letter for the kind (Res. Conf. 12.3; US 23.23(c)(6)), for example 26QM000031E."""
    return f"{year % 100:02d}{party}{serial:06d}{SUFFIX.get(kind, 'C')}"


def is_true_copy(application: Application) -> bool:
    """Whether the permit will say what the one before it said: that one was lost or spoilt and nothing changed."""
    return application.replaces_id is not None and application.replacing != Application.Replacing.VARIATION


def build(application: Application, trade: Trade, ruling: Ruling, kind: DocumentKind, *, number: str, official: Actor,
          at: datetime) -> PermitRecord:
    """Boxes 1 to 13 from the application as it was decided."""
    authority = management_authority(application.party)
    holder = _holder(application)
    other = _other(application.answers, holder)
    outward = application.direction in OUTWARD
    return PermitRecord(
        party=application.party, number=number, kind=kind, issued_at=at.replace(microsecond=0),
        valid_until=last_day(kind, application.answers, at.date()), importer=other if outward else holder,
        exporter=holder if outward else other, purpose=trade.purpose,
        authority=Address(authority.name, authority.address, application.party), place=authority.place,
        official=official.name, special_conditions=_conditions(application, ruling),
        transport_document=application.answers.get("transport_document", ""),
        replaces=application.replaces.number if application.replaces else "",
        lines=tuple(_line(i, line, answers, ruling, trade)
                    for i, (line, answers) in enumerate(zip(trade.lines, application.answers["lines"], strict=True))),
    )


def true_copy(application: Application, old: PermitRecord, *, number: str, official: Actor,
              at: datetime) -> PermitRecord:
    """The record of a lost or spoilt permit under a new number, to its last day (Res. Conf. 12.3, replacement)."""
    authority = management_authority(application.party)
    conditions = "\n".join(filter(None, [*_instead(application), old.special_conditions]))
    return replace(old, number=number, issued_at=at.replace(microsecond=0), official=official.name, replaces=old.number,
                   authority=Address(authority.name, authority.address, application.party), place=authority.place,
                   special_conditions=conditions)


WHY_REPLACED: dict[str, str] = {
    Application.Replacing.LOST: "lost or stolen", Application.Replacing.SPOILT: "its paper was spoilt",
    Application.Replacing.VARIATION: "its contents had to change"}
"""The reason in box 5, in the language of the form."""


def _instead(application: Application) -> list[str]:
    """Box 5 says which permit this one replaces, of which day, and why."""
    old = application.replaces
    if old is None:
        return []
    return [f"Replaces permit {old.number} of {old.issued_at.date().isoformat()} "
            f"({WHY_REPLACED[application.replacing]}). That permit is no longer valid."]


def _holder(application: Application) -> Address:
    holder = application.organisation
    return Address(holder.name, holder.address, holder.country, holder.private)


def _other(answers: Mapping[str, Any], holder: Address) -> Address:
    """The other party; the holder, with the first country entered, where the specimens travel with their owner."""
    if kinds.goes_along(answers):
        return replace(holder, country=answers["other_country"])
    return Address(answers["other_name"].strip(), answers["other_address"].strip(), answers["other_country"],
                   answers.get("other_private") == "yes")


def _conditions(application: Application, ruling: Ruling) -> str:
    """Box 5: live specimens travel by the rules for live transport; then what the authorities wrote."""
    parts = _instead(application)
    if application.retrospective:
        parts.append(Retrospection.from_json(application.retrospective).words)
    if any(line.get("live") == "yes" or line.get("term") == "LIV" for line in application.answers["lines"]):
        parts.append("For live animals or plants: valid only if transport conforms to "
                     "the IATA Live Animals Regulations, the IATA Perishable Cargo Regulations "
                     "or the CITES guidelines for non-air transport.")
    parts += _of_kind(application.answers)
    if application.conditions:
        parts.append(application.conditions)
    return "\n".join(parts)


ON_FACE = {
    "pet-ownership": "The animal travels with its owner and is not sold or given away abroad. Each crossing of a "
                     "border is endorsed.",
    "musical-instrument": "Non-commercial use; the instrument is not sold or given away abroad and comes back before "
                          "this certificate ends. Each crossing of a border is endorsed.",
    "travelling-exhibition": "The specimens are not sold or given away abroad and come back before this certificate "
                             "ends. Each crossing of a border is endorsed.",
    "sample-collection": "Sample collection covered by ATA carnet %(carnet)s, valid until %(carnet_until)s. The "
                         "samples are not sold or given away abroad and come back.",
    "scientific-exchange": "Non-commercial loan, gift or exchange between the registered institutions %(our_register)s "
                           "and %(their_register)s.",
    "pre-convention": "Acquired before the Convention applied to the species.",
    "certificate-of-origin": "The specimens originate in the country that issues this certificate.",
}
"""What Res. Conf. 12.3 and 50 CFR 23.23(e) want on the face of a certificate, by task."""


def _of_kind(answers: Mapping[str, Any]) -> list[str]:
    """Box 5: what the kind of document asks for, and where it travels."""
    task = kinds.task_of(answers)
    code = task.code if task else ""
    parts = [ON_FACE[code] % {"carnet": "", "carnet_until": "", "our_register": "", "their_register": "", **answers}
             ] if code in ON_FACE else []
    if kinds.goes_along(answers) and (where := " ".join(answers.get("itinerary", "").split())):
        parts.append(f"Itinerary: {where[:200]}")
    if vessel := answers.get("vessel", "").strip():
        parts.append(f"Taken by the ship {vessel}.")
    return parts


def last_day(kind: DocumentKind, answers: Mapping[str, Any], issued_on: date) -> date:
    """The last day; samples under an ATA carnet never outlast the carnet (50 CFR 23.50)."""
    until, carnet = valid_until(kind, issued_on), needs.carnet_ends(answers)
    return min(until, carnet) if carnet and kind is DocumentKind.SAMPLES else until


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
