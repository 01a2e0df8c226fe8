"""Does a report say what the rows said? Both sides are read as text and turned into the same nine values a row.

The rows come straight from the file, the report from its CSV text: no object of a permit or endorsement is looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal, localcontext
from typing import NamedTuple

from wildgate.apps.reports.trade_rows import TradeRow
from wildgate.apps.reports.translate import term_code
from wildgate.convention import tables
from wildgate.convention.listing import Law
from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal
from wildgate.convention.report_row import Part
from wildgate.convention.reporting import Report, read_report
from wildgate.convention.taxonomy import Unknown


class Said(NamedTuple):
    """What a row of trade says."""

    part: str
    appendix: str
    taxon: str
    term: str
    quantity: str
    unit: str
    partner: str
    origin: str
    purpose: str
    source: str


def by_rows(rows: Iterable[TradeRow], law: Law) -> Counter[Said]:
    """What the rows of the file say, in current codes and the accepted names of the law."""
    return Counter(_said(row, law) for row in rows)


def by_report(text: str, part: Part) -> Counter[Said] | Refusal:
    """What a report says, read from its CSV."""
    report = read_report(text)
    if not isinstance(report, Report):
        return report[0]
    return Counter(
        Said(
            part.value,
            row.appendix,
            row.species,
            row.term,
            row.quantity,
            row.unit,
            row.partner,
            row.origin,
            row.purpose,
            row.source,
        )
        for row in report.rows
    )


def differences(rows: Counter[Said], report: Counter[Said]) -> list[str]:
    """One line for each kind of row that one side has more often than the other; none when both are equal."""
    out = [
        f"{many} in the rows, not in the report: {', '.join(said)}" for said, many in sorted((rows - report).items())
    ]
    out += [
        f"{many} in the report, not in the rows: {', '.join(said)}" for said, many in sorted((report - rows).items())
    ]
    return out


def _said(row: TradeRow, law: Law) -> Said:
    partner = row.importer if row.part is Part.EXPORTS else row.exporter
    origin = "" if row.origin == row.exporter else row.origin
    code, factor = tables.legacy_unit(row.unit) or (row.unit, Decimal(1))
    with localcontext() as context:
        context.prec = 40
        amount = plain(Decimal(row.quantity) * factor)
    taxon = law.resolve(row.taxon)
    name = row.taxon if isinstance(taxon, Unknown) else taxon.name
    return Said(
        row.part.value,
        row.appendix,
        name,
        term_code(row.term) or row.term,
        amount,
        "" if code == "NAR" else code,
        partner,
        origin,
        row.purpose,
        row.source,
    )
