"""How much was looked for: what a higher room knows of searches on a platform, told when asked.

A number of removals means nothing without the searches behind it. The campaigns room stands above this one, so it
registers itself here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

Counter = Callable[[str, int, datetime, datetime], int]
"""`(party, platform_id, since, until)`: the searches run on the platform in that time, those without result too."""
_counters: list[Counter] = []


def counts_searches(function: Counter) -> Counter:
    """Decorator: this function knows of searches."""
    _counters.append(function)
    return function


def searches(party: str, platform_id: int, since: datetime, until: datetime) -> int:
    """Searches that anybody knows of."""
    return sum(count(party, platform_id, since, until) for count in _counters)
