"""Signals in trade rows: each kind on rows that are made for it, and what must not become one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from wildgate.worldtrade.signals import Flow, Found, Kind, Limits, Own, Quota, Signal, find
from wildgate.worldtrade.signals.found import GROUNDS
from wildgate.worldtrade.signals.statistics import chance_of_new, expected, moved, placed, student
from wildgate.worldtrade.store import Loaded, Store

DAY = date(2027, 7, 1)
NOON = datetime(2027, 7, 1, 12, tzinfo=UTC)
HEAD = "Id,Year,Appendix,Taxon,Class,Order,Family,Genus,Term,Quantity,Unit,Importer,Exporter,Origin,Purpose,Source," \
       "Reporter.type\n"
PYTHON = "Python regius,Reptilia,Serpentes,Pythonidae,Python"
Row = tuple[int, str, int, str, str, str, str, str]


def row(year: int, quantity: int, *, exporter: str = "TG", importer: str = "US", source: str = "W", term: str = "live",
        side: str = "E", origin: str = "") -> Row:
    return (year, term, quantity, importer, exporter, origin, source, side)


class Rows:
    """The view `summed` over rows in memory, each a cell, as the store has it."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.base = duckdb.connect()
        self.base.execute("CREATE TABLE summed (kind VARCHAR, taxon VARCHAR, class_name VARCHAR, year INT, "
                          "term VARCHAR, whole DECIMAL(18, 0), unit VARCHAR, importer VARCHAR, "
                          "exporter VARCHAR, origin VARCHAR, source VARCHAR, reporter VARCHAR, "
                          "part DECIMAL(18, 15) DEFAULT 0, many INT DEFAULT 1)")
        self.base.execute("INSERT INTO summed (kind, taxon, class_name, year, term, whole, unit, importer, exporter, "
                          "origin, source, reporter) VALUES " + ", ".join(
            str(("shipments", "Python regius", "Reptilia", year, "LIV", quantity, "NAR", importer, exporter, origin,
                 source, side)) for year, _term, quantity, importer, exporter, origin, source, side in rows))

    def query(self, sql: str, values: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
        return self.base.execute(sql, dict(values or {})).fetchall()


def loaded(folder: Path, rows: Iterable[Row]) -> Store:
    """The same rows as a download that the store has loaded."""
    store = Store(folder / "trade")
    lines = [f"{place},{year},II,{PYTHON},{term},{quantity},,{importer},{exporter},{origin},T,{source},{side}"
             for place, (year, term, quantity, importer, exporter, origin, source, side) in enumerate(rows, 1)]
    (folder / "rows.csv").write_text(HEAD + "\n".join(lines) + "\n")
    done = store.load(folder / "rows.csv", at=NOON)
    assert isinstance(done, Loaded), done
    assert not done.bad
    return store


def by_kind(found: Found, kind: Kind) -> list[Signal]:
    return [each for each in found.signals if each.kind is kind]


def steady(quantity: int, *, years: range = range(2008, 2019), records: int = 4, **more: str) -> list[Row]:
    """So much each year, a little up and down, on some records."""
    return [row(year, (quantity + quantity * (year % 3) // 20) // records, **more)
            for year in years for _ in range(records)]


def test_an_interval_is_wider_with_fewer_years_and_one_odd_year_moves_it_little():
    eight = expected([100, 110, 95, 105, 98, 102, 107, 99], sure=99.5, floor=0.1)
    four = expected([100, 110, 95, 105], sure=99.5, floor=0.1)
    odd = expected([100, 110, 95, 105, 98, 102, 5000, 99], sure=99.5, floor=0.1)

    assert eight is not None and four is not None and odd is not None
    assert four.high > eight.high
    assert odd.middle < 110 and odd.high < 200
    assert expected([1, 2, 3], sure=99, floor=0.1) is None, "three years say nothing"


@pytest.mark.parametrize(("freedom", "quantile"), [(3, 5.841), (5, 4.032), (7, 3.499), (30, 2.750)])
def test_students_quantile_is_that_of_the_tables(freedom, quantile):
    assert student(0.995, freedom) == pytest.approx(quantile, rel=0.01)


def test_newcombes_interval_is_that_of_his_paper():
    gap = moved((48, 80), (56, 70), sure=95)

    assert gap is not None
    assert (gap.least, gap.most) == (pytest.approx(0.0524, abs=1e-4), pytest.approx(0.3339, abs=1e-4))


def test_new_ways_and_places_are_counted():
    assert chance_of_new(5, 100) == 0.05
    assert chance_of_new(0, 10) == 0.05, "never is not claimed from ten"
    assert placed(10.0, {0: 50, 8: 40, 30: 10}, steps=8) == 0.9


def test_a_year_far_above_the_others_is_a_rise_with_its_numbers_and_a_steady_one_is_none(tmp_path):
    rows = [*steady(1000), *steady(1000, years=range(2019, 2020)), *steady(9000, years=range(2020, 2021))]

    found = find(loaded(tmp_path, rows), Own("QM"), Limits(), on=DAY)

    rise, = by_kind(found, Kind.RISE)
    assert (rise.exporter, rise.year, rise.code) == ("TG", 2020, "rise")
    assert rise.value > rise.high > rise.expected > 900
    assert "TG exported" in rise.sentence and "times the" in rise.sentence
    assert "99.5 percent" in GROUNDS[rise.ground] % rise.values
    assert rise.unknown and [point.year for point in rise.series] == list(range(2012, 2021))
    assert found.whole_world, "the home Party has no part in this trade"


def test_few_records_and_years_without_any_report_make_no_rise():
    one_record = [*steady(1000), row(2020, 90_000)]
    unreported = [row(2015, 4), *[row(year, 1, exporter="GH") for year in range(2008, 2021)], *steady(
        4000, years=range(2020, 2021))]

    for rows in (one_record, unreported):
        found = find(Rows(rows), Own("QM"), Limits(), on=DAY)
        assert not [each for each in by_kind(found, Kind.RISE) if each.exporter == "TG"], rows


def test_captive_codes_that_replace_wild_ones_are_a_shift_and_growth_beside_them_is_none():
    before = steady(2000, years=range(2014, 2019))
    swapped = [*before, *steady(100, years=range(2019, 2021)), *steady(2000, years=range(2019, 2021), source="C",
                                                                       records=8)]
    grown = [*before, *steady(2000, years=range(2019, 2021)), *steady(2000, years=range(2019, 2021), source="C",
                                                                      records=8)]

    shift, = by_kind(find(Rows(swapped), Own("QM"), Limits(), on=DAY), Kind.SHIFT)

    assert (shift.source, shift.exporter) == ("C", "TG")
    assert float(shift.numbers["least"]) > 20
    assert float(shift.numbers["wild_after"]) < float(shift.numbers["wild_before"]) / 10
    assert "relabelled" in shift.unknown
    assert not by_kind(find(Rows(grown), Own("QM"), Limits(), on=DAY), Kind.SHIFT)


def test_more_bred_ones_than_known_parents_can_raise_unless_they_live_there():
    rows = [*steady(50, years=range(1998, 2021), importer="DK", side="I", exporter="GH"),
            row(2010, 3, importer="DK", exporter="GH", side="E"), *[row(2020, 4000, exporter="DK", source="C")] * 3]
    rows = [each for each in rows if not (each[3] == "DK" and each[7] == "I")] + [row(2005, 1)]
    store = Rows(rows)

    stock, = by_kind(find(store, Own("QM"), Limits(), on=DAY), Kind.CAPTIVE)
    at_home = find(store, Own("QM", native=lambda taxon, country: True), Limits(), on=DAY)

    assert stock.code == "captive-stock"
    assert (stock.numbers["stock"], stock.numbers["each"]) == ("3", "4000")
    assert "range" in stock.unknown, "where nobody knows the range it is said"
    assert not by_kind(at_home, Kind.CAPTIVE)


def test_bred_ones_soon_after_the_first_stock_are_said_with_both_years():
    rows = [row(2000, 5, exporter="GH"), row(2019, 40, importer="CZ", exporter="GH"),
            *[row(2020, 60, exporter="CZ", source="C", importer="US")] * 2]

    found, = by_kind(find(Rows(rows), Own("QM"), Limits(), on=DAY), Kind.CAPTIVE)

    assert (found.code, found.numbers["first"], found.numbers["after"]) == ("captive-first", "2019", "1")


def test_a_way_never_taken_is_new_only_where_new_ways_are_rare():
    known = steady(400, years=range(2010, 2019), records=5)
    new = [row(2020, 30, importer="TH")] * 3
    restless = [row(2010 + place % 9, 3, importer=f"{chr(65 + place % 26)}{chr(75 + place // 26)}")
                for place in range(45)]

    route, = by_kind(find(Rows([*known, *new]), Own("QM"), Limits(), on=DAY), Kind.ROUTE)

    assert (route.exporter, route.importer, route.year) == ("TG", "TH", 2020)
    assert float(route.numbers["chance"]) < 5
    assert not by_kind(find(Rows([*restless, *new]), Own("QM"), Limits(), on=DAY), Kind.ROUTE)


def test_importers_that_report_far_more_stand_out_among_pairs_and_a_shift_of_the_year_is_taken_off():
    codes = [f"{a}{b}" for a in "ABCDEF" for b in "KLMNOP"]
    usual = [each for code in codes for each in (row(2020, 100, importer=code), row(2020, 95, importer=code, side="I"))]
    far = [row(2020, 100), row(2020, 900, side="I")]
    late = [row(2019, 900, importer="JP"), row(2020, 50, importer="JP"), row(2020, 900, importer="JP", side="I")]

    gaps = by_kind(find(Rows([*usual, *far, *late]), Own("QM"), Limits(), on=DAY), Kind.GAP)

    assert [(each.importer, each.value, each.expected) for each in gaps] == [("US", Decimal(900), Decimal(100))]
    assert gaps[0].numbers["pairs"] == "38"


def test_a_quota_speaks_when_it_is_over_and_when_it_goes_too_early():
    def taken(amount: int) -> Quota:
        return Quota("Varanus salvator", "SKI", "NAR", "W", "QM", date(2027, 1, 1), date(2027, 12, 31), Decimal(1000),
                     Decimal(amount))

    def codes(amount: int, on: date) -> list[str]:
        return [each.code for each in find(None, Own("QM", quotas=(taken(amount),)), Limits(), on=on).signals]

    assert codes(1001, date(2027, 12, 30)) == ["quota-full"]
    assert codes(700, date(2027, 3, 1)) == ["quota-early"]
    assert codes(700, date(2027, 9, 1)) == []


def test_without_a_store_our_own_rows_speak_and_are_marked_as_live():
    flows = [Flow("Varanus salvator", "Reptilia", "SKI", "NAR", "QZ", "", "W", year, Decimal(quantity), 5)
             for year, quantity in zip(range(2020, 2028), (100, 110, 95, 105, 98, 102, 107, 900), strict=True)]

    rise, = by_kind(find(None, Own("QM", flows), Limits(), on=DAY), Kind.RISE)

    assert (rise.exporter, rise.year, rise.live) == ("QM", 2027, True)


def test_a_signal_found_again_with_other_figures_keeps_its_key_and_limits_cut_the_weakest():
    rows = [*steady(1000), *steady(9000, years=range(2019, 2021))]
    store = Rows(rows)

    first = find(store, Own("QM"), Limits(), on=DAY)
    narrow = find(store, Own("QM"), Limits({"rise_sure": 95, "most": 1}), on=DAY)

    assert narrow.signals[0].high != next(each for each in first.signals if each.key == narrow.signals[0].key).high
    assert narrow.left_off == len(first.signals) - 1
