"""Learnt models: trained from own results, put in use by a second person, silent when they fail; scores are guarded."""

from __future__ import annotations

from datetime import timedelta
from math import log

import pytest
from tests.apps.risk.consignments import export, skins
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.risk import learning, selectors, services
from wildgate.apps.risk.models import LearntModel, Score
from wildgate.apps.risk.services import learning as register
from wildgate.convention.refusal import Refusal
from wildgate.kit import jobs
from wildgate.kit.models import Event, Job
from wildgate.targeting import storage
from wildgate.targeting.declared import from_rows
from wildgate.targeting.model import Kind, train

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_draw")]


@pytest.fixture
def in_use(cast, at, tomas, nadia) -> LearntModel:
    """A model of a few results: rates speak."""
    for day in range(4):
        when = at - timedelta(days=9 - day)
        services.assess_all(at=when, consignments=[
            export(f"L{day}-{number}", when, skins(source="W" if number % 2 else "C")) for number in range(6)])
        for number in range(6):
            services.record_result(reference=f"L{day}-{number}", item=1, by="person:1", at=when,
                                   outcome="clean" if number % 2 else "species")
    asked = register.ask(actor=tomas, at=at)
    for job in Job.objects.filter(name="services.train_model"):
        jobs.run(job)
    assert not Job.objects.filter(name="services.train_model").exclude(last_error="").exists()
    assert register.put_in_use(actor=tomas, model=asked.pk, at=at).code == "not-allowed"
    found = register.put_in_use(actor=nadia, model=asked.pk, at=at)
    assert isinstance(found, LearntModel), found
    return found


def test_a_model_speaks_from_results_and_its_parts_are_for_few_eyes(cast, at, in_use, tomas, jean, desk):
    row = services.assess(consignment=export("NEW", at, skins(source="C")), at=at)

    assert Score.objects.get(assessment=row).score > 0.4
    assert (in_use.rows, in_use.findings) == (24, 12)
    assert isinstance(selectors.score(actor=jean, reference="NEW", at=at), Refusal)
    assert desk("jean").post("/risk/lanes/NEW/score/").status_code == NOT_ALLOWED
    assert "Score" in page_text(desk("tomas").post("/risk/lanes/NEW/score/"))
    told = Event.objects.filter(kind="scores-seen")
    assert list(told.values_list("subject", "actor")) == [("risk:NEW", tomas.label)]


def test_the_parts_of_a_learnt_score_add_up_and_the_page_shows_whether_it_comes_true(cast, at, desk):
    pytest.importorskip("lightgbm")
    rows = [{"id": str(n), "date": (at.date() - timedelta(days=600 - n)).isoformat(), "taxon": "ABC"[n % 3],
             "source": "WC"[n % 2], "quantity": str(n % 7), "finding": str(int(n % 3 == 0 or n % 11 == 0))}
            for n in range(500)]
    found = train(from_rows(rows, learning.mapping()))
    assert found.kind is Kind.LEARNT
    body = storage.save(found)
    told = found.trained
    LearntModel.objects.create(party="QM", number=1, state="in-use", body=body, digest=storage.fingerprint(body),
                               asked_at=at, rows=told.cases, findings=told.findings, note=told.sentence, figures={
                                   "checked": told.checked.as_json(), "table": list(told.table)})
    speaker = learning.speaker_of("QM")
    speaker.rows["R", 1] = rows[3]

    share = speaker.model.score_one(rows[3])
    assert sum(weight for _, weight in speaker.parts("R", 1)) == pytest.approx(log(share / (1 - share)), abs=1e-4)
    services.assess_all(at=at, consignments=[export(f"D{n}", at, skins(quantity=str(n + 1))) for n in range(12)])
    page = page_text(desk("ana").get("/risk/models/"))
    assert "What it said and what was found" in page
    assert "How far the inputs have moved" in page


@pytest.mark.parametrize("body", [b"", b"not a model", b"PK\x03\x04broken"])
def test_a_model_that_cannot_be_loaded_leaves_the_lanes_to_rules_and_says_so(cast, at, in_use, desk, body):
    LearntModel.objects.update(body=body, digest=storage.fingerprint(body))

    row = services.assess(consignment=export("NEW", at), at=at)

    assert row.lane == "red"
    assert row.without_model
    assert not hasattr(row, "score")
    assert "lanes come from rules and rates" in page_text(desk("tomas").get(f"/risk/?day={at.date()}"))
    assert "lanes come from rules and rates" in page_text(desk("tomas").get("/risk/models/"))


def test_a_changed_file_is_not_believed(cast, at, in_use):
    LearntModel.objects.update(body=bytes(in_use.body) + b" ", digest="another")
    assert services.assess(consignment=export("NEW", at), at=at).without_model == (
        "Its file was changed after it was trained.")


def test_out_of_use_nothing_is_scored(cast, at, in_use, tomas):
    register.take_out(actor=tomas, model=in_use.pk, at=at)
    row = services.assess(consignment=export("NEW", at), at=at)
    assert (row.without_model, Score.objects.filter(assessment=row).exists()) == ("", False)
