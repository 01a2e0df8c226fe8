"""Who is told what: along a whole case, never what they may not see, never twice, in words that name nobody."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone, translation
from tests.apps.letters.post import done, kinds, run, told
from tests.cast import NOON, SKINS, issued, ready, submitted

from wildgate.apps.accounts import services as accounts
from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.models import Organisation, Person, Post, Role
from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.houserules.models import Absence, Member, Team
from wildgate.apps.letters import selectors, services, wording
from wildgate.apps.letters.models import Letter
from wildgate.apps.letters.notices import KINDS, ROLES, TABLE, Who
from wildgate.apps.permits import services as permits
from wildgate.apps.permits.models import Application
from wildgate.apps.permits.wording import EVENT_WORDS
from wildgate.convention.lifecycle import PermitAct, Step
from wildgate.kit import events
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db


def person(name, role, **body):
    made = accounts.add_person(party="QM", email=f"{name}@else.example", name=name, password=None, by="system", at=NOON)
    accounts.appoint(person=made, role=role, party="QM", by="system", at=NOON, **body)
    return actor_of(made, NOON.date())


def test_everybody_hears_their_part_of_a_case(cast, at):
    number = ready(cast, at)
    run()
    permit = permits.issue(actor=cast["amina"], case=number, at=at)
    run()

    assert told(cast["mario"]) == [f"Case {number}: your application has arrived",
                                   f"Case {number}: the review has begun", f"Permit {permit.number} is issued"]
    assert told(cast["amina"]) == [f"Case {number}: a new application", f"Case {number}: the opinion is there",
                                   f"Case {number}: countersigned"]
    assert told(cast["bo"]) == [f"Case {number}: a new application", f"Case {number}: to be countersigned"]
    assert told(cast["ito"]) == [f"Case {number}: your opinion is asked"]
    assert told(cast["jean"]) == told(cast["ana"]) == told(cast["sam"]) == []


def test_a_question_an_answer_a_refusal_and_a_withdrawal(cast, at):
    first, second = submitted(cast, at), submitted(cast, at)
    for case in (first, second):
        permits.take(actor=cast["amina"], case=case, at=at)
    permits.ask(actor=cast["amina"], case=first, text="Which tannery?", at=at)
    permits.answer(actor=cast["mario"], case=first, text="Ours.", at=at)
    permits.refuse_case(actor=cast["amina"], case=first, reason="No.", basis="Art. IV", at=at)
    permits.withdraw(actor=cast["mario"], case=second, at=at)
    run()

    assert [kind for kind in kinds(cast["mario"]) if kind not in ("submit", "take")] == ["ask", "refuse"]
    assert [kind for kind in kinds(cast["amina"]) if kind != "submit"] == ["answer", "withdraw"]


def test_nobody_of_another_firm_is_told_and_nobody_is_told_twice(cast, at):
    orlo = person("Olga", Role.TRADER, organisation=Organisation.objects.get(name="Orlo SA"))
    number = submitted(cast, at)
    run()
    before = Letter.objects.count()

    for event in Event.objects.filter(kind="submit"):
        assert services.tell_of(event, at=at) == 0

    assert Letter.objects.count() == before > 0
    assert kinds(orlo) == []
    assert number


def test_who_left_gets_nothing_and_sees_nothing_of_before(cast, at):
    rita = person("Rita", Role.TRADER, organisation=Organisation.objects.get(pk=min(cast["mario"].organisations)))
    leaver = person("Lea", Role.TRADER, organisation=Organisation.objects.get(pk=min(cast["mario"].organisations)))
    submitted(cast, at)
    run()
    assert len(told(rita)) == len(told(leaver)) == 1

    Person.objects.filter(pk=rita.person_id).update(is_active=False)
    Post.objects.filter(person=leaver.person_id).update(until=at.date() - timedelta(days=1))
    left = actor_of(Person.objects.get(pk=leaver.person_id), at.date())
    submitted(cast, at)
    run()

    assert kinds(rita) == kinds(leaver) == ["submit"]
    assert told(left) == []
    assert selectors.unread(left) == 0


def test_the_team_of_the_case_is_told_and_who_stands_in(cast, at):
    team = Team.objects.create(party="QM", name="Reptiles")
    Member.objects.create(team=team, person_id=cast["bo"].person_id)
    number = submitted(cast, at)
    Application.objects.filter(number=number).update(team=team)
    run()
    assert (kinds(cast["amina"]), kinds(cast["bo"])) == ([], ["submit"])

    permits.take(actor=cast["amina"], case=number, at=at)
    today = timezone.now().date()
    Absence.objects.create(party="QM", person_id=cast["amina"].person_id, stand_in_id=cast["bo"].person_id,
                           since=today, until=today)
    permits.ask(actor=cast["amina"], case=number, text="Which?", at=at)
    permits.answer(actor=cast["mario"], case=number, text="This.", at=at)
    run()
    assert "answer" in kinds(cast["amina"])
    assert "answer" in kinds(cast["bo"])


def test_an_override_is_told_to_who_countersigns_and_never_to_the_applicant(cast, at):
    number = submitted(cast, at)
    permits.take(actor=cast["amina"], case=number, at=at)
    application = Application.objects.get(number=number)
    events.append("override", application.subject, party="QM", actor=cast["amina"].label, at=at, note="Seen by phone.")
    run()

    assert "override" in kinds(cast["bo"])
    assert "override" not in kinds(cast["mario"])


def right(subject):
    rights = {"permit": Action.VIEW_PERMIT, "application": Action.VIEW_APPLICATION, "notice": Action.VIEW_DUTIES}
    return rights[subject.partition(":")[0]]


PEOPLE = ("mario", "amina", "bo", "ito", "jean", "ana", "sam")


def test_no_inbox_holds_what_can_denies(cast, at):
    submitted(cast, at)
    permit = issued(cast, at)
    done(permits.cancel(actor=cast["amina"], number=permit.number, reason="Error.", at=at))
    run()
    last = selectors.shown(cast["mario"], selectors.inbox(cast["mario"])[:1])[0]
    assert (wording.title(last.letter), last.url) == (f"Permit {permit.number} is cancelled",
                                                      f"/permits/{permit.number}/")
    for name in PEOPLE:
        for each in selectors.shown(cast[name], selectors.inbox(cast[name])):
            assert can(cast[name], right(each.letter.subject), each.thing), (name, each.letter)
    everything = Letter.objects.all()
    assert everything.count() > 10
    for name in PEOPLE:  # a letter that was written to somebody else, put under a wrong name, is not shown
        shown = selectors.shown(cast[name], everything)
        assert all(can(cast[name], right(each.letter.subject), each.thing) for each in shown)
    assert selectors.shown(cast["sam"], everything) == []


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.kind} {row.who.value}")
def test_subject_lines_hold_a_number_at_most(row):
    for language in ("en", "fr", "es", "ar"):
        with translation.override(language):
            given = set(re.findall(r"%\((\w+)\)", str(row.title)))
            assert given <= {"number"}
            assert "%" not in re.sub(r"%\(\w+\)s", "", str(row.title))
            assert set(re.findall(r"%\((\w+)\)", str(row.text))) <= {"number"}


def test_what_was_typed_never_reaches_a_letter(cast, at):
    number = submitted(cast, at)
    permits.take(actor=cast["amina"], case=number, at=at)
    permits.ask(actor=cast["amina"], case=number, text="Secret question", at=at)
    run()
    words = {"Secret", "Crocodylus", "Mario", "Ferro", "Lacuna", "Quartz", SKINS["other_address"]}

    for letter in Letter.objects.all():
        assert not [word for word in words if word in f"{letter.params} {wording.title(letter)} {wording.text(letter)}"]


def test_every_part_has_its_roles_and_every_step_of_the_applicant_is_told():
    assert set(ROLES) == set(Who)
    silent = {Step.GIVE_OPINION, Step.ASK_OPINION, Step.APPROVE, Step.SEND_BACK, Step.COUNTERSIGN, Step.ANSWER,
              Step.WITHDRAW, Step.ISSUE, Step.COMPLETE}
    firm = {row.kind for row in TABLE if row.who is Who.FIRM}
    assert [kind for kind in KINDS if kind not in EVENT_WORDS] == []
    assert {step.value for step in Step} - {step.value for step in silent} <= firm
    assert {act.value for act in PermitAct} - {PermitAct.RETURNED.value} <= firm


def test_others_tell_with_a_key_that_makes_a_second_call_harmless(cast, at):
    number = submitted(cast, at)
    people = [cast[name].person_id for name in ("mario", "jean")]
    told_first = services.tell(people, "ask", f"application:{number}", {"number": number}, at=at, party="QM", key="x:1")
    told_again = services.tell(people, "ask", f"application:{number}", {"number": number}, at=at, party="QM", key="x:1")

    assert (told_first, told_again) == (1, 0)
    assert told(cast["mario"]) == [f"Case {number}: a question to you"]
    assert told(cast["jean"]) == []
