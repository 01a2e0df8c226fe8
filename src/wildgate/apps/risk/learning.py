"""The model that speaks, or why it does not: whatever is wrong with it, lanes are given by rules and rates."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_noop

from wildgate.apps.risk.facts import Batch
from wildgate.apps.risk.models import LearntModel, Seen
from wildgate.convention.refusal import Refusal
from wildgate.targeting import storage
from wildgate.targeting.columns import Columns, columns
from wildgate.targeting.consignment import Consignment, Item
from wildgate.targeting.declared import Declared, from_rows, row_of
from wildgate.targeting.model import Model

log = logging.getLogger(__name__)
MOST_ROWS = 200_000
MOST_PARTS = 12
FROM_FACTS = {"mode": "declaration.mode", "departure": "declaration.departure",
              "destination": "declaration.destination"}


@dataclass
class Speaker:
    """A model in use; without one nothing is scored. `fault` says why one that should speak does not."""

    key: int | None = None
    fault: str = ""
    model: Model | None = None
    rows: dict[tuple[str, int], Mapping[str, str]] = field(default_factory=dict)

    def score(self, batch: Batch, said: Consignment, item: Item) -> float | None:
        """From 0 to 1; None without a model, and from the moment when one fails."""
        if self.model is None:
            return None
        row = self.rows[said.reference, item.number] = declared_row(batch, said, item)
        try:
            return self.model.score_one(row)
        except Exception as fault:  # noqa: BLE001  (whatever a model does, goods get their lane)
            self._fail(fault)
            return None

    def parts(self, reference: str, number: int) -> list[list[Any]]:
        """What adds up to the score of an item, in log-odds; the small ones together."""
        row = self.rows.get((reference, number))
        if self.model is None or row is None:
            return []
        try:
            told = self.model.parts(from_rows([row], self.model.columns))[0]
        except Exception as fault:  # noqa: BLE001  (a score without its parts is still a score)
            self._fail(fault)
            return []
        found: list[list[Any]] = [[part.english, round(part.weight, 6)] for part in told[:MOST_PARTS]]
        rest = sum(part.weight for part in told[MOST_PARTS:])
        return [*found, [gettext_noop("everything else"), round(rest, 6)]] if rest else found

    def _fail(self, fault: Exception) -> None:
        log.warning("the model %s failed: %s", self.key, type(fault).__name__)
        self.model, self.fault = None, gettext_noop("It failed while it scored.")


def speaker_of(party: str) -> Speaker:
    """The model in use, loaded once in a process."""
    row = (LearntModel.objects.filter(party=party, state=LearntModel.State.IN_USE).values_list("pk", "digest").first())
    if row is None:
        return Speaker()
    found = _loaded(*row)
    return Speaker(row[0], model=found) if isinstance(found, Model) else Speaker(row[0], fault=found)


@lru_cache(maxsize=4)
def _loaded(key: int, digest: str) -> Model | str:
    """The model, or the sentence why it cannot be read."""
    body = bytes(LearntModel.objects.values_list("body", flat=True).get(pk=key))
    if storage.fingerprint(body) != digest:
        return gettext_noop("Its file was changed after it was trained.")
    try:
        found = storage.load(body)
    except Exception as fault:  # noqa: BLE001  (a file that cannot be read is no reason to stop a border)
        log.warning("the model %s cannot be read: %s", key, type(fault).__name__)
        return gettext_noop("Its file cannot be read.")
    return found.reason if isinstance(found, Refusal) else found


def declared_row(batch: Batch, said: Consignment, item: Item) -> dict[str, str]:
    """An item as the model knows items: parties by their keys, so that a model's file can hold no names."""
    keys, name = batch.keys[said.reference], batch.name(item)
    return {**row_of(said, item), "exporter": keys.exporter, "importer": keys.importer, "declarant": "",
            "taxon": name, "genus": name.split(" ")[0]}


def kept_row(seen: Seen, facts: Mapping[str, Any]) -> dict[str, str]:
    """The same of an item out of the history, with its result."""
    found = {"id": f"{seen.assessment_id}/{seen.number}", "date": seen.at.date().isoformat(), "post": seen.post,
             "exporter": seen.exporter, "importer": seen.importer, "taxon": seen.taxon,
             "genus": seen.taxon.split(" ")[0], "term": seen.term, "source": seen.source, "purpose": seen.purpose,
             "origin": seen.origin, "hs": seen.hs, "quantity": _text(seen.quantity), "net_mass": _text(seen.net_mass),
             "value": _text(seen.value), "finding": "" if seen.finding is None else str(int(seen.finding))}
    return found | {name: str(facts.get(field) or "") for name, field in FROM_FACTS.items()}


def history(party: str, *, last: int = MOST_ROWS, results: bool = True) -> Declared:
    """The last items of the Party; with `results` those that were inspected only."""
    rows = Seen.objects.filter(party=party, newest=True).select_related("known").order_by("-at", "-pk")
    rows = rows.exclude(finding=None) if results else rows
    return from_rows(_rows(rows[:last]), mapping())


def mapping() -> Columns:
    found = columns("wildgate")
    if isinstance(found, Refusal):
        raise RuntimeError(found.reason)
    return found


def _rows(rows: Iterable[Seen]) -> Iterable[Mapping[str, str]]:
    for row in rows:
        yield kept_row(row, row.known.facts if hasattr(row, "known") else {})


def _text(amount: object) -> str:
    return "" if amount is None else str(amount)
