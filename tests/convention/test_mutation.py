"""No cell of the decision table is idle: flip one and the law answers some question otherwise, or cannot be read."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import pytest
from tests.convention.bank import Question, questions, recorded

from wildgate.convention.rules import Rule, Table, read_row, rows, table
from wildgate.convention.vocabulary import Appendix, Direction, DocumentKind, FindingKind, Outcome, Purpose, Source

CELLS = [dict(row) for row in rows()]
COLUMNS = tuple(CELLS[0])
SETS = {"appendix": Appendix, "sources": Source, "purposes": Purpose}
WORDS = {
    "direction": [*(member.value for member in Direction), "personal-effects", "pet-ownership", "any"],
    "kingdom": ["any", "animal", "plant"],
    "when": ["", "listed", "unlisted", "live", "carried", "papers missing"],
    "decision": [*(member.value for member in Outcome), "tell"],
    "if_commercial": ["", *(member.value for member in Outcome)],
    "refusal": ["", "primarily-commercial", "zero-quota"],
    "confirmed": ["yes", "K-flag-state"],
}


def test_the_law_answers_every_question_of_the_bank_as_recorded() -> None:
    assert set(recorded()) == set(questions())
    changed = [question for question in questions() if question.ask() != recorded()[question]]

    assert not changed, f"{len(changed)} answers changed, the first: {changed[0]}: {changed[0].ask()}"


@pytest.mark.parametrize("number", range(len(CELLS)), ids=[row["id"] for row in CELLS])
def test_flipping_any_cell_is_noticed(number: int) -> None:
    idle = []
    for column in COLUMNS:
        flips = list(flipped(CELLS[number][column], column))
        assert flips, column
        idle += [(column, flip) for flip in flips if not noticed(number, column, flip)]

    assert not idle


def test_the_rules_keep_the_names_that_others_cite() -> None:
    assert {row.id for row in table()} == IDS


def flipped(cell: str, column: str) -> Iterator[str]:
    """Every small change of a cell: another word, a value less, a value more, a part less, another part."""
    if column in WORDS:
        yield from (word for word in WORDS[column] if word != cell)
    elif column in SETS:
        now = held(cell, column)
        less = ["|".join(other for other in now if other != value) for value in now]
        more = ["|".join((*now, member.value)) for member in SETS[column] if member.value not in now]
        yield from (change for change in (*less, *more) if change)
    elif column == "documents":
        yield from _other_parts(cell, "travelling-exhibition-certificate by to, before dawn {Art. I}", DocumentKind)
    elif column in ("management_findings", "scientific_findings"):
        yield from _other_parts(cell, "quota {Art. I}", FindingKind)
    elif column == "basis":
        yield from ("", "Art. I", f"{cell}; Art. I")
    else:
        yield f"{cell[:1] or 'E'}99"


def held(cell: str, column: str) -> list[str]:
    """The codes that a cell of one of the columns of sets stands for."""
    every = [member.value for member in SETS[column]]
    return [v for v in every if v != "T"] if cell == "not-T" else every if cell == "any" else cell.split("|")


def _other_parts(cell: str, new: str, kinds: type[DocumentKind] | type[FindingKind]) -> Iterator[str]:
    parts = [part if part.endswith("}") else f"{part}}}" for part in cell.split("}; ")] if cell else []
    yield "; ".join((*parts, new))
    for at, part in enumerate(parts):
        yield "; ".join((*parts[:at], *parts[at + 1:]))
        other = next(kind.value for kind in kinds if not part.startswith(kind.value))
        changes = [part.replace(part.split(" ")[0], other, 1), part[:-1] + "; Art. I}"]
        changes += [part.replace(" if live", "", 1), part.replace(" {", " if live {", 1)]
        changes += [part.replace(" {", " if F {", 1)]
        changes += [part.replace(" by from", " by to", 1), part.replace(" by to", " by from", 1)]
        changes += [part.replace("before", "after", 1), part.replace("accompany", "follow", 1)]
        changes += [part.replace(" Appendix I", "", 1), part.replace(" wild", "", 1)]
        for change in changes:
            if change != part and change.count(" if ") < 2:
                yield "; ".join((*parts[:at], change, *parts[at + 1:]))


class Changed(Table):
    """The table with one row changed; the others are indexed once, not anew for each of 3000 flips."""

    def __init__(self, number: int, row: Rule) -> None:
        self._changed = row
        super().__init__((*table().rows[:number], row, *table().rows[number + 1:]))
        others = without(number)
        for index, known in ((self._base, others._base), (self._exempt, others._exempt)):
            if not index.keys().isdisjoint(known):
                raise ValueError("decision table: two rows answer the same trade")
            index.update(known)

    def _enter(self, index: dict[Any, Rule], keys: Iterable[Any], row: Rule) -> None:
        if row is self._changed:
            super()._enter(index, keys, row)


@cache
def without(number: int) -> Table:
    return Table((*table().rows[:number], *table().rows[number + 1:]))


def test_a_table_with_a_row_put_back_is_the_table() -> None:
    for number, row in enumerate(table()):
        changed = vars(Changed(number, row))
        assert {name: changed[name] for name in vars(table())} == vars(table())


def noticed(number: int, column: str, flip: str) -> bool:
    """Does a table with this cell fail to be read, or answer a question otherwise than recorded?"""
    try:
        changed = Changed(number, read_row({**CELLS[number], column: flip}))
        if {row.id for row in changed} != IDS:
            return True
        telling = (question for question in ordered(number, column, flip)
                   if question.ask(changed) != recorded()[question])
        if (found := next(telling, None)) is not None:
            TOLD[number][found] = None
        return found is not None
    except (ValueError, KeyError):
        return True


TOLD: dict[int, dict[Question, None]] = defaultdict(dict)
"""Questions that told of an earlier flip in a row: they are asked first of the next one."""
ASPECTS = {"sources": "source", "purposes": "purpose"}


def ordered(number: int, column: str, flip: str) -> Iterator[Question]:
    """Every question at least once, the most telling first: told before, or with the very code that comes or goes."""
    questions = near(CELLS[number]["id"])
    yield from tuple(TOLD[number])
    if aspect := ASPECTS.get(column):
        moved = set(flip.split("|")) ^ set(held(CELLS[number][column], column))
        yield from (question for question in questions if getattr(question, aspect) in moved)
    yield from questions


@cache
def near(rule_id: str) -> tuple[Question, ...]:
    """All questions in a fixed order without order, those first that the rule answers or is told in."""
    note = CELLS_BY_ID[rule_id]["note"]
    telling = {answer for answer in set(recorded().values()) if answer.startswith(rule_id) or note in answer}
    by_rule: dict[bool, list[Question]] = defaultdict(list)
    for question, answer in shuffled():
        by_rule[answer in telling].append(question)
    return (*by_rule[True], *by_rule[False])


@cache
def shuffled() -> list[tuple[Question, str]]:
    found = list(recorded().items())
    random.Random(42).shuffle(found)
    return found


IDS = frozenset(
    f"{letter}{number:02}"
    for letter, many in (("E", 12), ("R", 6), ("I", 6), ("S", 6), ("T", 1), ("P", 4), ("Z", 6), ("N", 1))
    for number in range(1, many + 1)
)
CELLS_BY_ID = {row["id"]: row for row in CELLS}
