"""Ten named questions (docs/guide/trade-data.md): each answer equals what pandas computes from the same files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from wildgate.worldtrade import questions
from wildgate.worldtrade.questions import Question
from wildgate.worldtrade.store import Store

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "trade-data.md"
NANO = 10**9
IN_BASE = {"": ("NAR", "1"), "Number of specimens": ("NAR", "1"), "pairs": ("NAR", "2"), "kg": ("KGM", "1"),
           "g": ("KGM", "0.001"), "mg": ("KGM", "0.000001"), "microgrammes": ("KGM", "0.000000001"),
           "flasks": ("FLA", "1"), "m3": ("MTQ", "1"), "cm3": ("MTQ", "0.000001"), "sets": ("SET", "1"),
           "ml": ("LTR", "0.001"), "l": ("LTR", "1"), "cartons": ("CRT", "1"), "boxes": ("BOX", "1"),
           "m2": ("MTK", "1"), "cm2": ("MTK", "0.0001"), "m": ("MTR", "1"), "cm": ("MTR", "0.01"),
           "shipments": ("SHP", "1"), "bags": ("BAG", "1"), "cans": ("CAN", "1"), "pieces": ("PCS", "1")}
"""What a unit of these files is, written down once more, apart from the tables that the store reads."""

Sums = dict[tuple[object, ...], tuple[Decimal, int]]


def summed(frame: pd.DataFrame, by: Sequence[str], **where: str) -> Sums:
    """What pandas sums: exact, in whole thousand-millionths; by these columns, then unit and reporter."""
    for column, wanted in where.items():
        frame = frame[frame[column] == wanted]
    frame = frame.assign(nano=(frame["quantity"] * NANO).round().astype("int64"))
    found: Sums = {}
    for (*key, unit, reporter), group in frame.groupby([*by, "unit", "reporter"]):
        code, factor = IN_BASE[unit]
        amount, rows = found.get((*key, code, reporter), (Decimal(0), 0))
        found[*key, code, reporter] = (amount + Decimal(int(group["nano"].sum())) / NANO * Decimal(factor),
                                       rows + len(group))
    return found


def answered(rows: Sequence[object], *by: str) -> Sums:
    """The answer of the store in the same form."""
    return {(*(getattr(row, name) for name in by), row.unit, row.reporter): (row.quantity, row.rows)  # type: ignore[attr-defined]
            for row in rows}


@dataclass(frozen=True)
class Named:
    """One of the ten: what the store is asked, and what pandas sums."""

    kind: str
    ask: Callable[[Store], Sequence[object]]
    by: tuple[str, ...]
    where: dict[str, str]


NAMED = {
    "live gyrfalcons by year": Named(
        "shipments", lambda store: questions.trend(store, Question(taxon="Falco rusticolus", term="LIV")), ("year",),
        {"taxon": "Falco rusticolus", "term": "live"}),
    "Siberian sturgeon caviar from whom to whom": Named(
        "shipments", lambda store: questions.flows(store, Question(taxon="Acipenser baerii", term="CAV"), 10**6),
        ("exporter", "importer"), {"taxon": "Acipenser baerii", "term": "caviar"}),
    "gyrfalcons by source and year": Named(
        "shipments", lambda store: questions.sources(store, Question(taxon="Falco rusticolus", term="LIV")),
        ("year", "source"), {"taxon": "Falco rusticolus", "term": "live"}),
    "who exports pangolin skins": Named(
        "shipments", lambda store: questions.top(
            store, Question(taxon="Pholidota", rank="order", term="SKI"), "exporter", 10**6),
        ("exporter",), {"order": "Pholidota", "term": "skins"}),
    "what of lynx is traded": Named(
        "shipments", lambda store: questions.terms(store, Question(taxon="Lynx canadensis", first_year=2015)),
        ("term",), {"taxon": "Lynx canadensis"}),
    "who imports narwhal tusks": Named(
        "shipments", lambda store: questions.top(
            store, Question(taxon="Monodon monoceros", term="TUS"), "importer", 10**6),
        ("importer",), {"taxon": "Monodon monoceros", "term": "tusks"}),
    "wild snowdrops by year": Named(
        "shipments", lambda store: questions.trend(store, Question(taxon="Galanthus", rank="genus", term="LIV")),
        ("year",), {"genus": "Galanthus", "term": "live"}),
    "walrus by purpose": Named(
        "shipments", lambda store: questions.top(
            store, Question(taxon="Odobenus rosmarus", term="TUS"), "purpose", 100),
        ("purpose",), {"taxon": "Odobenus rosmarus", "term": "tusks"}),
    "live pythons by species": Named(
        "tabulation", lambda store: questions.top(
            store, Question(taxon="Pythonidae", rank="family", term="LIV", kind="tabulation"), "taxon", 10**6),
        ("taxon",), {"family": "Pythonidae", "term": "live"}),
    "wild parrots out of South America": Named(
        "tabulation", lambda store: questions.trend(
            store, Question(taxon="Psittacidae", rank="family", term="LIV", source="W", exporter="GY,SR,PE,AR,UY",
                            kind="tabulation")), ("year",), {"family": "Psittacidae", "term": "live", "source": "W"}),
}


@pytest.mark.parametrize("name", NAMED)
def test_a_named_question_has_the_answer_of_pandas(name, world, shipments, tabulation):
    named = NAMED[name]
    frame = shipments if named.kind == "shipments" else tabulation
    if name.startswith("what of lynx"):
        frame = frame[frame["year"] >= 2015]
    if name.startswith("wild parrots"):
        frame = frame[frame["exporter"].isin(["GY", "SR", "PE", "AR", "UY"])]

    answer = named.ask(world)

    by = tuple("value" if hasattr(answer[0], "value") and column != "year" else column for column in named.by)
    expected = summed(frame, named.by, **named.where)
    if named.by == ("term",):
        words = {"live": "LIV", "skins": "SKI", "trophies": "TRO", "garments": "GAR", "specimens": "SPE"}
        expected = {(words[key[0]], *key[1:]): found for key, found in expected.items() if key[0] in words}
        answer = [row for row in answer if row.term in words.values()]
    assert answered(answer, *by) == expected
    assert expected
    assert {row.kind for row in answer} == {named.kind}


def test_the_guide_names_the_ten_questions():
    text = GUIDE.read_text(encoding="utf-8")

    assert [name for name in NAMED if name not in text] == []


def test_every_row_of_the_files_is_there_once(world, shipments, tabulation):
    found = dict(world.query("SELECT kind, COUNT(*) FROM trade GROUP BY kind"))

    assert found == {"shipments": len(shipments), "tabulation": len(tabulation)}


def test_an_answer_is_of_one_kind_and_says_which(world):
    both = Question(taxon="Manis javanica")

    assert {one.kind for one in questions.kinds(world, both)} == {"shipments", "tabulation"}
    assert {point.kind for point in questions.trend(world, both)} == {"shipments"}
    assert {point.kind for point in questions.trend(world, Question(taxon="Python reticulatus"))} == {"tabulation"}
    assert questions.trend(world, Question(taxon="Nemo nusquam")) == ()


def test_the_largest_come_first_and_so_many_of_each(world):
    q = Question(taxon="Falco rusticolus", term="LIV", unit="NAR", reporter="E")

    top = questions.top(world, q, "exporter", 3)

    assert [one.place for one in top] == [1, 2, 3]
    assert [one.quantity for one in top] == sorted((one.quantity for one in top), reverse=True)
    flows = questions.flows(world, q, 5)
    assert len(flows) == 5
    assert flows[0].quantity >= flows[-1].quantity


def test_a_species_takes_its_subspecies_and_a_unit_is_asked_as_it_is_kept(world):
    exact = questions.count(world, Question(taxon="Caiman crocodilus", kind="tabulation"))
    below = questions.count(world, Question(taxon="Caiman crocodilus", rank="species", kind="tabulation"))
    kilograms = questions.count(world, Question(taxon="Acipenser baerii", unit="KGM"))

    assert below > exact > 0
    assert questions.count(world, Question(taxon="Acipenser baerii", unit="GRM")) == kilograms > 0


def test_rows_come_in_pages_and_keep_what_the_file_said(world):
    q = Question(taxon="Acipenser baerii", term="CAV", first_year=2018, last_year=2018)

    first, second = questions.rows(world, q, 50), questions.rows(world, q, 50, offset=50)

    assert len({(row.id, row.reporter) for row in (*first, *second)}) == 100
    gram = next(row for row in first if row.given_unit == "g")
    assert (gram.unit, gram.quantity * 1000) == ("KGM", gram.given_quantity)


def test_taxa_are_found_by_part_of_a_name_at_any_rank(world):
    found = {(one.name, one.rank) for one in questions.taxa(world, "manis")}

    assert {("Manis", "genus"), ("Manis javanica", "taxon")} <= found
    assert questions.rank_of(world, "Pholidota") == "order"
    assert questions.taxa(world, " ") == ()


def test_a_blank_is_asked_for_with_a_hyphen(world):
    with_blank = questions.sources(world, Question(taxon="Manis javanica", term="SKI", source="-"))

    assert {mix.source for mix in with_blank} == {""}
