"""Two Scientific Authorities on one case: each its own lines, clock and word; the decision waits for both (Art. IX)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.apps.houserules.house import entered
from tests.cast import SKINS, submitted
from tests.desks import page_text

from wildgate.apps.accounts.models import Authority
from wildgate.apps.houserules.calendar import after_working_days
from wildgate.apps.houserules.kinds import Remit
from wildgate.apps.permits import services
from wildgate.apps.permits.models import Application, Consultation, Opinion
from wildgate.apps.permits.services.consulting import Wanted, shares
from wildgate.convention.refusal import Refusal

pytestmark = pytest.mark.django_db
PARROT_AND_ORCHID = {**SKINS, "lines": [
    {"taxon": "Amazona amazonica", "term": "FEA", "quantity": "10", "unit": "NAR", "source": "W", "origin": "QM"},
    {"taxon": "Dendrobium nobile", "term": "LIV", "quantity": "20", "unit": "NAR", "source": "W", "origin": "QM",
     "live": "yes"}]}
ORCHID = {**PARROT_AND_ORCHID, "lines": PARROT_AND_ORCHID["lines"][1:]}


@pytest.fixture
def by_kingdom(cast, at):
    """Animals to the museum, plants to the herbarium."""
    museum, herbarium = Authority.objects.filter(kind="scientific").order_by("pk")
    for authority, group in ((museum, "Animalia"), (herbarium, "Plantae")):
        entered(cast, "remit", {"authority": authority.pk, "groups": [group]}, at=at)
    return museum, herbarium


def consulted(cast, at, answers):
    number = submitted(cast, at, answers)
    services.take(actor=cast["amina"], case=number, at=at)
    services.consult(actor=cast["amina"], case=number, at=at)
    return number


def say(who, number, at, *, positive=True, conditions=""):
    return services.give_opinion(actor=who, case=number, positive=positive, text="Looked at.", conditions=conditions,
                                 at=at)


def found(number):
    finding, = Application.objects.get(number=number).findings.filter(by="scientific-authority", kind="non-detriment")
    return finding.made


def test_a_parrot_and_an_orchid_go_to_two_authorities_and_the_case_waits_for_both(cast, at, by_kingdom):
    number = consulted(cast, at, PARROT_AND_ORCHID)
    asked = {each.authority: (each.positions, each.due_on > at.date()) for each in Consultation.objects.all()}
    assert asked == {by_kingdom[0]: ([0], True), by_kingdom[1]: ([1], True)}

    say(cast["ito"], number, at, conditions="Moulted feathers only.")
    assert (Application.objects.get(number=number).state, found(number)) == ("with-scientist", None)
    again = say(cast["ito"], number, at)
    assert (again.code, Opinion.objects.count()) == ("not-asked", 1)

    say(cast["flora"], number, at)
    assert (Application.objects.get(number=number).state, found(number)) == ("in-review", True)


@pytest.mark.parametrize("against", ["ito", "flora"])
def test_one_negative_word_of_two_leaves_the_finding_unmade(cast, at, by_kingdom, against):
    number = consulted(cast, at, PARROT_AND_ORCHID)

    for name in ("ito", "flora"):
        say(cast[name], number, at, positive=name != against)

    assert (Application.objects.get(number=number).state, found(number)) == ("in-review", False)


def test_an_authority_speaks_of_its_own_lines_only(cast, at, by_kingdom, desk):
    number = consulted(cast, at, ORCHID)

    refused = say(cast["ito"], number, at)
    shown = {name: [row.case.number for row in desk(name).get("/science/").context["rows"]]
             for name in ("ito", "flora")}
    page = desk("ito").get(f"/science/{number}/")

    assert isinstance(refused, Refusal)
    assert shown == {"ito": [], "flora": [number]}
    assert "The case waits for another Scientific Authority." in page_text(page)
    assert "Give this opinion" not in page.content.decode()


def test_asked_again_only_the_last_words_count(cast, at, by_kingdom):
    number = consulted(cast, at, ORCHID)
    say(cast["flora"], number, at, positive=False)
    services.consult(actor=cast["amina"], case=number, at=at + timedelta(hours=1))

    say(cast["flora"], number, at + timedelta(hours=2))

    assert found(number) is True
    assert list(Opinion.objects.order_by("pk").values_list("positive", flat=True)) == [False, True]


def test_without_remits_the_first_authority_is_asked_about_every_line(cast, at):
    number = consulted(cast, at, PARROT_AND_ORCHID)

    asked = Consultation.objects.get()
    assert (asked.authority_id in cast["ito"].authorities, asked.positions) == (True, [0, 1])
    assert isinstance(say(cast["ito"], number, at), Application)


@pytest.mark.parametrize(("remits", "expected"), [
    ([], {9: [0, 1]}),
    ([Remit(1, ("Aves",)), Remit(2, ("Plantae",))], {1: [0], 2: [1]}),
    ([Remit(1, ("Animalia",)), Remit(3, ("Animalia",), ("FEA",), "feathers")], {3: [0], 9: [1]}),
    ([Remit(1)], {1: [0, 1]}),
])
def test_lines_go_by_group_then_term_and_what_nobody_has_goes_to_the_first(remits, expected):
    wants = frozenset({"non-detriment"})
    lines = [Wanted(0, frozenset({"Aves", "Animalia"}), "FEA", wants), Wanted(1, frozenset({"Plantae"}), "LIV", wants),
             Wanted(2, frozenset({"Aves"}), "FEA", frozenset())]

    assert shares(lines, remits, 9) == expected


@pytest.mark.parametrize(("answers", "days"), [(ORCHID, 3), (SKINS, 7)])
def test_the_house_says_how_long_an_opinion_may_take_and_ten_days_is_its_own_value(cast, at, answers, days):
    first = consulted(cast, at, answers)
    entered(cast, "opinion-time", {"days": 7}, at=at)
    entered(cast, "opinion-time", {"days": 3, "perishable": True}, at=at)
    later = consulted(cast, at, answers)

    due = dict(Consultation.objects.values_list("application__number", "due_on"))
    assert due == {first: after_working_days("QM", at.date(), 10), later: after_working_days("QM", at.date(), days)}


@pytest.mark.parametrize(("answers", "side_by_side"), [(ORCHID, True), (SKINS, False)])
def test_goods_that_spoil_are_looked_at_by_both_authorities_at_once(cast, at, desk, answers, side_by_side):
    number = consulted(cast, at, answers)
    kind = Application.objects.get(number=number).findings.exclude(by="scientific-authority").first().kind

    page = desk("amina").get(f"/cases/{number}/")
    done = services.record_finding(actor=cast["amina"], case=number, kind=kind, made=True, text="Seen.", at=at)

    assert page.context["may_find"] == side_by_side
    assert isinstance(done, Refusal) != side_by_side
    assert Application.objects.get(number=number).state == "with-scientist"
