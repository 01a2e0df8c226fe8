"""Facts from the tables of goods: does the customs code fit, are weight and value usual, what do the words say."""

from __future__ import annotations

from wildgate.apps.goods.selectors import names, table
from wildgate.apps.risk.facts.batch import Batch, Facts
from wildgate.screening import gazetteer
from wildgate.targeting.consignment import Consignment, Item
from wildgate.targeting.usual import plausible


class Goods:
    """`item.code_fits`, `item.words`, `item.generic` and the ratios, by the tables as the Party has them."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.table, self.words = table(batch.party), names(batch.party)

    def of(self, said: Consignment, item: Item) -> Facts:
        found = self.batch.taxon(item)
        lineage = found.lineage if found else ()
        facts: Facts = {}
        if item.hs and lineage:
            facts["item.code_fits"] = str(self.table.fit(item.hs, lineage, item.term).answer)
        if item.description:
            told = self.words.mentions(item.description[:500])
            facts["item.words"] = frozenset(
                each for mention in told if mention.sure for each in (mention.taxon, mention.term) if each)
            facts["item.generic"] = gazetteer.shipped_words().says_little(item.description[:500]) or None
        if lineage:
            usual = plausible(item, lineage)
            facts |= {"item.weight_ratio": usual.weight_ratio, "item.value_ratio": usual.value_ratio,
                      "item.quantity_ratio": usual.quantity_ratio}
        return facts
