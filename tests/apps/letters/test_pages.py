"""The inbox and the administrator's pages in a browser."""

from __future__ import annotations

import pytest
from django.utils import timezone
from tests.apps.letters.post import done, kinds, run
from tests.cast import NOON, submitted
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.accounts.models import Person
from wildgate.apps.letters import services
from wildgate.apps.letters.models import Letter, Mail, Preference, Webhook
from wildgate.kit import jobs
from wildgate.kit.models import Job

pytestmark = pytest.mark.django_db


def test_a_letter_is_read_by_opening_it(desk, cast, at):
    number = submitted(cast, at)
    run()
    trader = desk("mario")
    assert ">1<span" in trader.get("/inbox/").content.decode()
    letter = Letter.objects.get(person=cast["mario"].person_id)

    opened = trader.post(f"/inbox/{letter.pk}/", {"do": "open"})

    assert opened["Location"] == f"/apply/{number}/"
    assert 'class="unread"' not in trader.get("/inbox/").content.decode()
    assert "Nothing unread" in page_text(trader.get("/inbox/?show=unread"))
    assert f"Case {number}: your application has arrived" in page_text(trader.get("/inbox/"))


def test_the_same_case_opens_on_each_readers_own_desk(desk, cast, at):
    number = submitted(cast, at)
    run()
    letter = Letter.objects.get(person=cast["amina"].person_id)

    assert desk("amina").post(f"/inbox/{letter.pk}/")["Location"] == f"/cases/{number}/"
    assert desk("mario").post(f"/inbox/{letter.pk}/").status_code == 404
    assert desk("amina").get(f"/inbox/{letter.pk}/").status_code == 405


def test_all_up_to_the_newest_that_was_shown_are_read(desk, cast, at):
    submitted(cast, at)
    run()
    seen = Letter.objects.filter(person=cast["mario"].person_id).latest("pk").pk
    submitted(cast, at)
    run()

    desk("mario").post("/inbox/read/", {"until": seen})

    assert Letter.objects.filter(person=cast["mario"].person_id, read_at=None).count() == 1
    assert not Letter.objects.exclude(person=cast["mario"].person_id).exclude(read_at=None).exists()
    assert desk("mario").post("/inbox/read/", {"until": "x"}).status_code == 302


def test_the_inbox_asks_the_database_little_however_full_it_is(desk, cast, at, django_assert_num_queries):
    trader = desk("mario")
    submitted(cast, at)
    run()
    trader.get("/inbox/")
    with django_assert_num_queries(7):  # session, person, posts; count, letters, applications; unread
        trader.get("/inbox/")
    for _ in range(3):
        submitted(cast, at)
    run()
    with django_assert_num_queries(7):
        trader.get("/inbox/")


def test_how_somebody_wants_to_be_written_to(desk, cast, client):
    trader = desk("mario")
    trader.post("/inbox/settings/", {"mail": "daily", "language": "ar"})
    kept = Preference.objects.get(person=cast["mario"].person_id)
    assert (kept.mail, kept.language) == ("daily", "ar")

    wrong = trader.post("/inbox/settings/", {"mail": "hourly", "language": "xx"})
    assert wrong.status_code == 422
    assert Preference.objects.get(person=cast["mario"].person_id).mail == "daily"


def test_the_language_of_the_last_sign_in_is_kept(client, cast, settings):
    settings.DEMO = True
    from wildgate.site.demo.cast import PASSWORD
    client.cookies["django_language"] = "fr"
    client.post("/accounts/login/", {"login": "mario@lacuna.example", "password": PASSWORD})

    assert Preference.objects.get(person__email="mario@lacuna.example").used == "fr"


def test_a_webhook_from_the_form_to_its_log_and_away(desk, cast, at, settings):
    settings.WEBHOOK_LOOPBACK = True
    admin = desk("sam")
    wrong = admin.post("/webhooks/new/", {"url": "https://10.0.0.1/x"})
    assert wrong.status_code == 422
    assert "private or local network" in page_text(wrong)

    secret = admin.post("/webhooks/new/", {"url": "http://127.0.0.1:1029/x", "kinds": ["submit"]})
    hook = Webhook.objects.get()
    from wildgate.apps.letters.delivering import secret_of
    assert secret_of(hook) in page_text(secret)
    submitted(cast, at)
    run()
    log = page_text(admin.get(f"/webhooks/{hook.pk}/"))
    assert "Application submitted" in log
    assert "Not taken" in log
    assert secret_of(hook) not in log
    assert "http://127.0.0.1:1029/x" in page_text(admin.get("/webhooks/"))
    admin.post(f"/webhooks/{hook.pk}/", {"kinds": ["take"]})
    assert Webhook.objects.get().active is False
    admin.post(f"/webhooks/{hook.pk}/deed/", {"do": "remove"})
    assert not Webhook.objects.exists()
    assert desk("amina").get("/webhooks/").status_code == NOT_ALLOWED


def test_what_failed_for_good_is_told_shown_and_begun_again(desk, cast):
    dead = Job.objects.create(party="QM", name="letters.send_daily", key="x", payload={"wrong": 1}, run_after=NOON,
                              attempts=jobs.ATTEMPTS)
    jobs.run(dead)
    run()
    Mail.objects.create(party="QM", person=Person.objects.get(pk=cast["bo"].person_id), state="failed", made_at=NOON,
                        error="TimeoutError")
    assert kinds(cast["sam"]) == ["job-dead"]
    admin = desk("sam")

    shown = page_text(admin.get("/undone/"))
    assert "letters.send_daily" in shown
    assert "Bo Osei" in shown
    admin.post(f"/undone/job/{dead.pk}/")
    admin.post(f"/undone/mail/{Mail.objects.get(state='failed').pk}/")

    assert Job.objects.get(pk=dead.pk).state == Job.State.WAITING
    assert not Mail.objects.filter(state="failed").exists()
    assert admin.post(f"/undone/job/{dead.pk}/", follow=True).status_code == 200
    assert desk("mario").get("/undone/").status_code == NOT_ALLOWED
    assert services.begin_again(actor=cast["amina"], what="job", key=dead.pk, at=timezone.now()).code == "not-allowed"
    assert done
