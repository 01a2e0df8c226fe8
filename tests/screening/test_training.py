"""Learning from labelled adverts: honest figures, few labels, same bytes, no silent transfer, what to label next."""

from __future__ import annotations

import csv
import random
from dataclasses import replace
from pathlib import Path

import pytest

from wildgate.convention.refusal import Refusal
from wildgate.screening import model_file, training
from wildgate.screening.advert import Advert
from wildgate.screening.choosing import Candidate, choose, kinds
from wildgate.screening.figures import average_precision
from wildgate.screening.folds import alike, folds
from wildgate.screening.judging import bare, labelled
from wildgate.screening.model import LEARNT, RULES, Model
from wildgate.screening.reading import read_listing
from wildgate.screening.signs import signs
from wildgate.screening.training import Labelled, train

PARTS = ("skull", "jaw", "claw", "hide", "tooth", "horn")
THINGS = ("stamp", "toy", "poster", "mug", "t-shirt", "plush")
ANIMALS = ("crocodile", "tiger", "bear", "shark", "python", "eagle")
MORE = ("vintage", "large", "rare", "from estate", "nice", "old", "fast shipping", "lot", "see photos", "new")
UNREAD = read_listing("")
"""What the rules read is left out: made-up adverts are about words."""


def row(title: str, specimen: bool, place: int = 0) -> Labelled:
    advert = bare(Advert(str(place), title))
    return Labelled(advert, specimen, signs(advert, UNREAD, ()), 0.5)


def some(count: int, seed: int, parts: tuple[str, ...] = PARTS, things: tuple[str, ...] = THINGS) -> list[Labelled]:
    chance, made = random.Random(seed), []
    for place in range(count):
        specimen = chance.random() < 0.4
        words = [chance.choice(ANIMALS), chance.choice(parts if specimen else things), *chance.sample(MORE, 3)]
        chance.shuffle(words)
        made.append(row(f"{' '.join(words)} {place}", specimen, place))
    return made


def learn(rows: list[Labelled], **more: object) -> Model:
    made = train(rows, scope="test", seed=1, gazetteer="v1", **more)  # type: ignore[arg-type]
    assert isinstance(made, Model)
    return made


def share(model: Model, labelled: Labelled) -> float:
    return model.share(labelled.advert, labelled.signs, 0.5)


def test_what_is_learnt_holds_on_adverts_not_seen() -> None:
    model = learn(some(150, 1), check=False)
    new = some(100, 2)

    shares = [share(model, each) for each in new]

    assert average_precision(shares, [each.specimen for each in new]) > 0.95
    assert model.kind == LEARNT


def test_the_same_rows_and_seed_give_the_same_bytes_and_the_file_scores_as_the_model() -> None:
    rows = some(120, 3)
    one, other = (model_file.save(learn(rows, check=False)) for _ in range(2))
    again = model_file.load(one)

    assert one == other
    assert isinstance(again, Model)
    assert share(again, rows[0]) == pytest.approx(share(learn(rows, check=False), rows[0]), abs=1e-9)


def test_a_scope_with_few_labels_is_rules_only() -> None:
    few = learn(some(99, 4))
    lopsided = learn([*some(150, 5, things=PARTS)][:0] + [row(f"stamp {n}", False, n) for n in range(140)])

    assert (few.kind, lopsided.kind) == (RULES, RULES)
    assert share(few, some(1, 1)[0]) == 0.5


def test_a_model_of_one_scope_is_worse_in_another() -> None:
    here = some(150, 6)
    there = some(150, 7, parts=("netsuke", "tusk", "okimono"), things=("soap", "dress", "paint"))
    model = learn(here, check=False)

    at_home, away = (average_precision([share(model, each) for each in rows], [each.specimen for each in rows])
                     for rows in (some(100, 8), there))

    assert at_home > 0.95
    assert away < at_home - 0.2


def test_groups_and_goods_that_the_rules_read_are_learnt() -> None:
    """In a scope of sharks the same words, never seen, weigh more where the rules read a ray than where a lynx."""
    sharks = ("tiger shark", "mako shark", "lemon shark", "bull shark", "thresher shark")
    others = ("skunk", "raccoon", "red fox", "beaver", "whitetail deer")
    rows = [labelled(Advert(f"{name}{n}", f"{name} jaw {chr(97 + n)}"), name in sharks) for n in range(12)
            for name in (*sharks, *others)]
    model = learn(rows, check=False)

    stingray, lynx = (labelled(Advert("new", title), True) for title in ("Raja clavata jaw", "Lynx rufus jaw"))

    assert stingray.signs["rule:group Elasmobranchii"] == lynx.signs["rule:group Mammalia"] == 1
    assert "rule:group Raja" not in stingray.signs
    assert share(model, stingray) > 1.5 * share(model, replace(stingray, signs=lynx.signs))
    assert any(part.name.startswith("rule:") and "Elasmobranchii" in part.name
               for part in model.parts(stingray.advert, stingray.signs))


def test_a_sign_that_hardly_any_advert_has_is_not_learnt() -> None:
    rows = [replace(each, signs={**each.signs, "rule:group Rare": float(n < 2), "rule:group Often": float(n < 9)})
            for n, each in enumerate(some(120, 11))]

    weights = learn(rows, check=False).sign_weights

    assert "rule:group Often" in weights
    assert "rule:group Rare" not in weights


def test_near_copies_stay_on_one_side() -> None:
    rows = [Advert(str(n), f"Wholesale group of {n} perfect modern tiger shark teeth for "
                           f"collectors") for n in range(20)]
    rows += [Advert("x", "A plush penguin"), Advert("y", "Vacuum cleaner hose, grey")]
    groups = alike(rows)

    assert len(set(groups[:20])) == 1
    assert len(set(groups)) == 3
    truth = [place % 2 == 0 for place in range(100)]
    parts = folds(truth, [place // 4 for place in range(100)], 5, seed=1)
    assert sorted(place for part in parts for place in part) == list(range(100))
    assert all(8 <= sum(truth[place] for place in part) <= 12 for part in parts)
    assert all(len({place // 4 for place in part}) * 4 == len(part) for part in parts)


def test_the_tail_of_a_market_is_not_learnt() -> None:
    rows = [Advert("1", "Brown bear stamp on eBid Ireland | 189157429"), Advert("2", "Bear skull | eBay")]

    assert [bare(each).title for each in rows] == ["Brown bear stamp", "Bear skull"]


def test_without_the_library_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "can_learn", lambda: False)

    refused = train(some(120, 9), scope="test", seed=1, gazetteer="v1")

    assert isinstance(refused, Refusal)
    assert "scikit-learn" in refused.reason


def test_choosing_is_a_pure_function_that_never_asks_twice() -> None:
    pool = [Candidate(str(n), each.advert.title, 0.5) for n, each in enumerate(some(80, 10))]
    known = {"3": True, "5": False}

    first = choose(pool, known, 20, seed=1)

    assert first == choose(pool, known, 20, seed=1) != choose(pool, known, 20, seed=2)
    assert len(set(first)) == 20
    assert not set(first) & set(known)
    assert len(choose(pool, known, 500, seed=1)) == 78
    assert choose([], {}, 5, seed=1) == []


def test_kinds_that_paid_are_asked_for_more() -> None:
    pool = [Candidate(f"{word}{n}", f"{word} item{n}x", 0.5) for word in ("netsuke", "soapbox") for n in range(60)]
    known = {f"netsuke{n}": True for n in range(10)} | {f"soapbox{n}": False for n in range(10)}

    chosen = choose(pool, known, 20, seed=3, kind_of=kinds({each.id: each.text.split()[0] for each in pool}) | {
        each.id: each.text.split()[0] for each in pool})

    assert sum(name.startswith("netsuke") for name in chosen) >= 15


def test_chosen_labels_teach_nearly_as_much_as_all(shared_data: Path) -> None:
    """A tiny version of benchmarks/screen_quality.py: 30 % of the labels of animal products, against all of them."""
    with (shared_data / "ecommerce" / "ads_animal_products.csv").open(encoding="utf-8") as file:
        rows = [row(each["text"], each["label"] == "1", place) for place, each in enumerate(csv.DictReader(file))]
    pool, held = [each for n, each in enumerate(rows) if n % 3], [each for n, each in enumerate(rows) if n % 3 == 0]
    everything = ranked(pool, held)

    known: dict[str, bool] = {}
    scores = [0.5] * len(pool)
    for _ in range(3):
        places = choose([Candidate(str(n), each.advert.title, score) for n, (each, score) in enumerate(zip(
            pool, scores, strict=True))], known, 20, seed=1)
        known |= {place: pool[int(place)].specimen for place in places}
        scores = fitted(pool, [int(place) for place in known], pool)

    assert len(known) <= 0.31 * len(pool)
    assert average_precision(fitted(pool, [int(place) for place in known], held),
                             [each.specimen for each in held]) >= 0.9 * everything


def ranked(pool: list[Labelled], held: list[Labelled]) -> float:
    return average_precision(fitted(pool, list(range(len(pool))), held), [each.specimen for each in held])


def fitted(pool: list[Labelled], known: list[int], asked: list[Labelled]) -> list[float]:
    if len({pool[place].specimen for place in known}) < 2:
        return [0.5] * len(asked)
    table = training.Table([*(pool[place] for place in known), *asked])
    made = table.fit(list(range(len(known))), 1)
    from wildgate.screening.figures import Line
    return [Line().share(raw) for raw in made.raw(table, range(len(known), len(known) + len(asked)))]
