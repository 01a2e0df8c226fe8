"""What was learnt: its figures on the public benchmark, its reasons, its file, and what speaks when it cannot."""

from __future__ import annotations

import random
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from tests.targeting.trade import declared, mapping, rows

from wildgate.convention.refusal import Refusal
from wildgate.targeting import columns as mappings
from wildgate.targeting import declared as tables
from wildgate.targeting import model as models
from wildgate.targeting import storage
from wildgate.targeting.calibration import platt, psi, ranking, spread
from wildgate.targeting.columns import Columns
from wildgate.targeting.declared import Declared
from wildgate.targeting.features import History
from wildgate.targeting.model import Kind, Model, odds, train
from wildgate.targeting.simulate import Run, simulate


@pytest.fixture(scope="module")
def learnt() -> Model:
    return train(declared(3000))


def korean(folder: Path, part: str) -> Declared:
    columns = mappings.columns("kcs")
    assert isinstance(columns, Columns)
    read = tables.read([folder / "customs" / f"kcs_declarations_{part}.csv.gz"], columns, results=True)
    assert isinstance(read, Declared)
    return read


def lanes(rows_: Declared) -> list[tuple[str, ...]]:
    return list(zip(*(rows_.texts[key] for key in rows_.columns.lane), strict=True))


def test_half_a_year_beats_the_published_best_on_the_quarter_after_it(shared_data: Path) -> None:
    year, quarter = korean(shared_data, "train"), korean(shared_data, "valid")
    half = year.part([place for place, day in enumerate(year.days) if day >= date(2020, 7, 1).toordinal()])

    scores = train(half, check=False).score(quarter)

    told = ranking(scores, [bool(one) for one in quarter.findings])
    assert told.auc is not None
    assert told.auc >= 0.91
    assert told.p5 >= 0.98
    assert told.p10 >= 0.93
    known = set(lanes(half))
    new = [place for place, lane in enumerate(lanes(quarter)) if lane not in known]
    unseen = ranking([scores[place] for place in new], [bool(quarter.findings[place]) for place in new])
    assert unseen.auc is not None
    assert unseen.auc >= 0.60


def test_parts_add_up_to_the_score_and_are_worded(learnt: Model) -> None:
    some = declared(60, seed=9)

    for score, parts in zip(learnt.score(some), learnt.parts(some), strict=True):
        assert sum(part.weight for part in parts) == pytest.approx(odds(score), abs=1e-6)
        assert all(part.english and "%(" not in part.english for part in parts)


def test_more_findings_never_lower_a_risk(learnt: Model) -> None:
    import numpy as np
    assert learnt.history is not None
    matrix = learnt.history.matrix(declared(200, seed=3))
    for place, name in enumerate(learnt.history.names):
        if name.startswith("rate:"):
            more = matrix.copy()
            more[:, place] = np.minimum(1, more[:, place] + 0.3)
            assert (learnt.booster.predict(more) >= learnt.booster.predict(matrix) - 1e-12).all()


def test_same_seed_same_model_same_scores_after_its_file(learnt: Model) -> None:
    some = declared(50, seed=5)
    content = storage.save(learnt)

    assert storage.save(train(declared(3000))) == content
    again = storage.load(content)
    assert isinstance(again, Model)
    assert again.score(some) == learnt.score(some)
    assert again.trained == learnt.trained
    assert b"firm 7" not in b"".join(zipfile.ZipFile(BytesIO(content)).read(name) for name in
                                     zipfile.ZipFile(BytesIO(content)).namelist()).lower()


def test_nothing_comes_from_the_future_or_from_the_row_itself() -> None:
    past = declared(1200).by_day()
    other = replace(past, findings=[*past.findings[:600], *reversed(past.findings[600:])])
    names = History(past.columns).names

    first, _ = History(past.columns).learn(past)
    second, _ = History(past.columns).learn(other)

    assert (first[:600] == second[:600]).all()
    assert not (first[800:] == second[800:]).all()
    assert (first[0, [name.startswith("seen:") for name in names]] == 0).all()


@pytest.mark.parametrize("damage", [
    lambda whole: b"", lambda whole: whole[:len(whole) // 2], lambda whole: b"not a model",
    lambda whole: whole[:2000] + bytes(8) + whole[2008:], lambda whole: whole + b"x" * storage.LARGEST,
])
def test_a_damaged_file_leaves_rules_and_rates(learnt: Model, damage) -> None:
    refused = storage.load(damage(storage.save(learnt)))

    assert isinstance(refused, Refusal)
    assert refused.reason.endswith("Rules and rates stand alone.")


def test_without_results_or_library_something_simpler_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    quarter = declared(400, seed=11)
    found = [bool(one) for one in quarter.findings]

    nothing = train(declared(300, labelled=False))
    assert (nothing.kind, nothing.trained.code) == (Kind.UNUSUAL, "no-results")
    assert max(nothing.score(quarter)) > 0
    few = train(declared(60))
    assert (few.kind, few.trained.code) == (Kind.RATES, "few-results")
    monkeypatch.setattr(models, "can_learn", lambda: False)
    rates = train(declared(3000))
    assert (rates.kind, rates.trained.code) == (Kind.RATES, "no-library")
    told = ranking(rates.score(quarter), found)
    assert told.auc is not None
    assert told.auc > 0.75
    content = storage.save(rates)
    assert b"FIRM 7" not in zipfile.ZipFile(BytesIO(content)).read("rates.json")
    again = storage.load(content)
    assert isinstance(again, Model)
    assert again.score(quarter) == rates.score(quarter)


def test_the_line_calibrates_and_drift_is_seen(learnt: Model) -> None:
    chance = random.Random(1)
    raw = [chance.gauss(0, 2) for _ in range(4000)]
    found = [chance.random() < 1 / (1 + 2.718281828 ** -(0.5 * x - 1)) for x in raw]
    line = platt(raw, found)
    assert (line.slope, line.shift) == (pytest.approx(0.5, abs=0.08), pytest.approx(-1, abs=0.15))

    before = spread(raw)
    assert psi(before, raw) < 0.01
    assert psi(before, [x + 3 for x in raw]) > 0.25
    assert max(learnt.drift(declared(600, seed=4)).values()) < 0.25
    moved = declared(600, seed=4)
    moved.amounts["value"][:] = [value * 1000 for value in moved.amounts["value"]]
    assert learnt.drift(moved)["log:value"] > 0.25


def test_the_past_is_inspected_again_week_by_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "can_learn", lambda: False)  # rates learn quickly, and well enough to see it

    run = simulate(declared(1200, days=84), rate=0.2, random=0.2, seed=3)
    same = simulate(declared(1200, days=84), rate=0.2, random=0.2, seed=3)

    assert isinstance(run, Run)
    assert run == same
    assert all(week.opened == max(1, round(0.2 * week.declared)) for week in run.weeks)
    assert run.weeks[0].speaks == "chance"
    assert run.precision > 1.5 * run.truth
    assert run.measured.low <= run.truth <= run.measured.high
    assert isinstance(simulate(declared(50, labelled=False), rate=0.1, random=0.1, seed=1), Refusal)
    assert isinstance(simulate(declared(50), rate=0.0, random=0.1, seed=1), Refusal)


def test_one_row_of_an_item_is_scored(learnt: Model) -> None:
    one = rows(1)[0]

    assert 0 < learnt.score_one(one) < 1
    assert 0 < learnt.score_one({"id": "x"}) < 1
    assert mapping().lane[0] == "taxon"
