"""Each kind of document that an authority issues: applied for, granted, sealed, printed, and accepted from its PDF."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.utils import timezone
from tests.cast import SKINS, issued

from wildgate.apps.permits import documents, sealing
from wildgate.apps.permits.signing import write_all
from wildgate.apps.permits.verification import verify
from wildgate.seal.verdict import Role


def answers(direction: str, purpose: str, **line: str) -> dict[str, object]:
    specimen = {"term": "LIV", "quantity": "2", "unit": "NAR", "live": "yes", "origin": "QM", **line}
    return {**SKINS, "direction": direction, "purpose": purpose, "lines": [specimen]}


KINDS = {
    "export-permit": answers("export", "T", taxon="Python regius", source="W"),
    "export-permit of a bred animal": answers("export", "T", taxon="Python regius", source="C"),
    "export-permit of Appendix I": answers("export", "Z", taxon="Gorilla gorilla", source="W"),
    "re-export-certificate": answers("re-export", "T", taxon="Python regius", source="W", origin="TG",
                                     origin_permit="TG-17", origin_permit_date="2025-05-01"),
    "import-permit": answers("import", "Z", taxon="Gorilla gorilla", source="W", origin="QZ"),
    "certificate-of-origin": answers("export", "T", taxon="Antilope cervicapra", term="HOR", source="W", live=""),
    "pre-convention-certificate": answers("export", "P", taxon="Loxodonta africana", term="IVC", source="O",
                                          second_source="W", acquired="1960-01-01", live="", origin="QM"),
    "artificially-propagated-certificate": answers("export", "T", taxon="Tillandsia xerographica", source="A"),
    "ownership-certificate": {**answers("export", "P", taxon="Psittacus erithacus", source="C", quantity="1",
                                        marks="985000000123456"), "task": "pet-ownership", "residence": "QM"},
    "sample-collection-certificate": {
        **answers("export", "T", taxon="Crocodylus novaeguineae", term="LPS", source="W", live=""),
        "task": "sample-collection", "carnet": "QM-ATA-17", "carnet_until": "2099-01-01"},
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", KINDS)
def test_a_document_of_each_kind(cast, at, name):
    permit = issued(cast, at, KINDS[name])
    write_all(permit)
    sealing.publish(permit.party, permit.shard, timezone.now())

    judged = verify(documents.read(permit, "pdf"), "permit.pdf", Role.PUBLIC, timezone.now(), home=settings.HOME)

    assert permit.kind == name.partition(" ")[0]
    assert judged.faults == ()
    assert (judged.verdict.genuine, judged.verdict.state, judged.verdict.answer.value) == (True, "valid", "accept")
    assert judged.verdict.facts["number"] == permit.number
