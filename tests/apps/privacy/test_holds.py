"""Legal holds: whatever is held, by whatever it belongs to, no path erases or deletes; another person lifts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from axes.models import AccessFailureLog
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from tests.apps.letters.post import run
from tests.apps.privacy.steps import MAIL, draft, erased, firm_of, handed_in, person_of, zebulon
from tests.cast import issued, submitted

from wildgate.apps.accounts.jobs import clean_up
from wildgate.apps.exchange import bodies, transport
from wildgate.apps.exchange.models import Entry
from wildgate.apps.permits.models import Application, Attachment
from wildgate.apps.privacy.models import SubjectRequest
from wildgate.apps.privacy.services import asking, erasing, holding, retention
from wildgate.apps.tips import boxes
from wildgate.apps.tips.models import Attachment as TipAttachment
from wildgate.apps.tips.models import Identity, Tip
from wildgate.apps.tips.services import custody
from wildgate.convention.refusal import Refusal
from wildgate.kit import holds
from wildgate.kit.cleaning import keeping
from wildgate.kit.cleaning.models import Held
from wildgate.kit.models import Event, Hold
from wildgate.kit.uploads import jobs as uploads

pytestmark = pytest.mark.django_db
YEARS = timedelta(days=40 * 366)


def set_on(actor, kind, number, at):
    made = holding.set_hold(actor=actor, kind=kind, number=number, reason="Court of Kivu, file 7", at=at)
    assert isinstance(made, Hold), made
    return made


@pytest.mark.parametrize("kind", ["person", "organisation", "application"])
def test_an_erasure_waits_while_anything_of_the_person_is_held(cast, at, kind):
    who = zebulon(at)
    case = handed_in(who, at)
    held = set_on(cast["ana"], kind, {"person": MAIL, "organisation": firm_of(who).code,
                                      "application": case.number}[kind], at)
    asked = asking.ask(actor=who, kind="erasure", at=at)

    refused = erasing.confirm(actor=cast["sam"], request=asked.pk, at=at)
    assert isinstance(refused, Refusal)
    assert "Court" not in refused.reason
    assert person_of(who).email == MAIL

    assert holding.lift(actor=cast["ines"], hold=held.pk, why="The court has ruled.", at=at).lifted_at == at
    done = erasing.confirm(actor=cast["sam"], request=asked.pk, at=at)
    assert isinstance(done, SubjectRequest)


def test_rules_of_retention_pass_over_what_is_held(cast, at):
    who = zebulon(at)
    kept = draft(who, at)
    closed = handed_in(who, at)
    other = zebulon(at, "other")
    spare = draft(other, at)
    held = [set_on(cast["ana"], "application", closed.number, at), set_on(cast["ana"], "person", MAIL, at)]

    retention.run("QM", at + YEARS)
    assert Application.objects.filter(pk=kept.pk).exists()
    assert not Application.objects.filter(pk=spare.pk).exists()
    assert Application.objects.get(pk=closed.pk).answers

    for each in held:
        holding.lift(actor=cast["ines"], hold=each.pk, why="Over.", at=at)
    retention.run("QM", at + YEARS)
    assert not Application.objects.filter(pk=kept.pk).exists()
    assert Application.objects.get(pk=closed.pk).answers == {}


def test_the_file_of_a_held_case_stays_on_the_disk(cast, at):
    who = zebulon(at)
    case = draft(who, at)
    upload = Attachment.objects.get(application=case).upload
    held = set_on(cast["ana"], "person", MAIL, at)

    uploads.forget(at=at, upload=upload.pk)
    assert upload.file.is_file()

    holding.lift(actor=cast["ines"], hold=held.pk, why="Over.", at=at)
    assert run(at + timedelta(days=2)) >= 1  # it looks again the next day
    assert not upload.file.exists()


def test_box_and_attachment_of_a_held_tip_stay(cast, at):
    tip = Tip.objects.create(party="QM", number="T-1", receipt="r" * 64, text="x", received_at=at, due_at=at)
    box = boxes.close(boxes.Who("A", "B"), tip.subject)
    Identity.objects.create(party="QM", tip=tip, box=box, made_at=at, erase_at=at)
    one = Held.objects.create(party="QM", kind="picture", ending="png", digest="d" * 64, size=1, by="anyone", at=at,
                              kept_until=at)
    TipAttachment.objects.create(party="QM", tip=tip, place=1, held=str(one.pk), kind="image/png", digest="d" * 64,
                                 at=at)
    held = set_on(cast["ines"], "tip", "T-1", at)

    assert custody.erase_due(party="QM", at=at) == 0
    keeping.forget_when_due(one.pk, at)
    assert Held.objects.get().forgotten_at is None

    assert isinstance(holding.lift(actor=cast["ines"], hold=held.pk, why="x", at=at), Refusal)
    assert holds.held("QM", tip.subject)  # not by the one who set it
    Hold.objects.update(lifted_by="person:0", lifted_at=at)
    assert custody.erase_due(party="QM", at=at) == 1
    keeping.forget_when_due(one.pk, at)
    assert Held.objects.get().forgotten_at == at


def test_messages_about_a_held_permit_stay(cast, at):
    permit = issued(cast, at)
    sha256 = bodies.put(bodies.LOG, b"<permit/>")
    Entry.objects.create(party="QM", partner="QZ", way="out", channel="direct", operation="get", number=permit.number,
                         sha256=sha256, size=9, at=at, who="system", outcome="sent", keep_until=at.date())
    held = set_on(cast["amina"], "permit", permit.number, at)

    assert transport.forget_old("QM", at.date() + timedelta(days=2)) == 0
    holding.lift(actor=cast["ana"], hold=held.pk, why="Over.", at=at)
    assert transport.forget_old("QM", at.date() + timedelta(days=2)) == 1


def test_traces_of_a_held_person_s_sign_ins_stay(cast, at):
    who = zebulon(at)
    Session.objects.create(session_key="k" * 32, session_data="x", expire_date=at)
    UserSession.objects.create(user=person_of(who), ip="10.1.2.3", session_key="k" * 32, user_agent="Q",
                               last_seen_at=at)
    AccessFailureLog.objects.create(username=MAIL, ip_address="10.1.2.3", user_agent="Q", path_info="/")
    set_on(cast["ana"], "person", MAIL, at)

    clean_up(at + YEARS)
    assert (Session.objects.count(), UserSession.objects.count(), AccessFailureLog.objects.count()) == (1, 1, 1)
    Hold.objects.all().delete()
    clean_up(at + YEARS)
    assert (Session.objects.count(), UserSession.objects.count(), AccessFailureLog.objects.count()) == (0, 0, 0)


def test_who_sets_who_lifts_and_what_the_chain_says(cast, at):
    case = submitted(cast, at)
    silent = holding.set_hold(actor=cast["amina"], kind="application", number=case, reason=" ", at=at)
    assert isinstance(silent, Refusal)
    for name in ("mario", "jean", "sam"):
        refused = holding.set_hold(actor=cast[name], kind="application", number=case, reason="x", at=at)
        assert isinstance(refused, Refusal), name
    held = set_on(cast["amina"], "application", case, at)

    assert isinstance(holding.lift(actor=cast["amina"], hold=held.pk, why="x", at=at), Refusal)
    with pytest.raises(IntegrityError), transaction.atomic():
        Hold.objects.filter(pk=held.pk).update(lifted_by=held.set_by, lifted_at=at)
    assert isinstance(holding.lift(actor=cast["bo"], hold=held.pk, why="Over.", at=at), Hold)

    told = list(Event.objects.filter(subject=f"hold:{held.pk}").order_by("seq").values_list("kind", "data"))
    assert told == [("hold-set", f'{{"on":"application:{case}"}}'), ("hold-lifted", f'{{"on":"application:{case}"}}')]


def test_a_hold_on_a_tip_is_seen_by_those_who_may_see_the_tip(cast, at, desk):
    Tip.objects.create(party="QM", number="T-1", receipt="r" * 64, text="x", received_at=at, due_at=at)
    assert isinstance(holding.set_hold(actor=cast["amina"], kind="tip", number="T-1", reason="x", at=at), Refusal)
    set_on(cast["ines"], "tip", "T-1", at)

    assert b"tip:T-1" in desk("ines").get("/privacy/desk/holds/").content
    assert b"tip:T-1" not in desk("amina").get("/privacy/desk/holds/").content
    erased(cast, zebulon(at), at)  # nobody else is touched by it
