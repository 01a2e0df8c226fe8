"""Permits under national law: off by default, in nobody's way, and in no report to the Convention."""

from __future__ import annotations

import pytest
from tests.cast import NOON, SKINS, issued
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.customs import services as customs
from wildgate.apps.fees import services as fees
from wildgate.apps.fees.models import Charge
from wildgate.apps.houserules import services as house
from wildgate.apps.national import selectors, services
from wildgate.apps.national.models import NationalPermit
from wildgate.apps.permits.models import Permit
from wildgate.convention.refusal import Refusal
from wildgate.kit import events

BOAR = "Sus scrofa | trophies | 2 | pieces"
TYPED = {"purpose": "A hunter takes them home.", "lines": BOAR}


@pytest.fixture
def switched_on(cast):
    rule = house.propose(actor=cast["amina"], kind="national", at=NOON,
                         given={"currency": "QML", "fee": "12.50", "days": "90"})
    house.confirm(actor=cast["bo"], rules=[rule.pk], at=NOON)


def ask(cast) -> NationalPermit | Refusal:
    mario = cast["mario"]
    return services.ask(actor=mario, organisation=min(mario.organisations), purpose="A hunter takes them home.",
                        items=services.read_items(BOAR, "QM"), at=NOON)


def given(cast) -> NationalPermit:
    asked = ask(cast)
    fees.waive(actor=cast["amina"], charge=Charge.objects.get(subject=asked.subject).pk, reason="A test.", at=NOON)
    return services.issue(actor=cast["amina"], number=asked.number, conditions="Sealed bags.", at=NOON)


def test_without_an_entry_of_the_house_there_are_none(cast, desk):
    assert ask(cast).code == "not-given-here"
    assert not NationalPermit.objects.exists()
    assert "under national law" not in page_text(desk("mario").get("/permits/"))


def test_it_has_its_own_number_and_fee_and_waits_for_the_fee(cast, switched_on):
    asked = ask(cast)
    early = services.issue(actor=cast["amina"], number=asked.number, at=NOON)
    permit = given(cast)

    charge = Charge.objects.get(subject=asked.subject)
    assert (asked.number, permit.number) == (f"QM-N-{NOON.year}-000001", f"QM-N-{NOON.year}-000002")
    assert (str(charge.amount), charge.currency, early.code) == ("12.500", "QML", "fee-due")
    assert (permit.state, (permit.valid_until - NOON.date()).days) == ("issued", 90)
    late = services.issue(actor=cast["amina"], number=permit.number, at=NOON)
    assert (late.code, late.values) == ("wrong-state", {"state": "Permit issued"})
    assert services.cancel(actor=cast["amina"], number=permit.number, why="Given up.", at=NOON).state == "cancelled"
    assert events.verify("QM") is None


def test_a_name_that_nobody_knows_is_issued_only_by_who_made_sure(cast, desk, switched_on):
    mario, lines = cast["mario"], services.read_items("Silverback | live | 1 | animal", "QM")
    asked = services.ask(actor=mario, organisation=min(mario.organisations), purpose="A park.", items=lines, at=NOON)
    fees.waive(actor=cast["amina"], charge=Charge.objects.get(subject=asked.subject).pk, reason="A test.", at=NOON)
    asks = {"actor": cast["amina"], "number": asked.number, "at": NOON}

    assert "Not known here, perhaps listed: Silverback." in page_text(desk("amina").get(f"/national/{asked.number}/"))
    assert services.issue(**asks).code == "name-unknown"
    assert services.issue(**asks, looked_up=True).state == "issued"


@pytest.mark.parametrize(("lines", "code"), [
    ("Crocodylus niloticus | skins | 2 | pieces", "cites-listed"), ("", "lines-missing"),
    ("Sus scrofa | trophies | 2", "line-unclear"), ("Sus scrofa | trophies | 1,200 | pieces", "quantity-ambiguous")])
def test_what_the_appendices_list_and_what_is_unclear_is_refused(db, lines, code):
    assert services.read_items(lines, "QM").code == code


def test_the_annual_report_is_the_same_with_and_without_them(cast, desk, switched_on):
    permit = issued(cast, NOON, SKINS)
    customs.endorse(actor=cast["jean"], number=permit.number, stage="export", quantities={"A": "1150"}, port="Kivu-2",
                    transport_document="020-1", at=NOON)

    def report() -> list[bytes]:
        return [desk("amina").get(f"/reports/annual/{NOON.year}/{part}.csv").content for part in ("exports", "imports")]
    before = report()
    given(cast)

    assert report() == before
    assert b"SKI" in before[0]
    assert Permit.objects.count() == 1


def test_the_desks_from_asking_to_the_paper(cast, desk, switched_on):
    mario, amina = desk("mario"), desk("amina")
    firm = str(min(cast["mario"].organisations))

    wrong = mario.post("/national/ask/", {**TYPED, "organisation": firm, "lines": "Panthera leo | skin | 1 | piece"})
    asked = mario.post("/national/ask/", {**TYPED, "organisation": firm})
    amina.post(asked.url, {"do": "issue", "words": ""})
    fees.waive(actor=cast["amina"], charge=Charge.objects.get().pk, reason="A test.", at=NOON)
    own = mario.post(asked.url, {"do": "issue", "words": ""})
    assert NationalPermit.objects.get().state == "asked"
    amina.post(asked.url, {"do": "issue", "words": "Sealed bags."})

    assert (wrong.status_code, own.status_code) == (422, 200)
    assert "stands in the Appendices" in page_text(wrong)
    assert "Panthera leo" in wrong.content.decode()
    paper = page_text(mario.get(f"{asked.url}paper/"))
    assert all(word in paper for word in ("Sus scrofa", "Sealed bags.", "This is no CITES permit", "Amina Keita"))
    assert "QM-N-" in page_text(mario.get("/national/"))


def test_nobody_sees_another_firms(cast, desk, switched_on):
    permit = given(cast)

    answers = {name: desk(name).get(f"/national/{permit.number}/").status_code for name in cast}
    seen = {name for name, actor in cast.items() if selectors.visible_to(actor).exists()}

    assert {name for name, status in answers.items() if status == 200} == seen
    assert {"mario", "amina", "bo", "jean", "ana"} <= seen
    assert {answers[name] for name in answers if name not in seen} <= {404, NOT_ALLOWED}
