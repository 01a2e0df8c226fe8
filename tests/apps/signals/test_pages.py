"""The pages of signals and gaps: whose they are, what they say, what they cost."""

from __future__ import annotations

import csv
import io

import pytest
from tests.apps.signals.test_gaps import difference
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.accounts.models import Role
from wildgate.apps.signals import reconciling, searching
from wildgate.apps.signals.models import Gap, Signal
from wildgate.kit.models import Job

OFFICERS = {Role.OFFICER, Role.COUNTERSIGNER}
READERS = {*OFFICERS, Role.SCIENTIST, Role.RISK_MANAGER, Role.SUPERVISOR, Role.INVESTIGATOR, Role.AUDITOR}

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("path", "who"), [
    ("/trade/signals/list.csv", READERS), ("/trade/gaps/list.csv", {*OFFICERS, Role.AUDITOR})])
def test_signals_are_for_those_who_judge_trade_and_gaps_for_officers_and_the_auditor(desk, cast, path, who):
    asked = {name: cast[name] for name in ("mario", "amina", "ito", "jean", "nadia", "tomas", "ana", "sam")}
    allowed = {name for name, actor in asked.items() if actor.has(*who)}

    assert {name for name in asked if desk(name).get(path).status_code != NOT_ALLOWED} == allowed
    assert {"mario", "jean", "sam"}.isdisjoint(allowed)


def test_a_signal_is_read_marked_and_filtered(desk, cast, at, store):
    searching.search(party="QM", by="system", at=at)
    row, ito = Signal.objects.get(), desk("ito")
    page = f"/trade/signals/{row.key}/"

    text = page_text(ito.get(page))
    refused = ito.post(page, {"state": "looked", "reason": ""})
    done = ito.post(page, {"state": "looked", "reason": "Two seasons in one year."})

    assert "Demoland exported 10,800 specimens of Varanus salvator (skin) in 2024" in text
    assert "99.5 percent" in text and "What is not known" in text and "<svg" in ito.get(page).content.decode()
    assert (refused.status_code, done.status_code) == (422, 302)
    assert "Varanus" not in page_text(ito.get("/trade/signals/"))
    assert "Varanus" in page_text(ito.get("/trade/signals/?state=looked&kind=rise&taxon=varanus&year=2024&party=qm"))
    assert ito.get("/trade/signals/none/").status_code == 404
    rows = list(csv.DictReader(io.StringIO(ito.get("/trade/signals/list.csv?state=").content.decode("utf-8-sig"))))
    assert [(each["kind"], each["value"], each["state"]) for each in rows] == [("rise", "10800", "looked")]


def test_lists_cost_the_same_however_long_they_are(desk, cast, at, django_assert_max_num_queries):
    ana = desk("ana")
    for path in ("/trade/signals/", "/trade/gaps/"):
        ana.get(path)
    facts = {"party": "QM", "term": "SKI", "unit": "NAR", "year": 2024, "first_at": at, "seen_at": at}
    Signal.objects.bulk_create(
        Signal(key=f"k{n}", kind="rise", code="rise", taxon=f"Varanus {n}", exporter="QM", value=n, words={}, **facts)
        for n in range(60))
    Gap.objects.bulk_create(
        Gap(key=f"g{n}", partner="QZ", direction="exports", taxon=f"Varanus {n}", difference=n, size=n, code="amount",
            **facts) for n in range(60))

    with django_assert_max_num_queries(10):
        signals = ana.get("/trade/signals/")
    with django_assert_max_num_queries(10):
        gaps = ana.get("/trade/gaps/")

    assert "60" in page_text(signals) and "60" in page_text(gaps)


def test_a_value_is_set_with_its_reason_on_the_page(desk, cast):
    tomas = desk("tomas")

    wrong = tomas.post("/trade/signals/values/", {"name": "rise_times", "value": "500", "reason": "More."})
    done = tomas.post("/trade/signals/values/", {"name": "rise_times", "value": "3", "reason": "Fewer, larger."})

    assert wrong.status_code == 422 and "lies between 1 and 100" in page_text(wrong)
    assert done.status_code == 302
    assert "comes as 2" in page_text(tomas.get("/trade/signals/values/"))


def test_a_difference_is_marked_and_work_is_done_by_a_worker(desk, cast, at):
    row = reconciling.follow("QM", difference(at).pk, at)
    assert row is not None
    amina, ana = desk("amina"), desk("ana")

    text = page_text(amina.get(f"/trade/gaps/{row.key}/"))
    read_only = ana.post(f"/trade/gaps/{row.key}/", {"state": "explained", "reason": "Mine."})
    done = amina.post(f"/trade/gaps/{row.key}/", {"state": "explained", "reason": "Two skins were rejected."})
    amina.post("/trade/signals/search/")
    amina.post("/trade/gaps/count/", {"year": "2025"})
    amina.post("/trade/gaps/count/", {"year": "soon"})

    assert "26QM000001E" in text and "1,148" in text
    assert (read_only.status_code, done.status_code) == (422, 302)
    assert sorted(Job.objects.filter(name__startswith="signals.").values_list("name", "key")) == [
        ("signals.count_year", "2025"), ("signals.search_now", "now")]
