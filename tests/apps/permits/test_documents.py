"""A permit's files: signed, stamped where an authority of time answers, endorsed by customs, written once."""

from __future__ import annotations

import shutil
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from tests.cast import SKINS, issued, ready
from tests.message.clock import Clock, serving

from wildgate.apps.customs.services import endorse
from wildgate.apps.permits import documents, sealing, services, signing
from wildgate.apps.permits.models import Permit
from wildgate.apps.permits.verification import verify
from wildgate.convention.refusal import Refusal
from wildgate.kit import jobs
from wildgate.kit.models import Event, Job
from wildgate.seal.verdict import Answer, Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_documents_yet(settings):
    """Two tests in one second issue the same permit, to the byte: the documents of the former would be found here."""
    shutil.rmtree(settings.HOME / "documents", ignore_errors=True)


@pytest.fixture
def now(at):
    """Yesterday's noon: one moment for all, so the permit's way is remembered."""
    return at


@pytest.fixture
def permit(cast, now):
    found = issued(cast, now)
    sealing.publish(found.party, found.shard, timezone.now())
    return found


@pytest.fixture
def clock(settings):
    made = Clock()
    with serving(made) as url:
        settings.TSA_URL, settings.TSA_CERTIFICATES = url, (made.certificate,)
        yield made


def judged(permit: Permit, form: str, settings: object, role: Role = Role.EXPORT) -> dict:
    found = verify(documents.read(permit, form), documents.name_of(permit, form), role, timezone.now(),
                   home=settings.HOME)
    assert not isinstance(found, Refusal), found
    return found.as_json()


def test_message_and_pdf_are_signed_by_the_authority(permit, settings):
    xml, pdf = judged(permit, "xml", settings), judged(permit, "pdf", settings)

    assert xml["message_signature"]["sound"] and pdf["signature"]["sound"] and pdf["message_signature"]["sound"]
    assert pdf["signature"]["signer"] == "QM CITES Management Authority"
    assert xml["answer"] == pdf["answer"] == Answer.ACCEPT.value
    assert documents.read(permit, "xml") in _attached(documents.read(permit, "pdf"))


def test_written_again_the_files_are_the_same(permit):
    before = {form: documents.read(permit, form) for form in documents.FORMS}
    documents.path_of(permit, "pdf").unlink()
    signing.write_all(permit)

    assert documents.read(permit, "xml") == before["xml"]
    assert before["xml"] in _attached(documents.read(permit, "pdf"))


def test_customs_sign_in_the_pdf_when_they_endorse(permit, cast, settings, now, desk):
    assert documents.forms_of(permit) == tuple(documents.FORMS)
    endorse(actor=cast["jean"], number=permit.number, stage="export", quantities={"A": Decimal(1200)}, port="QMLAC",
            transport_document="AWB 1", at=now)
    jobs.run_pending()
    found = judged(permit, documents.ENDORSED, settings, Role.IMPORT)

    assert documents.read(permit, documents.ENDORSED).startswith(documents.read(permit, "pdf"))
    assert [each["signer"] for each in found["signature"]["countersigned"]] == ["QM Customs"]
    assert found["genuine"] and found["signature"]["sound"]
    answer = desk("mario").get(f"/permits/{permit.number}/{documents.ENDORSED}")
    assert answer.status_code == 200 and f"{permit.number}-endorsed.pdf" in answer["Content-Disposition"]
    assert documents.ENDORSED in desk("mario").get(f"/permits/{permit.number}/").content.decode()


def test_there_is_no_endorsed_pdf_before_an_endorsement(permit, desk):
    assert desk("mario").get(f"/permits/{permit.number}/{documents.ENDORSED}").status_code == 404


@pytest.mark.parametrize("archive", [False, True])
def test_files_are_stamped_where_an_authority_of_time_answers(clock, permit, settings, archive):
    settings.TSA_ARCHIVE = archive
    pdf, xml = judged(permit, "pdf", settings), judged(permit, "xml", settings)

    assert pdf["signature"]["sound"] and pdf["signature"]["stamp"]["sound"]
    assert xml["message_signature"]["stamp"]["authority"] == "Demoland Time"
    assert (b"/DocTimeStamp" in documents.read(permit, "pdf")) is archive


def test_an_authority_that_is_down_delays_the_files_and_then_they_are_written_without(cast, settings):
    now = timezone.now()  # the job's patience counts from the issue
    permit = issued(cast, now)
    sealing.publish(permit.party, permit.shard, now)
    settings.TSA_URL = "http://127.0.0.1:9/"
    jobs.run_pending()
    waiting = Job.objects.get(name="permits.write_documents")

    assert "time-stamp authority" in waiting.last_error and not documents.path_of(permit, "pdf").exists()
    signing.write_all(permit, now + signing.PATIENCE + timedelta(seconds=1))
    assert judged(permit, "pdf", settings)["signature"]["stamp"] is None
    assert Event.objects.filter(kind="documents-unstamped", subject=f"documents:{permit.number}").count() == 1
    assert Permit.objects.get(pk=permit.pk).number == permit.number


def test_whoever_opens_the_pdf_meanwhile_gets_it_at_once(permit, settings):
    settings.TSA_URL = "http://127.0.0.1:9/"

    assert documents.read(permit, "pdf").startswith(b"%PDF")


def test_a_letter_that_no_font_draws_is_refused_before_a_number_is_taken(cast, now):
    case = ready(cast, now, {**SKINS, "other_name": "Quartz \ue000 Leather"})
    refused = services.issue(actor=cast["amina"], case=case, at=now)

    assert isinstance(refused, Refusal) and refused.code == "no-letter" and "Box 3" in refused.reason
    assert not Permit.objects.exists()
    next_one = issued(cast, now)
    assert "000001" in next_one.number


def _attached(pdf: bytes) -> list[bytes]:
    import pypdfium2
    with pypdfium2.PdfDocument(pdf) as document:
        return [bytes(document.get_attachment(at).get_data()) for at in range(document.count_attachments())]
