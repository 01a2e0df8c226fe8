"""Our own events as rows of the trade store: what customs endorsed, line by line, with the month it crossed the border.

They are the rows of the annual report (`reports.selectors`), of all years; a test holds the two together. Goods that
left before their permit was issued are among them, in the month in which they left.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date
from decimal import Decimal

from django.db.models import OuterRef, Subquery

from wildgate.apps.customs.models import Correction, EndorsementLine, ForeignLine, ForeignPermit
from wildgate.apps.permits.models import Permit, PermitLine
from wildgate.apps.reports import selectors
from wildgate.apps.species.registry import law_of
from wildgate.convention.listing import Law
from wildgate.convention.report_row import Part
from wildgate.convention.taxonomy import Taxon
from wildgate.convention.vocabulary import DocumentKind
from wildgate.kit import standby
from wildgate.worldtrade.own import OwnRow

AT_ONCE = 2000


def rows(party: str) -> Iterator[OwnRow]:
    """Everything that moved, the newest year first, exports before imports."""
    law, using = law_of(party), standby.alias()
    newest = Correction.objects.filter(line=OuterRef("pk")).order_by("-pk")
    gone = selectors.gone_before(party, using)
    for year in sorted({*selectors.traded_years(party, using), *(day.year for _paper, day in gone)}, reverse=True):
        for part in Part:
            found = selectors.moved(party, year, part).using(using).select_related(
                "endorsement__permit", "endorsement__foreign", "permit_line", "foreign_line").annotate(
                corrected=Subquery(newest.values("quantity")[:1])).order_by("pk")
            for line in found.iterator(chunk_size=AT_ONCE):
                quantity = line.quantity if line.corrected is None else line.corrected
                if quantity > 0:
                    yield _row(line, part, quantity, law)
            for paper, day in gone if part is Part.EXPORTS else ():
                if day.year == year:
                    for each in paper.lines.order_by("position"):
                        yield _own(paper, each, part, day, each.quantity, law, party)


def _row(moved: EndorsementLine, part: Part, quantity: Decimal, law: Law) -> OwnRow:
    """As the report has it: an import by the foreign paper where there is one, else by the home document."""
    endorsement = moved.endorsement
    abroad = part is Part.IMPORTS and moved.foreign_line is not None
    line = moved.foreign_line if abroad else moved.permit_line
    paper = endorsement.foreign if part is Part.IMPORTS and endorsement.foreign else endorsement.permit
    if line is None or paper is None:
        raise ValueError(f"endorsed line {moved.pk} stands on no permit")
    sender = endorsement.party if part is Part.EXPORTS else _sender(moved, paper)
    return _own(paper, line, part, endorsement.at.astimezone(UTC).date(), quantity, law, sender)


def _own(paper: Permit | ForeignPermit, line: PermitLine | ForeignLine, part: Part, on: date, quantity: Decimal,
         law: Law, sender: str) -> OwnRow:
    placed = law.resolve(line.taxon)
    ranks = (placed.class_, placed.order, placed.family, placed.genus) if isinstance(placed, Taxon) else ("",) * 4
    return OwnRow(
        on.year, on.month, line.appendix, line.taxon, *ranks, line.term, quantity, line.unit,
        importer=paper.importer_country if part is Part.EXPORTS else paper.party, exporter=sender,
        origin=line.origin if line.origin != sender else "", purpose=paper.purpose, source=line.source,
        reporter="E" if part is Part.EXPORTS else "I")


def _sender(moved: EndorsementLine, paper: object) -> str:
    permit = moved.endorsement.permit
    if permit is not None and permit.kind == DocumentKind.FROM_THE_SEA.value:
        return selectors.AT_SEA
    return str(getattr(paper, "exporter_country", ""))
