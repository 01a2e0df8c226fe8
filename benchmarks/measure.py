"""Timing for benchmarks: processor time of one process, best of several rounds, so that a busy machine tells less."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Peer:
    """A figure of somebody else, or a limit, taken in the same run; None where it could not be measured here."""

    name: str
    value: float | None
    unit: str

    def as_json(self) -> dict[str, object]:
        return {"name": self.name, "value": None if self.value is None else round(self.value, 3), "unit": self.unit}


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table. `ratio` is ours against the first peer, greater is better."""

    name: str
    value: float
    unit: str
    beside: tuple[Peer, ...] = ()
    detail: dict[str, float] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        first = self.beside[0].value if self.beside else None
        if first is None:
            return None
        return round(self.value / first if self.unit.startswith("1/") else first / self.value, 3)

    def as_json(self) -> dict[str, object]:
        out: dict[str, object] = {
            "name": self.name, "value": round(self.value, 3), "unit": self.unit,
            "beside": [peer.as_json() for peer in self.beside],
            "ratio": self.ratio, "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
        return {**out, "detail": self.detail} if self.detail else out


def rate(work: Callable[[], object], *, seconds: float = 0.6, rounds: int = 5) -> float:
    """Calls a second of processor time: the best of `rounds` rounds."""
    work()
    best = 0.0
    for _ in range(rounds):
        done, began = 0, time.process_time()
        while time.process_time() - began < seconds:
            for _ in range(8):
                work()
            done += 8
        best = max(best, done / (time.process_time() - began))
    return best


def side_by_side(ours: Callable[[], object], theirs: Callable[[], object], *, rounds: int = 40,
                 calls: int = 300) -> tuple[float, float]:
    """Calls a second of both, taken by turns in short rounds: what else the machine does meets both alike. Each figure
    is the best of its rounds."""
    best = [0.0, 0.0]
    for work in (ours, theirs):
        work()
    for _ in range(rounds):
        for place, work in enumerate((ours, theirs)):
            began = time.process_time()
            for _ in range(calls):
                work()
            best[place] = max(best[place], calls / (time.process_time() - began))
    return best[0], best[1]


def percentile(times: list[float], share: float) -> float:
    return times[min(len(times) - 1, int(len(times) * share))]
