"""The simplified procedure on screen: officers draw up, find, approve and give out; the holder completes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.apps.simplified.orchids import approved, given
from tests.cast import NOON
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.permits.models import Permit
from wildgate.apps.simplified import services
from wildgate.apps.simplified.models import Certificate, MasterFile

pytestmark = pytest.mark.django_db
REFUSED = 422


def form(cast, **more):
    return {"organisation": str(min(cast["mario"].organisations)), "direction": "export", "purposes": ["T"],
            "boxes": ["3", "7", "11"], "certificates": "5", "until": str(NOON.date() + timedelta(days=300)),
            "line0_taxa": "Dendrobium\nPaphiopedilum concolor", "line0_list": "Nursery list", "line0_term": "LIV",
            "line0_source": "A", "line0_origin": "QM", "line0_most": "40", "line0_amount": "100", "line0_unit": "NAR",
            "line1_unit": "NAR", "line2_unit": "NAR", **more}


def typed(**more):
    return {"other_name": "Orlo SA", "other_address": "1 Quay", "other_country": "QZ",
            "line0_taxon": "Dendrobium nobile", "line0_quantity": "12", **more}


def test_the_whole_way_from_the_proposal_to_the_permit(cast, desk):
    amina, bo, mario = desk("amina"), desk("bo"), desk("mario")

    answer = amina.post("/masters/new/", form(cast), follow=True)
    master = MasterFile.objects.get()
    assert "Nursery list" in page_text(answer) and "Approve it?" not in page_text(answer)
    for finding in master.findings.all():
        who = desk("ito") if finding.by == "scientific-authority" else amina
        who.post(f"/masters/{master.number}/do/", {"do": "find", "kind": finding.kind, "by": finding.by,
                                                  "text": "Seen."})
    bo.post(f"/masters/{master.number}/do/", {"do": "approve"})
    amina.post(f"/masters/{master.number}/do/", {"do": "give", "count": "2"})
    paper = Certificate.objects.order_by("number").first()
    assert paper.number in page_text(mario.get("/certificates/"))

    done = mario.post(f"/certificates/{paper.number}/", typed(), follow=True)

    assert done.request["PATH_INFO"] == f"/permits/{paper.number}/"
    assert Permit.objects.get().number == paper.number
    report = page_text(amina.get(f"/masters/{master.number}/"))
    assert "88 left of 100" in report.replace("  ", " ") or "88" in report
    assert "Dendrobium nobile" in report


def test_a_wrong_form_keeps_what_was_typed_and_names_the_fields(cast, desk):
    answer = desk("amina").post("/masters/new/", form(cast, line0_source="W", line0_most="1,500"))
    again = desk("amina").post("/masters/new/", form(cast, line0_source="W"))

    assert answer.status_code == again.status_code == REFUSED
    assert "two ways" in page_text(answer) and "simplified procedure" in page_text(again)
    assert 'value="Nursery list"' in again.content.decode() and not MasterFile.objects.exists()


def test_too_much_is_refused_at_its_field(cast, desk):
    paper, = given(cast)

    answer = desk("mario").post(f"/certificates/{paper.number}/", typed(line0_quantity="41"))

    assert answer.status_code == REFUSED and "At most 40" in page_text(answer)
    assert 'value="41"' in answer.content.decode() and not Permit.objects.exists()


def test_the_empty_print_says_that_it_is_empty(cast, desk):
    paper, = given(cast)

    answer = desk("mario").get(f"/certificates/{paper.number}/blank.pdf")

    assert answer.content.startswith(b"%PDF") and "not-complete" in answer["Content-Disposition"]
    assert b"Lacuna" not in answer.content


@pytest.mark.parametrize("path", ["/masters/", "/masters/new/", "/certificates/"])
def test_others_do_not_see_the_desks(cast, desk, path):
    stranger = desk("jean")

    assert stranger.get(path).status_code in NOT_ALLOWED if isinstance(NOT_ALLOWED, tuple) else \
        stranger.get(path).status_code == NOT_ALLOWED


def test_the_pages_ask_the_database_as_often_for_many_as_for_few(cast, desk, django_assert_num_queries):
    master = approved(cast)
    services.give_out(actor=cast["amina"], number=master.number, count=1, at=NOON)
    amina, mario = desk("amina"), desk("mario")
    amina.get("/masters/"), mario.get("/certificates/")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked(who, path):
        with CaptureQueriesContext(connection, ) as seen:
            assert who.get(path).status_code == 200
        return len(seen)

    paths = [(amina, "/masters/"), (amina, f"/masters/{master.number}/"), (mario, "/certificates/")]
    few = [asked(*each) for each in paths]
    services.give_out(actor=cast["amina"], number=master.number, count=4, at=NOON)

    assert [asked(*each) for each in paths] == few
    assert max(few) < 20
