"""Whatever somebody wants to do: the first question in plain words, only the pages that it needs, and the document."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from tests.desks import page_text

from wildgate.apps.permits import services
from wildgate.apps.permits.models import Application, Finding, Permit
from wildgate.convention.refusal import Refusal
from wildgate.convention.validity import valid_until
from wildgate.convention.vocabulary import DocumentKind

QUARTZ = {"other_country": "QZ", "other_name": "Quartz Leather Co", "other_address": "5 Basalt Street"}
LIVE = {"term": "LIV", "quantity": "1", "unit": "NAR", "live": "yes", "origin": "QM"}
CARNET_ENDS = date.today() + timedelta(days=30)
WAYS: dict[str, tuple[dict[str, str], dict[str, str], dict[str, str], dict[str, str], str]] = {
    "export": ({"purpose": "T"}, QUARTZ, {**LIVE, "taxon": "Python regius", "source": "W"}, {}, "export-permit"),
    "re-export": ({"purpose": "T"}, QUARTZ, {**LIVE, "taxon": "Python regius", "source": "W", "origin": "TG"},
                  {"origin_permit": "TG-17", "origin_permit_date": "2025-05-01"}, "re-export-certificate"),
    "import": ({"purpose": "Z"}, QUARTZ, {**LIVE, "taxon": "Gorilla gorilla", "source": "W", "origin": "QZ"}, {},
                "import-permit"),
    "introduction-from-the-sea": (
        {"purpose": "T"}, {**QUARTZ, "other_country": "ZZ", "vessel": "Aurora, QM"},
        {"taxon": "Isurus oxyrinchus", "term": "MEA", "quantity": "900", "unit": "KGM", "source": "X", "origin": "ZZ"},
        {}, "introduction-from-the-sea-certificate"),
    "personal-effects": (
        {}, {"other_country": "QZ", "carried": "yes", "residence": "QM"},
        {"taxon": "Crocodylus novaeguineae", "term": "LPS", "quantity": "9", "unit": "NAR", "source": "W",
         "origin": "QM"}, {}, "export-permit"),
    "pre-convention": (
        {"purpose": "P"}, QUARTZ,
        {"taxon": "Loxodonta africana", "term": "IVC", "quantity": "1", "unit": "NAR", "source": "O", "origin": "QM"},
        {"second_source": "W", "acquired": "1960-01-01"}, "pre-convention-certificate"),
    "captive-bred": ({"purpose": "T"}, QUARTZ, {**LIVE, "taxon": "Python regius", "source": "C"}, {},
                     "captive-bred-certificate"),
    "artificially-propagated": ({"purpose": "T"}, QUARTZ, {**LIVE, "taxon": "Tillandsia xerographica", "source": "A"},
                                {}, "artificially-propagated-certificate"),
    "certificate-of-origin": (
        {"purpose": "T"}, QUARTZ,
        {"taxon": "Antilope cervicapra", "term": "HOR", "quantity": "2", "unit": "NAR", "source": "W", "origin": "QM"},
        {}, "certificate-of-origin"),
    "pet-ownership": ({}, {"other_country": "QZ", "residence": "QM", "itinerary": "Quartzland in May"},
                      {**LIVE, "taxon": "Psittacus erithacus", "source": "C"}, {"marks": "985000000123456"},
                      "ownership-certificate"),
    "musical-instrument": (
        {"purpose": "P"}, {"other_country": "QZ", "residence": "QM"},
        {"taxon": "Dalbergia nigra", "term": "WPR", "quantity": "1", "unit": "NAR", "source": "O", "origin": "BR"},
        {"description": "Guitar, Ferro, no. 17, back and sides", "second_source": "W", "acquired": "1960-01-01"},
        "musical-instrument-certificate"),
    "travelling-exhibition": ({}, {"other_country": "QZ", "itinerary": "Quartzland, May to July"},
                              {**LIVE, "taxon": "Panthera leo", "source": "C"}, {"marks": "985000000777777"},
                              "travelling-exhibition-certificate"),
    "sample-collection": (
        {"purpose": "T"}, {"other_country": "QZ", "carnet": "QM-ATA-17", "carnet_until": CARNET_ENDS.isoformat()},
        {"taxon": "Crocodylus novaeguineae", "term": "LPS", "quantity": "9", "unit": "NAR", "source": "W",
         "origin": "QM"}, {}, "sample-collection-certificate"),
    "scientific-exchange": (
        {}, {**QUARTZ, "our_register": "QM001", "their_register": "QZ014"},
        {"taxon": "Crocodylus novaeguineae", "term": "BOD", "quantity": "2", "unit": "NAR", "source": "W",
         "origin": "QM"}, {}, "scientific-exchange-label"),
}

@pytest.fixture
def institutions(cast: Any, at: Any) -> None:
    """Both museums stand in the register."""
    from wildgate.apps.registers.checking import key_of
    from wildgate.apps.registers.models import Operation

    for country, number in (("QM", "QM001"), ("QZ", "QZ014")):
        Operation.objects.create(party="QM", country=country, number=number, key=key_of(number), name="Museum",
                                 kind="scientific-institution", registered_on=date(2020, 1, 1))


def written(client: Any, organisation: int, task: str) -> str:
    """Fills the pages of a task one by one, as a browser without scripts does; the number of what is submitted."""
    route, other, line, details, _kind = WAYS[task]
    page = client.post("/apply/", {"organisation": organisation})["Location"]
    base = page.removesuffix("route/")
    pages = {"route": {"direction": task, **route}, "other-party": other, "line-1": line, "details-1": details,
             "transport": {}}
    for step, given in pages.items():
        opened = client.get(f"{base}{step}/").content.decode()
        version = re.search(r'name="version" value="(\w+)"', opened)
        asked = set(re.findall(r'<(?:input|select|textarea)[^>]* name="(\w+)"', opened))
        assert given.keys() <= asked, (step, given.keys() - asked)
        assert version is not None
        answer = client.post(f"{base}{step}/", {**given, "version": version[1]})
        assert answer.status_code == 302, (step, page_text(answer)[:600])
    if task == "re-export":
        paper = SimpleUploadedFile("tg-17.pdf", b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n", "application/pdf")
        sent = client.post(f"{base}documents/", {"kind": "foreign-permit", "file": paper})
        assert sent.status_code == 302, page_text(sent)
    done = client.post(f"{base}check/", {"declared": "yes"})
    assert done.status_code == 302, page_text(done)[:1500]
    return base.split("/")[2]


def granted(cast: dict[str, Any], case: str, at: Any) -> Permit:
    """The officers' part: reviewed, found, approved, countersigned, issued."""
    amina, steps = cast["amina"], []
    steps.append(services.take(actor=amina, case=case, at=at))
    findings = Finding.objects.filter(application__number=case)
    if findings.filter(by="scientific-authority").exists():
        steps += [services.ask_opinion(actor=amina, case=case, at=at),
                  services.give_opinion(actor=cast["ito"], case=case, positive=True, text="No harm.", at=at)]
    for kind in findings.exclude(by="scientific-authority").values_list("kind", flat=True):
        steps.append(services.record_finding(actor=amina, case=case, kind=kind, made=True, text="Seen.", at=at))
    steps += [services.approve(actor=amina, case=case, at=at), services.countersign(actor=cast["bo"], case=case, at=at)]
    assert not [step for step in steps if isinstance(step, Refusal)], steps
    permit = services.issue(actor=amina, case=case, at=at)
    assert isinstance(permit, Permit), permit
    return permit


def test_from_the_first_question_to_the_document(cast: Any, desk: Any, institutions: None) -> None:
    for task, way in WAYS.items():
        case = written(desk("mario"), min(cast["mario"].organisations), task)
        permit = granted(cast, case, timezone.now())

        record = permit.record
        assert permit.kind == way[4]
        until = valid_until(DocumentKind(permit.kind), record.issued_at.date())
        assert record.valid_until == (CARNET_ENDS if task == "sample-collection" else until), task
        assert (record.importer.name == record.exporter.name) == (task in ALONG), task
        for told in FACE.get(task, ()):
            assert told in record.special_conditions
        assert Application.objects.get(number=case).language == "en"


ALONG = ("pet-ownership", "musical-instrument", "travelling-exhibition", "sample-collection", "personal-effects")
FACE = {"sample-collection": ["QM-ATA-17"], "scientific-exchange": ["QM001", "QZ014"],
        "pet-ownership": ["Quartzland in May"], "introduction-from-the-sea": ["Aurora, QM"]}
