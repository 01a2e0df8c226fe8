"""The annual report as the Trade Database's reporting tool took it by machine, and that tool's answer.

`SubmitCitesReport` of `urn:CitesReporting/v1/` as its published source had it (unepwcmc/trade_reporting_tool). Whether
the service is still offered is not known: the message is a file, and who sends it adds user name and password.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from lxml import etree

from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.report_layouts import unsplit
from wildgate.convention.report_row import Part, ReportRow
from wildgate.message.envelope import open_body
from wildgate.message.profile import SOAP

NAMESPACE: Final = "urn:CitesReporting/v1/"
LARGEST_ANSWER: Final = 5_000_000
MOST_ERRORS: Final = 200
SUBMITTED: Final = "SUBMITTED"
STATES: Final = ("PENDING", "VALIDATION_FAILED", SUBMITTED, "UPLOAD_FAILED")
SIDE: Final = {Part.EXPORTS: "E", Part.IMPORTS: "I"}
FIELDS: Final = (
    ("TradingPartnerId", "partner"), ("Year", "year"), ("ScientificName", "species"), ("Appendix", "appendix"),
    ("TermCode", "term"), ("Quantity", "quantity"), ("UnitCode", "unit"), ("SourceCode", "source"),
    ("PurposeCode", "purpose"), ("OriginCountryId", "origin"), ("OriginPermitId", "origin_permit"),
    ("ExportPermitId", "export_permit"), ("ImportPermitId", "import_permit"))
NUMBERS: Final = frozenset({"origin_permit", "export_permit", "import_permit"})
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
_NOT_XML: Final = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF], "\ufffd")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service said: its number of the report, one of four states, and the errors by row and as told."""

    report: str
    state: str
    message: str = ""
    errors: tuple[tuple[str, str], ...] = ()


def request(rows: Iterable[ReportRow], part: Part, *, force: bool) -> Iterator[str]:
    """The message row by row, whatever their number. `force`: warnings may stand, as the signed version says."""
    yield (f'<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenv="{SOAP}" xmlns:r="{NAMESPACE}">'
           f"<soapenv:Body>\n<r:SubmitCitesReportRequest><r:TypeOfReport>{SIDE[part]}</r:TypeOfReport>"
           "<r:SubmittedData><r:CITESReport>\n")
    for row in rows:
        cells = ((name, unsplit(getattr(row, field)) if field in NUMBERS else getattr(row, field))
                 for name, field in FIELDS)
        yield f"<r:CITESReportRow>{''.join(_cell(name, value) for name, value in cells)}</r:CITESReportRow>\n"
    yield (f"</r:CITESReport></r:SubmittedData><r:ForceSubmitWithWarnings>{str(force).lower()}"
           "</r:ForceSubmitWithWarnings></r:SubmitCitesReportRequest>\n</soapenv:Body></soapenv:Envelope>\n")


def answer_of(data: bytes) -> Answer | Refusal:
    """Read the service's answer to a report, or to the question how it stands."""
    body = open_body(data, LARGEST_ANSWER)
    if isinstance(body, Refusal):
        return body
    found = [each for each in body.iter() if isinstance(each.tag, str) and _local(each) == "CITESReportResult"]
    if len(found) != 1:
        return refuse("no-report-answer", "The file is no answer to a report: it holds no CITESReportResult.")
    parts = {_local(each): (each.text or "").strip() for each in found[0] if isinstance(each.tag, str)}
    report, state = parts.get("CITESReportId", ""), parts.get("Status", "").upper()
    if state not in STATES or not report or len(report) > 60 or not report.isprintable():
        return refuse("no-report-answer", "The answer names no report number, or a status that is none of: %(states)s.",
                      states=", ".join(STATES))
    return Answer(report, state, parts.get("Message", "")[:500], tuple(_errors(found[0]))[:MOST_ERRORS])


def _errors(found: etree._Element) -> Iterator[tuple[str, str]]:
    for row in found.iter():
        if not isinstance(row.tag, str) or _local(row) != "CITESReportRowResult":
            continue
        place = next((each.text or "" for each in row if isinstance(each.tag, str) and _local(each) == "RowIndex"), "")
        for each in row.iter():
            if isinstance(each.tag, str) and not len(each) and _local(each) not in ("RowIndex", "Data"):
                text = " ".join((each.text or "").split())[:300]
                if text:
                    yield place.strip()[:12], text


def _local(element: etree._Element) -> str:
    return str(etree.QName(element).localname)


def _cell(name: str, value: str) -> str:
    return f"<r:{name}>{value.translate(_NOT_XML).translate(_ESCAPES)}</r:{name}>" if value else ""
