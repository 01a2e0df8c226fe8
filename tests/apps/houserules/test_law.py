"""National law without code: what two people decide changes every ruling, in every process, under a new edition."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from tests.apps.houserules.house import TODAY, entered, proposed
from tests.cast import NOON, SKINS, submitted

from wildgate.apps.houserules import services
from wildgate.apps.houserules.models import Rule
from wildgate.apps.permits.answers import trade_of
from wildgate.apps.permits.models import Application, StoredRuling
from wildgate.apps.species.models import ImportRun
from wildgate.apps.species.registry import law_of
from wildgate.convention.listing import law
from wildgate.convention.register import RegisterLaw
from wildgate.kit import editions
from wildgate.kit.editions import Unpacked
from wildgate.kit.national import NotUsable, national, ruled
from wildgate.kit.ruled_again import ruled_again

pytestmark = pytest.mark.django_db
BAN = """
title = "Demoland"
[[measure]]
id = "QM-skins"
words = "Skins of wild crocodiles stay in the country."
basis = ["Decree 7"]
countries = ["QM"]
at = "from"
taxa = ["Crocodylia"]
source = ["W"]
refuse = true
"""
FACT = "K-second-source"


def decision() -> str:
    the_law = law_of("QM")
    return ruled(trade_of(SKINS, home="QM", on=TODAY, law=the_law), the_law).decision.value


def overlay(cast, switch="in-force", text=BAN, name="skins", **more):
    return entered(cast, "overlay", {"name": name, "switch": switch, "text": text}, **more)


def fact(cast, stand):
    return entered(cast, "fact", {"fact": FACT, "stand": stand})


def test_without_decisions_the_shipped_law_and_the_settings_hold(db):
    assert law_of("QM") is law()


def test_a_measure_holds_once_two_people_put_it_in_force_and_no_longer_when_they_take_it_out(cast):
    before = decision()
    waits = proposed(cast, "overlay", {"name": "skins", "switch": "in-force", "text": BAN})
    meanwhile = decision()
    services.confirm(actor=cast["bo"], rules=[waits.pk], at=NOON)
    during = decision()
    overlay(cast, "off", "")

    assert (before, meanwhile, during, decision()) == ("allow", "allow", "refuse", "allow")


def test_a_measure_that_begins_later_waits_for_its_day(cast):
    overlay(cast, since=TODAY + timedelta(days=30))

    assert decision() == "allow"


def test_what_is_decided_comes_before_the_settings_and_its_end_gives_way_to_them(cast, monkeypatch):
    monkeypatch.setenv("WILDGATE_OVERLAYS", "eu")
    monkeypatch.setenv("WILDGATE_CONFIRMED", FACT)
    overlay(cast)
    both = national(law_of("QM"))
    off = overlay(cast, "off", "", name="eu")
    fact(cast, "open")
    open_again = national(law_of("QM"))
    fact(cast, "not-accepted")
    refused = national(law_of("QM"))
    ended = services.propose_end(actor=cast["amina"], rule=off.pk, at=NOON)
    services.confirm(actor=cast["bo"], rules=[ended.pk], at=NOON)

    assert [each.title for each in both.overlays] == ["European Union", "Demoland"]
    assert both.confirmed == {FACT}
    assert [each.title for each in open_again.overlays] == ["Demoland"]
    assert (open_again.confirmed, open_again.not_accepted) == (frozenset(), frozenset())
    assert (refused.confirmed, refused.not_accepted) == (frozenset(), {FACT})
    assert [each.title for each in national(law_of("QM")).overlays] == ["European Union", "Demoland"]
    assert national().confirmed == {FACT}


def test_each_decision_begins_an_edition_that_rules_again_as_it_did(cast):
    plain = editions.digest_now(law_of("QM"))
    number = submitted(cast, NOON)
    fact(cast, "confirmed")
    settled = editions.digest_now(law_of("QM"))
    overlay(cast)
    banned = editions.digest_now(law_of("QM"))
    stored = StoredRuling.objects.get(application__number=number)

    assert len({plain, settled, banned}) == 3
    assert stored.edition_id == plain
    assert decision() == "refuse"
    edition = editions.unpack(_kept(cast))
    assert isinstance(edition, Unpacked)
    assert (edition.overlays, edition.confirmed) == ((BAN,), (FACT,))
    again = ruled_again(edition, [Application.objects.get(number=number).trade])
    assert again[0]["decision"] == "refuse"


def _kept(cast) -> str:
    with transaction.atomic():
        return editions.keep(law_of("QM"), NOON)


def test_the_law_is_asked_for_in_one_query_and_built_once(cast, django_assert_num_queries):
    ImportRun.objects.create(party="QM", file_name="a.csv", digest="d", layout="names", at=NOON, actor="system",
                             rows=0, added=0, changed=0, unchanged=0, refused=0)
    overlay(cast)
    first = law_of("QM")

    with django_assert_num_queries(1):
        again = law_of("QM")
    assert again is first
    assert isinstance(again, RegisterLaw)
    assert national(again).overlays
    fact(cast, "confirmed")
    assert law_of("QM") is not first
    assert law_of("QZ") is law()


def test_a_measure_that_can_be_used_no_more_stops_rulings_and_can_be_put_out_on_screen(cast, desk):

    rule = proposed(cast, "overlay", {"name": "skins", "switch": "in-force", "text": BAN})
    Rule.objects.filter(pk=rule.pk).update(value={**rule.value, "text": BAN.replace("Crocodylia", "Crocodilia minor")},
                                           digest="as an older program took it")
    services.confirm(actor=cast["bo"], rules=[rule.pk], at=NOON)

    with pytest.raises(NotUsable, match="skins"):
        law_of("QM")
    page = desk("amina").get("/house/rules/overlay/")
    assert (page.status_code, desk("amina").get("/house/rules/fact/").status_code) == (200, 200)
    overlay(cast, "off", "")
    assert decision() == "allow"
