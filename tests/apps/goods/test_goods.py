"""Customs codes at a Party: changed with a reason, learnt from accepted cases, asked by species and by code."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.goods import selectors, services
from wildgate.apps.goods.models import Accepted, CodeRow
from wildgate.apps.goods.services import Change
from wildgate.convention.refusal import Refusal
from wildgate.kit.models import Event
from wildgate.targeting.consignment import Item

D = Decimal
CLEAN = Item(1, "420500", "crocodile key rings", "Crocodylus niloticus", "LPS", D(100), "NAR", net_mass=D(2),
             value=D(900), currency="USD")
BAGS = Change("4202.99", "other containers", "Crocodylus spp., Python regius", "LPL", reason="Seen at Kivu-2.")


def test_a_code_is_added_with_accepted_names_and_told_to_the_chain(cast: Any, at: datetime) -> None:
    made = services.set_code(actor=cast["tomas"], change=BAGS, at=at)

    assert isinstance(made, CodeRow)
    assert (made.hs, made.taxa, made.terms) == ("420299", "Crocodylus|Python regius", "LPL")
    assert selectors.fit("420299", "Crocodylus porosus", "LPL", party="QM").answer == "yes"
    assert selectors.fit("420299", "Crocodylus porosus", "LPL", party="QZ").answer != "yes"
    event = Event.objects.get(kind=services.CHANGED)
    assert event.subject == "goods:420299"
    assert "Seen at" not in event.data


@pytest.mark.parametrize(("change", "code", "field"), [
    ({"hs": "42"}, "not-a-code", "hs"),
    ({"goods": " "}, "missing", "goods"),
    ({"taxa": "Qwertia"}, "taxon-unknown-here", "taxa"),
    ({"terms": "QQQ"}, "term-unknown-here", "terms"),
    ({"taxa": ""}, "missing", "taxa"),
    ({"strength": "X"}, "choice-unknown", "strength"),
    ({"reason": ""}, "missing", "reason"),
    ({"taxa": ", ".join(["Crocodylus"] * 41)}, "too-many", "taxa"),
])
def test_what_cannot_stand_is_refused_at_its_field(cast: Any, at: datetime, change: dict[str, str], code: str,
                                                   field: str) -> None:
    refused = services.set_code(actor=cast["tomas"], change=replace(BAGS, **change), at=at)

    assert isinstance(refused, Refusal)
    assert (refused.code, refused.field) == (code, field)
    assert not CodeRow.objects.exists()


def test_taken_out_and_as_shipped_again(cast: Any, at: datetime) -> None:
    tomas = cast["tomas"]
    assert isinstance(services.restore_code(actor=tomas, hs="411330", reason="x", at=at), Refusal)
    services.remove_code(actor=tomas, hs="411330", reason="Not used here.", at=at)
    assert "411330" not in selectors.table("QM").rows
    services.restore_code(actor=tomas, hs="411330", reason="Used after all.", at=at)

    assert selectors.table("QM").rows["411330"].ours is False
    assert [each.act for each in selectors.history(tomas, "411330")] == ["restored", "removed"]


def test_only_who_keeps_the_table_changes_it(cast: Any, at: datetime) -> None:
    for name in ("jean", "ana", "mario", "kim"):
        assert isinstance(services.set_code(actor=cast[name], change=BAGS, at=at), Refusal)
    assert selectors.rows(cast["mario"]) == []
    assert selectors.rows(cast["jean"])


def test_accepted_cases_make_a_code_known_and_a_range(cast: Any, at: datetime) -> None:
    before = selectors.fit("420500", "Crocodylus niloticus", "LPL", party="QM")
    for number in range(9):
        item = replace(CLEAN, number=number, hs="848210", net_mass=D(2) + D(number) / 50)
        assert services.learn(party="QM", reference="D-1", item=item, at=at)
    assert not services.learn(party="QM", reference="D-1", item=replace(CLEAN, number=0), at=at)
    assert not services.learn(party="QM", reference="D-2", item=replace(CLEAN, taxon="Qwertia"), at=at)

    assert Accepted.objects.count() == 9
    assert before.answer == "yes"
    assert selectors.fit("848210", "Crocodylus niloticus", "LPS", party="QM").code == "learnt"
    assert selectors.fit("848210", "Crocodylus porosus", "LPS", party="QM").code == "learnt"
    assert selectors.fit("848210", "Python regius", "LPS", party="QM").answer == "no"
    heavy = selectors.plausibility(replace(CLEAN, net_mass=D(60)), party="QM")
    assert [each.code for each in heavy.oddities] == ["mass-unusual"]
    assert selectors.plausibility(CLEAN, party="QM").oddities == ()


def test_one_item_is_judged_by_all_measures_in_four_queries(cast: Any, at: datetime,
                                                            django_assert_num_queries: Any) -> None:
    services.set_code(actor=cast["tomas"], change=BAGS, at=at)
    selectors.judged(CLEAN, party="QM")
    with django_assert_num_queries(4):
        found = selectors.judged(replace(CLEAN, hs="392640", description="crocodile gift"), party="QM")

    assert found.fit.code == "warning"
    assert found.hidden
    assert not found.says_little
    assert found.lineage[0] == "Crocodylus niloticus"
    assert selectors.judged(Item(1, "392640", "plastic craft"), party="QM").says_little


def test_which_code_for_this_species_and_what_hides_in_this_code(desk: Any, at: datetime,
                                                                 django_assert_num_queries: Any) -> None:
    jean = desk("jean")
    by_species = page_text(jean.get("/goods/", {"q": "Prunus africana", "term": "BAR"}))
    by_code = page_text(jean.get("/goods/", {"q": "3926"}))
    described = page_text(jean.get("/goods/", {"description": "ivory silk dress and python skins"}))
    unknown = page_text(jean.get("/goods/", {"q": "qwertz"}))
    jean.get("/goods/")
    with django_assert_num_queries(5):
        everything = page_text(jean.get("/goods/"))

    assert "1211.60 bark of Prunus africana" in by_species
    assert "ivory, tortoiseshell and horn as plastic craft" in by_code
    assert "python skin" in described
    assert "Surely meant" in described
    assert "qwertz is no scientific name" in unknown
    assert "1 to 50 of 266" in everything


def test_a_code_is_changed_on_its_page_and_what_was_typed_stays(desk: Any, cast: Any, at: datetime) -> None:
    tomas = desk("tomas")
    typed = {"goods": "leather of reptiles", "taxa": "Crocodilia", "terms": "SKI", "strength": "D", "scope": "most",
             "reason": "As printed.", "do": "set"}
    wrong = tomas.post("/goods/411330/change/", typed)
    right = tomas.post("/goods/411330/change/", typed | {"taxa": "Crocodylia, Serpentes"}, follow=True)
    empty = tomas.post("/goods/411330/change/", {"do": "remove", "reason": ""})

    assert wrong.status_code == empty.status_code == 422
    assert "Crocodilia is no taxon that can be placed." in page_text(wrong)
    assert "leather of reptiles" in wrong.content.decode()
    assert "As printed." in page_text(right)
    assert "changed here" in page_text(right)
    assert tomas.get("/goods/999999/").status_code == 404
    added = tomas.post("/goods/add/", {**typed, "hs": "4202.99", "taxa": "Crocodylia", "terms": "LPL"}, follow=True)
    assert "4202.99" in page_text(added)
    assert desk("jean").post("/goods/411330/change/", typed).status_code == NOT_ALLOWED
    assert desk("mario").get("/goods/").status_code == NOT_ALLOWED
