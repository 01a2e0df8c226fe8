"""The annual report of a Party, read from what customs endorsed or from the permits that were issued (Art. VIII.7(a)).

Actual trade is of the year it crossed the border, permits issued of the year of issue; a report is one or the other,
and each row is marked. Of actual trade, unused permits and lines of which nothing moved are left out; where customs
corrected a release afterwards, the row has the corrected quantity and says so. Introductions from the sea stand with
the imports. Goods that left before their permit was issued (Res. Conf. 12.3) were endorsed by nobody: they stand at the
end, in the year in which they left, with the quantity of the permit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from wildgate.apps.customs.models import Correction, Endorsement, EndorsementLine
from wildgate.apps.permits.models import Application, Permit, PermitLine, PermitStatus
from wildgate.convention import tables
from wildgate.convention.lifecycle import PermitState
from wildgate.convention.permit import plain
from wildgate.convention.report_row import ACTUAL, PERMIT_ONLY, Basis, Part, ReportRow
from wildgate.convention.retrospective import left_on
from wildgate.convention.vocabulary import DocumentKind
from wildgate.kit.models import Event

BASIS = Basis.ACTUAL.value
"""The basis that is meant where none is named: endorsed quantities."""
AT_SEA = "ZZ"
Stage = Endorsement.Stage
NOT_ENDORSED: Final = "permit only: no endorsement"
FROM_SEA: Final = DocumentKind.FROM_THE_SEA.value
INWARD: Final = (DocumentKind.IMPORT_PERMIT.value, FROM_SEA)
VOID: Final = (PermitState.CANCELLED.value, PermitState.REPLACED.value)
ROWS_AT_ONCE: Final = 2000
NO_MARKS: Final = "[]"
MILLIONTH: Final = Decimal("0.000001")
STAGES: Final = {Part.EXPORTS: Stage.EXPORT, Part.IMPORTS: Stage.IMPORT}
Corrected = dict[int, tuple[Decimal, datetime]]


def rows(party: str, year: int, part: Part, basis: Basis = Basis.ACTUAL, *,
         using: str = DEFAULT_DB_ALIAS) -> Iterator[ReportRow]:
    """One row for each permit line of the year, in the order of permit numbers and lines.

    Read straight from the database, a few thousand at a time, with one query beside it for what was corrected. `using`:
    a standby will do (`kit.standby`), where nothing is signed.
    """
    if basis is Basis.ISSUED:
        return _issued_rows(issued(party, year, part), year, part, using)
    moved = _moved_rows(_moved(party, year, part), party, year, part, using)
    return chain(moved, _gone_before(party, year, using)) if part is Part.EXPORTS else moved


def newest(party: str, year: int, part: Part, basis: Basis, place: slice) -> list[ReportRow]:
    """The rows at some places of the year when the newest stand first: they are read in the order of an index, so that
    a page of a large year sorts nothing."""
    if basis is Basis.ISSUED:
        found = _lines_of(_newest_papers(party, year, part, place.stop)).order_by(
            "-permit__issued_at", "-permit_id", "position")
        return list(_issued_rows(found[place], year, part, DEFAULT_DB_ALIAS))
    moved_newest = _moved(party, year, part).order_by("-endorsement__at", "-endorsement_id", "pk")
    return list(_moved_rows(moved_newest[place], party, year, part, DEFAULT_DB_ALIAS))


def lines(party: str, year: int, part: Part, basis: Basis, most: int) -> int:
    """How many permit lines the part rests on, without reading them; counted to one above `most`."""
    if basis is Basis.ISSUED:
        papers = _papers(party, year, part).values("pk")[:most + 1]  # each has a line at least
        found: QuerySet[Any, Any] = PermitLine.objects.filter(permit__in=papers)
    else:
        found = moved(party, year, part)
    return found.order_by().values("pk")[:most + 1].count()


def corrections(party: str, year: int, since: datetime) -> QuerySet[Correction]:
    """What customs corrected of that year's trade after `since`, for instance after the report was sent: rows to send
    again. A withdrawn release is a correction to nothing."""
    return (Correction.objects.filter(line__endorsement__party=party, line__endorsement__at__gte=first(year),
                                      line__endorsement__at__lt=first(year + 1), at__gt=since)
            .select_related("line__endorsement__permit", "line__permit_line").order_by("at", "pk"))


def traded_years(party: str, using: str = DEFAULT_DB_ALIAS) -> list[int]:
    """The years with endorsements, the newest first: two queries, whatever the number of endorsements."""
    found = Endorsement.objects.using(using).filter(party=party).order_by()
    ends = [Subquery(found.filter(stage=stage).order_by(way).values("at")[:1])
            for stage in Stage.values for way in ("at", "-at")]
    told = found.values_list(*ends)[:1]
    years = {at.astimezone(UTC).year for row in told for at in row if at is not None}
    if len(years) < 2:
        return sorted(years)
    span = range(max(years), min(years) - 1, -1)
    held = found.values_list(*(Exists(found.filter(
        stage__in=Stage.values, at__gte=first(year), at__lt=first(year + 1))) for year in span))[0]
    return [year for year, there in zip(span, held, strict=True) if there]


def moved(party: str, year: int, part: Part) -> QuerySet[EndorsementLine]:
    """The endorsed lines of the year of which something moved."""
    return EndorsementLine.objects.filter(
        endorsement__party=party, endorsement__stage=STAGES[part], endorsement__at__gte=first(year),
        endorsement__at__lt=first(year + 1), quantity__gt=0)


def issued(party: str, year: int, part: Part) -> QuerySet[PermitLine, tuple[Any, ...]]:
    """The lines of the permits and certificates that were issued in the year and not taken back."""
    return _lines_of(_papers(party, year, part)).order_by("permit__number", "position")


def _papers(party: str, year: int, part: Part) -> QuerySet[Permit]:
    taken_back = PermitStatus.objects.filter(permit=OuterRef("pk"), state__in=VOID)
    found = Permit.objects.filter(~Exists(taken_back), party=party, issued_at__gte=first(year),
                                  issued_at__lt=first(year + 1))
    return found.filter(kind__in=INWARD) if part is Part.IMPORTS else found.exclude(kind__in=INWARD)


def _newest_papers(party: str, year: int, part: Part, most: int) -> QuerySet[Permit, Any]:
    """As many of the year's papers as so many lines can stand on: each has a line at least. Taken from the end of an
    index and ended there, so that a database that plans by its statistics does not join the whole year first."""
    return _papers(party, year, part).order_by("-issued_at", "-pk").values("pk")[:most]


def _lines_of(papers: QuerySet[Permit, Any]) -> QuerySet[PermitLine, tuple[Any, ...]]:
    used = Endorsement.objects.filter(permit=OuterRef("permit"))
    return PermitLine.objects.filter(permit__in=papers).values_list(
        "appendix", "taxon", "term", "quantity", "unit", "source", "origin", "origin_permit", "description", "marks",
        "permit__number", "permit__purpose", "permit__importer_country", "permit__exporter_country", "permit__kind",
        Exists(used))


def first(year: int) -> datetime:
    """The first moment of a year: years are those of UTC."""
    return datetime(year, 1, 1, tzinfo=UTC)


def _moved(party: str, year: int, part: Part) -> QuerySet[EndorsementLine, tuple[Any, ...]]:
    found = moved(party, year, part)
    home = ("appendix", "taxon", "term", "unit", "source", "origin", "origin_permit", "marks")
    names = ["pk", "quantity", "dead_on_arrival", "endorsement__permit__number", "endorsement__permit__purpose",
             *(f"permit_line__{name}" for name in home), "permit_line__description"]
    if part is Part.EXPORTS:
        return found.order_by("endorsement__permit__number", "permit_line__position", "pk").values_list(
            *names, "endorsement__permit__importer_country")
    return found.order_by(
        "endorsement__permit__number", "endorsement__foreign__country", "endorsement__foreign__number",
        "foreign_line__position", "permit_line__position", "pk").values_list(
        *names, "endorsement__permit__exporter_country", "endorsement__permit__kind", "endorsement__foreign__number",
        "endorsement__foreign__purpose", "endorsement__foreign__exporter_country",
        *(f"foreign_line__{name}" for name in home))


def _issued_rows(found: QuerySet[Any, Any], year: int, part: Part, using: str) -> Iterator[ReportRow]:
    return (_issued(each, year, part) for each in _each(found, using))


def gone_before(party: str, using: str = DEFAULT_DB_ALIAS, *, since: datetime | None = None) -> list[
        tuple[Permit, date]]:
    """Papers of exports and re-exports that were issued after their goods had left, with the day on which they left.
    Such cases are few: they are found by their events, which come after that day, and by what took their place."""
    told = Event.objects.using(using).filter(party=party, kind="retrospective")
    if since is not None:
        told = told.filter(at__gte=since)
    fresh = {subject.removeprefix("application:") for subject in told.values_list("subject", flat=True)}
    numbers: set[str] = set()
    while fresh:
        numbers |= fresh
        fresh = set(Application.objects.using(using).filter(
            party=party, replaces__application__number__in=fresh).values_list("number", flat=True)) - numbers
    if not numbers:
        return []
    papers = Permit.objects.using(using).exclude(kind__in=INWARD).exclude(status__state__in=VOID).filter(
        party=party, application__number__in=numbers).order_by("number")
    days = [(paper, left_on(paper.record.special_conditions)) for paper in papers]
    return [(paper, day) for paper, day in days if day is not None]


def _gone_before(party: str, year: int, using: str) -> Iterator[ReportRow]:
    for paper, day in gone_before(party, using, since=first(year)):
        if day.year != year:
            continue
        lines = _lines_of(Permit.objects.using(using).filter(pk=paper.pk).values("pk")).order_by("position")
        for row in _issued_rows(lines.using(using), year, Part.EXPORTS, using):
            yield replace(row, remarks=row.remarks.replace(NOT_ENDORSED, f"issued retrospectively, left {day}"))


def _moved_rows(found: QuerySet[Any, Any], party: str, year: int, part: Part, using: str) -> Iterator[ReportRow]:
    corrected = _corrections(party, year, STAGES[part], using)
    read = _exports if part is Part.EXPORTS else _imports
    return read(_each(found, using), year, party, corrected)


def _each(found: QuerySet[Any, Any], using: str) -> Iterator[tuple[Any, ...]]:
    """The rows as the database gives them: most of what the ORM would do to each value is not needed here."""
    sql, values = found.query.sql_with_params()
    line = connections[using]
    in_pieces = line.vendor == "postgresql" and not line.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS")
    cursor = line.chunked_cursor() if in_pieces else line.cursor()
    with cursor:
        cursor.execute(sql, values)
        while chunk := cursor.fetchmany(ROWS_AT_ONCE):
            yield from chunk


def _corrections(party: str, year: int, stage: str, using: str) -> Corrected:
    """The newest correction of each corrected line of the year: there are few."""
    found = Correction.objects.using(using).filter(
        line__endorsement__party=party, line__endorsement__stage=stage, line__endorsement__at__gte=first(year),
        line__endorsement__at__lt=first(year + 1)).order_by("pk").values_list("line_id", "quantity", "at")
    return {line: (quantity, at) for line, quantity, at in found}


def _exports(found: Iterator[tuple[Any, ...]], year: int, party: str, corrected: Corrected) -> Iterator[ReportRow]:
    """One loop without calls where a line has nothing unusual: a call costs a tenth of the row, and there are a
    million."""
    of_year = str(year)
    for (pk, counted, dead, number, purpose, appendix, taxon, term, unit, source, origin, origin_permit, marks,
         description, importer) in found:
        if taxon is None:
            raise ValueError(f"endorsed line {pk} of an export stands on no home permit")
        quantity, remarks = _quantity(counted), "" if marks == NO_MARKS else _marks(marks)
        if dead or pk in corrected:
            quantity, remarks = _corrected(pk, quantity, remarks, dead, corrected)
            if not quantity:
                continue
        again = origin != party
        yield ReportRow(
            appendix, taxon, term, quantity, "" if unit == "NAR" else unit, importer, of_year, purpose, source,
            origin if again else "", number, "", origin_permit if again else "", "", description or _name(term),
            remarks, 0, ACTUAL)


def _imports(found: Iterator[tuple[Any, ...]], year: int, party: str, corrected: Corrected) -> Iterator[ReportRow]:
    made = (_import(each, year, corrected) for each in found)
    return (row for row in made if row is not None)


def _import(cells: tuple[Any, ...], year: int, corrected: Corrected) -> ReportRow | None:
    """From the foreign paper where there is one; else from the home import permit or certificate alone."""
    pk, counted, dead, own, purpose, *home = cells[:14]
    exporter, kind, foreign, foreign_purpose, foreign_exporter, *theirs = cells[14:]
    appendix, taxon, term, unit, source, origin, origin_permit, marks = theirs if theirs[1] is not None else home[:8]
    description = "" if theirs[1] is not None else home[8]
    if taxon is None:
        raise ValueError(f"endorsed line {pk} of an import stands on no permit")
    quantity, remarks = _quantity(counted), _marks(marks)
    if dead or pk in corrected:
        quantity, remarks = _corrected(pk, quantity, remarks, dead, corrected)
        if not quantity:
            return None
    from_sea = kind == FROM_SEA
    sender = AT_SEA if from_sea else exporter if foreign is None else foreign_exporter
    own, again = own or "", origin != sender
    return ReportRow(
        appendix, taxon, term, quantity, "" if unit == "NAR" else unit, sender, str(year),
        purpose if foreign is None else foreign_purpose, source, origin if again else "",
        own if from_sea else foreign or "", "" if from_sea else own, origin_permit if again else "",
        own if from_sea else "", description or _name(term), remarks, 0, ACTUAL)


def _issued(cells: tuple[Any, ...], year: int, part: Part) -> ReportRow:
    """What a permit allows, whatever became of it; of one that was never endorsed the row says so."""
    (appendix, taxon, term, allowed, unit, source, origin, origin_permit, description, marks, number, purpose, importer,
     exporter, kind, used) = cells
    from_sea, exports = kind == FROM_SEA, part is Part.EXPORTS
    sender = AT_SEA if from_sea else exporter
    again = origin != sender
    remarks = _marks(marks)
    if not used:
        remarks = f"{remarks}, {NOT_ENDORSED}" if remarks else NOT_ENDORSED
    return ReportRow(
        appendix, taxon, term, _quantity(allowed), "" if unit == "NAR" else unit, importer if exports else sender,
        str(year), purpose, source, origin if again else "", number if exports or from_sea else "",
        "" if exports or from_sea else number, origin_permit if again else "", number if from_sea else "",
        description or _name(term), remarks, 0, PERMIT_ONLY)


def _corrected(pk: int, quantity: str, remarks: str, dead: Any, corrected: Corrected) -> tuple[str, str]:
    """Quantity and remarks of a line of which some died or which was corrected; no quantity where nothing is left."""
    told = [remarks] if remarks else []
    if dead:
        told.append(f"{_quantity(dead)} dead on arrival")
    if pk in corrected:
        now, at = corrected[pk]
        told.append(f"corrected {_day(at).isoformat()}: {quantity} before")
        quantity = plain(now) if now > 0 else ""
    return quantity, ", ".join(told)


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()


@lru_cache(maxsize=65536)
def _quantity(counted: Any) -> str:
    """A quantity as text. SQLite gives whole numbers and floats, PostgreSQL decimals."""
    if isinstance(counted, int):
        return str(counted)
    return plain(counted if isinstance(counted, Decimal) else Decimal(repr(counted)).quantize(MILLIONTH))


def _marks(found: Any) -> str:
    if not found or found == NO_MARKS:
        return ""
    return ", ".join(json.loads(found) if isinstance(found, str) else found)


@lru_cache(maxsize=1024)
def _name(term: str) -> str:
    known = tables.term(term)
    return known.name_en if known else ""


