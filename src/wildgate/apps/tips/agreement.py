"""How far two assessors agree beyond chance (Cohen's kappa). Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """1: always; 0: as chance would; None: there is nothing to compare, or only one answer was ever given."""
    if not pairs:
        return None
    count = len(pairs)
    seen = sum(first == second for first, second in pairs) / count
    firsts, seconds = Counter(first for first, _ in pairs), Counter(second for _, second in pairs)
    chance = sum(firsts[each] * seconds[each] for each in firsts) / count ** 2
    return None if chance == 1 else round((seen - chance) / (1 - chance), 3)
