"""The annual report, read from what customs endorsed: actual trade of the year it crossed the border (Art. VIII.7(a)).

Unused permits and lines of which nothing moved are left out; where customs corrected a release afterwards, the row has
the corrected quantity and says so. Introductions from the sea stand with the imports.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from django.db.models import OuterRef, QuerySet, Subquery

from wildgate.apps.customs.models import Correction, Endorsement, EndorsementLine
from wildgate.convention import tables
from wildgate.convention.permit import plain
from wildgate.convention.report_row import Part, ReportRow
from wildgate.convention.vocabulary import DocumentKind

BASIS = "Actual Trade"
"""The basis that the report names: endorsed quantities, never permits issued."""
AT_SEA = "ZZ"
Stage = Endorsement.Stage


def rows(party: str, year: int, part: Part) -> Iterator[ReportRow]:
    """One row for each permit line of which something moved in `year`, in the order of permit numbers and lines."""
    if part is Part.EXPORTS:
        return map(_export_row, _moved(party, year, Stage.EXPORT))
    return map(_import_row, _moved(party, year, Stage.IMPORT))


def corrections(party: str, year: int, since: datetime) -> QuerySet[Correction]:
    """What customs corrected of that year's trade after `since`, for instance after the report was sent: rows to send
    again. A withdrawn release is a correction to nothing."""
    start, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    return (Correction.objects.filter(line__endorsement__party=party, line__endorsement__at__gte=start,
                                      line__endorsement__at__lt=end, at__gt=since)
            .select_related("line__endorsement__permit", "line__permit_line").order_by("at", "pk"))


def traded_years(party: str) -> list[int]:
    """The years with endorsements, the newest first."""
    return [
        day.year for day in Endorsement.objects.filter(party=party).datetimes("at", "year", order="DESC", tzinfo=UTC)
    ]


def _moved(party: str, year: int, stage: str) -> Iterator[EndorsementLine]:
    start, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    found: QuerySet[EndorsementLine] = EndorsementLine.objects.filter(
        endorsement__party=party,
        endorsement__stage=stage,
        endorsement__at__gte=start,
        endorsement__at__lt=end,
        quantity__gt=0,
    )
    newest = Correction.objects.filter(line=OuterRef("pk")).order_by("-pk")
    rows = (
        found.select_related("endorsement__permit", "endorsement__foreign", "permit_line", "foreign_line")
        .annotate(corrected=Subquery(newest.values("quantity")[:1]), corrected_at=Subquery(newest.values("at")[:1]))
        .order_by(
            "endorsement__permit__number",
            "endorsement__foreign__country",
            "endorsement__foreign__number",
            "foreign_line__position",
            "permit_line__position",
            "pk",
        )
        .iterator(chunk_size=2000)
    )
    return (row for row in rows if row.corrected is None or row.corrected > 0)


def _quantity(moved: EndorsementLine) -> str:
    """What really moved: the newest correction where customs corrected the release, else what was endorsed."""
    corrected = getattr(moved, "corrected", None)
    return plain(moved.quantity if corrected is None else corrected)


def _export_row(moved: EndorsementLine) -> ReportRow:
    endorsement, line = moved.endorsement, moved.permit_line
    permit = endorsement.permit
    if permit is None or line is None:
        raise ValueError(f"export endorsement {endorsement.pk} stands on no home permit")
    again = line.origin != endorsement.party
    return ReportRow(
        appendix=line.appendix,
        species=line.taxon,
        term=line.term,
        quantity=_quantity(moved),
        unit=_unit(line.unit),
        partner=permit.importer_country,
        year=str(endorsement.at.astimezone(UTC).year),
        purpose=permit.purpose,
        source=line.source,
        origin=line.origin if again else "",
        export_permit=permit.number,
        origin_permit=line.origin_permit if again else "",
        description=_description(line.term, line.description),
        remarks=_remarks(moved, line.marks),
    )


def _import_row(moved: EndorsementLine) -> ReportRow:
    """From the foreign paper where there is one; else from the home import permit or certificate alone."""
    endorsement = moved.endorsement
    permit, foreign = endorsement.permit, endorsement.foreign
    line, paper = moved.foreign_line or moved.permit_line, foreign or permit
    if line is None or paper is None:
        raise ValueError(f"import endorsement {endorsement.pk} stands on no permit")
    from_sea = permit is not None and permit.kind == DocumentKind.FROM_THE_SEA.value
    sender = AT_SEA if from_sea else paper.exporter_country
    again = line.origin != sender
    own = permit.number if permit else ""
    return ReportRow(
        appendix=line.appendix,
        species=line.taxon,
        term=line.term,
        quantity=_quantity(moved),
        unit=_unit(line.unit),
        partner=sender,
        year=str(endorsement.at.astimezone(UTC).year),
        purpose=paper.purpose,
        source=line.source,
        origin=line.origin if again else "",
        export_permit=own if from_sea else foreign.number if foreign else "",
        import_permit="" if from_sea else own,
        origin_permit=line.origin_permit if again else "",
        ifs_permit=own if from_sea else "",
        description=_description(line.term, getattr(line, "description", "")),
        remarks=_remarks(moved, line.marks),
    )


def _remarks(moved: EndorsementLine, marks: list[str]) -> str:
    dead = f"{plain(moved.dead_on_arrival)} dead on arrival" if moved.dead_on_arrival else ""
    at = getattr(moved, "corrected_at", None)
    corrected = f"corrected {at.date().isoformat()}: {plain(moved.quantity)} before" if at else ""
    return ", ".join(filter(None, [*marks, dead, corrected]))


def _unit(code: str) -> str:
    """A blank unit is a number of specimens."""
    return "" if code == "NAR" else code


def _description(term: str, text: str) -> str:
    known = tables.term(term)
    return text or (known.name_en if known else "")
