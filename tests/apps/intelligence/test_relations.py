"""A reader states what a report joins: by a form that offers only what that reader may see."""

from __future__ import annotations

import pytest
from tests.apps.intelligence.people import group, let_in
from tests.apps.intelligence.test_services import filed
from tests.desks import page_text

from wildgate.apps.intelligence.models import Entity, Relation
from wildgate.apps.intelligence.services.filing import NewEntity

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(cast, at):
    group("twix", at)
    let_in(cast, "ines", at, groups=["twix"])
    return filed(cast["ines"], at, entities=(NewEntity("person", "Rudo Vellin"), NewEntity("vehicle", "MV Pelorus")))


def test_a_relation_is_stated_and_shown_in_words(report, desk):
    ines = desk("ines")
    path = f"/intelligence/reports/{report.number}/"
    one, two = (Entity.objects.get(value=name).pk for name in ("Rudo Vellin", "MV Pelorus"))

    assert "State a relation" in page_text(ines.get(path))
    assert "Rudo Vellin" in page_text(ines.get(f"{path}relation/"))
    same = ines.post(f"{path}relation/", {"source": one, "kind": "owns", "target": one})
    strange = ines.post(f"{path}relation/", {"source": one, "kind": "owns", "target": 99_999})
    odd = ines.post(f"{path}relation/", {"source": one, "kind": "<b>", "target": two})
    done = ines.post(f"{path}relation/", {"source": one, "kind": "works-for", "target": two})

    assert [each.status_code for each in (same, strange, odd, done)] == [422, 422, 422, 302]
    assert Relation.objects.get().kind == "works-for"
    assert "Rudo Vellin works for MV Pelorus" in " ".join(page_text(ines.get(path)).split())
    assert "works for" in page_text(ines.get("/intelligence/graph/"))


def test_a_report_of_one_thing_offers_no_relation(cast, at, desk, report):
    alone = filed(cast["ines"], at, title="One only", entities=(NewEntity("person", "Rudo Vellin"),))

    assert "State a relation" not in page_text(desk("ines").get(f"/intelligence/reports/{alone.number}/"))
