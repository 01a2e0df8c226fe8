"""Erasure: two people, nothing of the person left but what is listed, the chain holds, no way back in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessFailureLog
from django.db import transaction
from django.test import Client
from tests.apps.privacy.steps import (
    MAIL,
    NAME,
    PHONE,
    draft,
    erased,
    everywhere,
    firm_of,
    handed_in,
    person_of,
    zebulon,
)
from tests.cast import issued
from tests.desks import BACKEND

from wildgate.apps.accounts.models import Person
from wildgate.apps.accounts.services import administering
from wildgate.apps.letters.models import Letter
from wildgate.apps.permits.models import Application
from wildgate.apps.privacy.models import Erasure, SubjectRequest
from wildgate.apps.privacy.register import declared
from wildgate.apps.privacy.services import asking, erasing
from wildgate.convention.refusal import Refusal
from wildgate.kit import events, notes
from wildgate.kit.models import Event, EventNote

pytestmark = pytest.mark.django_db


@pytest.fixture
def traces(cast, at, settings, tmp_path):
    """Zébulon with everything that an account gathers; nothing of theirs was handed in yet."""
    settings.HOME = tmp_path
    who = zebulon(at)
    person = person_of(who)
    Authenticator.objects.create(user=person, type="totp", data={"secret": "x"})
    UserSession.objects.create(user=person, ip="10.1.2.3", session_key="k" * 32, user_agent="Quix-Browser",
                               last_seen_at=at)
    for log in (AccessAttempt, AccessFailureLog):
        more = {"failures_since_start": 1, "get_data": "", "post_data": ""} if log is AccessAttempt else {}
        log.objects.create(username=MAIL, ip_address="10.1.2.3", user_agent="Quix-Browser", path_info="/", **more)
    Letter.objects.create(party="QM", person=person, cause="x", kind="fee-paid", who="firm", subject="", at=at,
                          params={"number": NAME})
    administering.deactivate(actor=cast["sam"], person=person.pk, reason=f"{NAME} asked by telephone, {PHONE}", at=at)
    administering.reactivate(actor=cast["sam"], person=person.pk, reason="A mistake.", at=at)
    draft(who, at)
    return who


def test_nothing_is_left_of_somebody_who_only_drafted(traces, cast, at, caplog, django_capture_on_commit_callbacks):
    assert set(everywhere(NAME, MAIL, PHONE)) >= {
        "accounts_person", "accounts_organisation", "account_emailaddress", "axes_accessattempt", "kit_eventnote",
        "letters_letter", "permits_application", "permits_attachment", "uploads_upload", "file"}

    with django_capture_on_commit_callbacks(execute=True):
        done = erased(cast, traces, at)

    assert everywhere(NAME, MAIL, PHONE, "Quix") == {}
    assert done.kept == []
    code = Erasure.objects.get().code
    assert person_of(traces).name == firm_of(traces).name == f"erased person {code}"
    assert not Application.objects.filter(organisation__in=traces.organisations).exists()
    assert not any(word in caplog.text for word in (NAME, MAIL, PHONE))
    assert not Event.objects.filter(data__contains="Quix").exists()


def test_the_chain_and_the_texts_beside_it_still_hold(traces, cast, at):
    about = Event.objects.filter(subject=traces.label, kind="account-closed").get()
    assert NAME in about.note.text

    erased(cast, traces, at)

    assert not EventNote.objects.filter(event=about).exists()
    assert "note" in about.data
    assert (events.verify("QM"), notes.verify("QM")) == (None, None)


def test_a_text_that_is_gone_or_changed_unsaid_is_found(traces, at):
    about = Event.objects.filter(subject=traces.label, kind="account-closed").get()
    EventNote.objects.filter(event=about).update(text="Something else.")
    found = notes.verify("QM")
    assert found is not None
    assert found.seq == about.seq
    EventNote.objects.filter(event=about).delete()
    gone = notes.verify("QM")
    assert gone is not None
    assert "no event says" in gone.reason


def test_nobody_gets_in_any_more(traces, cast, at):
    browser = Client()
    browser.force_login(person_of(traces), backend=BACKEND)

    erased(cast, traces, at)

    person = person_of(traces)
    assert (person.is_active, person.has_usable_password(), EmailAddress.objects.filter(user=person).exists()) == (
        False, False, False)
    assert not Authenticator.objects.filter(user=person).exists()
    assert not UserSession.objects.filter(user=person).exists()
    assert browser.get("/privacy/").status_code == 302
    assert not person.check_password("x" * 20)
    assert not person.posts.filter(until=None).exists()


def test_what_the_law_keeps_is_listed_with_its_rule_and_day(cast, at, settings, tmp_path,
                                                         django_capture_on_commit_callbacks):
    """The property: wherever a planted word still stands, the list of what is kept names that table."""
    settings.HOME = tmp_path
    who = zebulon(at)
    handed_in(who, at)

    with django_capture_on_commit_callbacks(execute=True):
        done = erased(cast, who, at)

    listed = {each["what"] for each in done.kept}
    tables = {line.model._meta.db_table: line.label for line in declared()}
    left = everywhere(NAME, MAIL, PHONE)
    files = left.pop("file", [])
    assert {tables.get(table, table) for table in left} - listed == set(), (left, listed)
    assert ("permits.attachment" in listed) == bool(files)
    case = next(each for each in done.kept if each["what"] == "permits.application")
    assert (case["rule"], case["until"]) == ("case", at.date().replace(year=at.year + 10).isoformat())
    assert MAIL not in str(left)
    assert "accounts_person" not in left


def test_an_issued_permit_stays_as_it_is(cast, at):
    who = zebulon(at)
    permit = issued({**cast, "mario": who}, at)
    before = permit.record_json
    assert NAME in before

    done = erased(cast, who, at)

    permit.refresh_from_db()
    assert permit.record_json == before
    assert next(each for each in done.kept if each["what"] == "permits.permit")["until"] == ""
    assert firm_of(who).name == NAME
    assert "accounts.organisation" in {each["what"] for each in done.kept}


def test_it_takes_a_second_person_and_a_reason_to_decline(cast, at):
    who = zebulon(at)
    asked = asking.ask_for(actor=cast["sam"], kind="erasure", email=MAIL, name="", proof="Passport, seen", at=at)

    own = erasing.confirm(actor=cast["sam"], request=asked.pk, at=at)
    assert isinstance(own, Refusal)
    for name in ("mario", "amina", "jean"):
        assert isinstance(erasing.confirm(actor=cast[name], request=asked.pk, at=at), Refusal)
    assert isinstance(asking.decline(actor=cast["ana"], request=asked.pk, why="  ", at=at), Refusal)
    assert person_of(who).name == NAME
    done = erasing.confirm(actor=cast["ana"], request=asked.pk, at=at)
    assert isinstance(done, SubjectRequest)
    assert isinstance(erasing.confirm(actor=cast["ana"], request=asked.pk, at=at), Refusal)


def test_nobody_in_office_is_erased(cast, at):
    asked = asking.ask(actor=cast["amina"], kind="erasure", at=at)

    refused = erasing.confirm(actor=cast["sam"], request=asked.pk, at=at)

    assert isinstance(refused, Refusal)
    assert refused.code == "in-office"
    assert Person.objects.get(pk=cast["amina"].person_id).is_active


def test_an_erasure_is_repeated_on_a_database_from_before_it(traces, cast, at, tmp_path,
                                                             django_capture_on_commit_callbacks):
    point = transaction.savepoint()
    with django_capture_on_commit_callbacks(execute=True):
        erased(cast, traces, at)
    lines = [erasing.as_line(Erasure.objects.get())]
    assert NAME not in (tmp_path / erasing.LIST).read_text()
    transaction.savepoint_rollback(point)  # the backup of before
    assert person_of(traces).name == NAME

    stranger = {**lines[0], "person": cast["mario"].person_id}
    assert erasing.replay([stranger, *lines], at + timedelta(days=1)) == (1, [])
    assert erasing.replay(lines, at + timedelta(days=1)) == (0, [])

    assert person_of(traces).name == f"erased person {lines[0]['code']}"
    assert Person.objects.get(pk=cast["mario"].person_id).is_active
    assert everywhere(MAIL) == {}
