"""A permit in the place of another one: lost, spoilt or varied; nothing bound twice, and everybody is told by which."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.apps.quotas.test_ledger import issue, ledger, monitors, set_quota, standing
from tests.apps.stock.goods import balance, re_export, released
from tests.cast import issued
from tests.desks import page_text

from wildgate.apps.customs import services as customs
from wildgate.apps.permits import services
from wildgate.apps.permits.models import Application, Finding, Permit
from wildgate.apps.quotas import services as quotas
from wildgate.apps.reports import selectors
from wildgate.convention.refusal import Refusal
from wildgate.convention.report_row import Part
from wildgate.convention.retrospective import Retrospection, left_on, refuses
from wildgate.kit import events
from wildgate.kit.models import Event
from wildgate.message.xml import read_message, write_v2

pytestmark = pytest.mark.django_db
LATER = timedelta(days=3)


def begun(cast, permit, at, why="lost"):
    """A replacement that an officer has begun."""
    return services.replace(actor=cast["amina"], number=permit.number, why=why, reason="Reported by the holder.", at=at)


def approved(cast, case, at):
    """Through the four eyes, up to issue."""
    Finding.objects.filter(application=case, made=None).update(made=True)
    steps = [services.approve(actor=cast["amina"], case=case.number, at=at),
             services.countersign(actor=cast["bo"], case=case.number, at=at)]
    assert not [step for step in steps if isinstance(step, Refusal)], steps
    return case


def lost(cast, permit, at):
    services.report_lost(actor=cast["mario"], number=permit.number, on=at.date(), place="Port Lacuna", at=at)
    return permit


def test_a_lost_permit_is_replaced_with_its_last_day_and_a_full_quota_is_bound_once(cast, at, desk):
    quota = set_quota(cast["amina"], "30")
    old = lost(cast, issued(cast, at, monitors("30")), at)
    case = approved(cast, begun(cast, old, at + LATER), at + LATER)

    new = issue(cast, case.number, at + LATER)

    assert isinstance(new, Permit), new
    old.status.refresh_from_db()
    assert (old.status.state, new.status.state) == ("replaced", "valid")
    assert (new.valid_until, new.record.replaces) == (old.valid_until, old.number)
    assert new.record.special_conditions.startswith(f"Replaces permit {old.number} of {at.date()} (lost or stolen).")
    assert replace(new.record, number=old.number, issued_at=old.issued_at, replaces="", special_conditions=(
        old.record.special_conditions)) == old.record
    assert (standing(quota).bound, standing(quota).free) == (30, 0)
    assert [(kind, why) for kind, _quantity, why in ledger(quota)] == [
        ("bind", ""), ("return", "replaced"), ("bind", "replaced")]
    told = Event.objects.get(kind="permit-replaced", subject=old.subject)
    assert json.loads(told.data) == {"by": new.number}
    assert f"by {new.number}" in page_text(desk("amina").get(f"/cases/{old.application.number}/"))
    pages = {number: page_text(desk("mario").get(f"/permits/{number}/")) for number in (old.number, new.number)}
    assert f"Replaced by permit {new.number}" in pages[old.number]
    assert f"Takes the place of permit {old.number}" in pages[new.number]
    assert read_message(write_v2(new.record)).record.replaces == old.number
    assert events.verify("QM") is None


def test_what_the_new_one_holds_is_used_or_given_back_as_its_own(cast, at):
    quota = set_quota(cast["amina"], "30")
    old = issued(cast, at, monitors("30"))
    new = issue(cast, approved(cast, begun(cast, old, at, "spoilt"), at).number, at)

    customs.endorse(actor=cast["jean"], number=new.number, stage="export", port="QMKV2", at=at,
                    transport_document="1", quantities={"A": "25"})

    assert (standing(quota).used, standing(quota).bound, standing(quota).free) == (25, 0, 5)
    assert "its paper was spoilt" in new.record.special_conditions


def test_stock_goes_over_to_the_new_certificate(cast, at):
    entry = released(cast)
    old = issued(cast, at, re_export("40", entry.number))

    new = issue(cast, approved(cast, begun(cast, old, at, "spoilt"), at).number, at)

    assert isinstance(new, Permit), new
    assert (balance(entry).bound, balance(entry).free) == (40, 0)
    services.cancel(actor=cast["amina"], number=new.number, reason="Not needed.", at=at)
    assert balance(entry).free == 40


def test_goods_that_have_left_do_not_leave_again_on_the_new_paper(cast, at):
    quota = set_quota(cast["amina"], "30")
    old = issued(cast, at, monitors("30"))
    leave = {"actor": cast["jean"], "stage": "export", "port": "QMKV2", "transport_document": "1",
             "quantities": {"A": "30"}, "at": at}
    customs.endorse(number=old.number, **leave)
    lost(cast, old, at)

    new = issue(cast, approved(cast, begun(cast, old, at), at).number, at)
    again = customs.endorse(number=new.number, **leave)

    new.status.refresh_from_db()
    assert new.status.state == "export-endorsed"
    assert again.code == "already-used"
    assert (standing(quota).used, standing(quota).bound) == (30, 0)


def test_a_variation_is_ruled_on_anew_and_takes_what_the_old_one_lets_go(cast, at):
    quota = set_quota(cast["amina"], "30")
    old = issued(cast, at, monitors("30"))
    draft = services.ask_variation(actor=cast["mario"], number=old.number, at=at)
    services.save_answers(actor=cast["mario"], case=draft.number, answers=monitors("20"), at=at)
    case = services.submit(actor=cast["mario"], case=draft.number, at=at + LATER)
    assert isinstance(case, Application), case
    assert standing(quota).bound == 30
    services.take(actor=cast["amina"], case=case.number, at=at + LATER)

    new = issue(cast, approved(cast, case, at + LATER).number, at + LATER)

    assert isinstance(new, Permit), new
    old.status.refresh_from_db()
    assert (old.status.state, standing(quota).bound, standing(quota).free) == ("replaced", 20, 10)
    assert (new.record.lines[0].quantity, new.record.lines[0].quota_used) == (20, 20)
    assert new.valid_until > old.valid_until
    assert "its contents had to change" in new.record.special_conditions


def test_a_variation_that_the_quota_has_no_room_for_leaves_the_old_permit_as_it_is(cast, at):
    quota = set_quota(cast["amina"], "35")
    old = issued(cast, at, monitors("30"))
    draft = services.ask_variation(actor=cast["mario"], number=old.number, at=at)
    services.save_answers(actor=cast["mario"], case=draft.number, answers=monitors("36"), at=at)
    case = services.submit(actor=cast["mario"], case=draft.number, at=at)
    services.take(actor=cast["amina"], case=case.number, at=at)
    Application.objects.filter(pk=case.pk).update(state="countersigned")
    Finding.objects.filter(application=case).update(made=True)
    before = ledger(quota)

    refused = issue(cast, case.number, at)

    old.status.refresh_from_db()
    assert isinstance(refused, Refusal)
    assert (old.status.state, ledger(quota), Permit.objects.count()) == ("valid", before, 1)


@pytest.mark.parametrize(("change", "code"), [
    (lambda cast, old, at: services.cancel(actor=cast["amina"], number=old.number, reason="Wrong.", at=at),
     "wrong-permit-state"),
    (lambda cast, old, at: begun(cast, old, at), "replacement-begun"),
])
def test_a_permit_is_replaced_once_and_only_while_it_stands(cast, at, change, code):
    old = issued(cast, at)
    change(cast, old, at)

    assert begun(cast, old, at).code == code


def test_an_ended_permit_is_not_replaced_and_no_trader_replaces_one(cast, at):
    old = issued(cast, at)

    late = begun(cast, old, at + timedelta(days=200))
    own = services.replace(actor=cast["mario"], number=old.number, why="lost", reason="Gone.", at=at)

    assert (late.code, own.code) == ("replaced-too-late", "not-allowed")


def test_a_suspended_permit_is_held_keeps_its_quota_and_can_be_made_valid_again(cast, at, desk):
    quota = set_quota(cast["amina"], "30")
    permit = issued(cast, at, monitors("30"))
    path = f"/cases/permits/{permit.number}/"

    empty = desk("amina").post(path + "suspend/", {"reason": ""})
    desk("amina").post(path + "suspend/", {"reason": "The tags are being checked."})
    held = customs.endorse(actor=cast["jean"], number=permit.number, stage="export", port="QMKV2", at=at,
                           transport_document="1", quantities={"A": "30"})
    bound = standing(quota).bound
    page = desk("amina").get(f"/cases/{permit.application.number}/").content.decode()
    desk("amina").post(path + "reinstate/", {"reason": "The tags are right."})

    permit.status.refresh_from_db()
    assert (empty.status_code, held.code, bound, permit.status.state) == (422, "permit-suspended", 30, "valid")
    assert path + "reinstate/" in page
    assert path + "suspend/" not in page


def test_the_desk_replaces_from_the_queue_of_lost_permits(cast, at, desk):
    old = lost(cast, issued(cast, at), at)
    amina = desk("amina")
    queue = amina.get("/cases/").content.decode()

    undecided = amina.post(f"/cases/permits/{old.number}/replace/", {"reason": "The courier's report."})
    done = amina.post(f"/cases/permits/{old.number}/replace/", {"why": "lost", "reason": "The courier's report."})

    case = Application.objects.get(replaces=old)
    assert f"/cases/permits/{old.number}/replace/" in queue
    assert f"/cases/permits/{old.number}/replace/" not in amina.get("/cases/").content.decode()
    assert 'href="#id_why"' in undecided.content.decode()
    assert (done.url, case.state) == (f"/cases/{case.number}/", "in-review")
    assert f"In the place of permit {old.number}" in page_text(amina.get(done.url))


ASKED = Retrospection("authority-error", "The office was closed.", date(2027, 3, 1), "MA of QZ, note 12",
                      date(2027, 3, 2))


@pytest.mark.parametrize(("asked", "appendices", "purpose", "code"), [
    (ASKED, ["II"], "T", None),
    (ASKED, ["II", "I"], "T", "retrospective-appendix-i"),
    (replace(ASKED, excuse="forgot"), ["II"], "T", "retrospective-ground"),
    (replace(ASKED, excuse="personal-effects"), ["II"], "T", "retrospective-personal"),
    (replace(ASKED, excuse="personal-effects"), ["II"], "P", None),
    (replace(ASKED, other=" "), ["II"], "T", "retrospective-consent"),
    (replace(ASKED, left_on=date(2027, 3, 4)), ["II"], "T", "retrospective-date"),
    (replace(ASKED, other_on=date(2027, 2, 28)), ["II"], "T", "retrospective-order"),
])
def test_retrospective_issue_has_few_grounds_both_consents_and_never_appendix_i(asked, appendices, purpose, code):
    no = refuses(asked, appendices=appendices, purpose=purpose, today=date(2027, 3, 3))

    assert (no.code if no else None) == code


def test_a_permit_issued_after_the_goods_left_says_so(cast, at, desk):
    from tests.cast import submitted

    number, amina = submitted(cast, at), desk("amina")
    services.take(actor=cast["amina"], case=number, at=at)
    typed = {"excuse": "authority-error", "happened": "The office sent the wrong paper.", "other": "MA of QZ, note 12",
             "left_on": (at - LATER).date().isoformat(), "other_on": at.date().isoformat()}
    path = f"/cases/{number}/retrospective/"

    answers = [amina.post(path, {**typed, **more}) for more in ({}, {"agreed": "yes", "left_on": "March"},
                                                                {"agreed": "yes"})]
    permit = issue(cast, approved(cast, Application.objects.get(number=number), at).number, at)

    assert [answer.status_code for answer in answers] == [422, 422, 302]
    assert 'href="#id_agreed"' in answers[0].content.decode()
    assert 'href="#id_left_on"' in answers[1].content.decode()
    box = permit.record.special_conditions
    assert box.startswith("Issued retrospectively (Res. Conf. 12.3): the specimens left on")
    assert "MA of QZ, note 12" in box
    assert "wrong paper" not in Event.objects.get(kind="retrospective").data
    assert "Send a copy to the CITES Secretariat" in page_text(amina.get(f"/cases/{number}/"))


def test_box_5_forbids_the_sale_of_personal_effects_for_six_months_and_of_nothing_else():
    mine, theirs = replace(ASKED, excuse="personal-effects"), ASKED

    assert mine.words.endswith("The specimens are not to be sold within six months of the day of issue.")
    assert "sold" not in theirs.words and left_on(f"Keep dry.\n{mine.words}") == ASKED.left_on
    assert left_on("Issued retrospectively, says the holder.") is None


HINDSIGHT = {"excuse": "authority-error", "happened": "The office sent the wrong paper.", "agreed": "yes"}


def gone(cast, at, answers=None, **more):
    """A permit of goods that had left three days before."""
    from tests.cast import submitted

    number = submitted(cast, at, answers)
    services.take(actor=cast["amina"], case=number, at=at)
    asked = Retrospection("authority-error", "The wrong paper.", (at - LATER).date(), "MA of QZ, note 12", at.date())
    outcome = services.retrospective(actor=cast["amina"], case=number, asked=replace(asked, **more), agreed=True, at=at)
    assert not isinstance(outcome, Refusal), outcome
    return issue(cast, approved(cast, Application.objects.get(number=number), at).number, at)


def test_what_was_recorded_of_goods_that_left_is_put_right_or_taken_back(cast, at, desk):
    from tests.cast import submitted

    number, amina = submitted(cast, at), desk("amina")
    services.take(actor=cast["amina"], case=number, at=at)
    path, left = f"/cases/{number}/retrospective/", (at - LATER).date()
    typed = {**HINDSIGHT, "left_on": left.isoformat(), "other_on": at.date().isoformat()}

    unchosen = amina.post(path, {**typed, "other": "MA of QZ, note 21", "excuse": ""})
    amina.post(path, {**typed, "other": "MA of QZ, note 21"})
    shown = amina.get(f"/cases/{number}/").content.decode()
    amina.post(path, {**typed, "other": "MA of QZ, note 12"})
    corrected = Application.objects.get(number=number).retrospective
    amina.post(path, {"undo": "yes"})

    assert 'href="#id_excuse"' in unchosen.content.decode() and "note 21" in unchosen.content.decode()
    assert f'value="{left}"' in shown and 'value="MA of QZ, note 21"' in shown
    assert corrected["other"] == "MA of QZ, note 12"
    assert Application.objects.get(number=number).retrospective is None
    assert Event.objects.filter(kind="retrospective-withdrawn", subject=f"application:{number}").count() == 1
    assert amina.post(path, {"undo": "yes"}).status_code == 422


def test_nothing_leaves_on_a_permit_of_goods_that_have_left(cast, at, desk):
    permit = gone(cast, at)

    outcome = customs.endorse(actor=cast["jean"], number=permit.number, stage="export", quantities={"A": "1"},
                              port="QMKIV", transport_document="1", at=at + LATER)

    assert isinstance(outcome, Refusal) and outcome.code == "left-before-issue"
    page = page_text(desk("jean").get(f"/border/permits/{permit.number}/"))
    assert f"left on {(at - LATER).date()}, before it was issued" in page
    assert "Endorse this export" not in page


def test_a_permit_of_goods_that_have_left_is_not_varied(cast, at):
    old = gone(cast, at)
    draft = services.ask_variation(actor=cast["mario"], number=old.number, at=at)
    case = services.submit(actor=cast["mario"], case=draft.number, at=at + LATER)
    services.take(actor=cast["amina"], case=case.number, at=at + LATER)

    outcome = issue(cast, approved(cast, case, at + LATER).number, at + LATER)

    assert isinstance(outcome, Refusal) and outcome.code == "variation-after-export"


def test_quota_of_goods_that_left_before_their_permit_is_used_and_does_not_come_back(cast, at):
    quota = set_quota(cast["amina"], "30")
    permit = gone(cast, at, monitors("25"))

    quotas.return_expired(party="QM", on=permit.valid_until + LATER, at=at + timedelta(days=400))

    assert (standing(quota).bound, standing(quota).used, standing(quota).free) == (0, 25, 5)


def test_the_annual_report_has_what_left_before_its_permit_in_the_year_in_which_it_left(cast, at):
    permit = gone(cast, at)
    left = (at - LATER).date()

    rows = {year: list(selectors.rows("QM", year, Part.EXPORTS)) for year in (left.year, left.year + 1)}

    assert [(row.export_permit, row.quantity, row.remarks) for row in rows[left.year]] == [
        (permit.number, permit.lines.get().amount, f"issued retrospectively, left {left}")]
    assert rows[left.year + 1] == []
