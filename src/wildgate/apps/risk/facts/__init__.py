"""The facts that profiles and rates may speak of, looked up for all consignments of a batch in a bounded number of
queries. What nobody knows stays None: a comparison with it is never true.
"""

from __future__ import annotations

from wildgate.apps.risk.facts.batch import Batch, Facts
from wildgate.apps.risk.facts.declared import Declared
from wildgate.apps.risk.facts.goods import Goods
from wildgate.apps.risk.facts.history import History
from wildgate.apps.risk.facts.limits import Limits
from wildgate.apps.risk.facts.lists import Lists
from wildgate.apps.risk.facts.papers import Papers
from wildgate.apps.risk.offered import Group, groups
from wildgate.targeting.consignment import Consignment, Item
from wildgate.targeting.fields import FIELDS

__all__ = ["Batch", "Facts", "Gathered", "gather"]


class Gathered:
    """Everything that was looked up for a batch."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.lists = Lists(batch)
        self.history = History(batch)
        self.groups: tuple[Group, ...] = (Declared(batch), Goods(batch), Papers(batch), Limits(batch), self.history,
                                          self.lists, *groups(batch))

    def of(self, said: Consignment, item: Item) -> Facts:
        """A value for each field, None where it is not known."""
        found: Facts = dict.fromkeys(FIELDS)
        for group in self.groups:
            found |= {name: value for name, value in group.of(said, item).items() if value is not None}
        return found


def gather(batch: Batch) -> Gathered:
    return Gathered(batch)
