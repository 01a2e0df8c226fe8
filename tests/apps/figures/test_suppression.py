"""Small cells: whoever knows all that is published, and how it was done, cannot work them out."""

from __future__ import annotations

from itertools import product

import pytest

from wildgate.apps.figures.suppression import LEAST, Published, protect, rolled_up, small

MOST = 9
TABLES = [dict(zip("abcd", counts, strict=True)) for counts in product((0, 1, 3, 4, 5, 7, MOST), repeat=4)]


def worlds(told: Published, most: int) -> list[dict[str, int]]:
    """Every table that fits what was published. A withheld cell holds at least one: zeros are shown."""
    names = list(told.cells)
    choices = [range(1, most) if told.cells[name] is None else (told.cells[name],) for name in names]
    held = [i for i, name in enumerate(names) if told.cells[name] is None]
    if told.total is None:
        return [dict(zip(names, cells, strict=True)) for cells in product(*(
            (1, most - 1) if i in held else choice for i, choice in enumerate(choices)))]
    rest = told.total - sum(told.cells[name] or 0 for name in names)
    found = []
    for free in product(*(range(1, rest + 1) for _ in held[:-1])):
        last = rest - sum(free)
        if not held or last < 1:
            continue
        values = [*free, last]
        found.append({name: values[held.index(i)] if i in held else told.cells[name] for i, name in enumerate(names)})
    return found


def test_no_small_cell_is_published_and_none_can_be_worked_out():
    for counts in TABLES:
        told = protect(counts)
        tiny = [name for name, count in counts.items() if small(count)]
        assert not [name for name in tiny if told.cells[name] is not None], counts
        assert told.total is None or not small(told.total), counts
        if not tiny:
            assert (told.cells, told.total) == (counts, sum(counts.values()))
            continue
        could = worlds(told, 12)
        for name in tiny:
            values = {world[name] for world in could}
            assert len(values) > 1 and max(values) >= LEAST, (counts, told)


def test_one_small_cell_takes_the_next_smallest_with_it_and_no_more():
    assert protect({"export": 40, "import": 3, "re-export": 12, "transit": 0}) == Published(
        {"export": 40, "import": None, "re-export": None, "transit": 0}, 55)


@pytest.mark.parametrize(("counts", "cells", "total"), [
    ({"a": 3}, {"a": None}, None), ({"a": 3, "b": 0}, {"a": None, "b": 0}, None),
    ({"a": 1, "b": 4}, {"a": None, "b": None}, None), ({"a": 4, "b": 4}, {"a": None, "b": None}, 8),
    ({"a": 1, "b": 5}, {"a": None, "b": None}, 6), ({}, {}, 0), ({"a": 0}, {"a": 0}, 0),
    ({"a": 5, "b": 7}, {"a": 5, "b": 7}, 12)])
def test_the_total_goes_when_nothing_else_helps(counts, cells, total):
    assert protect(counts) == Published(cells, total)


@pytest.mark.parametrize(("counts", "cells", "total"), [
    ({"Art. IV.2(a)": 30, "Art. III": 2, "Art. V": 1}, {"": 33}, 33),
    ({"Art. IV.2(a)": 30, "Art. III": 4, "Art. V": 1}, {"Art. IV.2(a)": 30, "": 5}, 35),
    ({"Art. IV.2(a)": 30, "": 6}, {"Art. IV.2(a)": 30, "": 6}, 36),
    ({"Art. IV.2(a)": 6, "Art. III": 30, "": 1}, {"Art. III": 30, "": 7}, 37),
    ({"Art. III": 4}, {}, None), ({}, {}, 0)])
def test_small_grounds_become_one_of_five_and_more(counts, cells, total):
    assert rolled_up(counts) == Published(cells, total)
