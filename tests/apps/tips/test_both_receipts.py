"""A tip's hand-over and that of its report are one: a receipt on either side is known on the other."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.apps.intelligence.people import group, let_in
from tests.apps.tips.tellers import graded
from tests.desks import page_text

from wildgate.apps.intelligence import services as intelligence
from wildgate.apps.intelligence.models import HandOver, Report
from wildgate.apps.tips import services
from wildgate.apps.tips.models import Act, Tip
from wildgate.kit import jobs
from wildgate.kit.models import Event
from wildgate.sharing.marking import Marking, Tlp

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
WORDS = {"title": "Scales under cashew", "text": "A container with scales is said to be at the north gate."}


@pytest.fixture
def passed_on(colleagues, cast, told, at):
    """A tip that Ines forwarded; its report was opened to the group and handed over to the Management Authority."""
    group("twix", at)
    for name in ("ines", "amina"):
        let_in(cast, name, at, groups=["twix"])
    graded(cast["ines"], told.tip.number, at)
    services.forward(actor=cast["ines"], number=told.tip.number, at=at, **WORDS)
    report = Report.objects.get()
    wider = intelligence.change_marking(
        actor=cast["ines"], number=report.number, reason="The authority must act.", at=at,
        marking=Marking(Tlp.AMBER, owner="", groups=frozenset({"twix"}), nominal=True))
    assert isinstance(wider, Report), wider
    given = intelligence.hand_over(actor=cast["ines"], number=report.number, appendix="I", at=at,
                                   to_authority=min(cast["amina"].authorities))
    assert isinstance(given, HandOver), given
    return told.tip.number, given


def test_a_receipt_in_the_intelligence_space_stops_the_clock_of_the_tip(passed_on, cast, colleagues, desk, at):
    number, given = passed_on

    intelligence.accept(actor=cast["amina"], key=given.pk, at=at + HOUR)
    jobs.run_pending()

    tip = Tip.objects.get(number=number)
    assert tip.handed_over_at == at + HOUR
    assert Act.objects.filter(tip=tip, step="hand-over-taken", by_id=cast["amina"].person_id).count() == 1
    event = Event.objects.get(kind="tip-hand-over-confirmed")
    assert (event.actor, event.subject, event.data) == ("system", tip.subject, '{"by":"intelligence"}')
    assert "Received in the intelligence space" in page_text(desk("ines").get(f"/tip/desk/{number}/"))
    assert services.confirm_hand_over(actor=colleagues["moyo"], number=number, at=at + HOUR).code == "tip-step"


def test_a_receipt_at_the_tip_desk_is_not_given_for_an_authority_one_does_not_belong_to(passed_on, colleagues, at):
    number, given = passed_on

    done = services.confirm_hand_over(actor=colleagues["moyo"], number=number, at=at + HOUR)
    jobs.run_pending()

    given.refresh_from_db()
    assert isinstance(done, Tip)
    assert given.state == HandOver.State.GIVEN
    assert Event.objects.filter(kind="tip-hand-over-confirmed").count() == 1


def test_who_may_work_on_tips_over_there_gives_both_receipts_at_once(passed_on, cast, at):
    number, given = passed_on

    told = intelligence.acknowledge_report(actor=cast["amina"], number=given.report.number, at=at + HOUR)
    again = intelligence.acknowledge_report(actor=cast["amina"], number=given.report.number, at=at + HOUR)
    jobs.run_pending()

    given.refresh_from_db()
    assert (told, again, given.state) == (1, 0, HandOver.State.ACKNOWLEDGED)
    assert Tip.objects.get(number=number).handed_over_at == at + HOUR


def test_what_the_other_side_declines_is_no_receipt(passed_on, cast, at):
    number, given = passed_on

    intelligence.decline(actor=cast["amina"], key=given.pk, reason="Not our province.", at=at + HOUR)
    jobs.run_pending()

    assert Tip.objects.get(number=number).handed_over_at is None
