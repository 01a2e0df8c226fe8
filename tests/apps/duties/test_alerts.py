"""An alert goes to the other authority, with a clock; its words stand with those who read notices, and nowhere else."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from tests.apps.duties.steps import notices
from tests.apps.letters.post import run
from tests.databases import as_owner

from wildgate.apps.duties import services
from wildgate.apps.duties.models import Alert
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db
TUSKS = "Tusks among frozen fish, container MSKU 100200."


def raised(who, at, **more):
    made = services.raise_alert(actor=who, topic="contraband", text=TUSKS, at=at, **more)
    assert isinstance(made, Alert), made
    run()
    return made


@pytest.mark.parametrize(("who", "row", "reader", "own"), [
    ("jean", "alert-from-customs", "amina", "nadia"), ("amina", "alert-to-customs", "jean", "bo")])
def test_the_other_side_is_told_and_says_that_it_has_received_it(cast, at, desk, who, row, reader, own):
    made = raised(cast[who], at, declaration="D-7")

    notice, = notices()
    assert (notice.row, notice.about) == (row, made.subject)
    assert TUSKS.encode() in desk(reader).get(f"/duties/notices/{notice.pk}/").content
    assert not desk(own).post(f"/duties/notices/{notice.pk}/").content
    notice.refresh_from_db()
    assert notice.received_at is None
    desk(reader).post(f"/duties/notices/{notice.pk}/")
    notice.refresh_from_db()
    assert notice.received_by_id == cast[reader].person_id
    assert not Event.objects.filter(data__contains="frozen fish").exists()


def test_who_may_raise_one_and_what_must_be_said(cast, at, desk):
    for name in ("mario", "kim", "ana", "sam", "ito"):
        assert services.raise_alert(actor=cast[name], topic="route", text="x", at=at).code == "not-allowed"
    assert desk("mario").get("/duties/alerts/").status_code == 403
    empty = desk("jean").post("/duties/alerts/", {"topic": "bananas", "text": ""})
    assert (empty.status_code, b"error-summary" in empty.content or b"Error:" in empty.content) == (422, True)
    assert not Alert.objects.exists()

    sent = desk("jean").post("/duties/alerts/", {"topic": "route", "text": TUSKS, "permit": "26qm 1 e"})

    assert sent.status_code == 302
    assert Alert.objects.get().permit == "26QM1E"
    assert TUSKS.encode() in desk("ana").get("/duties/alerts/").content
    assert TUSKS.encode() not in desk("sam").get("/duties/alerts/").content
    with as_owner(), pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute("UPDATE duties_alert SET text = 'another'")
