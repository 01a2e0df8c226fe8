"""The pages of duties: the matrix as a table, a change proposed and confirmed, lists with a pinned count of queries."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.apps.duties.steps import happens, notices
from tests.cast import issued
from tests.desks import page_text

from wildgate.apps.duties.matrix import MATRIX
from wildgate.apps.duties.models import Term

pytestmark = pytest.mark.django_db
FORM = {"on": "on", "ways": ["letter"], "roles": ["customs"], "stations": "Kivu-2\n\nDelta-9", "hours": "6"}


def test_the_matrix_is_one_table_that_says_house_value(cast, desk):
    text = page_text(desk("jean").get("/duties/"))
    for duty in MATRIX:
        assert str(duty.what) in text
    assert "4 working hours house value" in text


def test_a_change_is_proposed_kept_when_wrong_and_confirmed_by_another(cast, at, desk):
    today = datetime.now(UTC).date().isoformat()
    wrong = desk("amina").post("/duties/rows/permit-issued/", {**FORM, "hours": "9999", "since": today})
    assert wrong.status_code == 422
    assert b'value="9999"' in wrong.content
    desk("amina").post("/duties/rows/permit-issued/", {**FORM, "since": today})
    term = Term.objects.get()
    assert (term.stations, term.hours, term.state) == (["Kivu-2", "Delta-9"], 6, "proposed")
    assert "Take back" in page_text(desk("amina").get("/duties/"))

    desk("nadia").post(f"/duties/changes/{term.pk}/", {"do": "confirm"})

    assert "6 working hours" in page_text(desk("jean").get("/duties/"))
    story = page_text(desk("ana").get("/duties/rows/permit-issued/"))
    assert "proposed by Amina Keita, decided by Nadia Haddad" in story
    assert desk("jean").post("/duties/changes/1/").status_code == 403
    assert desk("amina").get("/duties/rows/nonsense/").status_code == 404


def test_the_list_of_notices_takes_the_same_queries_however_long(cast, at, desk, django_assert_num_queries):
    permit = issued(cast, at)
    happens("permit-lost", permit.subject)
    desk("jean").get("/duties/notices/")
    with django_assert_num_queries(6):
        desk("jean").get("/duties/notices/")
    for _ in range(5):
        happens("permit-lost", permit.subject)
    assert len(notices()) == 6
    with django_assert_num_queries(6):
        desk("jean").get("/duties/notices/")
