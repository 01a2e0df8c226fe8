"""The desk: who sees which tip, the way of a tip, its clocks, its end, the box with a name, and the hand-over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given as drawn
from hypothesis import settings as rounds
from hypothesis import strategies as st
from tests.apps.intelligence.people import let_in
from tests.apps.tips.tellers import B2, TEXT, given, graded, triage
from tests.cast import NOON
from tests.databases import as_owner
from tests.desks import BACKEND, NOT_ALLOWED, page_text

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.accounts.models import Role
from wildgate.apps.intelligence.models import Alert, Case, Report
from wildgate.apps.letters.models import Letter
from wildgate.apps.tips import agreement, jobs, sampling, selectors, services
from wildgate.apps.tips.boxes import Who
from wildgate.apps.tips.models import Act, Assessment, Identity, Message, Opening, Tip
from wildgate.convention.refusal import Refusal
from wildgate.kit import events
from wildgate.kit.models import Event, Job
from wildgate.sharing.grading import Credibility, Grading, Reliability
from wildgate.sharing.marking import Marking, Tlp

pytestmark = pytest.mark.django_db


@rounds(max_examples=40)
@drawn(roles=st.frozensets(st.sampled_from(list(Role)), max_size=4), party=st.sampled_from(["QM", "QZ"]))
def test_the_list_shows_what_the_rule_allows_and_nothing_else(roles, party):
    at = NOON
    facts = {"kind": "other", "text": TEXT, "language": "en", "received_at": at, "due_at": at}
    with transaction.atomic():
        tips = [Tip.objects.create(party=where, number=f"{where}-{hidden}", receipt=f"{where}{hidden}",
                                   about_officials=hidden, **facts) for where in ("QM", "QZ") for hidden in (0, 1)]
        actor = Actor(label="person:1", name="", party=party, roles=roles, person_id=1)
        seen = set(selectors.visible_to(actor).values_list("pk", flat=True))
        transaction.set_rollback(True)

    assert seen == {each.pk for each in tips if can(actor, Action.VIEW_TIPS, each)}


@pytest.mark.parametrize("path", ["/tip/desk/", "/tip/desk/figures/"])
def test_the_desk_is_for_investigators_and_auditors(desk, cast, path):
    asked = ("mario", "amina", "bo", "ito", "jean", "nadia", "tomas", "sam", "ana", "ines")

    assert {name for name in asked if desk(name).get(path).status_code != NOT_ALLOWED} == {"ana", "ines"}


def test_permit_officers_get_no_word_of_a_tip_and_another_wall_stands_before_officials(desk, cast, told, at):
    hidden = given(at, "The officer at desk nine signs papers for money on Sundays", kind="officials").tip

    for name in ("amina", "bo", "nadia", "jean"):
        assert desk(name).get(f"/tip/desk/{told.tip.number}/").status_code == NOT_ALLOWED
    assert desk("ines").get(f"/tip/desk/{hidden.number}/").status_code == 404
    assert desk("ana").get(f"/tip/desk/{told.tip.number}/").status_code == 404
    assert hidden.number not in desk("ines").get("/tip/desk/").content.decode()
    assert hidden.number in desk("ana").get("/tip/desk/").content.decode()
    assert services.acknowledge(actor=cast["ines"], number=hidden.number, at=at).code == "no-such-tip"
    assert services.say(actor=cast["amina"], number=told.tip.number, text="Hello", at=at).code == "not-allowed"


def test_a_tip_goes_its_whole_way_at_the_desk(desk, client, told, cast, at):
    ines, page = desk("ines"), f"/tip/desk/{told.tip.number}/"
    answers = {f"triage-{name}": "yes" for name in ("credible", "in_scope", "jurisdiction", "listed_one", "at_risk")}

    early = ines.post(page, {"do": "no-action", "no-action-reason": "No time."})
    looked = ines.post(page, {"do": "acknowledge"})
    missing = ines.post(page, {"do": "triage", **answers, "triage-credible": ""})
    ines.post(page, {"do": "triage", **answers, "triage-at_risk": "no"})
    ines.post(page, {"do": "grade", "grade-source": "B", "grade-content": "2", "grade-handling": "P"})
    ines.post(page, {"do": "assign", "assign-person": str(cast["ines"].person_id)})
    bare = ines.post(page, {"do": "close", "close-outcome": "seized", "close-reason": " "})
    closed = ines.post(page, {"do": "close", "close-outcome": "seized", "close-reason": "312 kg found at the gate.",
                              "close-feedback": "You were right."})
    tip = Tip.objects.get()
    back = page_text(client.post("/tip/answer/", {"receipt": told.receipt}))

    assert early.status_code == 422 and "Grade the tip first" in page_text(early)
    assert (looked.status_code, missing.status_code, bare.status_code, closed.status_code) == (302, 422, 422, 302)
    assert (tip.state, tip.grading.code, tip.outcome, tip.urgent) == ("closed", "B2", "seized", True)
    assert "Specimens were seized" in back and "You were right" in back and "312 kg" not in back
    assert "312 kg" in page_text(ines.get(page))
    assert [each.kind for each in events.of(tip.subject, party="QM")] == [
        "tip-received", "tip-acknowledged", "tip-triaged", "tip-graded", "tip-assigned", "tip-closed"]
    assert events.verify("QM") is None


def test_the_database_itself_refuses_an_end_without_grade_or_reason_and_every_deletion(told, at):
    services.answer(tip=told.tip, text="More.", at=at)
    for change in ({"state": "no-action"}, {"state": "closed", "reason": "x", "closed_at": at, "outcome": "seized"},
                   {"state": "graded"}, {"state": "closed", "source_grade": "B", "content_grade": "2",
                                         "handling": "P", "closed_at": at, "outcome": "seized"}):
        with as_owner(), pytest.raises(DatabaseError), transaction.atomic():
            Tip.objects.update(**change)
    for rows in (Message.objects, Identity.objects, Tip.objects):
        with as_owner(), pytest.raises(DatabaseError), transaction.atomic():
            rows.all()._raw_delete("default")
    with as_owner(), pytest.raises(DatabaseError), transaction.atomic():
        Message.objects.update(text="other words")


def test_what_turns_out_to_be_about_officials_goes_behind_the_wall(desk, told, cast, at):
    ines, number = desk("ines"), told.tip.number
    services.acknowledge(actor=cast["ines"], number=number, at=at)
    answers = {f"triage-{name}": "no" for name in ("credible", "in_scope", "jurisdiction", "listed_one", "at_risk")}

    sent = ines.post(f"/tip/desk/{number}/", {"do": "triage", **answers, "triage-about_officials": "on"})

    assert sent["Location"] == "/tip/desk/"
    assert ines.get(f"/tip/desk/{number}/").status_code == 404
    assert desk("ana").get(f"/tip/desk/{number}/").status_code == 200


def test_the_queue_puts_appendix_one_and_live_animals_first_then_the_clock_and_costs_the_same(
        desk, cast, at, django_assert_max_num_queries):
    ines = desk("ines")
    ines.get("/tip/desk/")
    Tip.objects.bulk_create(
        Tip(party="QM", number=f"QM-T-2026-{n:06d}", receipt=f"r{n}", kind="other", text=f"{TEXT} {n}", language="en",
            urgent=n == 41, received_at=at, due_at=at + timedelta(hours=100 - n)) for n in range(60))

    with django_assert_max_num_queries(9):
        page = ines.get("/tip/desk/")

    assert [row["it"].number[-2:] for row in page.context["rows"]][:3] == ["41", "59", "58"]
    assert "60" in page_text(page)


def test_the_clock_tells_whoever_may_see_the_tip_at_half_and_at_its_end(cast, at):
    hidden = given(at, "The officer at desk nine lets the lorries pass", kind="officials", alive="yes").tip
    waits = {job.payload["share"]: job.run_after for job in Job.objects.filter(name="tips.look_again")}

    for share in (50, 100):
        for _again in range(2):
            jobs.look_again(at=at, party_code="QM", number=hidden.number, clock="look", share=share)

    assert waits == {50: at + timedelta(hours=2), 100: at + timedelta(hours=4)}
    assert {each.person_id for each in Letter.objects.filter(subject=hidden.subject)} == {cast["ana"].person_id}
    assert Letter.objects.filter(subject=hidden.subject).count() == 2


def test_a_tip_that_was_looked_at_reminds_nobody(cast, told, at):
    services.acknowledge(actor=cast["ines"], number=told.tip.number, at=at)

    jobs.look_again(at=at, party_code="QM", number=told.tip.number, clock="look", share=100)

    assert not Letter.objects.filter(subject=told.tip.subject).exists()


def test_a_second_assessor_is_another_person_and_does_not_see_the_first(desk, colleagues, told, at):
    ines, moyo, number = colleagues["ines"], colleagues["moyo"], told.tip.number
    graded(ines, number, at)
    again = {"actor": moyo, "number": number, "said": triage(credible="no"), "grading": B2, "at": at}

    Tip.objects.update(sampled=False)  # its number decides, and that has the year in it
    unsampled = services.assess_again(**again)
    Tip.objects.update(sampled=True)
    own = services.assess_again(**(again | {"actor": ines}))
    page = page_text(desk_of(desk, moyo).get(f"/tip/desk/{number}/"))
    done, twice = services.assess_again(**again), services.assess_again(**again)

    assert [unsampled.code, own.code, twice.code] == ["tip-not-sampled", "tip-own-assessment", "tip-assessed-twice"]
    assert "B2" not in page and "Assess it a second time" in page
    assert isinstance(done, Assessment) and Tip.objects.get().credible == "yes"
    for reader in (ines, moyo):
        shown = desk_of(desk, reader).get(f"/tip/desk/{number}/")
        assert "Two assessors differ" in page_text(shown)
        assert [list(map(str, each)) for each in shown.context["again"]["differ"]] == [["Is it credible?", "Yes", "No"]]
    assert {name: kappa for name, _n, kappa in selectors.agreements("QM")}["credible"] == 0


def test_two_assessors_who_say_the_same_are_told_so_and_a_grade_that_differs_is_shown(desk, colleagues, told, at):
    ines, moyo = colleagues["ines"], colleagues["moyo"]
    other = given(at, "Shark fins dry on a roof near the old market hall.").tip.number
    for number, grading in ((told.tip.number, B2), (other, Grading(Reliability.UNRELIABLE, Credibility.IMPROBABLE))):
        graded(ines, number, at)
        Tip.objects.update(sampled=True)
        services.assess_again(actor=moyo, number=number, said=triage(), grading=grading, at=at)

    same, apart = (desk("ines").get(f"/tip/desk/{number}/") for number in (told.tip.number, other))

    assert "Both assessors say the same." in page_text(same) and "Two assessors differ" not in page_text(same)
    assert apart.context["again"]["differ"] == [("Grade", "B2\u00a0·\u00a0P", "E5\u00a0·\u00a0P")]


def test_a_hand_over_that_nobody_confirmed_is_late_in_the_list_and_on_its_page(desk, colleagues, told, at):
    ines, number = colleagues["ines"], told.tip.number
    graded(ines, number, at)
    services.forward(actor=ines, number=number, title="Scales", text="Scales at the gate.", at=at)

    def seen() -> list[bool]:
        pages = (desk("ines").get("/tip/desk/?state=working"), desk("ines").get(f"/tip/desk/{number}/"))
        return ["Late" in page_text(page) for page in pages]

    waiting = seen()
    Tip.objects.update(hand_over_due_at=at - timedelta(days=9000))
    over = seen()
    services.confirm_hand_over(actor=colleagues["moyo"], number=number, at=at)

    assert (waiting, over, seen()) == ([False, False], [True, True], [False, False])


def test_the_report_and_the_case_of_a_tip_are_links_for_whoever_reads_them(desk, colleagues, cast, told, at):
    ines, number = colleagues["ines"], told.tip.number
    let_in(cast, "ines", at)
    graded(ines, number, at)
    done = services.forward(actor=ines, number=number, title="Scales", text="Scales at the gate.", new_case=True, at=at)

    page = desk("ines").get(f"/tip/desk/{number}/")
    other = desk_of(desk, colleagues["moyo"]).get(f"/tip/desk/{number}/")

    for path in (f"/intelligence/reports/{done.report}/", f"/intelligence/cases/{done.case}/"):
        assert f'href="{path}"' in page.content.decode() and path not in other.content.decode()
    assert done.report in page_text(other)


def desk_of(desk, actor):
    from wildgate.apps.accounts.models import Person
    browser = desk("ines").__class__()
    browser.force_login(Person.objects.get(pk=actor.person_id), backend=BACKEND)
    return browser


def test_the_sample_is_one_in_twenty_and_kappa_is_cohens():
    share = sum(sampling.sampled("QM", f"QM-T-2027-{n:06d}") for n in range(4000)) / 4000

    assert 0.035 < share < 0.065
    pairs = [("yes", "yes")] * 20 + [("no", "no")] * 15 + [("yes", "no")] * 5 + [("no", "yes")] * 10
    assert agreement.kappa(pairs) == 0.4
    assert agreement.kappa([]) is None and agreement.kappa([("yes", "yes")]) is None


def test_a_box_is_opened_by_two_people_with_a_reason_and_never_by_who_works_on_the_tip(desk, colleagues, told, at):
    ines, ana = colleagues["ines"], colleagues["ana"]
    bare = services.ask_for_identity(actor=ines, number=told.tip.number, reason=" ", at=at)
    asked = services.ask_for_identity(actor=ines, number=told.tip.number, reason="The witness is in danger.", at=at)
    own = services.open_identity(actor=ines, opening=asked.pk, at=at)

    page = desk("ana").get("/tip/desk/boxes/")
    opened = desk("ana").post("/tip/desk/boxes/", {"opening": asked.pk, "do": "open"})
    again = services.open_identity(actor=ana, opening=asked.pk, at=at)

    assert [bare.code, own.code, again.code] == ["tip-reason", "not-allowed", "no-such-request"]
    assert "The witness is in danger" in page_text(page) and "Rosa Dock" not in page_text(page)
    assert "Rosa Dock" in page_text(opened) and "Rosa Dock" not in page_text(desk("ana").get("/tip/desk/boxes/"))
    assert desk("ines").get("/tip/desk/boxes/").status_code == NOT_ALLOWED
    kinds = [each.kind for each in events.of(told.tip.subject, party="QM")]
    assert kinds == ["tip-received", "tip-identity-asked", "tip-identity-opened"]


def test_an_auditor_who_works_on_a_tip_about_officials_is_not_its_custodian(colleagues, at):
    ana, vera = colleagues["ana"], colleagues["vera"]
    tip = given(at, "The officer at desk nine signs for money", kind="officials", who=Who("Rosa Dock")).tip
    asked = services.ask_for_identity(actor=ana, number=tip.number, reason="Needed as a witness.", at=at)

    assert services.open_identity(actor=ana, opening=asked.pk, at=at).code == "not-allowed"
    assert not selectors.openings(ana) and list(selectors.openings(vera)) == [asked]
    assert isinstance(services.refuse_identity(actor=vera, opening=asked.pk, at=at), Opening)
    assert services.open_identity(actor=vera, opening=asked.pk, at=at).code == "no-such-request"


def test_a_box_is_erased_when_its_time_is_over_and_belongs_to_its_tip_only(colleagues, told, at):
    from wildgate.apps.tips import boxes
    box = bytes(Identity.objects.get().box)

    erased = [services.erase_due(party="QM", at=at + timedelta(days=days)) for days in (364, 366, 367)]

    assert b"Rosa" not in box and boxes.opened(box, told.tip.subject) == Who("Rosa Dock", "+00 555 0199")
    assert boxes.opened(box, "tip:another") is None
    assert erased == [0, 1, 0] and Identity.objects.get().box is None
    assert services.ask_for_identity(actor=colleagues["ines"], number=told.tip.number, reason="Late.", at=at).code \
        == "no-identity"


def test_a_tip_goes_to_intelligence_without_its_teller(desk, colleagues, told, at):
    ines, number = colleagues["ines"], told.tip.number
    words = {"title": "Scales under cashew", "text": "A container with scales is said to be at the north gate."}
    early = services.forward(actor=ines, number=number, at=at, **words)
    graded(ines, number, at, listed_one="yes")

    done = services.forward(actor=ines, number=number, at=at, **words)
    report, alert = Report.objects.get(), Alert.objects.get()
    own = services.confirm_hand_over(actor=ines, number=number, at=at)
    late = selectors.late("QM", at + timedelta(hours=25))
    confirmed = services.confirm_hand_over(actor=colleagues["moyo"], number=number, at=at)

    assert early.code == "tip-not-graded" and own.code == "tip-own-hand-over"
    assert (done.state, done.report, done.hand_over_due_at) == ("forwarded", report.number, at + timedelta(hours=24))
    assert (report.origin, report.origin_key, report.source, report.content) == ("tip", number, "B", "2")
    assert report.filed_by_id is None and (alert.appendix, alert.subject_key) == ("I", report.number)
    assert TEXT not in str(list(Report.objects.values())) and late["hand_over"] == 1
    assert isinstance(confirmed, Tip) and confirmed.handed_over_at == at
    assert {job.payload["share"] for job in Job.objects.filter(key__contains=":hand-over:")} == {50, 100}
    closed = services.close(actor=ines, number=number, outcome="seized", reason="312 kg found.", at=at)
    assert isinstance(closed, Tip) and closed.ended


def test_the_figures_say_whether_every_tip_is_accounted_for(desk, cast, told, at):
    given(at - timedelta(days=8), "An old tip about songbirds in small cages by the harbour wall")
    graded(cast["ines"], told.tip.number, at)

    page = page_text(desk("ana").get("/tip/desk/figures/"))
    whole = jobs.check("QM", at)
    Tip.objects.bulk_create([Tip(party="QM", number="x", receipt="x", kind="other", text="x", language="en",
                                 received_at=at, due_at=at)])
    broken = jobs.check("QM", at)

    assert (whole.numbered, whole.assessed, whole.open, whole.holds) == (2, 1, 1, True)
    assert "Every tip is assessed or open" in page and "1 1 3 1 7 1 30 0" in page
    assert not broken.holds and Event.objects.filter(kind="tips-out-of-balance").count() == 1


def test_a_repetition_is_assessed_like_the_first_once_that_one_is(desk, cast, told, at):
    again, ines = given(at, TEXT + " Please hurry.").tip, desk("ines")
    early = services.follow_first(actor=cast["ines"], number=again.number, at=at)
    graded(cast["ines"], told.tip.number, at)

    shown = page_text(ines.get(f"/tip/desk/{again.number}/"))
    sent = ines.post(f"/tip/desk/{again.number}/", {"do": "follow-first"})
    again.refresh_from_db()

    assert isinstance(early, Refusal) and early.code == "tip-no-first" and sent.status_code == 302
    assert "Assess it like the first" in shown and (again.state, again.grading) == ("graded", B2)
    assert selectors.balance("QM").holds and Assessment.objects.count() == 2
    assert services.follow_first(actor=cast["ines"], number=again.number, at=at).code == "tip-no-first"


def test_a_day_tidies_up_and_asks_for_the_next(cast, told, at):
    from wildgate.apps.tips.models import SpentPuzzle
    jobs.begin("QM", at)
    jobs.begin("QM", at)
    later = at + timedelta(days=400)

    jobs.each_day(at=later, party_code="QM")

    assert Job.objects.filter(name="tips.each_day").count() == 1
    assert not SpentPuzzle.objects.exists() and Identity.objects.get().erased_at == later
    assert Act.objects.count() == 0 and isinstance(
        services.acknowledge(actor=cast["sam"], number=told.tip.number, at=at), Refusal)


def test_a_tip_becomes_a_case_that_permit_officers_cannot_see_and_its_origin_stays_hidden(cast, told, at):
    from wildgate.apps.intelligence import selectors as intelligence
    ines, amina, number = cast["ines"], cast["amina"], told.tip.number
    graded(ines, number, at, listed_one="yes")
    words = {"title": "Scales under cashew", "text": "A container is said to be at the gate.", "new_case": True}

    stranger = services.forward(actor=ines, number=number, at=at, **words)
    for name in ("ines", "amina"):
        let_in(cast, name, at)
    done = services.forward(actor=ines, number=number, at=at, **words)
    origin = intelligence.report(ines, done.report, at)

    assert isinstance(stranger, Refusal) and Case.objects.count() == 1
    assert done.case == Case.objects.get().number and done.case.startswith(f"QM-C-{at.year}-")
    assert intelligence.case(ines, done.case, at) and intelligence.case(amina, done.case, at) is None
    assert intelligence.report(amina, done.report, at) is None
    assert intelligence.origin_of(intelligence.member_of(ines, at), origin) is None


def test_what_is_about_officials_is_handed_over_behind_their_wall(colleagues, at):
    tip = given(at, "The officer at desk nine signs for money", kind="officials").tip
    ana = colleagues["ana"]
    services.acknowledge(actor=ana, number=tip.number, at=at)
    services.triage(actor=ana, number=tip.number, said=triage(), about_officials=True, at=at)
    services.grade(actor=ana, number=tip.number, grading=B2, at=at)

    services.forward(actor=ana, number=tip.number, title="Desk nine", text="What is said of desk nine.", at=at)

    assert Report.objects.get().mark.value.compartments == {"integrity"}


def test_a_case_that_is_not_there_and_one_that_is_hidden_are_answered_alike(cast, told, at):
    from wildgate.apps.intelligence import services as intelligence
    ines, nadia, number = cast["ines"], cast["nadia"], told.tip.number
    for name in ("ines", "nadia"):
        let_in(cast, name, at)
    hidden = intelligence.open_case(actor=nadia, title="Customs alone", marking=Marking(Tlp.AMBER_STRICT, ""), at=at)
    graded(ines, number, at)

    outcomes = [services.forward(actor=ines, number=number, title="Scales", text="At the gate.", case=case, at=at)
                for case in (hidden.number, "QM-C-2020-999")]

    assert [each.code for each in outcomes] == ["report-case"] * 2
    assert outcomes[0].reason == outcomes[1].reason
    assert not Report.objects.exists()
