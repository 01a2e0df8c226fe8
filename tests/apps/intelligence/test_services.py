"""Writing in the intelligence space: who may, what is inherited, what is told, and what never gets out."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from tests.apps.intelligence.people import group, let_in, wall
from tests.databases import as_owner

from wildgate.apps.accounts.models import Authority, Role
from wildgate.apps.intelligence import jobs, selectors, services
from wildgate.apps.intelligence.clearance import INTEGRITY, SOURCES
from wildgate.apps.intelligence.models import (
    Alert,
    Case,
    CaseLink,
    Comment,
    Contributor,
    HandOver,
    Mark,
    Part,
    Pulse,
    Question,
    Report,
    ReportVersion,
)
from wildgate.apps.intelligence.services import contributors
from wildgate.apps.letters.models import Letter
from wildgate.convention.refusal import Refusal
from wildgate.kit import events
from wildgate.kit.models import Event, Job
from wildgate.sharing.grading import Credibility, Grading, Reliability
from wildgate.sharing.marking import Marking, Tlp

pytestmark = pytest.mark.django_db
GREEN, AMBER, STRICT = (Marking(tlp, "") for tlp in (Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT))


@pytest.fixture
def members(cast, at):
    """Ines of the police, Amina of the Management Authority, Tomas of customs; a group of Ines and Amina."""
    group("twix", at)
    for name in ("ines", "amina"):
        let_in(cast, name, at, groups=["twix"])
    let_in(cast, "tomas", at)
    return cast


def filed(actor, at, marking=GREEN, title="Cubs offered", **more):
    made = services.file_report(actor=actor, party="QM", origin="own", origin_key="", title=title,
                                text="Three cubs in a garage.", grading=Grading(Reliability.USUALLY,
                                                                               Credibility.PROBABLE),
                                marking=marking, at=at, **more)
    assert isinstance(made, Report), made
    return made


def readers(cast, number, at, names=("ines", "amina", "tomas")):
    return {name for name in names if selectors.report(cast[name], number, at) is not None}


def code(outcome):
    assert isinstance(outcome, Refusal), outcome
    return outcome.code


def test_a_report_is_filed_graded_and_told_without_content(members, at):
    made = filed(members["ines"], at, entities=[services.NewEntity("phone", "+49 30  123")])

    assert made.grading is not None and (made.grading.code, made.grading.as_3x5x2) == ("B2", "1BP")
    assert made.mark.nominal and made.mark.owner_id in members["ines"].authorities
    event = Event.objects.get(kind="report-filed")
    assert "cubs" not in event.data.lower() and "123" not in event.data
    assert Pulse.objects.get(kind="report-filed").report == made
    assert readers(members, made.number, at) == {"ines", "amina", "tomas"}
    assert [each.entity.value for each in selectors.visible_mentions(members["tomas"], at)] == ["+49 30 123"]


def test_the_program_files_for_other_apps_in_the_name_of_the_enforcement_authority(members, at):
    made = services.file_report(actor=None, party="QM", origin="tip", origin_key="77", title="A tip", text="Heard.",
                                grading=None, marking=AMBER, at=at)

    assert isinstance(made, Report)
    assert made.mark.owner.kind == Authority.Kind.ENFORCEMENT and readers(members, made.number, at) == {"ines"}
    assert Event.objects.get(kind="report-filed").actor == events.SYSTEM


def test_what_is_about_officials_belongs_to_the_audit_office(members, cast, at):
    let_in(cast, "ana", at, compartments=[INTEGRITY])

    made = services.file_report(actor=None, party="QM", origin="tip", origin_key="78", title="A bribe", text="Heard.",
                                grading=None, at=at,
                                marking=Marking(Tlp.AMBER_STRICT, "", compartments=frozenset({INTEGRITY})))

    assert isinstance(made, Report) and made.mark.owner.kind == Authority.Kind.OVERSIGHT
    assert readers(cast, made.number, at, names=("ines", "amina", "tomas", "ana")) == {"ana"}


@pytest.mark.parametrize(("name", "marking", "refused"), [
    ("jean", GREEN, "not-allowed"), ("ines", Marking(Tlp.GREEN, "", compartments=frozenset({"none"})),
                                    "marking-compartment"),
    ("ines", Marking(Tlp.GREEN, "", groups=frozenset({"none"})), "marking-group"),
    ("ines", Marking(Tlp.RED, "", named=frozenset({999_999})), "marking-named"),
    ("ines", Marking(Tlp.GREEN, "", compartments=frozenset({INTEGRITY})), "marking-compartment"),
])
def test_what_may_not_be_filed(members, at, name, marking, refused):
    outcome = services.file_report(actor=members[name], party="QM", origin="own", origin_key="", title="T", text="T",
                                   grading=None, marking=marking, at=at)

    assert code(outcome) == refused and not Report.objects.exists()


def test_a_program_does_not_file_red_for_nobody(members, at):
    assert code(services.file_report(actor=None, party="QM", origin="tip", origin_key="1", title="T", text="T",
                                     grading=None, marking=Marking(Tlp.RED, ""), at=at)) == "marking-red"


def test_only_the_originator_lowers_and_every_reader_raises(members, at):
    ines, amina = members["ines"], members["amina"]
    made = filed(ines, at, Marking(Tlp.AMBER, "", groups=frozenset({"twix"})))

    lowered = services.change_marking(actor=amina, number=made.number, marking=GREEN, reason="Wider.", at=at)
    raised = services.change_marking(actor=amina, number=made.number, marking=STRICT, reason="Too wide.", at=at)

    assert code(lowered) == "originator-control"
    assert isinstance(raised, Report) and readers(members, made.number, at) == {"ines"}
    opened = services.change_marking(actor=ines, number=made.number, marking=GREEN, reason="Agreed.", at=at)
    assert isinstance(opened, Report) and readers(members, made.number, at) == {"ines", "amina", "tomas"}
    assert [(each.no, each.mark.word) for each in ReportVersion.objects.order_by("no")] == [
        (1, "AMBER"), (2, "AMBER+STRICT"), (3, "GREEN")]
    assert [version.no for version in selectors.versions_of(members["tomas"], opened, at)] == [3]
    assert [event.note.text for event in Event.objects.filter(kind="report-marked").order_by("seq")] == [
        "Too wide.", "Agreed."]


def test_somebody_who_may_not_read_is_told_that_nothing_is_there(members, at):
    made = filed(members["ines"], at, STRICT)

    outcomes = [services.change_marking(actor=members["tomas"], number=number, marking=GREEN, reason="Why.", at=at)
                for number in (made.number, "QM-R-2027-NOTTHERE")]

    assert [code(each) for each in outcomes] == ["not-found", "not-found"] and outcomes[0] == outcomes[1]


def test_a_reader_cannot_take_a_report_away_from_its_owner(members, at):
    made, tomas = filed(members["ines"], at), members["tomas"]
    alone = Marking(Tlp.RED, "", named=frozenset({tomas.own_id}))

    outcome = services.change_marking(actor=tomas, number=made.number, marking=alone, reason="Mine.", at=at)
    walled = services.change_marking(actor=tomas, number=made.number, reason="Walled.", at=at,
                                     marking=Marking(Tlp.GREEN, "", compartments=frozenset({INTEGRITY})))
    shared = services.change_marking(actor=tomas, number=made.number, reason="Named.", at=at, marking=Marking(
        Tlp.RED, "", named=frozenset({tomas.own_id, members["ines"].own_id})))

    assert (code(outcome), code(walled)) == ("marking-orphans", "marking-compartment")
    assert isinstance(shared, Report) and readers(members, made.number, at) == {"ines", "tomas"}


def test_what_came_from_another_system_is_not_lowered_here(members, at):
    made = services.file_report(actor=members["ines"], party="QM", origin="import", origin_key="misp:1", title="T",
                                text="T", grading=None, marking=AMBER, at=at)
    assert isinstance(made, Report)

    lowered = services.change_marking(actor=members["ines"], number=made.number, marking=GREEN, reason="Why.", at=at)
    child = services.sanitise(actor=members["ines"], number=made.number, title="T", text="T", parts=[], marking=GREEN,
                              at=at)

    assert (code(lowered), code(child)) == ("originator-control", "originator-control")


def test_red_is_for_the_named_and_for_whoever_files_it(members, at):
    tomas, ines = members["tomas"].person_id, members["ines"].person_id

    made = filed(members["ines"], at, Marking(Tlp.RED, "", named=frozenset({tomas})))

    assert made.mark.value.named == {tomas, ines} and readers(members, made.number, at) == {"ines", "tomas"}
    assert not services.reason_given(members["tomas"], made, at)
    assert code(services.give_reason(actor=members["tomas"], found=made, reason="", at=at)) == "red-reason"
    assert code(services.give_reason(actor=members["amina"], found=made, reason="Curious.", at=at)) == "not-found"
    services.give_reason(actor=members["tomas"], found=made, reason="Joint raid today.", at=at)
    assert services.reason_given(members["tomas"], made, at)
    assert not services.reason_given(members["ines"], made, at)
    assert not services.reason_given(members["tomas"], made, at + timedelta(minutes=16))


def test_a_part_is_withheld_and_hints_at_nothing_unless_the_report_says_so(members, at):
    silent = filed(members["ines"], at)
    open_about_it = filed(members["ines"], at, about=services.About(tells_withheld=True))
    seen = {}

    for made in (silent, open_about_it):
        part = services.add_part(actor=members["ines"], number=made.number, text="The garage is in Mill Lane.",
                                 marking=STRICT, at=at, entities=[services.NewEntity("address", "4 Mill Lane")])
        assert isinstance(part, Part)
        seen[made.number] = (
            [each.text for each in selectors.visible_parts(members["ines"], made, at)],
            list(selectors.visible_parts(members["tomas"], made, at)), selectors.withheld(members["tomas"], made, at))

    assert seen[silent.number] == (["The garage is in Mill Lane."], [], False)
    assert seen[open_about_it.number] == (["The garage is in Mill Lane."], [], True)
    assert not selectors.withheld(members["ines"], open_about_it, at)
    assert not selectors.visible_mentions(members["tomas"], at).exists()
    assert not selectors.search(members["tomas"], "mill lane", at).exists()
    assert selectors.search(members["ines"], "Mill lane", at).count() == 2
    assert not selectors.visible_pulses(members["tomas"], at).filter(kind="report-changed").exists()
    assert selectors.visible_pulses(members["ines"], at).filter(kind="report-changed").count() == 2


def test_a_part_is_never_wider_than_its_report(members, at):
    made = filed(members["ines"], at, STRICT)

    part = services.add_part(actor=members["ines"], number=made.number, text="More.", marking=GREEN, at=at)

    assert isinstance(part, Part) and part.mark.word == "AMBER+STRICT"


def test_a_comment_inherits_the_strictest_that_its_writer_reads(members, at):
    made = filed(members["ines"], at)
    services.add_part(actor=members["ines"], number=made.number, text="Mill Lane.", marking=STRICT, at=at)

    services.comment(actor=members["ines"], number=made.number, text="I know the lane.", at=at)
    services.comment(actor=members["ines"], number=made.number, text="Good work.", at=at, wide=True)
    services.comment(actor=members["tomas"], number=made.number, text="Same van as in May.", at=at)

    assert [each.text for each in selectors.visible_about(Comment, members["tomas"], at)] == [
        "Good work.", "Same van as in May."]
    assert selectors.visible_about(Comment, members["ines"], at).count() == 3


def test_a_raised_report_takes_what_was_said_with_it(members, at):
    made = filed(members["ines"], at)
    services.comment(actor=members["tomas"], number=made.number, text="Same van.", at=at)

    services.change_marking(actor=members["tomas"], number=made.number, marking=STRICT, reason="A name.", at=at)

    assert not selectors.visible_about(Comment, members["tomas"], at).exists()
    assert selectors.visible_about(Comment, members["ines"], at).exists()


def test_a_sanitised_child_points_nowhere_and_the_parent_shows_it(members, at):
    ines, tomas = members["ines"], members["tomas"]
    parent = filed(ines, at, STRICT, title="Garage")
    part = services.add_part(actor=ines, number=parent.number, text="Cubs are sold by night.", marking=STRICT, at=at)
    assert isinstance(part, Part)

    child = services.sanitise(actor=ines, number=parent.number, title="Night sales", text="", parts=[part.pk],
                              marking=GREEN, at=at)

    assert isinstance(child, Report) and child.number != parent.number
    assert child.current is not None and child.current.text == "Cubs are sold by night."
    assert readers(members, child.number, at) == {"ines", "amina", "tomas"}
    assert [each.number for each in selectors.children_of(ines, parent, at)] == [child.number]
    assert not list(selectors.children_of(tomas, child, at)) and not list(selectors.children_of(ines, child, at))
    told = [*Event.objects.filter(subject=child.subject).values_list("data", flat=True), str(vars(child))]
    assert parent.number not in " ".join(told) and (child.origin, child.origin_key) == ("own", "")


def test_another_authority_does_not_sanitise(members, at):
    made = filed(members["ines"], at)

    assert code(services.sanitise(actor=members["tomas"], number=made.number, title="Mine", text="T", parts=[],
                                  marking=GREEN, at=at)) == "originator-control"


def test_two_people_let_a_contributor_in(cast, at):
    amina = cast["amina"]
    asked = {"email": "amina@ma.example", "authority": min(amina.authorities), "clearance": Tlp.AMBER, "at": at,
             "until": (at + timedelta(days=365)).date()}

    made = contributors.propose(actor=cast["ana"], **asked)

    assert isinstance(made, Contributor) and selectors.member_of(amina, at) is None
    assert code(contributors.confirm(actor=cast["ana"], contributor=made.pk, at=at)) == "not-allowed"
    assert code(contributors.propose(actor=cast["ines"], **asked)) == "contributor-waits"
    contributors.confirm(actor=cast["nadia"], contributor=made.pk, at=at)
    assert selectors.member_of(amina, at) is not None
    assert code(contributors.propose(actor=cast["ines"], **{**asked, "until": (at + timedelta(days=366)).date()})
                ) == "contributor-until"
    assert code(contributors.propose(actor=cast["ines"], **{**asked, "compartments": [INTEGRITY]})
                ) == "contributor-walled"
    assert code(contributors.propose(actor=amina, **asked)) == "not-allowed"
    again = contributors.propose(actor=cast["ines"], **{**asked, "clearance": Tlp.GREEN})
    assert isinstance(again, Contributor)
    contributors.confirm(actor=cast["bo"], contributor=again.pk, at=at)
    member = selectors.member_of(amina, at)
    assert member is not None and member.clearance == Tlp.GREEN
    assert Contributor.objects.filter(ended_at=None).count() == 1


def test_an_officer_of_another_party_reads_what_is_shared_and_nothing_else(members, cast, at):
    from wildgate.apps.accounts import services as accounts
    from wildgate.apps.accounts.selectors import actor_of
    from wildgate.site.demo.cast import SYSTEM
    body = accounts.add_authority(party="QM", kind=Authority.Kind.FOREIGN, name="QZ: Police", address="", place="",
                                  by=SYSTEM, at=at)
    person = accounts.add_person(party="QM", email="noor@qz.example", name="Noor", password=None, by=SYSTEM, at=at)
    accounts.appoint(person=person, role=Role.FOREIGN, party="QM", by=SYSTEM, at=at, authority=body)
    everybody = {**cast, "noor": actor_of(person, at.date())}
    let_in(everybody, "noor", at, groups=["twix"])

    shared = filed(cast["ines"], at, Marking(Tlp.AMBER, "", groups=frozenset({"twix"})))
    own, green = filed(cast["ines"], at, AMBER), filed(cast["ines"], at)

    assert set(selectors.visible_reports(everybody["noor"], at)) == {shared, green}
    assert own not in selectors.visible_reports(everybody["noor"], at)
    by_noor = filed(everybody["noor"], at, Marking(Tlp.AMBER, "", groups=frozenset({"twix"})))
    assert by_noor.mark.owner == body and readers(everybody, by_noor.number, at) == {"ines", "amina"}


def test_compartments_and_groups_are_kept_by_two(cast, at):
    contributors.propose_kept(actor=cast["ines"], what="sharing-group", code="Cheetah net", name="Cheetahs", at=at)

    own = contributors.confirm_kept(actor=cast["ines"], what="sharing-group", code="cheetah-net", at=at)
    let_in_early = contributors.propose(
        actor=cast["ines"], email="tomas@customs.example", authority=min(cast["tomas"].authorities),
        clearance=Tlp.AMBER, groups=["cheetah-net"], until=(at + timedelta(days=9)).date(), at=at)
    contributors.confirm_kept(actor=cast["ana"], what="sharing-group", code="cheetah-net", at=at)
    row = let_in(cast, "tomas", at, groups=["cheetah-net"])

    assert code(own) == "own-proposal" and code(let_in_early) == "contributor-walls"
    member = selectors.member_of(cast["tomas"], at)
    assert member is not None and member.groups == {"cheetah-net"} and row.groups.count() == 1
    contributors.end_kept(actor=cast["ana"], what="sharing-group", code="cheetah-net", at=at)
    after = selectors.member_of(cast["tomas"], at)
    assert after is not None and after.groups == frozenset()


def test_many_members_are_found_as_each_is(members, cast, at):
    wall("north", at)
    let_in(cast, "ana", at, compartments=["north", INTEGRITY])

    found = {actor.own_id: member for actor, member in selectors.members_of("QM", at)}

    assert found == {cast[name].own_id: selectors.member_of(cast[name], at)
                     for name in ("ines", "amina", "tomas", "ana")}
    assert found[cast["ana"].own_id].compartments == {"north", INTEGRITY}


def test_a_question_goes_to_those_who_may_read_and_its_answer_comes_back(members, at):
    ines, tomas = members["ines"], members["tomas"]
    made, strict = filed(ines, at), filed(ines, at, STRICT)
    customs, due = min(tomas.authorities), at + timedelta(days=2)

    shut = services.ask(actor=ines, what="question", number=strict.number, text="Known?", to_authority=customs,
                        due_at=due, at=at)
    services.add_part(actor=ines, number=made.number, text="Mill Lane.", marking=STRICT, at=at)
    of_parts = services.ask(actor=ines, what="question", number=made.number, text="Known in Mill Lane?",
                            to_authority=customs, due_at=due, at=at)
    asked = services.ask(actor=ines, what="question", number=made.number, text="Is this van known?", wide=True,
                         to_authority=customs, due_at=due, at=at)

    assert (code(shut), code(of_parts)) == ("asked-nobody", "asked-of-parts") and isinstance(asked, Question)
    letter = Letter.objects.get(kind="intelligence-question")
    assert letter.person_id == tomas.person_id and "van" not in str(vars(letter))
    assert code(services.answer(actor=members["amina"], what="question", key=asked.pk, text="No.", at=at)
                ) == "asked-another"
    done = services.answer(actor=tomas, what="question", key=asked.pk, text="Yes, since May.", at=at)
    assert isinstance(done, Question) and done.state == "done"
    assert Letter.objects.get(kind="intelligence-question-answered").person_id == ines.person_id
    assert code(services.answer(actor=tomas, what="question", key=asked.pk, text="Again.", at=at)) == "asked-over"


@pytest.mark.parametrize(("appendix", "hours"), [("I", 24), ("II", None)])
def test_a_hand_over_has_its_clock_and_appendix_i_raises_an_alert(members, at, appendix, hours):
    ines, amina = members["ines"], members["amina"]
    made, to = filed(ines, at), min(amina.authorities)

    given = services.hand_over(actor=ines, number=made.number, to_authority=to, appendix=appendix, at=at)

    assert isinstance(given, HandOver)
    late = given.due_at - at
    assert late == timedelta(hours=24) if hours else timedelta(days=5) < late < timedelta(days=9)
    assert Alert.objects.filter(subject_key=made.number).count() == (1 if hours else 0)
    assert code(services.accept(actor=ines, key=given.pk, at=at)) == "hand-over-another"
    assert code(services.decline(actor=amina, key=given.pk, reason=" ", at=at)) == "hand-over-reason"
    services.acknowledge(actor=amina, key=given.pk, at=at)
    done = services.decline(actor=amina, key=given.pk, reason="Not our province.", at=at)
    assert isinstance(done, HandOver) and (done.state, done.acknowledged_at) == ("declined", at)
    assert code(services.accept(actor=amina, key=given.pk, at=at)) == "hand-over-over"


def test_both_sides_are_told_once_when_a_hand_over_is_late(members, at):
    made = filed(members["ines"], at)
    given = services.hand_over(actor=members["ines"], number=made.number, appendix="I", at=at,
                               to_authority=min(members["amina"].authorities))
    assert isinstance(given, HandOver)

    jobs.look_at_hand_over(at=at + timedelta(hours=23), hand_over=given.pk)
    early = Letter.objects.filter(kind="intelligence-hand-over-late").count()
    for hours in (24, 25):
        jobs.look_at_hand_over(at=at + timedelta(hours=hours), hand_over=given.pk)

    told = Letter.objects.filter(kind="intelligence-hand-over-late").values_list("person_id", flat=True)
    assert early == 0 and sorted(told) == sorted((members["ines"].own_id, members["amina"].own_id))
    assert Job.objects.get(name="intelligence.look_at_hand_over").run_after == at + timedelta(hours=24)


def test_a_hand_over_goes_between_the_two_sides_only(members, at):
    made = filed(members["ines"], at)

    assert code(services.hand_over(actor=members["ines"], number=made.number, appendix="", at=at,
                                   to_authority=min(members["tomas"].authorities))) == "hand-over-sides"


def test_an_alert_is_written_with_its_pulse_and_the_mails_hold_nothing(members, cast, at):
    services.keep_point(actor=cast["ana"], at=at, point=services.Point(
        of="qm", kind="enforcement", name="Wildlife Police", function="Duty desk", email="duty@police.example",
        authority=min(cast["ines"].authorities), alerts=True))
    services.keep_point(actor=cast["ana"], at=at, point=services.Point(
        of="QM", kind="management", name="MA", function="Desk", email="desk@ma.example",
        authority=min(cast["amina"].authorities), alerts=True))

    made = services.raise_alert(actor=None, party="QM", kind="listing", appendix="I", title="Tiger cubs for sale",
                                subject_kind="listing", subject_key="L-1", marking=STRICT, at=at)
    pulses = Pulse.objects.filter(alert=made).count()
    jobs.tell_of_alert(at=at, alert=made.pk)

    assert pulses == 1 and Job.objects.filter(name="intelligence.tell_of_alert").count() == 1
    assert [each.to for each in mail.outbox] == [["duty@police.example"]]
    assert "Appendix I alert" in mail.outbox[0].subject and "iger" not in mail.outbox[0].body
    assert "/intelligence/" in mail.outbox[0].body
    assert list(Letter.objects.values_list("person_id", flat=True)) == [cast["ines"].person_id]


def test_appendix_i_comes_first_in_the_queue(members, at):
    for number, appendix in enumerate(("II", "I", "")):
        services.raise_alert(actor=None, party="QM", kind="x", appendix=appendix, title=appendix or "none",
                             subject_kind="", subject_key="", marking=GREEN, at=at + timedelta(minutes=number))

    assert [each.title for each in selectors.visible_alerts(members["tomas"], at)] == ["I", "none", "II"]


def test_the_origin_of_a_tip_is_for_those_who_hold_it_only(members, cast, at):
    let_in(cast, "ana", at, compartments=[SOURCES])
    made = services.file_report(actor=None, party="QM", origin="tip", origin_key="tip-77", title="A tip", text="Heard.",
                                grading=None, marking=GREEN, at=at)
    assert isinstance(made, Report)

    known = {name: selectors.origin_of(selectors.member_of(cast[name], at), made)
             for name in ("ines", "amina", "tomas", "ana")}

    assert known == {"ines": None, "amina": None, "tomas": None, "ana": ("tip", "tip-77")}
    assert not selectors.search(cast["ines"], "tip-77", at).exists()


def test_a_case_groups_reports_and_hides_its_tips(members, cast, at):
    let_in(cast, "ana", at, compartments=[SOURCES])
    opened = services.open_case(actor=cast["ana"], title="Cubs", marking=GREEN, at=at)
    assert isinstance(opened, Case)
    made = filed(cast["ana"], at, STRICT)
    services.put_in_case(actor=cast["ana"], number=made.number, case=opened.number.lower(), at=at)

    tip = services.link(actor=cast["ana"], case=opened.number, kind="tip", key="tip-77", at=at)
    plain = services.link(actor=members["tomas"], case=opened.number, kind="declaration", key="D-1", at=at)
    none = services.link(actor=members["ines"], case=opened.number, kind="seizure", key="none", at=at)
    walled = services.link(actor=members["ines"], case=opened.number, kind="tip", key="tip-78", at=at)

    assert opened.number == f"QM-C-{at.year}-001" and isinstance(tip, CaseLink) and isinstance(plain, CaseLink)
    assert (code(none), code(walled)) == ("link-none", "not-allowed")
    from wildgate.apps.intelligence.selectors.desk import links_of
    for name, keys in (("ana", ["D-1", "tip-77"]), ("ines", ["D-1"])):
        member = selectors.member_of(cast[name], at)
        assert [link.key for link in links_of(member, opened.pk)] == keys
    assert selectors.visible_reports(members["ines"], at).filter(case=opened).count() == 0
    assert code(services.close_case(actor=members["ines"], case=opened.number, at=at)) == "case-of-another"
    assert isinstance(services.close_case(actor=cast["ana"], case=opened.number, at=at), Case)


def test_what_has_run_out_is_told_and_nothing_is_deleted(members, at):
    made = filed(members["ines"], at, about=services.About(retain_days=1))
    later = at + timedelta(days=3)

    jobs.each_day(at=later, party_code="QM")
    jobs.each_day(at=later, party_code="QM")

    letter = Letter.objects.get(kind="intelligence-review")
    assert letter.person_id == members["ines"].person_id and Report.objects.filter(pk=made.pk).exists()
    until = (later + timedelta(days=9)).date()
    assert code(services.keep_longer(actor=members["tomas"], number=made.number, until=until, reason="Trial.",
                                     at=later)) == "originator-control"
    kept = services.keep_longer(actor=members["ines"], number=made.number, until=until, reason="The trial goes on.",
                                at=later)
    assert isinstance(kept, Report) and kept.retain_until == until
    jobs.begin("QM", at)
    assert Job.objects.filter(name="intelligence.each_day").count() == 1


def test_searches_leave_a_digest_that_tells_nothing(members, at):
    services.note_search(members["ines"], "+49 30 123", at)
    services.note_search(members["ines"], " +49  30 123", at)

    found = list(Event.objects.filter(kind="intelligence-searched").values_list("data", flat=True))
    assert found[0] == found[1] and list(json.loads(found[0])) == ["digest"]
    assert json.loads(found[0])["digest"] not in {sha256(each.encode()).hexdigest()
                                                  for each in ("+49 30 123", " +49  30 123")}


def test_marks_and_versions_cannot_be_changed(members, at):
    made = filed(members["ines"], at, STRICT)

    for change in (lambda: Mark.objects.filter(pk=made.mark_id).update(tlp=0),
                   lambda: ReportVersion.objects.update(text="Nothing."),
                   lambda: Pulse.objects.all().delete()):
        with as_owner(), pytest.raises(DatabaseError), transaction.atomic():
            change()
