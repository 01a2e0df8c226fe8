"""A copy of one's data: whole, one's own, for seven days, and silent about others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import models
from tests.apps.privacy.steps import MAIL, NAME, copied, draft, handed_in, person_of, zebulon
from tests.cast import issued, ready

from wildgate.apps.letters.models import Letter
from wildgate.apps.permits.models import Question
from wildgate.apps.privacy import gathering
from wildgate.apps.privacy.gathering import Subject
from wildgate.apps.privacy.models import SubjectRequest
from wildgate.apps.privacy.register import Class, declared
from wildgate.apps.privacy.services import asking
from wildgate.convention.refusal import Refusal
from wildgate.kit import jobs
from wildgate.kit.guards import guarded
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def trader(cast, at):
    """Zébulon with a permit, a closed case, a draft, a letter and a question."""
    who = zebulon(at)
    own = {**cast, "mario": who}
    issued(own, at)
    draft(who, at)
    closed = handed_in(who, at)
    Question.objects.create(application=closed, text="Where from?", asked_by_id=cast["amina"].person_id, asked_at=at)
    Letter.objects.create(party="QM", person=person_of(who), cause="y", kind="fee-paid", who="firm", subject="", at=at,
                          params={"number": "x"})
    return who


def test_every_declared_field_of_the_person_is_in_the_copy(trader, cast, at):
    """Plant a word in each declared field of each row of theirs; the copy shows every one of them."""
    subject, planted = Subject.of("QM", person_of(trader)), []
    for line in declared():
        if line.model._meta.db_table in guarded() or line.kind is Class.SEALED or line.what.left_out \
                or line.label in ("accounts.person", "uploads.upload"):  # found by these
            continue
        for name in line.fields:
            field, word = line.model._meta.get_field(name), f"w{len(planted)}q"
            if isinstance(field, models.CharField | models.TextField | models.JSONField) and not field.choices \
                    and gathering.rows_of(line, subject).update(
                        **{name: {"k": word} if isinstance(field, models.JSONField) else word}):
                planted.append(word)
    assert len(planted) > 15

    told, names = copied(trader, at)

    text = str(told["held"])
    assert [word for word in planted if word not in text] == []
    assert NAME in text
    assert MAIL in text
    assert {"data.json", "index.html"} < set(names)
    assert sum(name.startswith("files/") for name in names) == 2
    assert "permits.permit" in told["held"]["permit"]["records"]
    assert told["left_out"]["inquiry"]


def test_others_are_not_in_it(trader, cast, at):
    told, _names = copied(trader, at)

    for name in ("amina", "bo", "ito", "sam", "jean"):
        person = person_of(cast[name])
        text = str({purpose: part for purpose, part in told.items() if purpose != "held"}) + str(
            {code: part for code, part in told["held"].items() if code != "permit"})
        assert person.name not in text, name
        assert person.email not in str(told), name
    assert person_of(cast["mario"]).name not in str(told)
    assert "Harvest is far below growth." in str(told)


def test_a_trader_of_a_firm_gets_no_papers_of_the_firm(cast, at):
    """A firm's cases are the firm's: its people get what is about themselves."""
    number = ready(cast, at)
    told, _names = copied(cast["mario"], at)
    assert "case" not in told["held"]
    assert f"application:{number}" in str(told["acts"])
    assert "Quartz Leather" not in str(told)


def test_it_is_fetched_by_the_person_for_seven_days_and_never_by_another(trader, cast, at, desk,
                                                                        django_capture_on_commit_callbacks):
    asked = asking.ask(actor=trader, kind="copy", at=at)
    assert isinstance(asked, SubjectRequest)
    assert isinstance(asking.ask(actor=trader, kind="copy", at=at), Refusal)
    jobs.run_pending()
    asked.refresh_from_db()

    for name in ("sam", "ana", "mario"):
        assert isinstance(asking.fetch(actor=cast[name], request=asked.pk, at=at), Refusal)
        assert desk(name).get(f"/privacy/requests/{asked.pk}/copy/").status_code == 404
    assert NAME.encode() not in asked.file.read_bytes()
    assert isinstance(asking.fetch(actor=trader, request=asked.pk, at=asked.until - timedelta(hours=1)), tuple)
    assert isinstance(asking.fetch(actor=trader, request=asked.pk, at=asked.until), Refusal)
    with django_capture_on_commit_callbacks(execute=True):
        asking.forget_copy(asked.pk, asked.until)
    assert not asked.file.exists()
    kinds = list(Event.objects.filter(subject=asked.subject).order_by("seq").values_list("kind", flat=True))
    assert kinds == ["privacy-asked", "privacy-copy-made", "privacy-copy-fetched", "privacy-copy-forgotten"]
    assert not Event.objects.filter(subject=asked.subject, data__contains="Quix").exists()


def test_somebody_without_an_account_learns_where_their_name_stands_and_no_more(cast, at):
    from wildgate.apps.risk.models import WatchEntry
    ready(cast, at)
    WatchEntry.objects.create(party="QM", name="Quartz Leather Co", plain="quartz leather co", country="QZ",
                              natural_person=False, reason="Smuggling", expires_on=at.date(),
                              added_by_id=cast["ines"].person_id, added_at=at)
    refused = asking.ask_for(actor=cast["amina"], kind="copy", email="", name="Quartz Leather Co", proof="Seen", at=at)
    assert isinstance(refused, Refusal)
    asked = asking.ask_for(actor=cast["sam"], kind="copy", email="", name="Quartz Leather Co", proof="Seen", at=at)
    assert isinstance(asked, SubjectRequest), asked

    told = asking.answer(asking.subject_of(asked), at)

    assert [(each["record"], each["field"]) for each in told["named_in"]] == [("permits.application", "answers"),
                                                                             ("privacy.subjectrequest", "name")]
    assert told["named_in"][0]["words"] == "Quartz Leather Co"
    assert "Smuggling" not in str(told)
    assert told["held"] == {}


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_page_of_one_s_own(trader, cast, at, desk, language):
    page = desk("mario").get("/privacy/", headers={"accept-language": language})
    assert page.status_code == 200
    assert NAME not in page.content.decode()
    desk("mario").post("/privacy/ask/", {"kind": "erasure"})
    asked = SubjectRequest.objects.get(person_id=cast["mario"].person_id)
    assert desk("mario").get("/privacy/desk/").status_code == 403
    assert cast["mario"].name in desk("ana").get("/privacy/desk/").content.decode()
    desk("mario").post(f"/privacy/requests/{asked.pk}/take-back/")
    asked.refresh_from_db()
    assert asked.state == "declined"
