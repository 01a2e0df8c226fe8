"""Our own events in the trade store: the rows of the annual report with their month, each night and on demand."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from tests.apps.permits.test_replacing import gone
from tests.cast import SKINS, issued

from wildgate.apps.customs import services as customs
from wildgate.apps.explorer import jobs as nightly
from wildgate.apps.explorer import own, services
from wildgate.apps.explorer.models import OwnRefresh
from wildgate.apps.reports import selectors
from wildgate.convention.refusal import Refusal
from wildgate.convention.report_row import Part
from wildgate.kit import jobs
from wildgate.kit.models import Job
from wildgate.worldtrade import manifest, questions
from wildgate.worldtrade.questions import Question
from wildgate.worldtrade.store import store_at

pytestmark = pytest.mark.django_db
JUNE = datetime(2026, 6, 3, 12, tzinfo=UTC)


def left(cast, quantity: str, at: datetime) -> None:
    permit = issued(cast, at - timedelta(days=3), {**SKINS, "lines": [{**SKINS["lines"][0], "quantity": "2000"}]})
    customs.endorse(actor=cast["jean"], number=permit.number, stage="export", quantities={"A": quantity}, port="QMKIV",
                    transport_document="1", at=at)


def test_own_rows_are_those_of_the_annual_report_with_their_month(cast):
    left(cast, "1150", JUNE)
    left(cast, "30", datetime(2025, 12, 31, 23, 30, tzinfo=UTC))
    gone(cast, datetime(2025, 1, 2, 12, tzinfo=UTC))

    rows = list(own.rows("QM"))
    reported = Counter(
        (row.year, row.species, row.term, Decimal(row.quantity), row.unit or "NAR", row.partner, row.origin,
         row.purpose, row.source, row.appendix)
        for year in (2024, 2025, 2026) for row in selectors.rows("QM", year, Part.EXPORTS))

    assert Counter((str(row.year), row.taxon, row.term, row.quantity, row.unit, row.importer, row.origin, row.purpose,
                    row.source, row.appendix) for row in rows) == reported
    assert sorted((row.year, row.month, row.exporter, row.reporter) for row in rows) == [
        (2024, 12, "QM", "E"), (2025, 12, "QM", "E"), (2026, 6, "QM", "E")]
    assert {(row.class_name, row.order_name, row.family, row.genus) for row in rows} == {
        ("Reptilia", "Crocodylia", "Crocodylidae", "Crocodylus")}


def test_an_officer_refreshes_now_and_the_night_follows(cast, tmp_path, settings):
    left(cast, "1150", JUNE)
    settings.HOME = tmp_path
    Job.objects.all().delete()
    at = datetime.now(UTC)

    assert isinstance(services.refresh_now(actor=cast["mario"], at=at), Refusal)
    asked = services.refresh_now(actor=cast["amina"], at=at)
    assert asked.busy
    jobs.run_pending()

    done = OwnRefresh.objects.get(party="QM")
    assert (done.state, done.rows, done.asked_by) == ("done", 1, cast["amina"].label)
    found = questions.months(store_at(tmp_path / "trade"), Question(kind="own"))
    assert [(row.year, row.month, row.quantity) for row in found] == [(2026, 6, Decimal(1150))]
    assert Job.objects.get(name=services.NIGHTLY).run_after == services.next_night(at)


def test_the_night_asks_for_the_next_one_and_what_is_the_same_stays(cast, tmp_path, settings):
    left(cast, "1150", JUNE)
    settings.HOME = tmp_path
    nightly.each_night(at=JUNE, party_code="QM")
    stamp = store_at(tmp_path / "trade").stamp()

    nightly.each_night(at=JUNE + timedelta(days=1), party_code="QM")

    assert store_at(tmp_path / "trade").stamp() == stamp
    assert set(Job.objects.filter(name=services.NIGHTLY).values_list("key", flat=True)) == {"2026-06-04", "2026-06-05"}


def test_a_store_that_is_busy_is_told_and_tried_again(cast, tmp_path, settings):
    settings.HOME = tmp_path

    with manifest.locked(tmp_path / "trade") as alone:
        assert alone
        with pytest.raises(RuntimeError):
            services.append("QM", at=JUNE)

    told = OwnRefresh.objects.get(party="QM")
    assert (told.state, told.busy) == ("failed", False)
    assert re.fullmatch(r"[A-Z].+[.]", told.problem)
    services.append("QM", at=JUNE)
    assert OwnRefresh.objects.get(party="QM").state == "done"
