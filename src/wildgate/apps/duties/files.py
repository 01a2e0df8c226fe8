"""Imports as a file for the Management Authority: a table for people, a message for their system, nobody's name.

The message uses its own small form: it names papers, quantities and posts as the CITESEPermit message does, and says
nothing that the table does not say.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date
from typing import Final
from xml.etree import ElementTree

from wildgate.apps.customs.models import Endorsement
from wildgate.apps.permits.fault_file import TYPES, XLSX, xlsx
from wildgate.convention.lifecycle import PermitAct
from wildgate.convention.permit import plain
from wildgate.kit.models import Event

SHEET: Final = TYPES[XLSX]
NAMESPACE: Final = "urn:wildgate:imports:1"
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of one import."""

    endorsement: str
    imported_at: str
    post: str
    transport_document: str
    packages: str
    country: str
    permit: str
    issued_on: str
    valid_until: str
    kind: str
    exporter_country: str
    purpose: str
    import_permit: str
    block: str
    taxon: str
    appendix: str
    source: str
    term: str
    permitted: str
    arrived: str
    dead: str
    unit: str
    origin: str


HEAD: Final = tuple(each.name for each in fields(Line))
OF_THE_IMPORT: Final = HEAD[:HEAD.index("block")]


def lines_of(imports: Sequence[Endorsement]) -> list[Line]:
    """Every line of these imports, in their order."""
    shown = papers_shown(imports)
    return [line for each in imports for line in _lines(each, shown)]


def papers_shown(imports: Sequence[Endorsement]) -> Mapping[str, str]:
    """Import permits of ours that were shown on paper and stand in no register, by the foreign paper's subject."""
    subjects = [each.foreign.subject for each in imports if each.foreign is not None and each.permit is None]
    found = Event.objects.filter(kind=PermitAct.IMPORT_ENDORSED.value, subject__in=subjects)
    return {event.subject: number for event in found if (number := _told(event).get("import_permit"))}


def _told(event: Event) -> dict[str, str]:
    return dict(json.loads(event.data))


def _lines(found: Endorsement, shown: Mapping[str, str]) -> Iterator[Line]:
    paper = found.foreign
    if paper is None:
        return
    home = found.permit.number if found.permit is not None else shown.get(paper.subject, "")
    for moved in found.lines.all():
        line = moved.foreign_line
        if line is not None:
            yield Line(
                found.digest[:16], found.at.astimezone(UTC).isoformat(timespec="seconds"), found.port,
                found.transport_document, str(found.packages or ""), paper.country, paper.number,
                paper.issued_on.isoformat(), paper.valid_until.isoformat(), paper.kind, paper.exporter_country,
                paper.purpose, home, line.block, line.taxon, line.appendix, line.source, line.term,
                plain(line.quantity), plain(moved.quantity),
                plain(moved.dead_on_arrival) if moved.dead_on_arrival is not None else "", line.unit, line.origin)


def as_table(lines: Iterable[Line]) -> str:
    """CSV. Text that a spreadsheet would take for a formula begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEAD)
    for line in lines:
        writer.writerow([f"'{text}" if text.startswith(FORMULA) else text for text in asdict(line).values()])
    return out.getvalue()


def as_sheet(lines: Iterable[Line]) -> bytes:
    """The same table as a workbook: every cell is text, so none is a formula."""
    return xlsx([list(HEAD), *(list(asdict(line).values()) for line in lines)])


def as_message(lines: Iterable[Line], *, party: str, day: date) -> str:
    """XML: an import with its paper, and its lines inside."""
    ElementTree.register_namespace("", NAMESPACE)
    root = ElementTree.Element(_name("Imports"), {"party": party, "day": day.isoformat()})
    inside: dict[str, ElementTree.Element] = {}
    for line in lines:
        said = asdict(line)
        if line.endorsement not in inside:
            inside[line.endorsement] = ElementTree.SubElement(root, _name("Import"), {
                _attribute(name): said[name] for name in OF_THE_IMPORT if said[name]})
        ElementTree.SubElement(inside[line.endorsement], _name("Line"), {
            _attribute(name): text for name, text in said.items() if name not in OF_THE_IMPORT and text})
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _name(text: str) -> str:
    return f"{{{NAMESPACE}}}{text}"


def _attribute(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(each.capitalize() for each in rest)
