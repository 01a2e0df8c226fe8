"""The pages: the list, one declaration beside its permits, files with faults, messages as they came."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from tests.apps.declarations.lodged import skins, take
from tests.cast import issued
from tests.desks import page_text

from wildgate.apps.declarations import selectors
from wildgate.apps.declarations.examples import CSV
from wildgate.apps.declarations.models import Declaration, DeclaredMessage

pytestmark = pytest.mark.django_db
FRENCH = {"HTTP_ACCEPT_LANGUAGE": "fr"}


@pytest.fixture
def permit(cast, at):
    return issued(cast, at)


def upload(browser, data, name="list.csv"):
    return browser.post("/declarations/new/", {"file": SimpleUploadedFile(name, data)})


def test_the_list_is_filtered_paged_and_cheap(cast, at, permit, desk, django_assert_num_queries):
    for quantity in ("1", "9999"):
        for _ in range(3):
            take(cast["jean"], skins(permit.number, item={"quantity": quantity}), at)
    jean = desk("jean")
    with django_assert_num_queries(7):
        text = page_text(jean.get("/declarations/"))

    assert "Hold" in text
    held = page_text(jean.get("/declarations/?answer=hold&post=Kivu-2&state=open"))
    assert held.count("D-") == 5  # a permit serves one consignment: only the first of them is let through
    first = Declaration.objects.order_by("pk")[0].reference
    assert first in page_text(jean.get(f"/declarations/?text={first}"))
    assert desk("mario").get("/declarations/").status_code == 403
    assert selectors.declarations(cast["mario"]).count() == 0


def test_one_declaration_in_the_order_of_the_questions(cast, at, permit, desk, django_assert_max_num_queries):
    form = skins(permit.number, item={"quantity": "1300", "taxon": "Crocodylus porosus"})
    form["moves_at"] = (timezone.now() + timedelta(hours=30)).isoformat()
    take(cast["jean"], form, at)

    with django_assert_max_num_queries(45):
        text = page_text(desk("jean").get(f"/declarations/{form['reference']}/"))

    places = [text.index(each) for each in ("1. Is it real?", "2. Is it still usable here?", "3. Does it fit",
                                            "4. What to look at", "Messages as they came")]
    assert places == sorted(places)
    assert f"{permit.number} stands in our register." in text
    assert "Crocodylus novaeguineae Crocodylus porosus" in text
    assert "differs" in text
    assert "The permit is for Crocodylus novaeguineae; declared is Crocodylus porosus." in text
    assert desk("jean").get("/declarations/nothing/").status_code == 404


def test_a_file_is_taken_or_its_faults_are_told(cast, permit, desk):
    jean = desk("jean")
    good = upload(jean, CSV.replace("26QM000012E", permit.number).encode())
    assert "26QM000000483E" in page_text(good)
    bad = upload(jean, CSV.replace("911390", "9113").encode(), "../<script>.csv")
    text = page_text(bad)
    assert "line 3, column hs" in text
    kept = DeclaredMessage.objects.order_by("-pk")[0]
    table = jean.get(f"/declarations/messages/{kept.pk}/faults.csv")
    assert table.content.decode("utf-8-sig").splitlines()[1].startswith('"line 3, column hs",items[1].hs,hs-length,')
    broken = upload(jean, b"{", "a.json")
    assert (broken.status_code, "unreadable" in page_text(broken)) == (422, True)
    assert "unreadable" in page_text(jean.get("/declarations/messages/"))
    assert upload(jean, b"").status_code == 422


def test_faults_and_findings_are_in_the_readers_language(cast, at, permit, desk):
    jean = desk("jean")
    upload(jean, CSV.replace("911390", "9113").encode())
    answered = DeclaredMessage.objects.get().answer
    wrong = take(cast["jean"], skins(permit.number, item={"quantity": "1150", "hs": "010121"}), at)

    page = page_text(jean.get(f"/declarations/messages/{DeclaredMessage.objects.order_by('pk')[0].pk}/", **FRENCH))
    found = [page_text(jean.get(f"/declarations/{path}/", **FRENCH))
             for path in (f"messages/{wrong.message}", wrong.body["reference"])]

    assert answered["declarations"][0]["detail"] == "items[1].hs: 9113 is no customs code: 6, 8 or 10 digits."
    assert "ligne 3, colonne hs : items[1].hs : 9113 n’est pas un code douanier" in page
    assert "no customs code" not in page
    assert "is not known for SKI of" in " ".join(each["reason"] for each in wrong.told["findings"])
    assert [text for text in found if "is not known for" in text or "0101.21" not in text] == []
    assert not {"template", "values"} & {name for each in wrong.told["findings"] for name in each}


def test_a_message_is_downloaded_as_it_came_and_opened_by_nothing(cast, at, desk):
    taken = take(cast["jean"], b"<script>alert(1)</script>", at, "xml", name="a.html")

    answer = desk("ana").get(f"/declarations/messages/{taken.message}/body/")

    assert answer.content == b"<script>alert(1)</script>"
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")
    assert answer["Content-Disposition"] == f'attachment; filename="message-{taken.message}.xml"'
    assert desk("mario").get(f"/declarations/messages/{taken.message}/body/").status_code == 403
    assert b"<script>alert" not in desk("ana").get(f"/declarations/messages/{taken.message}/").content
