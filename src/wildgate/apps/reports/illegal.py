"""The annual illegal trade report (Res. Conf. 11.17) from the seizures: one row per species, form and seizure.

Rows of one incident share its reference. The report names nobody: of offenders it holds the country codes that an
investigator released for it, and nothing of who gave a tip.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path

from django.conf import settings

from wildgate.apps.inspections.models import Disposal, SeizedLine, Seizure
from wildgate.apps.inspections.selectors import seizures
from wildgate.apps.species.registry import law_of
from wildgate.convention import illegal as report
from wildgate.convention.illegal import Column, IllegalRow, word
from wildgate.convention.illegal_checks import IllegalFinding, check
from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal, refuse

COLUMNS = tuple(column.heading for column in report.columns())
NIL = "No seizure is recorded for {year}: this is a nil report."
FORMULA = ("=", "+", "-", "@", "\t", "\r")
OWN_COLUMNS = "illegal-columns.tsv"
"""The file of an installation's own headings, in WILDGATE_HOME."""
UNDECIDED = "stored"


def layout() -> tuple[Column, ...] | Refusal:
    """The columns of this installation: its own where it has a file of them, else the shipped ones."""
    return _own(settings.HOME / OWN_COLUMNS, _stamp(settings.HOME / OWN_COLUMNS))


def columns() -> tuple[Column, ...]:
    """The columns to write: those shipped where the installation's own cannot be read."""
    found = layout()
    return report.columns() if isinstance(found, Refusal) else found


def _stamp(file: Path) -> int:
    return file.stat().st_mtime_ns if file.is_file() else 0


@cache
def _own(file: Path, stamp: int) -> tuple[Column, ...] | Refusal:
    if not stamp:
        return report.columns()
    try:
        return report.layout(file.read_bytes()[:report.LONGEST_LAYOUT * 4].decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        return refuse("layout-unreadable", "%(name)s cannot be read as UTF-8 text.", name=file.name)


def report_rows(party: str, year: int) -> list[IllegalRow]:
    """The rows of the seizures of `party` in `year`, oldest first."""
    return [row for seizure in seizures.of_year(party, year) for row in _rows(seizure)]


def rows(party: str, year: int) -> Iterator[tuple[str, ...]]:
    """The same rows as cells in the order of the columns."""
    asked = columns()
    return (row.cells(asked) for row in report_rows(party, year))


def findings(party: str, year: int, found: list[IllegalRow]) -> tuple[IllegalFinding, ...]:
    """What is to be repaired or looked at before the report is sent."""
    return check(found, law_of(party), year, columns())


Kind = tuple[str, str, str, str, str, str]


def _rows(seizure: Seizure) -> Iterator[IllegalRow]:
    """Lines of one species, form and unit with the same end are one row."""
    summed: dict[Kind, tuple[Decimal, int]] = {}
    for line in seizure.lines.all():
        kind = (line.taxon, line.appendix, line.term, line.unit, line.identified_by, _end(seizure, line))
        quantity, live = summed.get(kind, (Decimal(0), 0))
        summed[kind] = quantity + line.quantity, live + line.live
    for kind, (quantity, live) in summed.items():
        yield _row(seizure, kind, quantity, live)


def _end(seizure: Seizure, line: SeizedLine) -> str:
    """What became of a line: what was decided, and until then that it is stored."""
    decided = next((each.method for each in seizure.disposals.all() if line.position in each.lines
                    and each.state != Disposal.State.PROPOSED), "")
    return word(report.DISPOSAL, decided) or UNDECIDED


def _row(seizure: Seizure, kind: Kind, quantity: Decimal, live: int) -> IllegalRow:
    taxon, appendix, term, unit, identified_by, end = kind
    return IllegalRow(
        incident=seizure.number, date=seizure.seized_at.date().isoformat(), species=taxon, term=term,
        quantity=plain(quantity), unit=unit, place=seizure.place, agency=seizure.agency,
        reason=word(report.REASON, seizure.cause), transport=word(report.TRANSPORT, seizure.mode),
        concealment=seizure.concealment, detection=word(report.DETECTION, seizure.detection), origin=seizure.origin,
        transit="; ".join(seizure.transit), destination=seizure.destination,
        value=f"{seizure.value} {seizure.currency}".strip() if seizure.value is not None else "",
        nationality="; ".join(seizure.nationalities), law=seizure.provision, sanction=seizure.sanction, disposal=end,
        more=_more(seizure, appendix, live, identified_by))


def _more(seizure: Seizure, appendix: str, live: int, identified_by: str) -> str:
    said = [f"Appendix {appendix}" if appendix else "", f"{live} live" if live else "",
            f"identified by {identified_by}" if identified_by else "",
            f"papers: {', '.join(seizure.papers)}" if seizure.papers else ""]
    return "; ".join(each for each in said if each)


def to_csv(found: Iterable[tuple[str, ...]] = ()) -> str:
    """The headings and the rows; no cell is one that a spreadsheet takes for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.heading for column in columns()])
    writer.writerows([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row] for row in found)
    return out.getvalue()


def read_cells(text: str) -> list[list[str]]:
    """A report file as its cells again, headings first, without the marks against formulas."""
    return [[cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell for cell in row]
            for row in csv.reader(io.StringIO(text))]
