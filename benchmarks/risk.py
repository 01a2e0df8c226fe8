"""Risk: learning and scoring 45,000 declarations beside plain LightGBM and XGBoost, and one declaration at the border.

The trade is invented here (seeded), with lanes that recur, so that a checkout needs no data beside it; its AUC says
nothing beyond that. Figures on the public sample stand in docs/guide/risk-engine.md. Peers get raw columns as codes.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import Any

from benchmarks.measure import Peer, Result
from wildgate.targeting import columns as mappings
from wildgate.targeting.calibration import Ranking, ranking
from wildgate.targeting.columns import Columns
from wildgate.targeting.declared import Declared, from_rows
from wildgate.targeting.fields import Value
from wildgate.targeting.model import Model, train
from wildgate.targeting.profiles import judge
from wildgate.targeting.selection import Candidate, Capacity, Policy, Taken, place_one
from wildgate.targeting.sharing import shipped
from wildgate.targeting.wording import sentence

ROWS, NEW = 45_000, 5_000
ROUNDS = 120


def _trade(count: int, seed: int) -> list[dict[str, str]]:
    """Declarations over fifteen months. A lane is right or wrong by its own rate, the same for every seed."""
    chance = random.Random(seed)
    out = []
    for number in range(count):
        hs, origin, tax = f"{chance.randint(1, 900) ** 2 % 97 + 1:02}{chance.randint(1, 40):02}00", \
            chance.choice(["CN", "CN", "CN", "JP", "US", "DE", "VN", "KE"]), chance.choice(["0.0", "8.0", "6.5"])
        rate = _rate(hs + origin + tax)
        mass, price = chance.lognormvariate(3, 1.5), chance.lognormvariate(8, 1.5)
        day = date(2026, 1, 1) + timedelta(days=number * 455 // count)
        out.append({"Declaration ID": str(number), "Date": day.isoformat(), "HS6 Code": hs, "Country of Origin": origin,
                    "Country of Departure": origin, "Tax Rate": tax, "Tax Type": "A", "Office ID": str(number % 40),
                    "Importer ID": f"I{chance.randint(1, 9000)}", "Declarant ID": f"D{chance.randint(1, 900)}",
                    "Seller ID": f"S{chance.randint(1, 9000)}", "Import Type": chance.choice(["11", "87"]),
                    "Mode of Transport": chance.choice(["10", "40"]), "Country of Origin Indicator": "G",
                    "Net Mass": f"{mass:.1f}", "Item Price": f"{price:.0f}",
                    "Fraud": str(int(chance.random() < rate))})
    return out


@cache
def _rate(lane: str) -> float:
    return random.Random(lane).betavariate(0.3, 1.1)


def _columns() -> Columns:
    found = mappings.columns("kcs")
    if not isinstance(found, Columns):
        raise RuntimeError(found.reason)
    return found


@cache
def _rows() -> tuple[Declared, Declared]:
    return from_rows(_trade(ROWS, 1), _columns()), from_rows(_trade(NEW, 2), _columns())


def _codes(rows: Declared, known: dict[str, dict[str, int]]) -> Any:
    """Raw columns: each text as a number, as the peers take them."""
    import numpy as np
    texts = [[known.setdefault(name, {}).setdefault(cell, len(known[name])) for cell in cells]
             for name, cells in rows.texts.items()]
    return np.column_stack([*texts, *rows.amounts.values()])


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.process_time()
    made = work()
    return made, time.process_time() - began


@cache
def _all() -> dict[str, Any]:
    """Ours and both peers once, on the same rows, each on one thread."""
    import lightgbm
    import numpy as np
    import xgboost
    past, new = _rows()
    known: dict[str, dict[str, int]] = {}
    labels = np.array(past.findings, dtype=float)
    model, ours = _timed(lambda: train(past))
    light, light_took = _timed(lambda: lightgbm.train(
        {"objective": "binary", "num_threads": 1, "verbose": -1, "seed": 1},
        lightgbm.Dataset(_codes(past, known), labels), ROUNDS))
    extreme, extreme_took = _timed(lambda: xgboost.train(
        {"objective": "binary:logistic", "nthread": 1, "seed": 1},
        xgboost.DMatrix(_codes(past, known), labels, nthread=1), ROUNDS))
    batch = new.part(range(1000))
    raw = _codes(batch, known)
    return {"model": model, "train": (ours, light_took, extreme_took), "score": (
        _quickest(lambda: model.score(batch)), _quickest(lambda: light.predict(_codes(batch, known), num_threads=1)),
        _quickest(lambda: extreme.predict(xgboost.DMatrix(_codes(batch, known), nthread=1)))), "ranked": (
        _ranked(model.score(new), new), _ranked(light.predict(_codes(new, known), num_threads=1).tolist(), new),
        _ranked(extreme.predict(xgboost.DMatrix(_codes(new, known), nthread=1)).tolist(), new)), "width": raw.shape[1]}


def _ranked(scores: list[float], rows: Declared) -> Ranking:
    return ranking(scores, [bool(found) for found in rows.findings])


def _quickest(work: Callable[[], Any], rounds: int = 15) -> float:
    """Milliseconds of processor time for one batch: the best of some rounds."""
    return min(_timed(work)[1] for _ in range(rounds)) * 1000


def training() -> Result:
    found = _all()
    ours, light, extreme = found["train"]
    names = ("ours", "LightGBM", "XGBoost")
    return Result("risk.train", ours, "s", (
        Peer(f"plain LightGBM, {ROUNDS} trees on {found['width']} raw columns", light, "s"),
        Peer(f"plain XGBoost, {ROUNDS} trees", extreme, "s"), Peer("limit for 45,000 rows", 10, "s")),
        {f"AUC {name}": round(each.auc or 0, 3) for name, each in zip(names, found["ranked"], strict=True)}
        | {f"p@5 {name}": round(each.p5, 3) for name, each in zip(names, found["ranked"], strict=True)})


def scoring() -> Result:
    ours, light, extreme = _all()["score"]
    return Result("risk.score", ours, "ms per 1,000", (Peer("plain LightGBM on raw columns", light, "ms per 1,000"),
                                                       Peer("plain XGBoost", extreme, "ms per 1,000"),
                                                       Peer("limit", 15, "ms per 1,000")))


def one() -> Result:
    """Rules, model with its reasons, and lane of one declaration."""
    model: Model = _all()["model"]
    _, new = _rows()
    rows = [new.part([place]) for place in range(50)]
    facts: dict[str, Value] = {"item.listed": True, "item.has_permit": True, "item.source": "C", "permit.share": 0.97,
                               "party.first_of_taxon": True, "declaration.free_zones": 2, "item.live": False,
                               "declaration.direction": "import", "permit.known": True, "quota.share": 0.4}
    policy = Policy(otherwise=Capacity(12, 30))
    turn = iter(range(10**9))

    def border() -> None:
        row = rows[next(turn) % len(rows)]
        judged = judge(shipped(), facts, on=date(2027, 3, 1))
        score = model.score(row)[0]
        sentence(model.parts(row)[0])
        place_one(Candidate(row.ids[0], score=max(score, judged.points / 100), stop=bool(judged.stops)), policy, "seed",
                  Taken(3, 3, 0))

    border()
    return Result("risk.one", _quickest(lambda: [border() for _ in range(20)]) / 20, "ms", (Peer("limit", 20, "ms"),))


BENCHES = {"risk.train": training, "risk.score": scoring, "risk.one": one}
