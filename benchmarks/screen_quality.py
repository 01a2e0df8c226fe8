"""How good are learnt models of adverts? Nested cross-validation, calibration and active learning, on labelled rows.

Not part of `make bench`, for it takes minutes: `python -m benchmarks.screen_quality FOLDER [SET …]`, FOLDER holding the
CSV files. Near-copies stay in one fold; settings, calibration and threshold are chosen without the fold that is judged.
With few finds a figure hangs on how the rows fall into folds, so each is taken with several seeds: mean and spread.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, pstdev

from wildgate.screening import training
from wildgate.screening.advert import Advert
from wildgate.screening.choosing import Candidate, choose, kinds
from wildgate.screening.figures import Figures, Line, average_precision
from wildgate.screening.judging import labelled
from wildgate.screening.model import Model
from wildgate.screening.training import Labelled, Table


@dataclass(frozen=True, slots=True)
class Set:
    """A labelled file, what is wanted of a model of it, and the part of labels that must do."""

    file: str
    label: str
    f1: float
    read95: float
    labels: float


SETS = {
    "animal-products": Set("ads_animal_products.csv", "label", 0.90, 0.45, 0.30),
    "shark-ray": Set("ads_shark_ray.csv", "label", 0.86, 0.22, 0.30),
    "ivory-posts": Set("posts_ivory.csv", "label", 0.84, 0.10, 0.10),
    "birds-junk": Set("ads_birds_relevance.csv", "junk", 0.97, 1.0, 0.10),
}
SEEDS = (1, 2, 3, 4)
TAKEN = ("precision", "recall", "f1", "average_precision", "read95", "ece")
ROUNDS = 10
FULL_PART = 0.95


def rows(folder: Path, chosen: Set) -> Iterator[Labelled]:
    with (folder / chosen.file).open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row[chosen.label]:
                advert = Advert(row["id"], row["text"], row.get("description") or "",
                                float(row["price"]) if row.get("price") else None, row.get("currency") or "",
                                row.get("location") or "")
                yield labelled(advert, float(row[chosen.label]) > 0.5)


def learning(table: list[Labelled], part: float, seed: int = 1) -> dict[str, float]:
    """Average precision on a third never labelled: with `part` of the labels, chosen in rounds, and with all."""
    pool, held = [each for n, each in enumerate(table) if n % 3], [each for n, each in enumerate(table) if n % 3 == 0]
    whole = _ranked(pool, range(len(pool)), held)
    known: dict[str, bool] = {}
    scores = [each.rules for each in pool]
    kind_of = kinds({str(n): each.advert.title for n, each in enumerate(pool)})
    batch = max(1, round(part * len(pool) / ROUNDS))
    for number in range(ROUNDS):
        candidates = [Candidate(str(n), each.advert.title, scores[n]) for n, each in enumerate(pool)]
        for name in choose(candidates, known, batch, seed + number, kind_of=kind_of):
            known[name] = pool[int(name)].specimen
        scores = _fitted(pool, [int(name) for name in known], pool) or scores
    chosen = _ranked(pool, [int(name) for name in known], held)
    return {"labels": len(known) / len(pool), "average_precision": round(chosen, 4), "with_all": round(whole, 4),
            "part_of_all": round(chosen / whole, 4)}


def _ranked(pool: list[Labelled], known: range | list[int], held: list[Labelled]) -> float:
    return average_precision(_fitted(pool, list(known), held) or [each.rules for each in held],
                             [each.specimen for each in held])


def _fitted(pool: list[Labelled], known: list[int], asked: list[Labelled]) -> list[float]:
    """Shares for `asked` after learning from the known rows; nothing where all of these are alike."""
    if len({pool[place].specimen for place in known}) < 2:
        return []
    table = Table([*(pool[place] for place in known), *asked])
    made = table.fit(list(range(len(known))), 1)
    return [Line().share(raw) for raw in made.raw(table, range(len(known), len(known) + len(asked)))]


def judged(table: list[Labelled], name: str) -> dict[str, object]:
    """Figures of the model, each with its spread over the seeds, and those of the rules alone."""
    made = [training.train(table, scope=name, seed=seed, gazetteer="bench") for seed in SEEDS]
    trained = [each.trained for each in made if isinstance(each, Model)]
    found = [each.figures for each in trained if isinstance(each.figures, Figures)]
    if not found or not trained[0].rules:
        return {}
    told = {key: [getattr(each, key) for each in found] for key in TAKEN}
    return {"model": {key: {"mean": round(fmean(values), 4), "spread": round(pstdev(values), 4)}
                      for key, values in told.items()},
            "rules": trained[0].rules.as_json()}


def main() -> None:
    folder, names = Path(sys.argv[1]), sys.argv[2:] or list(SETS)
    for name in names:
        wanted, start = SETS[name], time.perf_counter()
        table = list(rows(folder, wanted))
        told: dict[str, object] = {"set": name, "wanted_f1": wanted.f1, "wanted_read95": wanted.read95}
        told |= judged(table, name)
        told |= {"learning": learning(table, wanted.labels), "wanted_part": FULL_PART,
                 "seconds": round(time.perf_counter() - start, 1)}
        print(json.dumps(told, indent=2), flush=True)


if __name__ == "__main__":
    main()
