"""Charts tell the truth: all values in the table, bars in proportion from zero, no word over another, all escaped."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import combinations
from xml.etree import ElementTree

import pytest
from django.template import Context, Template
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from wildgate.kit.charts import (
    NARROW,
    WIDE,
    Band,
    Bars,
    Histogram,
    Mark,
    Multiples,
    Ranked,
    Series,
    Trend,
    draw,
    table_of,
)
from wildgate.kit.charts.scale import scale_for
from wildgate.kit.charts.words import written

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=30)
NUMBERS = st.one_of(st.integers(0, 10**9), st.decimals(0, 10**6, places=3))


@st.composite
def charts(draw_, kinds=(Bars, Ranked, Trend, Histogram, Multiples)):
    """Any chart of any kind, with names from anywhere."""
    kind = draw_(st.sampled_from(kinds))
    texts = {"key": "c", "title": draw_(WORDS), "description": draw_(WORDS), "heading": draw_(WORDS),
             "unit": draw_(st.one_of(st.just(""), WORDS))}
    if kind is Histogram:
        counts = draw_(st.lists(st.integers(0, 5000), min_size=1, max_size=30))
        step = draw_(st.sampled_from([1, 5]))
        marks = tuple(Mark(name, draw_(st.integers(0, 40))) for name in draw_(st.lists(WORDS, max_size=3)))
        return Histogram(**texts, counts=tuple(counts), edges=tuple(range(0, step * len(counts) + 1, step)),
                         marks=marks, counted=draw_(WORDS))
    labels = draw_(st.lists(WORDS, min_size=1, max_size=13))
    several = tuple(Series(name, tuple(draw_(st.lists(st.none() | NUMBERS, min_size=len(labels),
                                                      max_size=len(labels)))))
                    for name in draw_(st.lists(WORDS, min_size=1, max_size=4)))
    more = {}
    if kind is Ranked and draw_(st.booleans()):
        more = {"limits": several[0].values, "limit_name": "Limit"}
    if kind is Trend and draw_(st.booleans()):
        more = {"band": Band("Spread", several[0].values, several[-1].values)}
    return kind(**texts, labels=tuple(labels), **{"panels" if kind is Multiples else "series": several}, **more)


def values_of(chart):
    """Every figure that a chart was made with."""
    if isinstance(chart, Histogram):
        return [*chart.counts, *(mark.value for mark in chart.marks)]
    series = chart.panels if isinstance(chart, Multiples) else chart.series
    band = getattr(chart, "band", None)
    found = [value for each in series for value in each.values] + list(getattr(chart, "limits", ()))
    return found + ([*band.low, *band.high] if band else [])


@settings(max_examples=60, deadline=None)
@given(charts(), st.sampled_from([NARROW, WIDE]), st.booleans())
def test_every_value_is_in_the_table_and_no_word_covers_another_or_leaves_the_picture(chart, width, rtl):
    cells = [cell for row in table_of(chart).rows for cell in row]
    drawing = draw(chart, width, rtl=rtl)

    assert all(written(value) in cells for value in values_of(chart))
    assert not [(one, other) for one, other in combinations(drawing.words, 2) if one.covers(other)]
    assert all(box.left >= -0.1 and box.left + box.width <= drawing.width + 0.1 for box in drawing.words)
    assert all(0 <= box.top <= drawing.height for box in (*drawing.words, *drawing.bars))


@settings(max_examples=40, deadline=None)
@given(charts((Bars, Multiples, Ranked)))
def test_bars_are_as_long_as_their_values_from_zero(chart):
    panels = chart.panels if isinstance(chart, Multiples) else chart.series
    bars = iter(draw(chart).bars)
    order = ([value for each in panels for value in each.values] if isinstance(chart, Multiples)
             else [each.values[i] for i in range(len(chart.labels)) for each in panels])
    drawn = [(Decimal(value), box) for value in order if value for box in [next(bars)]]

    assert next(bars, None) is None
    for (one, first), (other, second) in combinations(drawn, 2):
        length, beside = ((box.width if isinstance(chart, Ranked) else box.height) for box in (first, second))
        finest = 1e-12 * max(abs(float(one)), abs(float(other)))  # a length is a difference of two places
        assert length * float(other) == pytest.approx(beside * float(one), rel=1e-6, abs=1e-6 + finest)


@settings(max_examples=20, deadline=None)
@given(charts())
def test_what_is_read_from_the_right_is_the_same_picture_mirrored(chart):
    plain, mirrored = draw(chart), draw(chart, rtl=True)

    assert 'direction="rtl"' in mirrored.svg
    for one, other in zip((*plain.words, *plain.bars), (*mirrored.words, *mirrored.bars), strict=True):
        assert other.left == pytest.approx(plain.width - one.left - one.width)
        assert (one.top, one.text) == (other.top, other.text)


@settings(max_examples=60, deadline=None)
@given(st.lists(NUMBERS, max_size=8))
def test_axes_begin_at_zero_go_by_round_steps_and_hold_all(values):
    scale = scale_for(values)
    step = scale.ticks[1]

    assert scale.ticks[0] == 0
    assert int(f"{step:e}"[0]) in {1, 2, 5}
    assert step == step.normalize().__class__(f"{f'{step:e}'[0]}e{step.adjusted()}")
    assert all(later - earlier == step for earlier, later in zip(scale.ticks, scale.ticks[1:], strict=False))
    highest = max(values, default=0)
    assert highest <= scale.top < (highest or 1) + step
    assert len(scale.ticks) <= 6


def test_markup_in_names_is_text_and_the_picture_is_named_for_screen_readers():
    evil = '<script>alert("1")</script>&\''
    chart = Ranked(key="evil", title=evil, description=evil, heading=evil, labels=(evil,), unit=evil,
                   series=(Series(evil, (1,)), Series("b", (2,))), limits=(3,), limit_name=evil)
    page = Template("{% load charts %}{% chart it %}").render(Context({"it": chart}))

    assert "<script" not in page
    assert " style=" not in page
    for svg in re.findall(r"<svg.*?</svg>", page, re.S):
        root = ElementTree.fromstring(svg)
        ids = {each.get("id") for each in root.iter()} - {None}
        assert root.get("role") == "img"
        assert set(root.get("aria-labelledby").split()) <= ids
        assert [each.text for each in root.iter("title")] == [evil]
        assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= ids
    assert len(re.findall(r' id="([^"]+)"', page)) == len(set(re.findall(r' id="([^"]+)"', page)))
    assert page.count("<table") == 1
    assert '<th scope="row">' in page


def test_numbers_are_written_as_the_reader_writes_them():
    with override("fr"):
        assert written(Decimal("1234567.50")) == "1\xa0234\xa0567,5"
    assert written(None) == "–"


@pytest.mark.parametrize("wrong", [
    lambda: Bars(key="a", title="", labels=("x",), series=(Series("s", (-1,)),)),
    lambda: Bars(key="a", title="", labels=("x",), series=(Series("s", (1, 2)),)),
    lambda: Bars(key="a", title="", labels=("x",), series=(Series("s", (1,)),) * 7),
    lambda: Bars(key="A b", title="", labels=("x",), series=(Series("s", (1,)),)),
    lambda: Histogram(key="a", title="", edges=(0, 1, 3), counts=(1, 1)),
])
def test_a_chart_that_would_mislead_cannot_be_made(wrong):
    with pytest.raises(ValueError):
        wrong()
