"""The annual report as a message of the reporting tool, and the tool's answer as its receipt."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from lxml import etree
from tests.apps.reports.test_signing import HOUR, SPRING, YEAR, draw, year  # noqa: F401
from tests.desks import page_text

from wildgate.apps.reports import annual_signing
from wildgate.apps.reports.annual_models import AnnualVersion
from wildgate.convention.refusal import Refusal
from wildgate.convention.report_row import Part, ReportRow
from wildgate.kit.models import Event
from wildgate.message.report_message import NAMESPACE, Answer, answer_of, request

ROW = ReportRow("II", "Python regius", "LIV", "12", "", "QZ", "2026", "T", "C", "", "26QM1;x", "", "", "",
                "live & well <b>", "", 0, "")


def said(state: str, more: str = "", report: str = "4711") -> bytes:
    return (f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><r:SubmitCitesReportResponse '
            f'xmlns:r="{NAMESPACE}"><r:CITESReportResult><r:CITESReportId>{report}</r:CITESReportId><r:Status>{state}'
            f"</r:Status>{more}</r:CITESReportResult></r:SubmitCitesReportResponse></s:Body></s:Envelope>").encode()


ERRORS = ("<r:ErrorReport><r:CITESReportRowResult><r:RowIndex>3</r:RowIndex><r:Data>x</r:Data><r:Errors><r:Error>"
          "origin is wrong</r:Error></r:Errors></r:CITESReportRowResult></r:ErrorReport>")


def test_a_row_stands_in_the_message_field_by_field() -> None:
    root = etree.fromstring("".join(request([ROW], Part.EXPORTS, force=True)).encode())
    row = root.find(f".//{{{NAMESPACE}}}CITESReportRow")

    assert {etree.QName(cell).localname: cell.text for cell in row} == {
        "TradingPartnerId": "QZ", "Year": "2026", "ScientificName": "Python regius", "Appendix": "II",
        "TermCode": "LIV", "Quantity": "12", "SourceCode": "C", "PurposeCode": "T", "ExportPermitId": "26QM1 x"}
    assert root.findtext(f".//{{{NAMESPACE}}}TypeOfReport") == "E"
    assert root.findtext(f".//{{{NAMESPACE}}}ForceSubmitWithWarnings") == "true"


def test_answers_are_read_and_what_is_none_is_refused() -> None:
    assert answer_of(said("submitted")) == Answer("4711", "SUBMITTED")
    assert answer_of(said("VALIDATION_FAILED", ERRORS)).errors == (("3", "origin is wrong"),)
    for bad in (b"", b"<a/>", said("GRAND"), said("SUBMITTED", report=""), b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"):
        assert isinstance(answer_of(bad), Refusal)


@pytest.mark.django_db
def test_the_number_of_the_service_is_the_receipt_of_a_signed_version(year: dict[str, Any]) -> None:  # noqa: F811
    drawn = draw(year)
    early = annual_signing.answered(actor=year["amina"], version=drawn.pk, data=said("SUBMITTED"), at=SPRING)
    annual_signing.countersign(actor=year["bo"], version=drawn.pk, at=SPRING + HOUR)

    failed = annual_signing.answered(actor=year["amina"], version=drawn.pk, data=said("VALIDATION_FAILED", ERRORS),
                                     at=SPRING + HOUR)
    taken = annual_signing.answered(actor=year["amina"], version=drawn.pk, data=said("SUBMITTED"), at=SPRING + HOUR)
    twice = annual_signing.answered(actor=year["amina"], version=drawn.pk, data=said("SUBMITTED"), at=SPRING + HOUR)

    assert [early.code, failed.code, twice.code] == ["not-signed", "report-not-taken", "receipt-there"]
    assert "3: origin is wrong" in failed.reason
    assert (taken.receipt, taken.submitted_on) == ("4711", SPRING.date())
    told = json.loads(Event.objects.get(kind="annual-report-submitted").data)
    assert told["receipt"] == "4711"


@pytest.mark.django_db
def test_the_page_gives_the_message_and_takes_the_answer(desk, year, monkeypatch) -> None:  # noqa: F811
    monkeypatch.setattr("wildgate.apps.accounts.gate.timezone.now", lambda: SPRING + 2 * HOUR)
    amina, path = desk("amina"), f"/reports/annual/{YEAR}/"
    draw(year)
    assert amina.get(f"{path}1/exports.xml").status_code == 404
    annual_signing.countersign(actor=year["bo"], version=AnnualVersion.objects.get().pk, at=SPRING + HOUR)

    message = b"".join(amina.get(f"{path}1/exports.xml").streaming_content)
    wrong = amina.post(f"{path}1/answered/", {"answer": SimpleUploadedFile("a.xml", b"<a/>")})
    right = amina.post(f"{path}1/answered/", {"answer": SimpleUploadedFile("a.xml", said("SUBMITTED"))})

    assert b"<r:Quantity>1150</r:Quantity>" in message
    assert (wrong.status_code, right.status_code) == (422, 302)
    assert "4711" in page_text(amina.get(path))
