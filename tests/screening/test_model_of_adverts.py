"""A model's file, its scores and its figures, without any library of learning."""

from __future__ import annotations

import io
import json
import math
import zipfile
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wildgate.convention.refusal import Refusal
from wildgate.screening import model_file
from wildgate.screening.advert import Advert
from wildgate.screening.figures import Line, average_precision, best_threshold, ece, line_through, part_to_read
from wildgate.screening.grams import ALL, LETTERS, grams
from wildgate.screening.model import LEARNT, RULES, Block, Model, Trained

TRAINED = Trained("skulls", 200, 90, 1, "learnt", "0" * 16, "v1")
SKULL = Advert("1", "Crocodile skull, real")
STAMP = Advert("2", "Crocodile stamp, mint")


def a_model() -> Model:
    words = Block("title", "words", ("crocodile", "skull", "stamp"), array("f", [1, 2, 2]), array("f", [0.5, 3, -4]))
    return Model(LEARNT, TRAINED, (words,), {"title:stamp": -1.0}, -0.25, Line(1.5, 0.1), 0.4)


def test_a_score_is_the_sum_of_its_words_and_signs() -> None:
    skull, stamp = a_model().share(SKULL, {}, 0), a_model().share(STAMP, {"title:stamp": 1.0}, 0)

    raw = (1 * 0.5 + 2 * 3) / math.sqrt(5) - 0.25
    assert skull == pytest.approx(1 / (1 + math.exp(-1.5 * raw - 0.1)), abs=1e-6)
    assert stamp < 0.05
    assert [a_model().says(each) for each in (skull, stamp)] == [True, False]


def test_reasons_name_the_weightiest_words_and_signs() -> None:
    told = [str(part) for part in a_model().parts(STAMP, {"title:stamp": 1.0})]

    assert told[0] == "the word “stamp” lowers the score"
    assert "words of “stamp” in the title lower the score" in told


def test_rules_only_gives_the_score_of_the_rules() -> None:
    model = Model(RULES, Trained("owls", 12, 3, 1, "few-labels", "", "v1"))

    assert (model.share(SKULL, {}, 0.7), model.says(0.7), model.parts(SKULL, {})) == (0.7, True, [])
    assert "Rules only: 12 labels" in model.trained.sentence


def test_a_file_read_back_scores_the_same_and_is_the_same() -> None:
    content = model_file.save(a_model())
    again = model_file.load(content)

    assert isinstance(again, Model)
    assert again.share(SKULL, {}, 0) == a_model().share(SKULL, {}, 0)
    assert model_file.save(again) == content


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(changed: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in changed.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_what_is_no_model_is_refused_in_a_sentence() -> None:
    good = parts(model_file.save(a_model()))
    about = json.loads(good["about.json"])
    nan = json.dumps({**about, "bias": float("nan")}).encode()
    bad = {"noise": b"PK\x03\x04 not whole", "empty": b"", "no sums": packed({"about.json": b"{}"}),
           "other form": packed({**good, "about.json": json.dumps({**about, "form": "x"}).encode()}),
           "weights": packed({**good, "numbers.bin": good["numbers.bin"][:-4] + b"\0\0\0\0"}),
           "more": packed({**good, "evil.py": b"print()"}), "nan": packed({**good, "about.json": nan}),
           "unpacked": packed({**good, "grams.txt": b"a\n" * 30_000_000})[:0] or b"PK"}

    for name, content in bad.items():
        refused = model_file.load(content)
        assert isinstance(refused, Refusal), name
        assert refused.reason.endswith("."), name


@given(st.binary(max_size=400))
def test_no_bytes_raise(content: bytes) -> None:
    assert isinstance(model_file.load(content), Refusal)


def test_a_file_too_large_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_file, "LARGEST_UNPACKED", 100)

    refused = model_file.load(model_file.save(a_model()))

    assert isinstance(refused, Refusal)
    assert "too large" in refused.reason


def test_figures_are_those_of_the_textbook() -> None:
    scores, truth = [0.9, 0.8, 0.7, 0.6], [True, False, True, False]

    assert average_precision(scores, truth) == pytest.approx((1 + 2 / 3) / 2)
    assert part_to_read(scores, truth) == 0.75
    assert ece([0.0, 1.0], [False, True]) == 0
    assert ece([0.25, 0.25], [False, False]) == 0.25
    assert 0.6 < best_threshold(scores, truth, trust=0) < 0.7


def test_a_line_brings_raw_scores_to_what_they_mean() -> None:
    raw = [-2.0] * 90 + [-2.0] * 10 + [2.0] * 20 + [2.0] * 80
    truth = [False] * 90 + [True] * 10 + [False] * 20 + [True] * 80

    line = line_through(raw, truth)

    assert line.share(-2.0) == pytest.approx(0.1, abs=0.02)
    assert line.share(2.0) == pytest.approx(0.8, abs=0.02)
    assert line_through([1.0], [True]) == Line()


def test_a_long_text_scores_the_same_with_arrays_and_without(monkeypatch: pytest.MonkeyPatch) -> None:
    words = [f"{one}{other}" for one in ("croc", "skull", "tiger", "belt") for other in range(40)]
    names = tuple(dict.fromkeys(gram for word in words[::3] for gram in grams([word], LETTERS)))
    numbers = array("f", [0.5 + place % 7 for place in range(len(names))])
    block = Block(ALL, LETTERS, names, numbers, numbers)

    quick = block.add(words)
    monkeypatch.setattr("wildgate.screening.model.MANY_WORDS", 10_000)

    assert quick == pytest.approx(block.add(words), rel=1e-12)
    assert quick != 0
