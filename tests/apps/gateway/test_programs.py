"""Programs and their keys: shown once, revoked at once, limited also when many call at the same time."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from tests.apps.gateway.doors import Caller, carrier, customs_system
from tests.desks import page_text

from wildgate.apps.accounts.models import Authority
from wildgate.apps.gateway import door, selectors, services
from wildgate.apps.gateway.models import CallLog, Meter, Notice, Program, ProgramKey
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db


def test_a_key_opens_and_is_kept_nowhere(cast, at):
    port = customs_system(cast, at)

    said = port.get("/program").json()

    assert (said["program"], said["role"], said["left_today"]) == ("Port single window", "customs-system", 49_999)
    kept = str(list(ProgramKey.objects.values())) + str(list(Event.objects.values()))
    assert port.key.split("_", 2)[2] not in kept
    assert not port.program.person.has_usable_password()


@pytest.mark.parametrize(("key", "code"), [
    ("", "key-missing"), ("Basic abc", "key-missing"), ("Bearer nonsense", "key-unknown"),
    ("Bearer wg_aaaaaaaa_bbbb", "key-unknown"), ("Bearer wg_{prefix}_wrong", "key-unknown")])
def test_a_wrong_key_is_told_in_a_sentence(cast, at, key, code):
    port = customs_system(cast, at)
    answer = port.client.get("/api/v1/program", headers={
        "authorization": key.replace("{prefix}", port.key.split("_")[1])} if key else {})

    assert (answer.status_code, answer["Content-Type"], answer["WWW-Authenticate"]) == (
        401, "application/problem+json", "Bearer")
    said = answer.json()
    assert (said["code"], said["status"], said["type"]) == (code, 401, f"urn:wildgate:refusal:{code}")
    assert said["detail"].endswith((".", "..."))


def test_keys_are_changed_one_after_the_other_and_revoked_at_once(cast, at):
    port = customs_system(cast, at)
    _made, text = services.give_key(actor=cast["sam"], program=port.program.pk, at=at)
    second = Caller(port.program, text)
    assert [port.get("/program").status_code, second.get("/program").status_code] == [200, 200]

    services.revoke_key(actor=cast["sam"], program=port.program.pk, prefix=port.key.split("_")[1], at=at)

    assert [port.get("/program").status_code, second.get("/program").status_code] == [401, 200]
    assert port.get("/program").json()["code"] == "key-revoked"
    services.end_program(actor=cast["sam"], program=port.program.pk, at=at)
    assert second.get("/program").json()["code"] == "key-revoked"
    assert services.give_key(actor=cast["sam"], program=port.program.pk, at=at).code == "program-ended"


def test_a_key_ends_and_four_are_enough(cast, at):
    port = customs_system(cast, at - timedelta(days=400))

    assert port.get("/program").json()["code"] == "key-revoked"
    for _ in range(services.MOST_KEYS):
        assert isinstance(services.give_key(actor=cast["sam"], program=port.program.pk, at=at), tuple)
    assert services.give_key(actor=cast["sam"], program=port.program.pk, at=at).code == "too-many-keys"


def test_only_the_administrator_gives_keys(cast, at):
    body = Authority.objects.get(kind=Authority.Kind.CUSTOMS)
    for name in ("mario", "amina", "jean", "kim", "ana"):
        made = services.add_program(actor=cast[name], name="x", role="customs-system", body=body, at=at)
        assert made.code == "not-allowed"
    assert services.add_program(actor=cast["sam"], name="x", role="carrier", body=body, at=at).code == "wrong-body"


def test_the_minute_and_the_day_are_counted_for_all_threads_together(own_database, at_once, at):
    from wildgate.site.demo.cast import settle
    cast = settle("QM", "Demoland", at)
    port = customs_system(cast, at)
    Program.objects.filter(pk=port.program.pk).update(per_minute=12, daily_quota=20)
    program = Program.objects.get()

    def call(when):
        return lambda: door._count(program, when)

    first = at_once(*[call(at)] * 20)
    second = at_once(*[call(at + timedelta(minutes=1))] * 20)
    next_day = door._count(program, at + timedelta(days=1))

    assert [each.code for each in first if each] == ["too-many-calls"] * 8
    assert [each.code for each in second if each] == ["quota-of-calls"] * 12
    assert next_day is None
    assert Meter.objects.get().day_calls == 1


def test_too_many_calls_are_told_when_to_come_back(cast, at):
    port = customs_system(cast, at)
    services.change_limits(actor=cast["sam"], program=port.program.pk, daily_quota=5, per_minute=0, at=at)

    answer = port.get("/program")

    assert (answer.status_code, answer.json()["code"]) == (429, "too-many-calls")
    assert 0 < int(answer["Retry-After"]) <= 60


def test_a_program_that_made_its_calls_of_the_day_is_sent_to_the_next_day(cast, at):
    port = customs_system(cast, at)
    services.change_limits(actor=cast["sam"], program=port.program.pk, daily_quota=0, per_minute=600, at=at)

    answer = port.get("/program")
    comes_back = timezone.now() + timedelta(seconds=int(answer["Retry-After"]))

    assert (answer.status_code, answer.json()["code"]) == (429, "quota-of-calls")
    assert (comes_back.hour, comes_back.minute) == (0, 0)


def test_both_sides_read_the_same_log(cast, at, desk):
    speedx = carrier(cast, at)
    for _ in range(3):
        speedx.get("/program")
    speedx.get("/log", days=1000)

    said = speedx.get("/log").json()["days"]

    assert [(row["operation"], row["status"], row["calls"]) for row in said[0]["by_answer"]] == [
        ("GET log", 422, 1), ("GET program", 200, 3)]
    text = page_text(desk("sam").get(f"/programs/{speedx.program.pk}/"))
    assert "GET program 200 3" in text
    row = CallLog.objects.first()
    assert {field.name for field in row._meta.fields} == {
        "id", "party", "program", "day", "operation", "status", "calls", "things"}


def test_the_pages_of_the_administrator(cast, at, desk, django_assert_num_queries):
    sam = desk("sam")
    body = Authority.objects.get(kind=Authority.Kind.CUSTOMS)
    assert sam.post("/programs/new/", {"name": "Port", "body": ""}).status_code == 422
    sam.post("/programs/new/", {"name": "Port", "body": f"authority-{body.pk}"})
    program = Program.objects.get()
    shown = sam.post(f"/programs/{program.pk}/deed/", {"do": "give"})
    key = shown.content.decode().partition("<code>")[2].partition("</code>")[0]
    assert shown["Cache-Control"] == "no-store"
    assert Caller(program, key).get("/program").status_code == 200
    assert key not in sam.get(f"/programs/{program.pk}/").content.decode()

    for i in range(5):
        customs_system(cast, at, f"Port {i}")
    with django_assert_num_queries(7):
        assert "Port 4" in page_text(sam.get("/programs/"))
    assert sam.post(f"/programs/{program.pk}/deed/", {"do": "limits", "daily_quota": "-1",
                                                      "per_minute": "3"}).status_code == 422
    sam.post(f"/programs/{program.pk}/deed/", {"do": "revoke", "prefix": key.split("_")[1]})
    assert "Revoked" in page_text(sam.get(f"/programs/{program.pk}/"))
    assert desk("mario").get("/programs/").status_code == 403
    assert "Give a key" not in page_text(desk("ana").get(f"/programs/{program.pk}/"))


def test_notices_are_given_until_they_are_confirmed(cast, at):
    port, other = customs_system(cast, at), customs_system(cast, at, "Other")
    for number in (1, 2, 2):
        services.notify([port.program.pk], party="QM", kind="write-off-watch", subject="permit:1", cause=f"c{number}",
                        at=at, data={"reference": "D1"})

    first = port.get("/notices").json()
    assert [each["data"] for each in first["notices"]] == [{"reference": "D1"}] * 2
    assert other.get("/notices").json()["notices"] == []
    assert other.post("/notices/acknowledge", {"until": first["notices"][1]["seq"]}).json() == {"acknowledged": 0}
    assert port.post("/notices/acknowledge", {"until": first["notices"][0]["seq"]}).json() == {"acknowledged": 1}
    assert len(port.get("/notices").json()["notices"]) == 1
    assert Notice.objects.filter(acknowledged_at=None).count() == 1


@pytest.mark.parametrize(("body", "code"), [
    (b'{"until": 1, "until": 2}', "name-twice"), (b'{"until": NaN}', "not-a-number"),
    (b'{"until": 1e999999999}', "not-a-number"), (b"[" * 40 + b"]" * 40, "too-deep"), (b'{"until": ', "unreadable"),
    (b"\xff\xfe", "unreadable"), (b'{"until": -1}', "not-as-described"), (b'{"other": 1}', "not-as-described"),
    (b"[" + b"1," * 300_000 + b"1]", "too-many-values"), (b'"' + b"x" * 1_000_001, "too-large")])
def test_bad_bodies_are_refused_by_code(cast, at, body, code):
    answer = customs_system(cast, at).post("/notices/acknowledge", body)

    assert answer.json()["code"] == code
    assert answer.status_code in {400, 413, 422}
    assert "Traceback" not in answer.content.decode()


def test_a_body_is_not_read_when_its_length_says_too_much(cast, at):
    port = customs_system(cast, at)
    answer = port.client.generic("POST", "/api/v1/notices/acknowledge", b"{}", headers={
        "authorization": f"Bearer {port.key}"}, CONTENT_LENGTH="100000000")

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_left_and_log_of_a_program_that_never_called(cast, at):
    port = customs_system(cast, at)

    assert selectors.left_today(port.program, timezone.now().date()) == 50_000
    assert json.loads(port.get("/log").content)["days"] == []
