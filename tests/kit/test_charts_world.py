"""The world map: every country is on it, shades and arrows tell the values, nothing is mirrored or covered."""

from __future__ import annotations

import gzip
import re
from decimal import Decimal
from itertools import combinations

import pytest
from django.contrib.staticfiles import finders
from hypothesis import given, settings
from hypothesis import strategies as st

from wildgate.convention import tables
from wildgate.kit.charts import NARROW, WIDE, Flow, Place, WorldMap, draw, table_of
from wildgate.kit.charts.words import written
from wildgate.kit.charts.world import SIZE, breaks, on_map, shade_of, spots

SMALL = ("SG", "MT", "MU", "BH", "MV", "SC", "PW", "HK", "KI", "NR", "TV", "BB", "MC", "LI", "SM", "QM", "QZ")


def shapes() -> str:
    with open(finders.find("charts/world.svg"), encoding="utf-8") as file:
        return file.read()


def a_map(places, flows=(), **more) -> WorldMap:
    return WorldMap(key="m", title="Skins", description="Told", heading="Country", measured="skins", moved="skins",
                    places=tuple(Place(*each) for each in places), flows=tuple(Flow(*each) for each in flows), **more)


def test_every_party_and_every_country_is_on_the_map():
    wanted = [each.code for each in tables.countries() if each.kind in {"iso", "demo"} or (each.periods and
                                                                                        each.code != "EU")]
    assert [code for code in (*wanted, *SMALL) if not on_map(code)] == []
    assert all(0 <= spot.x <= SIZE[0] and 0 <= spot.y <= SIZE[1] for spot in spots().values())
    assert len({(spot.x, spot.y) for spot in spots().values()}) > len(spots()) - 6


def test_the_file_of_shapes_has_one_for_each_country_that_the_table_says_has_one_and_stays_light():
    text = shapes()
    drawn = re.findall(r'<path id="([A-Z]{2})"', text)

    assert sorted(drawn) == sorted(code for code, spot in spots().items() if spot.area)
    assert len(drawn) == len(set(drawn)) > 170
    assert f'viewBox="0 0 {SIZE[0]} {SIZE[1]}"' in text
    assert "public domain" in text
    assert "world-atlas" in text
    assert len(gzip.compress(text.encode())) < 25_000


@settings(max_examples=60, deadline=None)
@given(st.lists(st.decimals(0, 10**9, places=3), max_size=40))
def test_classes_part_the_values_at_round_numbers(values):
    found = breaks(values)

    assert found == sorted(set(found))
    assert len(found) <= 4
    assert all(value.normalize().as_tuple().digits in {(1,), (2,), (5,)} for value in found)
    assert all(min(each for each in values if each) < value <= max(values) for value in found)
    shades = [shade_of(kind, len(found)) for kind in range(len(found) + 1)]
    assert shades == sorted(set(shades))
    assert set(shades) <= {1, 2, 3, 4, 5}


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("rtl", [False, True])
def test_no_word_of_the_legend_covers_another_and_east_stays_right(width, rtl):
    chart = a_map([(code, code, Decimal(3) ** i) for i, code in enumerate(("SG", "US", "CN", "MT", "BR", "FR", "ID"))],
                  [("ID", "US", "Indonesia → United States", 900), ("CN", "US", "China → United States", 90)])
    drawing = draw(chart, width, rtl=rtl)

    assert not [pair for pair in combinations(drawing.words, 2) if pair[0].covers(pair[1])]
    assert all(box.left >= 0 and box.left + box.width <= drawing.width and box.top + box.height <= drawing.height
               for box in drawing.words)
    assert re.search(r'<svg x="0" y="0"[^>]+viewBox="0 0 2000 869">', drawing.svg)
    paths = re.findall(r'class="c-flow"[^>]* d="([^"]+)"', drawing.svg)
    assert paths == re.findall(r'class="c-flow"[^>]* d="([^"]+)"', draw(chart, width).svg)


def test_arrows_are_as_broad_as_their_values_and_shades_grow_with_them():
    chart = a_map([("US", "US", 1), ("CN", "CN", 100), ("BR", "BR", 10_000)],
                  [("US", "CN", "a", 1000), ("CN", "BR", "b", 500), ("BR", "US", "c", 1)])
    svg = draw(chart).svg
    widths = [float(each) for each in re.findall(r'class="c-flow" stroke-width="([\d.]+)"', svg)]

    assert widths[1] == pytest.approx(widths[0] / 2, rel=0.02)
    assert 0 < widths[2] < widths[1] / 2
    shade = {code: int(number) for number, code in re.findall(r'class="c-m(\d)" href="[^"#]+#([A-Z]{2})"', svg)}
    assert shade["US"] < shade["CN"] < shade["BR"]


def test_what_is_not_on_the_map_is_in_the_table_and_names_are_text():
    evil = '<b onmouseover="x">'
    chart = a_map([("XX", evil, 7), ("ZZ", "High seas", 5), ("SG", "Singapore", 3)],
                  [("XX", "SG", f"{evil} → Singapore", 2)])
    svg = draw(chart).svg

    assert [row[1] for row in table_of(chart).rows] == [written(value) for value in (7, 5, 3, 2)]
    assert "#XX" not in svg
    assert "<circle" in svg
    assert "<b " not in svg
    assert " style=" not in svg
    assert 'class="c-flow"' not in svg


@pytest.mark.parametrize("wrong", [
    lambda: a_map([("SG", "Singapore", 1), ("SG", "Singapore", 2)]), lambda: a_map([("SG", "Singapore", -1)]),
    lambda: a_map([], [("SG", "MT", "x", -1)])])
def test_a_map_that_would_mislead_cannot_be_made(wrong):
    with pytest.raises(ValueError):
        wrong()
