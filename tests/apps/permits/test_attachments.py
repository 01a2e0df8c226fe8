"""Documents with an application: what they are by their bytes, who sees them, when they come and go."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.cast import SKINS, submitted
from tests.desks import page_text

from wildgate.apps.accounts.models import Organisation, Person
from wildgate.apps.permits import services
from wildgate.apps.permits.models import Application, Attachment
from wildgate.apps.permits.services import attaching
from wildgate.kit.models import Event

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(17) + b"\x00\x00\x00\x00IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0" + bytes(20) + b"\xff\xd9"


@pytest.fixture
def draft(mario: Any, at: Any) -> str:
    case = services.start(actor=mario, organisation=min(mario.organisations), at=at, answers=SKINS)
    assert isinstance(case, Application)
    return case.number


def send(client: Any, number: str, data: bytes, name: str, kind: str = "invoice", note: str = "") -> Any:
    file = SimpleUploadedFile(name, data)
    return client.post(f"/apply/{number}/documents/", {"kind": kind, "note": note, "file": file})


FINE = ((PDF, "Invoice.PDF", "application/pdf"), (PNG, "photo.png", "image/png"),
        (JPEG, "ship ../é.jpeg", "image/jpeg"))


def test_a_document_comes_back_as_a_download_and_nothing_else(desk: Any, draft: str) -> None:
    for data, name, type_ in FINE:
        assert send(desk("mario"), draft, data, name).status_code == 302
        answer = desk("mario").get(f"/documents/{Attachment.objects.latest('pk').pk}/")

        assert answer.content == data
        assert answer["Content-Type"] == type_
        assert answer["Content-Disposition"].startswith("attachment;")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert "no-store" in answer["Cache-Control"]


WRONG = (
    (b"MZ\x90\x00", "tool.pdf", "invoice", "file", "is no PDF, JPEG or PNG file"),
    (PDF.replace(b"%%EOF", b""), "cut.pdf", "invoice", "file", "is cut off"),
    (PDF.replace(b"<<>>", b"<</S /JavaScript>>"), "run.pdf", "invoice", "file", "holds a program"),
    (PDF, "photo.png", "invoice", "file", "is not what its name says"),
    (b"<svg onload=alert(1)>", "x.svg", "invoice", "file", "is no PDF"),
    (b"", "empty.pdf", "invoice", "file", "is empty"),
    (PDF, "fine.pdf", "", "kind", "Choose what kind of document it is."),
    (PDF, "fine.pdf", "invoice-" * 40, "kind", "Choose what kind"),
)


def test_what_is_no_document_is_told_at_its_field(desk: Any, draft: str) -> None:
    for data, name, kind, field, sentence in WRONG:
        answer = send(desk("mario"), draft, data, name, kind, note="Invoice 17")

        assert answer.status_code == 422, name
        assert sentence in page_text(answer)
        assert f'href="#id_{field}"' in answer.content.decode()
        assert 'value="Invoice 17"' in answer.content.decode()
    assert not Attachment.objects.exists()


def test_limits_of_size_and_number(desk: Any, draft: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(attaching, "LARGEST", 60)
    monkeypatch.setattr(attaching, "MOST", 2)
    assert "has more than" in page_text(send(desk("mario"), draft, PDF + bytes(60), "big.pdf"))
    for i in range(2):
        assert send(desk("mario"), draft, PDF + b"%%d" * i + b"%%EOF" * i, f"{i}.pdf").status_code == 302
    assert "takes up to 2 documents" in page_text(send(desk("mario"), draft, PNG, "third.png"))


def test_all_that_a_document_lacks_is_told_at_once(desk: Any, draft: str) -> None:
    page = desk("mario").post(f"/apply/{draft}/documents/", {"note": "Our invoice"})

    assert page.status_code == 422
    assert "Choose what kind of document it is." in page_text(page)
    assert "Choose a file." in page_text(page)
    assert 'value="Our invoice"' in page.content.decode()


def test_the_same_file_twice_is_one_document(desk: Any, draft: str) -> None:
    for _ in range(2):
        send(desk("mario"), draft, PDF, "invoice.pdf")

    assert Attachment.objects.count() == 1
    assert Event.objects.filter(kind="attachment-added").count() == 1


def test_documents_come_and_go_while_it_is_a_draft_or_asked(cast: Any, desk: Any, at: Any) -> None:
    number, client = submitted(cast, at), desk("mario")
    assert send(client, number, PDF, "late.pdf").status_code == 422
    assert "Add a document" not in page_text(client.get(f"/apply/{number}/documents/"))
    services.take(actor=cast["amina"], case=number, at=at)
    services.ask(actor=cast["amina"], case=number, text="Send the invoice.", at=at)
    send(client, number, PDF, "invoice.pdf", note="No. 17")
    document = Attachment.objects.get()
    assert "invoice.pdf" in page_text(client.get(f"/apply/{number}/"))

    for _ in range(2):
        client.post(f"/apply/{number}/documents/{document.pk}/remove/")
    document.refresh_from_db()
    assert document.removed_at is not None
    assert document.upload.file.exists()
    assert client.get(f"/documents/{document.pk}/").status_code == 404
    assert Event.objects.filter(kind="attachment-removed").count() == 1


def test_who_may_fetch_a_document(cast: Any, desk: Any, draft: str, at: Any, client: Any) -> None:
    send(desk("mario"), draft, PDF, "invoice.pdf")
    page = f"/documents/{Attachment.objects.get().pk}/"
    assert client.get(page).status_code == 302
    assert desk("amina").get(page).status_code == 404
    done = services.submit(actor=cast["mario"], case=draft, at=at)
    assert isinstance(done, Application), done

    assert desk("amina").get(page).status_code == 200
    assert Event.objects.filter(kind="read", subject=f"application:{draft}", actor=cast["amina"].label).exists()
    assert desk("jean").get(page).status_code == 404
    other = Organisation.objects.exclude(pk__in=cast["mario"].organisations).first()
    Person.objects.get(pk=cast["mario"].person_id).posts.update(organisation=other)
    assert desk("mario").get(page).status_code == 404
