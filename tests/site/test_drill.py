"""A restore drill ends green or red, is kept with its day, and whoever runs the installation is told what ends soon."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from tests.apps.letters.post import kinds, run, told
from tests.cast import NOON
from tests.databases import address

from wildgate.apps.accounts.models import Person
from wildgate.kit import jobs
from wildgate.kit.keybook import Use
from wildgate.kit.keys import KeyStore
from wildgate.kit.models import Event, EventNote, Job
from wildgate.site.backup import remembering, restoring, sealing, taking
from wildgate.site.doctor.found import State
from wildgate.site.operations import drilling, ending, selectors
from wildgate.site.operations.jobs import each_day, record, run_drill
from wildgate.site.upgrading import notes


@pytest.fixture
def home(own_database, settings, monkeypatch):
    """A home with everybody in it and keys, whose operator may make a database to try a backup in."""
    from wildgate.site.demo.cast import settle
    if own_database:
        monkeypatch.setenv("WILDGATE_OWNER_URL", address(connection.settings_dict["NAME"], owner=True))
    monkeypatch.setenv("WILDGATE_BACKUP_PASSPHRASE", "four horses in the rain")
    settle("QM", "Demoland", NOON)
    return settings.HOME


def test_a_drill_restores_for_real_and_ends_green(home):
    before = Event.objects.count()

    run_drill(at=datetime.now(UTC), party_code="QM")

    last, = selectors.drills("QM")
    assert (last.green, last.events) == (True, before)
    assert last.rows > before
    assert [path.name for path in home.glob(".drill-*")] == []
    found, = selectors.drilled(datetime.now(UTC))
    assert found.state is State.WELL


def test_a_backup_that_does_not_come_back_whole_ends_red_and_says_where(home, monkeypatch):
    whole = taking.take

    def torn(folder, *args, **named):
        manifest = whole(folder, *args, **named)
        part = folder / manifest["parts"][0]["file"]
        part.write_bytes(part.read_bytes()[:-1])
        return manifest
    monkeypatch.setattr(sealing, "WORK", 2)
    monkeypatch.setattr(taking, "take", torn)

    done = drilling.drill(home, "QM", NOON)

    assert (done.green, done.step) == (False, "restore")
    assert "was changed since the backup was made" in done.says
    record(done, "QM", NOON)
    assert EventNote.objects.get(event__kind="restore-drilled").text == done.says
    assert restoring  # its sentence


def test_the_screen_starts_one_drill_and_shows_how_it_ended(cast, settings):
    settings.DEMO = True
    client, page = Client(), "/operations/"
    client.force_login(Person.objects.get(pk=cast["sam"].person_id))
    assert "No drill was ever started" in client.get(page).text

    for _click in range(2):
        assert "The drill has begun" in client.post("/operations/drill/", follow=True).text
    assert Job.objects.filter(name="operations.run_drill").count() == 1
    assert "A drill is running" in client.get(page).text
    assert "Start a drill" not in client.get(page).text
    Job.objects.filter(name="operations.run_drill").delete()
    record(drilling.Drill(False, 12, "compare", "Not the same."), "QM", NOON)
    told_red = client.get(page).text
    assert ("while both were compared" in told_red, "Not the same." in told_red) == (True, True)
    record(drilling.Drill(True, 9, events=3, rows=4), "QM", NOON - timedelta(days=91))
    assert "more than 90 days ago" in client.get(page).text
    client.force_login(Person.objects.get(pk=cast["amina"].person_id))
    assert client.get(page).status_code == client.post("/operations/drill/").status_code == 403


@pytest.mark.parametrize(("days", "red_after", "state", "says"), [
    (None, False, State.LOOK, "No restore was ever practised"), (89, False, State.WELL, "Green on"),
    (91, False, State.LOOK, "91 days ago"), (1, True, State.LOOK, "ended red")])
def test_the_doctor_wants_a_green_drill_of_the_last_90_days_and_no_red_one_since(cast, days, red_after, state, says):
    results = [] if days is None else [True, False] if red_after else [False, True]
    for green in results:
        record(drilling.Drill(green, 9), "QM", NOON - timedelta(days=days))

    found, = selectors.drilled(NOON)

    assert (found.state, says in found.says) == (state, True)


@pytest.mark.parametrize(("hours", "keys", "state", "word"), [
    (None, True, State.LOOK, "None known"), (47, True, State.WELL, "In order"), (49, True, State.LOOK, "Late"),
    (47, False, State.LOOK, "no private keys")])
def test_doctor_metrics_and_screen_say_how_old_the_last_backup_is(cast, settings, tmp_path, hours, keys, state, word):
    settings.HOME, settings.METRICS_TOKEN, settings.DEMO, now = tmp_path, "a-token", True, timezone.now()
    if hours is not None:
        remembering.remember(tmp_path, remembering.LastBackup(now - timedelta(hours=hours), keys=keys))
    client = Client()
    client.force_login(Person.objects.get(pk=cast["sam"].person_id))

    found, = selectors.backed_up(now)

    assert found.state is state
    assert word in client.get("/operations/").text
    measured = [line for line in Client(headers={"Authorization": "Bearer a-token"}).get("/metrics").text.splitlines()
                if line.startswith("wildgate_backup_age_seconds ")]
    assert [float(line.split()[1]) // 3600 for line in measured] == ([] if hours is None else [hours])


@pytest.mark.parametrize("text", ["", "[]", '{"made_at": "2027-01-01", "keys": true}', '{"made_at": 1, "keys": 1}'])
def test_a_note_of_a_backup_that_cannot_be_read_is_none(tmp_path, text):
    (tmp_path / remembering.NAME).write_text(text)

    assert remembering.last(tmp_path) is None


@pytest.mark.parametrize(("days", "step"), [(61, None), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (0, 7), (-1, 0)])
def test_warnings_are_due_60_30_and_7_days_ahead(days, step):
    assert ending.Ending("permit", NOON + timedelta(days=days), days).step == step


def test_administrators_are_written_to_once_for_each_warning(cast, settings, tmp_path):
    settings.HOME = tmp_path
    secret = "a secret of thirty-two characters"
    life = {part.use: part.until - NOON for part in KeyStore(tmp_path / "other", secret).create("QM", NOON)}[Use.PERMIT]
    store = KeyStore(tmp_path, secret)
    store.create("QM", NOON - life + timedelta(days=60))

    def looked(at):
        return ending.tell(ending.endings(store.parts("QM", at), tmp_path, at), "QM", at)
    assert looked(NOON - timedelta(days=1)) == 0
    assert looked(NOON) >= 1
    assert looked(NOON + timedelta(hours=20)) == 0
    run()
    assert "installation-ending" in kinds(cast["sam"])
    assert any("QM: a key or certificate ends soon" in each for each in told(cast["sam"]))
    assert "installation-ending" not in kinds(cast["amina"])
    seen = [json.loads(data) for data in Event.objects.filter(kind=ending.KIND).values_list("data", flat=True)]
    assert {"what": "permit", "days": 60, "until": (NOON + timedelta(days=60)).date().isoformat()} in seen


def test_every_day_asks_for_the_next(cast, settings, tmp_path):
    settings.HOME = tmp_path
    each_day(at=NOON, party_code="QM")

    assert Job.objects.get(name="operations.each_day").run_after > NOON
    assert "operations.run_drill" in jobs._registry


def test_a_point_of_what_is_new_that_takes_two_lines_is_read_to_its_end():
    note = notes.Note("2.0", "New", ("## At sea", "* Nothing is endorsed", "  under `another` name.", "", "* Two"))

    assert note.parts == [("At sea", ["Nothing is endorsed under another name.", "Two"])]
