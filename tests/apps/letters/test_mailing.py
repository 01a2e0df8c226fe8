"""Letters by e-mail: within the minute, in the reader's language, once, whatever dies on the way."""

from __future__ import annotations

import smtplib
from datetime import timedelta

import pytest
from django.core import mail as post
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.apps.letters.post import done, kinds, run
from tests.cast import NOON, issued, submitted

from wildgate.apps.accounts.models import Person, Post
from wildgate.apps.letters import mailing, services
from wildgate.apps.letters.models import Letter, Mail, Preference
from wildgate.apps.permits import documents
from wildgate.apps.permits import services as permits
from wildgate.apps.permits.models import Application
from wildgate.kit.models import Job

HALF = timedelta(seconds=31)


class Refusing(EmailBackend):
    """A mail server that fails in the way that `fault` says, so often."""

    fault: Exception = smtplib.SMTPServerDisconnected("gone")
    times = 1
    at_once = False

    def open(self):
        if self.at_once and type(self).times > 0:
            type(self).times -= 1
            raise self.fault
        return True

    def send_messages(self, messages):
        if type(self).times > 0:
            type(self).times -= 1
            raise self.fault
        return super().send_messages(messages)


@pytest.fixture
def refusing(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"

    def set_up(fault, times=1, at_once=False):
        Refusing.fault, Refusing.times, Refusing.at_once = fault, times, at_once
    return set_up


def mails_to(actor):
    email = Person.objects.get(pk=actor.person_id).email
    return [each for each in post.outbox if each.to == [email]]


def waiting_mail(cast, at):
    """A mail to Mario that is put together and not sent."""
    submitted(cast, at)
    Job.objects.exclude(name__startswith="letters.").delete()
    for job in Job.objects.filter(name="letters.tell_of"):
        from wildgate.apps.letters import jobs
        jobs.tell_of(at=NOON, **job.payload)
    return mailing.gather("QM", cast["mario"].person_id, at=NOON)


@pytest.mark.django_db
def test_scenario_1_the_trader_has_message_and_pdf_within_a_minute(cast):
    started = timezone.now()
    permit = issued(cast, started)
    run()
    run(started + timedelta(minutes=1))

    told = mails_to(cast["mario"])
    assert f"Permit {permit.number} is issued" in "".join(each.body for each in told)
    assert f"http://127.0.0.1:8000/permits/{permit.number}/" in told[-1].body
    assert documents.path_of(permit, "pdf").exists()
    assert timezone.now() - started < timedelta(minutes=1)
    assert Letter.objects.get(person=cast["mario"].person_id, kind="permit-issued").mailed_at is not None


@pytest.mark.django_db
def test_one_letter_gives_the_mail_its_subject_and_more_are_counted(cast, at):
    number = submitted(cast, at)
    run()
    permits.take(actor=cast["amina"], case=number, at=at)
    permits.ask(actor=cast["amina"], case=number, text="Which?", at=at)
    run()
    assert len(mails_to(cast["mario"])) == 1  # the next goes half a minute later
    mailing.gather("QM", cast["mario"].person_id, at=timezone.now() + HALF)
    run(timezone.now() + HALF)

    first, second = mails_to(cast["mario"])
    assert first.subject == f"Wildgate: Case {number}: your application has arrived"
    assert second.subject == "Wildgate: 2 unread messages in your inbox"
    assert f"Case {number}: a question to you" in second.body
    assert "Mario Ferro" in first.body
    assert "/inbox/settings/" in first.body
    assert first.alternatives[0][1] == "text/html"


@pytest.mark.django_db
@pytest.mark.parametrize(("chosen", "used", "asked", "language"), [
    ("ar", "fr", "es", "ar"), ("", "fr", "es", "fr"), ("", "", "es", "es"), ("", "", "", "en"), ("xx", "", "", "en")])
def test_the_language_of_a_mail(cast, at, chosen, used, asked, language):
    mail = waiting_mail(cast, at)
    Application.objects.update(language=asked)
    Preference.objects.create(person_id=cast["mario"].person_id, language=chosen, used=used)

    mailing.send(mail.pk, at=NOON)

    assert f'lang="{language}"' in post.outbox[0].alternatives[0][0]
    assert ('dir="rtl"' in post.outbox[0].alternatives[0][0]) == (language == "ar")


@pytest.mark.django_db
def test_what_was_read_or_is_nobodys_to_see_any_more_is_not_mailed(cast, at):
    mail = waiting_mail(cast, at)
    Post.objects.filter(person=cast["mario"].person_id).update(until=NOON.date() - timedelta(days=1))
    assert mailing.send(mail.pk, at=NOON).state == Mail.State.DROPPED

    Post.objects.filter(person=cast["mario"].person_id).update(until=None)
    submitted(cast, at)
    run()
    Mail.objects.all().delete()
    Letter.objects.filter(person=cast["mario"].person_id).update(read_at=NOON)
    assert mailing.gather("QM", cast["mario"].person_id, at=NOON) is None


@pytest.mark.django_db
def test_never_and_daily(cast, at):
    services.set_preference(actor=cast["amina"], mail="never", language="", at=timezone.now())
    services.set_preference(actor=cast["mario"], mail="daily", language="fr", at=timezone.now())
    first, second = submitted(cast, at), submitted(cast, at)
    run()
    assert mails_to(cast["amina"]) == mails_to(cast["mario"]) == []
    assert kinds(cast["amina"]) == ["submit", "submit"]
    assert Job.objects.filter(name="letters.send_daily").count() == 1

    run(timezone.now() + timedelta(days=1))
    run()

    daily = mails_to(cast["mario"])
    assert len(daily) == 1
    assert first in daily[0].body
    assert second in daily[0].body
    assert mails_to(cast["amina"]) == []
    mailing.gather_daily("QM", at=timezone.now() + timedelta(days=2))
    run()
    assert len(mails_to(cast["mario"])) == 1


@pytest.mark.django_db
def test_a_crash_between_send_and_mark_sends_once_more_and_only_once(cast, at, monkeypatch):
    mail = waiting_mail(cast, at)

    def die(*_):
        raise SystemExit
    with monkeypatch.context() as dying:
        dying.setattr(mailing, "_end", die)
        with pytest.raises(SystemExit):
            mailing.send(mail.pk, at=NOON)
        assert mailing.send(mail.pk, at=NOON + timedelta(minutes=1)) is None
        with pytest.raises(SystemExit):
            mailing.send(mail.pk, at=NOON + mailing.LEASE)

    assert mailing.send(mail.pk, at=NOON + 3 * mailing.LEASE) is None
    assert len(post.outbox) == 2
    assert len({each.extra_headers["Message-ID"] for each in post.outbox}) == 1
    mail.refresh_from_db()
    assert (mail.state, mail.unclear) == ("failed", 2)
    assert kinds(cast["sam"]) == ["mail-failed"]


@pytest.mark.django_db
def test_a_server_that_is_down_is_asked_again_until_the_administrator_is_told(cast, at, refusing):
    mail = waiting_mail(cast, at)
    refusing(ConnectionRefusedError(), times=99, at_once=True)
    now = NOON
    for _ in range(mailing.TRIES):
        mailing.send(mail.pk, at=now)
        now += timedelta(hours=5)
    mail.refresh_from_db()
    assert (mail.state, mail.tries, mail.error, mail.unclear) == ("failed", 8, "ConnectionRefusedError", 0)
    assert kinds(cast["sam"]) == ["mail-failed"]

    refusing(ConnectionRefusedError(), times=0)
    done(services.begin_again(actor=cast["sam"], what="mail", key=mail.pk, at=now))
    run(now)
    assert len(mails_to(cast["mario"])) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("fault", "others"), [(ConnectionRefusedError(), 0), (smtplib.SMTPDataError(451, b"x"), 1)])
def test_a_server_that_cannot_be_reached_is_left_alone_for_a_minute(cast, at, refusing, fault, others):
    mail = waiting_mail(cast, at)
    other = mailing.gather("QM", cast["amina"].person_id, at=NOON)
    refusing(fault, at_once=isinstance(fault, ConnectionRefusedError))
    mailing.send(mail.pk, at=NOON)

    mailing.send(other.pk, at=NOON + timedelta(seconds=59))
    assert len(post.outbox) == others
    mailing.send(other.pk, at=NOON + timedelta(seconds=61))
    assert len(post.outbox) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("fault", "state", "unclear"), [
    (smtplib.SMTPDataError(451, b"later"), "waiting", 0),
    (smtplib.SMTPRecipientsRefused({"x": (550, b"no such user")}), "failed", 0),
    (smtplib.SMTPServerDisconnected("gone"), "waiting", 1), (TimeoutError(), "waiting", 1)])
def test_what_a_failure_says_about_the_mail(cast, at, refusing, fault, state, unclear):
    mail = waiting_mail(cast, at)
    refusing(fault)

    mailing.send(mail.pk, at=NOON)

    mail.refresh_from_db()
    assert (mail.state, mail.unclear) == (state, unclear)
    assert "@" not in mail.error


@pytest.mark.django_db
def test_the_rate_of_an_installation_is_bounded(cast, at):
    mail = waiting_mail(cast, at)
    Mail.objects.bulk_create([
        Mail(party="QM", person_id=cast["bo"].person_id, state="sent", made_at=NOON, sent_at=NOON)
        for _ in range(mailing.MOST_A_MINUTE)])

    assert mailing.send(mail.pk, at=NOON + timedelta(seconds=59)) is None
    assert post.outbox == []
    assert mailing.send(mail.pk, at=NOON + timedelta(seconds=61)).state == Mail.State.SENT


def test_two_workers_send_once(own_database, at_once):
    from wildgate.site.demo.cast import settle
    people = settle("QM", "Demoland", NOON)
    for turn in range(5):
        submitted(people, NOON)
        Mail.objects.all().delete()
        post.outbox = []
        from wildgate.apps.letters import jobs
        for job in Job.objects.filter(name="letters.tell_of"):
            jobs.tell_of(at=NOON, **job.payload)
        Job.objects.all().delete()
        mario = people["mario"].person_id
        made = at_once(*[lambda mario=mario: mailing.gather("QM", mario, at=NOON)] * 2)
        key = next(each.pk for each in made if each is not None)
        assert made.count(None) == 1, turn
        sent = at_once(*[lambda key=key: mailing.send(key, at=NOON)] * 3)
        assert [each.state for each in sent if each is not None] == [Mail.State.SENT]
        assert len(post.outbox) == 1


def test_who_writes_a_letter_and_who_gathers_never_wait_for_each_other(cast, at):
    submitted(cast, at)
    with CaptureQueriesContext(connection) as asked:
        mailing.gather("QM", cast["mario"].person_id, at=NOON)

    locks = [each["sql"].rpartition(" FOR ")[2] for each in asked if '"accounts_person"' in each["sql"]
             and " FOR " in each["sql"]]
    assert locks == ["NO KEY UPDATE"] * (connection.vendor == "postgresql")
