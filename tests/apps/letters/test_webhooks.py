"""Machine notices to a real server: signed, in order, tried again, never to an address inside."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

import pytest
from tests.apps.letters.post import done, kinds, listening, run
from tests.cast import NOON, submitted

from wildgate.apps.letters import delivering, posting, services
from wildgate.apps.letters.models import Delivery, Webhook
from wildgate.apps.permits import services as permits
from wildgate.kit import jobs as kit_jobs
from wildgate.kit import outgoing
from wildgate.kit.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def listener(settings):
    settings.WEBHOOK_LOOPBACK = True
    with listening() as found:
        yield found


def registered(cast, url, *kinds_):
    return done(services.register_webhook(actor=cast["sam"], url=url, kinds=kinds_, at=NOON))


def test_a_notice_is_signed_and_names_nobody(cast, at, listener):
    hook = registered(cast, listener.url, "submit", "take")
    number = submitted(cast, at)
    permits.take(actor=cast["amina"], case=number, at=at)
    permits.ask(actor=cast["amina"], case=number, text="Which?", at=at)
    run()

    assert [body["kind"] for body in listener.bodies()] == ["submit", "take"]
    first = listener.heard[0]
    secret = delivering.secret_of(hook)
    stamp = first["wildgate-timestamp"].encode()
    expected = hmac.new(secret.encode(), stamp + b"." + first["body"], hashlib.sha256).hexdigest()
    assert first["wildgate-signature"] == f"v1={expected}"
    assert listener.bodies()[0] == {
        "kind": "submit", "subject": f"application:{number}", "party": "QM", "seq": listener.bodies()[0]["seq"],
        "at": NOON.isoformat(timespec="seconds"), "link": f"http://127.0.0.1:8000/cases/{number}/"}
    assert secret not in str(list(Webhook.objects.values()))

    done(services.renew_secret(actor=cast["sam"], key=hook.pk, at=at))
    assert delivering.secret_of(Webhook.objects.get()) != secret


def test_500_then_200_in_order_and_with_growing_waits(cast, at, listener):
    hook = registered(cast, listener.url)
    listener.answers = [500, 503]
    submitted(cast, at)
    submitted(cast, at)
    for event in Job.objects.filter(name="letters.tell_of"):
        kit_jobs.run(event)

    assert delivering.deliver(hook.pk, at=NOON) == 0
    assert delivering.deliver(hook.pk, at=NOON + timedelta(seconds=5)) == 0
    assert len(listener.heard) == 1  # it waits ten seconds
    assert delivering.deliver(hook.pk, at=NOON + timedelta(seconds=10)) == 0
    assert delivering.deliver(hook.pk, at=NOON + timedelta(seconds=69)) == 0
    assert len(listener.heard) == 2  # and then a minute
    assert delivering.deliver(hook.pk, at=NOON + timedelta(seconds=70)) == 2

    seqs = [body["seq"] for body in listener.bodies()]
    assert seqs[0] == seqs[1] == seqs[2] < seqs[3]
    assert list(Delivery.objects.values_list("tries", "status")) == [(3, 200), (1, 200)]
    assert Webhook.objects.get().failures == 0


def test_after_too_many_failures_it_is_off_and_catches_up_when_on_again(cast, at, listener):
    hook = registered(cast, listener.url)
    listener.answers = [500] * delivering.MOST_FAILURES
    submitted(cast, at)
    run()
    for day in range(1, delivering.MOST_FAILURES):
        delivering.deliver(hook.pk, at=NOON + timedelta(days=2 + day))

    assert not Webhook.objects.get().active
    assert kinds(cast["sam"]) == ["webhook-disabled"]
    submitted(cast, at)
    run()
    assert len(listener.heard) == delivering.MOST_FAILURES

    done(services.change_webhook(actor=cast["sam"], key=hook.pk, active=True, kinds=[], at=at))
    run()
    assert not Delivery.objects.filter(delivered_at=None).exists()
    assert len({body["seq"] for body in listener.bodies()}) == 2


def moved(handler):
    handler.send_response(302)
    handler.send_header("Location", "http://127.0.0.1:1/elsewhere")
    handler.end_headers()


def test_a_redirect_is_not_followed(cast, at, listener):
    hook = registered(cast, listener.url)
    listener.answers = [moved]
    submitted(cast, at)
    run()

    assert Delivery.objects.get().status == 302
    assert Delivery.objects.get().delivered_at is None
    assert [each["path"] for each in listener.heard] == ["/hook"]
    assert Webhook.objects.get(pk=hook.pk).failures == 1


def test_a_server_that_drips_is_cut_off_and_a_long_answer_is_not_read(listener):
    def drip(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for letter in "X-Slow: " + "y" * 100:
            if listener.release.wait(0.05):
                return
            try:
                handler.wfile.write(letter.encode())
            except OSError:
                return

    def endless(handler):
        handler.send_response(200)
        handler.end_headers()
        try:
            for _ in range(200):
                handler.wfile.write(b"z" * 100_000)
        except OSError:
            return
        raise AssertionError("the whole answer was read")
    listener.answers = [drip, endless]
    target = outgoing.checked(listener.url)

    assert posting.post(target, b"{}", {}, patience=0.3) == posting.Answer(error="no answer in time")
    assert posting.post(target, b"{}", {}).taken


def test_a_name_that_answers_otherwise_at_delivery_is_refused_then(cast, at, listener, settings):
    hook = registered(cast, listener.url)
    settings.WEBHOOK_LOOPBACK = False
    submitted(cast, at)
    run()

    assert listener.heard == []
    assert Delivery.objects.get(webhook=hook).error == "address-https"


@pytest.mark.parametrize("name", ["mario", "amina", "ana"])
def test_only_the_administrator_keeps_addresses(cast, name):
    made = services.register_webhook(actor=cast[name], url="https://8.8.8.8/", kinds=[], at=NOON)

    assert made.code == "not-allowed"
    assert not Webhook.objects.exists()
