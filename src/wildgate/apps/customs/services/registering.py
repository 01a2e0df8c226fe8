"""Registering a foreign permit or certificate as presented: read by the rules, keyed by country, number and date."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.customs.models import ForeignLine, ForeignPermit
from wildgate.apps.permits.records import block
from wildgate.apps.species.registry import law_of
from wildgate.apps.species.selectors import suggesting
from wildgate.convention import tables
from wildgate.convention.intake import Suggest
from wildgate.convention.listing import Law
from wildgate.convention.permit import plain
from wildgate.convention.quantity import check_number, parse_quantity
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.taxonomy import Unknown
from wildgate.convention.validity import valid_until as longest_validity
from wildgate.convention.vocabulary import Appendix, DocumentKind, Purpose, Source
from wildgate.kit import events

MOST_LINES = 100
DIGEST_DOMAIN = b"wildgate/foreign-permit/1\n"
_is_digest = re.compile("[0-9a-f]{64}").fullmatch
BASIS = ("Art. VI.3", "Res. Conf. 12.3, Annex 1")


@dataclass(frozen=True, slots=True)
class Item:
    """One line as printed on the foreign paper. `quantity` as text or number, in the current unit code `unit`."""

    taxon: str
    appendix: str
    source: str
    term: str
    quantity: Decimal | str
    unit: str
    origin: str
    origin_permit: str = ""
    marks: tuple[str, ...] = ()


def register_foreign(
    *,
    actor: Actor,
    country: str,
    number: str,
    issued_on: date,
    valid_until: date,
    kind: str,
    exporter_country: str,
    importer_country: str,
    purpose: str,
    lines: Sequence[Item],
    at: datetime,
    organisation: int | None = None,
    digest: str = "",
    endorsement_digest: str = "",
) -> ForeignPermit | Refusal:
    """Write down another Party's permit as presented (Article VIII.6). The same paper registered again is the same row.

    `digest` is the permit digest of its seal and `endorsement_digest` that of the exporting customs' label, 64
    hexadecimal digits each, where the paper carries them.
    """
    if refused := require(actor, Action.ENDORSE):
        return refused
    paper = ForeignPermit(
        party=actor.party,
        country=country.strip().upper(),
        number=number.strip(),
        issued_on=issued_on,
        valid_until=valid_until,
        kind=str(kind),
        exporter_country=exporter_country.strip().upper(),
        importer_country=importer_country.strip().upper(),
        purpose=purpose.strip().upper(),
        organisation_id=organisation,
        digest=digest,
        endorsement_digest=endorsement_digest,
        registered_by_id=actor.own_id,
        registered_at=at,
    )
    if refused := _fault(paper, at.date()):
        return refused
    rows = _lines(lines, actor.party)
    if isinstance(rows, Refusal):
        return rows
    paper.digest = digest or facts_digest(paper, rows)
    try:
        return _keep(paper, rows, actor)
    except IntegrityError:  # the same paper was registered elsewhere at the same moment
        return _keep(paper, rows, actor)


def _keep(paper: ForeignPermit, rows: Sequence[ForeignLine], actor: Actor) -> ForeignPermit | Refusal:
    """Save the paper with its event, or find the one that is registered already."""
    with transaction.atomic():
        same_key = {name: getattr(paper, name) for name in ("party", "country", "number", "issued_on")}
        known = ForeignPermit.objects.select_for_update().filter(**same_key).first()
        if known is not None:
            return known if _same(known, paper, rows) else _differs(paper)
        paper.pk = None
        paper.save(force_insert=True)
        for row in rows:
            row.foreign = paper
        ForeignLine.objects.bulk_create(rows)
        told = {"kind": paper.kind, "digest": paper.digest, "lines": len(rows)}
        at = paper.registered_at
        events.append("foreign-registered", paper.subject, party=paper.party, actor=actor.label, at=at, data=told)
    return paper


def _differs(paper: ForeignPermit) -> Refusal:
    return refuse(
        "foreign-permit-differs",
        "%(country)s %(number)s is already registered with other facts. Compare the papers and contact the authority "
        "that issued them.",
        country=paper.country,
        number=paper.number,
        field="number",
        basis=BASIS,
    )


def facts_digest(paper: ForeignPermit, rows: Sequence[ForeignLine]) -> str:
    """SHA-256 over the facts of a paper that carries no seal, in hexadecimal."""
    facts = [
        paper.country,
        paper.number,
        paper.issued_on.isoformat(),
        paper.valid_until.isoformat(),
        paper.kind,
        paper.exporter_country,
        paper.importer_country,
        paper.purpose,
        [
            [
                row.block,
                row.taxon,
                row.appendix,
                row.source,
                row.term,
                plain(row.quantity),
                row.unit,
                row.origin,
                row.origin_permit,
                row.marks,
            ]
            for row in rows
        ],
    ]
    return hashlib.sha256(
        DIGEST_DOMAIN + json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
    ).hexdigest()


def _same(known: ForeignPermit, paper: ForeignPermit, rows: Sequence[ForeignLine]) -> bool:
    return facts_digest(known, list(known.lines.all())) == facts_digest(paper, rows)


def _fault(paper: ForeignPermit, today: date) -> Refusal | None:
    if not 1 <= len(paper.number) <= 30 or not paper.number.isprintable():
        return refuse(
            "number-missing",
            "Give the number of the permit as printed, at most 30 characters.",
            field="number",
            basis=BASIS,
        )
    if paper.country == paper.party:
        return refuse(
            "home-permit",
            "%(country)s is the home Party: its permits are endorsed as they stand, not registered.",
            country=paper.country,
            field="country",
        )
    if paper.kind not in set(DocumentKind) or paper.kind == DocumentKind.IMPORT_PERMIT.value:
        return refuse(
            "kind-unknown",
            "%(kind)s is not a kind of document that comes with an import.",
            kind=paper.kind[:40],
            field="kind",
        )
    if paper.purpose and paper.purpose not in set(Purpose):
        return refuse(
            "purpose-unknown", "%(purpose)s is not a purpose code.", purpose=paper.purpose[:10], field="purpose"
        )
    for field in ("country", "exporter_country", "importer_country"):
        code = getattr(paper, field)
        if tables.country(code) is None:
            return refuse(
                "country-unknown", "%(given)s is not a country code.", given=code[:10] or "A blank", field=field
            )
    for field in ("digest", "endorsement_digest"):
        if getattr(paper, field) and not _is_digest(getattr(paper, field)):
            return refuse("digest-unreadable", "A digest is 64 hexadecimal digits.", field=field)
    return _dates(paper, today)


def _dates(paper: ForeignPermit, today: date) -> Refusal | None:
    if paper.issued_on > today:
        return refuse(
            "issued-in-future",
            "The permit is dated after today. Check the date of issue.",
            field="issued_on",
            basis=BASIS,
        )
    if paper.valid_until < paper.issued_on:
        return refuse(
            "validity-reversed",
            "The permit ends before it was issued. Check both dates.",
            field="valid_until",
            basis=BASIS,
        )
    most = longest_validity(DocumentKind(paper.kind), paper.issued_on)
    if (paper.valid_until - most).days > 1:  # some authorities print the same day of the month, ours the day before
        return refuse(
            "validity-too-long",
            "A document of the kind %(kind)s of that day ends by %(day)s at the latest.",
            kind=paper.kind,
            day=most,
            field="valid_until",
            basis=("Art. VI.2", "Res. Conf. 12.3"),
        )
    return None


def _lines(items: Sequence[Item], party: str) -> list[ForeignLine] | Refusal:
    if not 1 <= len(items) <= MOST_LINES:
        return refuse("lines-missing", "A permit has 1 to %(most)s lines.", most=MOST_LINES, field="lines", basis=BASIS)
    law, suggest = law_of(party), suggesting(party)
    rows = []
    for position, item in enumerate(items):
        row = _line(position, item, law, suggest)
        if isinstance(row, Refusal):
            return row
        rows.append(row)
    return rows


def _line(position: int, item: Item, law: Law, suggest: Suggest) -> ForeignLine | Refusal:
    at = f"lines[{position}]"
    taxon = law.resolve(item.taxon)
    if isinstance(taxon, Unknown):
        return refuse(
            "taxon-unknown",
            "%(name)s is not a name in the tables. %(why)s",
            name=item.taxon[:80],
            why=taxon.reason,
            field=f"{at}.taxon",
            suggestions=suggest(item.taxon),
        )
    if refused := _unknown_code(item, at):
        return refused
    text = plain(item.quantity) if isinstance(item.quantity, Decimal) else item.quantity
    amount = parse_quantity(text, field=f"{at}.quantity")
    if isinstance(amount, Refusal):
        return amount
    if refused := check_number(amount, item.unit, field=f"{at}.quantity"):
        return refused
    return ForeignLine(
        block=block(position),
        position=position,
        taxon=taxon.name,
        appendix=item.appendix,
        source=item.source,
        term=item.term,
        quantity=amount,
        unit=item.unit,
        origin=item.origin,
        origin_permit=item.origin_permit[:40],
        marks=list(item.marks),
    )


def _unknown_code(item: Item, at: str) -> Refusal | None:
    """The first code of the line that the code lists do not hold."""
    known_unit, known_term = tables.unit(item.unit), tables.term(item.term)
    checks = (
        ("appendix", item.appendix in set(Appendix), "an Appendix"),
        ("source", item.source in set(Source), "a source code"),
        ("term", known_term is not None and known_term.current, "a current term code"),
        ("unit", known_unit is not None and known_unit.current, "a current unit code"),
        ("origin", tables.country(item.origin) is not None, "a country code"),
    )
    for field, holds, what in checks:
        if not holds:
            value = str(asdict(item)[field])[:20] or "A blank"
            return refuse(
                f"{field}-unknown",
                "%(value)s is not %(what)s.",
                value=value,
                what=what,
                field=f"{at}.{field}",
                basis=BASIS,
            )
    return None
