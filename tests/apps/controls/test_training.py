"""Training: ten faults of ten kinds, each to be seen on the page; its codes are refused by every real verifier."""

from __future__ import annotations

from datetime import date

import pytest
from tests.desks import page_text

from wildgate.apps.controls.models import Training
from wildgate.apps.controls.training import runs
from wildgate.apps.controls.training.exercises import (
    COUNT,
    FIRST_CLASS,
    HOME,
    KINDS,
    OTHER,
    SOUND,
    Fault,
    exercises,
    score,
)
from wildgate.apps.controls.training.sealing import scan, token
from wildgate.convention.listing import law
from wildgate.convention.refusal import Refusal
from wildgate.seal.verdict import Role, Verifier

TODAY = date(2027, 3, 3)


def judged(one, seed):
    """What a careful officer answers by what the page shows, without knowing what was planted."""
    seen = scan(one, seed)
    if not seen.genuine:
        return Fault.STRANGER.value
    paper, code = one.paper, seen.line
    if seen.facts["number"] != paper.number:
        return Fault.PASTED.value
    if code["quantity"] != str(paper.quantity):
        return Fault.QUANTITY.value
    if code["source"] != paper.source:
        return Fault.SOURCE.value
    if paper.appendix != one.listed:
        return Fault.APPENDIX.value
    if paper.valid_until < one.presented_on:
        return Fault.EXPIRED.value
    if (one.came_from, one.goes_to) != (paper.exporter, paper.importer):
        return Fault.ROUTE.value
    if one.elsewhere:
        return Fault.CLONE.value
    return {"cancelled": Fault.CANCELLED.value, "used": Fault.TWICE.value}.get(one.state, SOUND)


@pytest.mark.parametrize("seed", ["a", "b", "c"])
def test_ten_sound_and_one_of_each_fault_all_to_be_seen_on_the_page(seed):
    every = exercises(seed, TODAY)

    assert len(every) == COUNT == 20
    assert sorted(one.fault for one in every) == sorted([SOUND] * 10 + list(Fault.values))
    assert [judged(one, seed) for one in every] == [one.fault for one in every]
    assert all(one.quantity <= one.paper.quantity for one in every)


def test_a_seed_always_makes_the_same_twenty_and_another_seed_others():
    assert exercises("a", TODAY) == exercises("a", TODAY) != exercises("b", TODAY)


def test_nobody_learns_a_wrong_appendix():
    for kind in (*KINDS, *FIRST_CLASS):
        found = law().listings(kind.taxon)
        assert found.strictest.appendix.value == kind.appendix, kind.taxon


def test_the_score_tells_each_kind_missed_faults_and_sound_ones_stopped():
    answers = [SOUND if one.fault == Fault.CLONE else Fault.EXPIRED.value if one.fault == Fault.TWICE else one.fault
               for one in exercises("a", TODAY)]
    first_sound = next(i for i, one in enumerate(exercises("a", TODAY)) if one.fault == SOUND)
    answers[first_sound] = Fault.ROUTE.value

    told = score("a", TODAY, answers)

    assert (told.right, told.found, told.stopped) == (17, 9, 1)
    assert [each.exercise.fault for each in told.missed] == [Fault.CLONE]
    assert [judged.right for _kind, judged in told.by_kind].count(False) == 2


@pytest.mark.django_db
def test_the_installations_own_verifier_accepts_no_training_code(cast, at):
    from wildgate.apps.permits.sealing import refresh
    from wildgate.seal.trusted import home_verifier

    refresh(at)
    from django.conf import settings
    verifier = home_verifier(settings.HOME)
    assert isinstance(verifier, Verifier), verifier
    for one in exercises("a", at.date()):
        verdict = verifier.verdict(token(one, "a"), Role.PUBLIC, at)
        assert not verdict.genuine
        assert verdict.answer.value == "hold"
    assert {OTHER, HOME}.isdisjoint({"QM", "QZ"})


@pytest.mark.django_db
def test_twenty_answers_end_a_run_and_none_is_taken_back(amina, bo, at):
    run = runs.begin(actor=amina, at=at)
    faults = [one.fault for one in exercises(run.seed, at.date())]

    assert runs.answer(actor=bo, run=run.pk, number=1, said=SOUND, at=at).code == "no-such-run"
    assert runs.answer(actor=amina, run=run.pk, number=1, said="maybe", at=at).code == "missing"
    for number, fault in enumerate(faults, 1):
        assert not isinstance(runs.answer(actor=amina, run=run.pk, number=number, said=fault, at=at), Refusal)
        assert runs.answer(actor=amina, run=run.pk, number=number, said=SOUND, at=at).code == "answered"

    run.refresh_from_db()
    assert (run.score, run.finished_at) == (20, at)


@pytest.mark.django_db
def test_the_list_of_runs_costs_the_same_however_long(desk, cast, at, django_assert_num_queries):
    jean = desk("jean")
    for _ in (1, 2):
        Training.objects.bulk_create([
            Training(party="QM", person_id=cast["jean"].person_id, seed="a", begun_at=at, finished_at=at, score=n)
            for n in range(15)])
        jean.get("/training/")
        with django_assert_num_queries(5):
            assert jean.get("/training/").status_code == 200


@pytest.mark.django_db
def test_the_pages_lead_through_a_run_and_hide_it_from_others(desk):
    begun = desk("jean").post("/training/begin/")
    run = Training.objects.get()
    page = desk("jean").get(begun.url)

    assert "Permit 1 of 20" in page_text(page)
    assert desk("jean").post(begun.url, {"number": "1"}).status_code == 422
    for number in range(1, 21):
        desk("jean").post(begun.url, {"number": number, "said": SOUND})
    assert "10 of 20 right" in page_text(desk("jean").get(begun.url))
    assert desk("amina").get(f"/training/{run.pk}/").status_code == 404
    assert desk("mario").get("/training/").status_code == 403
