"""`species.search`: how long a person waits for a name, right or misspelt, over the shipped names."""

from __future__ import annotations

import random

from rapidfuzz import fuzz, process

from benchmarks.measure import Peer, Result, each, percentile
from wildgate.apps.species.selectors import search
from wildgate.convention.listing import law

LIMIT_MS = 10.0


def misspelt(name: str, dice: random.Random) -> str:
    """One typing mistake: a letter lost, doubled, changed or swapped with its neighbour."""
    at = dice.randrange(1, len(name) - 1)
    return dice.choice([name[:at] + name[at + 1:], name[:at] + name[at] + name[at:],
                        name[:at] + dice.choice("aeiounrst") + name[at + 1:],
                        name[:at] + name[at + 1] + name[at] + name[at + 2:]])


def search_names() -> Result:
    dice = random.Random(1973)
    names = sorted({entry.taxon for entry in law().entries()})
    sample = dice.sample(names, 300)
    queries = [(misspelt(name, dice), name) for name in sample]
    found = sum(any(match.accepted == name or match.name == name for match in search(query)[:3])
                for query, name in queries)
    ours = each(lambda query: search(str(query)), [query for query, _ in queries])
    brute = each(lambda query: process.extract(str(query), names, scorer=fuzz.WRatio, limit=10),
                 [query for query, _ in queries])
    return Result("species.search", percentile(ours, 0.95), "ms", (
        Peer("limit p95", LIMIT_MS, "ms"), Peer("RapidFuzz WRatio over all names, p95", percentile(brute, 0.95), "ms")),
        {"p50_ms": round(percentile(ours, 0.5), 3), "names": len(names),
         "one_typo_in_first_three": round(found / len(queries), 3)})


BENCHES = {"species.search": search_names}
