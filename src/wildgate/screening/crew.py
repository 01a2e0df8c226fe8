"""Many listings judged by several processes at once: in the order of the file, and never more than a few batches held.

The processes are forked, so that names and model are built once. Where a system cannot fork one process does all.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from typing import Final

from wildgate.convention.refusal import refuse
from wildgate.screening.advert import Advert
from wildgate.screening.gazetteer import Gazetteer
from wildgate.screening.judging import judge
from wildgate.screening.listing_file import BadRow, Stopped
from wildgate.screening.model import Model

BATCH: Final = 100
LARGEST_BATCH: Final = 500_000
"""So many listings, or signs of their texts, go to a process at once."""
AHEAD: Final = 3
"""So many batches for each process are read ahead."""
ALONE: Final = 200
"""So few listings are judged before other processes would be at work."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of a listing, as its cells; `yes` where a specimen is probably offered."""

    cells: dict[str, str]
    yes: bool


@dataclass(frozen=True, slots=True)
class Bench:
    """What listings are judged with. `on` is the day of the offer where a listing has none."""

    model: Model | None
    gazetteer: Gazetteer
    today: date
    on: date | None = None

    def answer(self, advert: Advert) -> Answer:
        judged = judge(advert, self.model, today=self.today, on=self.on, gazetteer=self.gazetteer)
        return Answer(judged.row(), judged.yes)


def processors() -> int:
    """How many processes this machine would let us run at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def answers(found: Iterable[Advert | BadRow], bench: Bench, *, jobs: int,
            fault: Callable[[BadRow], None]) -> Iterator[Answer]:
    """Every listing's answer, in order. Rows that cannot be read go to `fault`. `Stopped` comes after what was read."""
    listings = _listings(found, fault)
    if jobs < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(bench.answer, listings)
        return
    begun: list[Advert] = []
    try:
        for advert in islice(listings, ALONE):
            begun.append(advert)
    except Stopped:
        yield from map(bench.answer, begun)
        raise
    if len(begun) < ALONE:
        yield from map(bench.answer, begun)
    else:
        yield from _shared(chain(begun, listings), bench, jobs)


def _listings(found: Iterable[Advert | BadRow], fault: Callable[[BadRow], None]) -> Iterator[Advert]:
    for each in found:
        if isinstance(each, BadRow):
            fault(each)
        else:
            yield each


def _shared(listings: Iterator[Advert], bench: Bench, jobs: int) -> Iterator[Answer]:
    crew = ProcessPoolExecutor(jobs, multiprocessing.get_context("fork"), _begin, (bench,))
    waiting: deque[Future[list[Answer]]] = deque()
    stopped: Stopped | None = None
    batches = _batches(listings)
    try:
        while True:
            try:
                while len(waiting) < AHEAD * jobs and (batch := next(batches, None)):
                    waiting.append(crew.submit(_work, batch))
            except Stopped as fault:
                stopped, batches = fault, iter(())
            if not waiting:
                break
            yield from waiting.popleft().result()
    except BrokenProcessPool:
        raise Stopped(refuse("process-lost", "A process that judged listings was ended from outside, perhaps for want "
                             "of memory; try again with --jobs 1.")) from None
    finally:
        crew.shutdown(wait=True, cancel_futures=True)
    if stopped:
        raise stopped


def _batches(listings: Iterator[Advert]) -> Iterator[list[Advert]]:
    """Listings by the batch; what was read before the file broke off is a batch too."""
    batch: list[Advert] = []
    size = 0
    try:
        for advert in listings:
            batch.append(advert)
            size += len(advert.title) + len(advert.description)
            if len(batch) >= BATCH or size > LARGEST_BATCH:
                yield batch
                batch, size = [], 0
    except Stopped:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


_BENCHES: list[Bench] = []
"""In a process of the crew: what it works with."""


def _begin(bench: Bench) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process tells the others to stop
    gc.freeze()  # names and model are never garbage
    _BENCHES.append(bench)


def _work(batch: list[Advert]) -> list[Answer]:
    return [_BENCHES[-1].answer(advert) for advert in batch]
