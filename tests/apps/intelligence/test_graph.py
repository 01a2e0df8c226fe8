"""The graph: a picture that is the same each time, with no word over another, of what its reader may see."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.desks import page_text

from wildgate.apps.accounts.access import Actor
from wildgate.apps.intelligence import services
from wildgate.apps.intelligence.graph.drawing import SHAPES, Join, Point, draw
from wildgate.apps.intelligence.graph.layout import MOST, laid_out
from wildgate.apps.intelligence.graph.lines import CLEAR, around
from wildgate.apps.intelligence.models import Contributor, Entity, Report, Sighting
from wildgate.apps.intelligence.services import NewEntity
from wildgate.sharing.marking import Marking, Tlp

CELL = (132.0, 84.0)
AT = datetime.now(UTC) - timedelta(hours=1)


@given(st.integers(1, MOST), st.lists(st.tuples(st.integers(0, 79), st.integers(0, 79)), max_size=60))
@hypothesis_settings(max_examples=12)
def test_every_point_has_a_cell_of_its_own_within_the_paper_and_the_same_one_each_time(count, drawn):
    points = [f"p{place}" for place in range(count)]
    joins = [(f"p{a}", f"p{b}") for a, b in drawn if a < count and b < count]

    layout = laid_out(points, joins, width=960, cell=CELL)

    assert layout == laid_out(points, joins, width=960, cell=CELL)
    for (x, y), (other_x, other_y) in combinations(layout.places.values(), 2):
        assert abs(x - other_x) >= CELL[0] or abs(y - other_y) >= CELL[1]
    assert all(CELL[0] / 2 <= x <= 960 - CELL[0] / 2 and 0 < y < layout.height for x, y in layout.places.values())


def test_what_is_joined_stands_nearer_than_what_is_not():
    groups = [[f"{name}{place}" for place in range(6)] for name in "ab"]
    joins = [pair for group in groups for pair in combinations(group, 2)]

    places = laid_out([*groups[0], *groups[1]], joins, width=960, cell=CELL).places

    def mean(pairs: list[tuple[str, str]]) -> float:
        return sum(abs(places[a][0] - places[b][0]) + abs(places[a][1] - places[b][1]) for a, b in pairs) / len(pairs)
    assert mean(joins) < 0.8 * mean([(a, b) for a in groups[0] for b in groups[1]])


def test_more_points_than_a_picture_holds_are_refused():
    with pytest.raises(ValueError, match="80 points at most"):
        laid_out([str(place) for place in range(MOST + 1)], [], width=960, cell=CELL)


def test_a_line_goes_around_a_point_that_it_does_not_join():
    straight = around((100, 200), (500, 200), [(300, 200 + CLEAR)], width=960, height=400)
    bent = around((100, 200), (500, 200), [(300, 200), (300, 240)], width=960, height=400)
    at_the_edge = around((100, 20), (500, 20), [(300, 20)], width=960, height=400)

    assert straight is None
    assert bent is not None
    assert bent[1] < 200 - CLEAR
    assert at_the_edge is not None
    assert at_the_edge[1] > 20


def test_a_picture_full_of_lines_has_none_through_the_middle_of_a_third_point():
    points = [Point(f"p{place}", "person", f"Somebody {place}", "/x/") for place in range(24)]
    joins = [Join("p0", f"p{place}", "knows") for place in range(1, 24)]

    svg = draw(points, joins, {"person": "Person"}, title="t", description="d")

    words = re.findall(r'<text x="([\d.]+)" y="([\d.]+)" text-anchor', svg)
    middles = [(float(x), float(y) - 28) for x, y in words]
    for course in re.findall(r' d="([^"]+)"', svg):
        ends = [float(number) for number in re.findall(r"[\d.-]+", course)]
        others = [spot for spot in middles if spot not in ((ends[0], ends[1]), (ends[-2], ends[-1]))]
        assert len(others) == len(points) - 2
        assert min(_nearest(spot, ends) for spot in others) > 13, course


def _nearest(spot: tuple[float, float], course: list[float]) -> float:
    """How near a straight line (two spots) or a quadratic curve (three) comes to a spot."""
    x1, y1, *pull, x2, y2 = course
    px, py = pull or ((x1 + x2) / 2, (y1 + y2) / 2)

    def at(t: float) -> float:
        return math.hypot((1 - t) ** 2 * x1 + 2 * t * (1 - t) * px + t * t * x2 - spot[0],
                          (1 - t) ** 2 * y1 + 2 * t * (1 - t) * py + t * t * y2 - spot[1])
    return min(at(step / 100) for step in range(101))


def test_names_cannot_break_out_of_the_picture_and_kinds_differ_by_outline():
    points = [Point(f"p{place}", kind, f"<script>{kind}&\"", "/x/") for place, kind in enumerate(SHAPES)]
    names = {kind: kind for kind in SHAPES}

    svg = draw(points, [Join("p0", "p1", "<b>", thin=True)], names, title="t", description="d")
    mirrored = draw(points, [Join("p0", "p1", "<b>", thin=True)], names, title="t", description="d", rtl=True)

    assert "<script" not in svg
    assert "style=" not in svg
    shapes = {tuple(each) for each in SHAPES.values()}
    assert len(shapes) == len(SHAPES)
    assert set(SHAPES) == {*Entity.Kind.values, "report"}
    xs = [float(x) for x in re.findall(r'<text x="([\d.]+)"', svg)]
    assert [960 - x for x in xs] == pytest.approx([float(x) for x in re.findall(r'<text x="([\d.]+)"', mirrored)])
    assert ElementTree.fromstring(svg).get("class") == "graph-svg"


@pytest.fixture
def let_in(cast: dict[str, Actor]) -> Callable[[str, Tlp], Actor]:
    """Make somebody of the cast a contributor for their own authority."""
    def contribute(name: str, clearance: Tlp) -> Actor:
        Contributor.objects.create(
            party="QM", person_id=cast[name].person_id, authority_id=min(cast[name].authorities),
            clearance=int(clearance), valid_until=(AT + timedelta(days=9)).date(), proposed_by_id=cast["ana"].person_id,
            proposed_at=AT, confirmed_by_id=cast["sam"].person_id, confirmed_at=AT)
        return cast[name]
    return contribute


@pytest.fixture
def ines_and_nadia(let_in: Any) -> tuple[Actor, Actor]:
    return let_in("ines", Tlp.RED), let_in("nadia", Tlp.GREEN)


def file(owner: Actor, tlp: Tlp, *named: tuple[str, str], readers: frozenset[int] | None = None) -> Report:
    made = services.file_report(
        actor=owner, party="QM", origin="own", origin_key="", title="Seen", text="Seen.", grading=None, at=AT,
        marking=Marking(tlp, str(min(owner.authorities)), named=readers),
        entities=[NewEntity(kind, value) for kind, value in named])
    assert isinstance(made, Report), made
    return made


def _key(value: str) -> int:
    return int(Entity.objects.get(value=value).pk)


def test_each_reader_sees_the_graph_of_their_own_reports_with_its_table(ines_and_nadia, desk):
    ines, _nadia = ines_and_nadia
    green = file(ines, Tlp.GREEN, ("person", "Rudo Vellin"), ("vessel", "MV Pelorus"))
    file(ines, Tlp.AMBER, ("vessel", "MV Pelorus"), ("place", "Quay Lane"))
    services.relate(actor=ines, number=green.number, source=_key("Rudo Vellin"), target=_key("MV Pelorus"),
                    kind="owns", at=AT)

    hers, other = (desk(name).get("/intelligence/graph/") for name in ("ines", "nadia"))

    assert "Quay Lane" in page_text(hers)
    assert "Quay Lane" not in other.content.decode()
    for answer in (hers, other):
        assert re.search(r"Rudo Vellin Person owns MV Pelorus Vessel", page_text(answer))
        assert answer.content.decode().count("<svg class=\"graph-svg\"") == 1


def test_a_filter_leaves_what_was_asked_for_and_an_empty_graph_says_what_to_do(ines_and_nadia, desk):
    ines, _nadia = ines_and_nadia
    first = file(ines, Tlp.GREEN, ("person", "Rudo Vellin"), ("vessel", "MV Pelorus"))
    file(ines, Tlp.GREEN, ("place", "Quay Lane"), ("taxon", "Testudo hermanni"))
    client = desk("ines")

    by_kind = page_text(client.get("/intelligence/graph/", {"kind": "place"}))
    by_report = page_text(client.get("/intelligence/graph/", {"report": first.number}))
    around = page_text(client.get("/intelligence/graph/", {"around": _key("MV Pelorus")}))
    nothing = page_text(client.get("/intelligence/graph/", {"case": "QM-C-1"}))

    assert ("Quay Lane" in by_kind, "Testudo hermanni" in by_kind) == (True, False)
    for text in (by_report, around):
        assert ("Rudo Vellin" in text, "Quay Lane" in text) == (True, False)
    assert "Nothing to draw here" in nothing


def test_more_than_fits_is_said_and_the_strongest_joined_stay(ines_and_nadia, desk):
    ines, _nadia = ines_and_nadia
    file(ines, Tlp.GREEN, *(("account", f"seller {place}") for place in range(MOST + 4)))
    file(ines, Tlp.GREEN, ("account", "seller 83"), ("account", "seller 82"))

    text = page_text(desk("ines").get("/intelligence/graph/"))

    assert "The picture holds 80 at most: 6 with fewer connections are left off." in text
    assert "seller 83" in text


def test_red_is_not_drawn_without_a_reason(ines_and_nadia, desk):
    ines, _nadia = ines_and_nadia
    file(ines, Tlp.RED, ("person", "A Secret Name"), readers=frozenset({ines.person_id}))

    page = desk("ines").get("/intelligence/graph/")

    assert "A Secret Name" not in page.content.decode()
    assert "open the report itself and give the reason" in page_text(page)
    assert desk("ines").get(reverse("intelligence-entity", args=[_key("A Secret Name")])).status_code == 404


def test_an_entity_shows_its_reports_and_sightings_and_leads_to_the_record(ines_and_nadia, desk):
    ines, _nadia = ines_and_nadia
    green = file(ines, Tlp.GREEN, ("permit", "QM-2026-000014"))
    amber = file(ines, Tlp.AMBER, ("permit", "QM-2026-000014"))
    for report in (green, amber):
        Sighting.objects.create(party="QM", mark=report.mark, report=report, at=AT, kind="+", seen_at=AT,
                                text=f"Shown again {report.number}")
    address = reverse("intelligence-entity", args=[_key("QM-2026-000014")])

    hers, other = (desk(name).get(address).content.decode() for name in ("ines", "nadia"))

    assert f"Shown again {amber.number}" in hers
    assert amber.number not in other
    assert f"Shown again {green.number}" in other
    assert reverse("permit", args=["QM-2026-000014"]) in hers


def test_an_entity_of_others_looks_like_none_and_strangers_find_no_graph(ines_and_nadia, desk):
    ines, _nadia = ines_and_nadia
    file(ines, Tlp.AMBER, ("person", "Rudo Vellin"))
    hidden = reverse("intelligence-entity", args=[_key("Rudo Vellin")])

    answers = [desk("nadia").get(hidden), desk("nadia").get(reverse("intelligence-entity", args=[987654]))]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert page_text(answers[0]) == page_text(answers[1])
    assert "Graph" not in page_text(desk("tomas").get("/intelligence/graph/"))
    assert desk("mario").get("/intelligence/graph/").status_code == 403
    assert Client().get("/intelligence/graph/").status_code == 302


def test_the_graph_takes_few_queries_however_much_it_shows(ines_and_nadia, desk, django_assert_max_num_queries):
    ines, _nadia = ines_and_nadia
    for place in range(6):
        file(ines, Tlp.GREEN, ("person", f"Somebody {place}"), ("vessel", "MV Pelorus"))
    client = desk("ines")
    client.get("/intelligence/graph/")

    with django_assert_max_num_queries(24):
        client.get("/intelligence/graph/")
