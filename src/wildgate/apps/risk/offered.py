"""Facts that an app above risk control offers to profiles. It registers here; nothing here imports that app."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from wildgate.apps.risk.facts.batch import Batch, Facts
from wildgate.targeting.consignment import Consignment, Item


class Group(Protocol):
    """What was looked up for a batch: asked for each item, it knows some fields and leaves the others out."""

    def of(self, said: Consignment, item: Item) -> Facts: ...


_makers: list[Callable[[Batch], Group]] = []


def offers(maker: Callable[[Batch], Group]) -> Callable[[Batch], Group]:
    """Decorator: `maker(batch)` looks up what it knows for all consignments of a batch in one query."""
    _makers.append(maker)
    return maker


def groups(batch: Batch) -> tuple[Group, ...]:
    """What every registered app knows of the batch."""
    return tuple(maker(batch) for maker in _makers)
