"""Every reader of what comes from outside answers, whatever the bytes are. `make fuzz` looks longer.

`make fuzz ROUNDS=10000` gives each reader so many changed inputs, `make fuzz MINUTES=10` shares the time among them.
A failure names the reader and the number of the change: the same again with `chance_of(name, number)`.
"""

from __future__ import annotations

import base64
import dataclasses
import os
import time
from collections.abc import Iterator
from enum import Enum
from itertools import count
from typing import Any

import pytest
from tests.fuzz import machines, people
from tests.fuzz.changing import changed
from tests.fuzz.readers import Reader, chance_of

from wildgate.convention.refusal import Refusal

ROOMS = {"law": machines.law, "codes": machines.seal, "messages": machines.message, "programs": machines.programs,
         "lists": people.lists, "hidden": people.hidden}
"""Readers by where they belong; made when a test asks, because the apps must be loaded first."""
ROUNDS = int(os.environ.get("WILDGATE_FUZZ") or 0)
MINUTES = float(os.environ.get("WILDGATE_FUZZ_MINUTES") or 0)
FEW = 25
SLOWEST = 5.0
"""Seconds of processor time that one small input may take."""
READERS = 76
"""About so many share the minutes."""


def numbers(reader: Reader) -> Iterator[int]:
    """Which changes are tried: the first ones always, and from a number of the day on where there is time."""
    if not MINUTES:
        rounds = ROUNDS or FEW
        yield from range(max(2, rounds // 10) if reader.dear else rounds)
        return
    until = time.monotonic() + MINUTES * 60 / READERS
    for number in count(int(time.time()) * 1000):
        if time.monotonic() > until:
            return
        yield number


def texts(found: Any, deep: int = 0) -> Iterator[str]:
    """Every text in what was read."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, Enum) or deep > 9:
        return
    elif isinstance(found, dict):
        for key, value in found.items():
            yield from texts(key, deep + 1)
            yield from texts(value, deep + 1)
    elif isinstance(found, list | tuple | set | frozenset):
        for each in found:
            yield from texts(each, deep + 1)
    elif dataclasses.is_dataclass(found):
        for each in dataclasses.fields(found):
            yield from texts(getattr(found, each.name), deep + 1)


def fault_of(reader: Reader, data: bytes) -> str:
    """What is wrong with the answer; empty when nothing is. Half a sign can be neither shown nor kept."""
    began = time.process_time()
    try:
        found = reader.read(data)
        "".join(texts(found)).encode()
    except reader.raises:
        found = None
    except Exception as fault:  # noqa: BLE001  (whatever it is, it is what is looked for)
        return f"{type(fault).__name__}: {fault}"
    spent = time.process_time() - began
    return f"it took {spent:.1f} s" if spent > SLOWEST else ""


@pytest.mark.parametrize("room", ROOMS)
def test_every_reader_answers_whatever_comes(room):
    faults = {}
    for reader in ROOMS[room]():
        for number in numbers(reader):
            data = changed(reader.sound(), chance_of(reader.name, number))
            if fault := fault_of(reader, data):
                faults[f"{reader.name}/{number}"] = f"{fault} for {base64.b64encode(data).decode()[:4000]}"
                break
    assert faults == {}


@pytest.mark.parametrize("room", ROOMS)
def test_what_is_changed_was_sound(room):
    """A sample that no reader takes would be changed in vain."""
    unsound = {"a quantity", "a model of listings", "a model of risk"}
    for reader in ROOMS[room]():
        refused = [found for data in reader.sound() if isinstance(found := reader.read(data), Refusal) or found is None]
        assert reader.name in unsound or not refused, reader.name
