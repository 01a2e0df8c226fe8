"""The implementation report's numbers are what happened, year by year, and cost the same however much there is."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.apps.inspections.goods import planned, recorded, seized
from tests.cast import issued, submitted
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.figures import counting
from wildgate.apps.figures.implementation import sections
from wildgate.apps.inspections.services.recording import Line
from wildgate.apps.permits import services
from wildgate.apps.quotas.models import Quota, QuotaBalance

pytestmark = pytest.mark.django_db


@pytest.fixture
def year_of_work(cast, at):
    dead = issued(cast, at)
    issued(cast, at)
    services.cancel(actor=cast["amina"], number=dead.number, reason="Wrong.", at=at)
    number = submitted(cast, at)
    services.take(actor=cast["amina"], case=number, at=at)
    services.refuse_case(actor=cast["amina"], case=number, reason="No proof.", basis="Art. IV.2(a)", at=at)
    recorded(cast, at, planned(cast, at), Line("no-permit", taxon="Ara macao", term="LIV", quantity="2"))
    seized(cast, at, sanction="Two years")
    seized(cast, at, cause="concealment", seized_at=at - timedelta(days=400))
    for amount, used in ((100, 100), (50, 0)):
        quota = Quota.objects.create(party="QM", country="QM", taxon="Varanus salvator", amount=amount, kind="export",
                                     start=at.date().replace(month=1, day=1), end=at.date().replace(month=12, day=31),
                                     key=str(amount))
        QuotaBalance.objects.create(quota=quota, amount=Decimal(amount), used=Decimal(used))
    counting.rebuild("QM", at)


def test_each_number_is_what_happened_in_its_year_on_a_bounded_page(
        year_of_work, at, desk, django_assert_max_num_queries):
    years = [at.year - 2, at.year - 1, at.year]
    found = {each.key: each.rows for each in sections("QM", years)}
    before = (at - timedelta(days=400)).year

    assert found["issued"] == {"export-permit": (0, 0, 2)}
    assert found["refused"] == {"export": (0, 0, 1)}
    assert found["cancelled"] == {"export-permit": (0, 0, 1)}
    assert found["seizures"]["no-permit"] == (0, 0, 1)
    assert found["seizures"]["concealment"] == tuple(int(year == before) for year in years)
    assert sum(found["agencies"]["customs"]) == 2
    assert found["sanctions"] == {"sanction": (0, 0, 1)}
    assert sum(map(sum, found["inspections"].values())) == 1
    assert found["quotas"] == {"set": (0, 0, 2), "used": (0, 0, 1), "full": (0, 0, 1)}

    bo = desk("bo")
    bo.get("/figures/implementation/")

    with django_assert_max_num_queries(18):
        text = page_text(bo.get("/figures/implementation/"))
    lines = list(csv.reader(io.StringIO(bo.get("/figures/implementation.csv").content.decode("utf-8-sig"))))

    assert "Seizures by reason" in text and "Non-detriment findings" in text
    assert ["Permits and certificates issued", "Export permit"] in [line[:2] for line in lines]
    assert desk("amina").get("/figures/implementation/").status_code == NOT_ALLOWED
