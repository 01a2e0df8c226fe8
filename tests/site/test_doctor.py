"""`wildgate doctor`: each thing that can be wrong is seen, and the answer says what to do."""

from __future__ import annotations

import json
import os
import socket
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from tests.databases import as_owner

from wildgate.apps.accounts.models import Emergency
from wildgate.kit.keys import KeyStore
from wildgate.kit.models import ChainHead, Job
from wildgate.site.cli import doctor as command
from wildgate.site.cli import main
from wildgate.site.doctor import within, without
from wildgate.site.doctor.found import Found, State

NOW = datetime.now(UTC)


def of(found, state: State) -> list[Found]:
    return [each for each in found if each.state is state]


@pytest.fixture
def production(settings):
    """As an installation with an address of its own should be set."""
    settings.BASE_URL, settings.ALLOWED_HOSTS = "https://permits.example", ["permits.example"]
    settings.SECURE, settings.DEBUG, settings.DEMO = True, False, False
    return settings


def test_good_settings_are_well(production):
    assert [each.state for each in within.configuration()] == [State.WELL]


@pytest.mark.parametrize(("name", "value", "says"), [
    ("DEBUG", True, "WILDGATE_DEBUG is on"), ("DEMO", True, "published passwords"), ("SECURE", False, "in clear"),
    ("ALLOWED_HOSTS", ["other.example"], "does not name permits.example"), ("SECRET_KEY", "short", "shorter than 32"),
])
def test_a_setting_that_must_not_be_so_is_named(production, name, value, says):
    setattr(production, name, value)

    (found,) = of(within.configuration(), State.WRONG)

    assert says in found.says
    assert found.do


@pytest.mark.parametrize(("address", "told"), [
    ("http://127.0.0.1:8000", True), ("http://[::1]:8000", True), ("http://localhost:8000", False)])
def test_an_address_at_which_nobody_can_make_a_passkey_is_looked_at(production, address, told):
    production.BASE_URL, production.ALLOWED_HOSTS = address, ["*"]

    assert ["no passkeys" in each.says for each in of(within.configuration(), State.LOOK)] == [True] * told


def test_a_guard_that_was_taken_away_is_missed(db):
    assert of(within.database(), State.WRONG) == []
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER kit_event_no_update" if connection.vendor == "sqlite" else
                       "ALTER TABLE kit_event DISABLE TRIGGER kit_event_append_only")

    (found,) = of(within.database(), State.WRONG)

    assert "kit_event" in found.says


def test_tables_of_an_older_release_are_wrong_and_the_way_on_is_the_upgrade(db):
    with as_owner():
        MigrationRecorder.Migration.objects.filter(app="kit").order_by("-pk").first().delete()

    (found,) = of(within.database(), State.WRONG)

    assert "changes of tables are not made yet" in found.says
    assert "`wildgate upgrade`" in found.do


def test_tables_of_a_newer_release_are_looked_at(db):
    with as_owner():
        MigrationRecorder(connection).record_applied("permits", "9999_of_tomorrow")

    (found,) = of(within.database(), State.LOOK)

    assert "A newer release made 1 changes of tables" in found.says


def test_a_chain_without_its_last_events_is_wrong(cast):
    ChainHead.objects.filter(party="QM").update(seq=10_000)

    assert [each.thing for each in of(within.chain(NOW), State.WRONG)] == ["events"]


def test_a_clock_behind_what_was_written_is_wrong(cast):
    assert of(within.chain(NOW), State.WRONG) == []

    assert [each.thing for each in of(within.chain(NOW - timedelta(days=30)), State.WRONG)] == ["clock"]


def test_keys_that_end_soon_and_files_that_others_read(cast, settings):
    from wildgate.apps.permits.sealing import keys
    folder = Path(settings.HOME) / "keys"
    parts = keys().parts("QM")
    end = min(part.until for part in parts)
    assert of(within.keys(parts, folder, NOW), State.WELL) == list(within.keys(parts, folder, NOW))

    soon, ended = (list(within.keys(parts, folder, end - timedelta(days=left))) for left in (30, 3))

    assert of(soon, State.LOOK)[0].do.startswith("wildgate keys rotate")
    assert of(ended, State.WRONG)
    assert [each.state for each in within.keys((), folder, NOW)] == [State.WRONG]


@pytest.mark.skipif(os.name != "posix", reason="rights of files are POSIX")
def test_a_private_key_that_others_can_read_is_wrong(cast, settings, tmp_path):
    from wildgate.apps.permits.sealing import keys
    file = tmp_path / "private.pem"
    file.touch(mode=0o644)

    (found,) = of(within.keys(keys().parts("QM"), tmp_path, NOW), State.WRONG)

    assert found.do == f"chmod 600 {file}"


def test_jobs_that_wait_too_long_and_jobs_that_died(db):
    assert [each.state for each in within.jobs(NOW)] == [State.WELL]
    Job.objects.create(party="QM", name="a.b", key="1", run_after=NOW - timedelta(hours=2))
    Job.objects.create(party="QM", name="a.b", key="2", run_after=NOW, state=Job.State.DEAD)

    assert [each.state for each in within.jobs(NOW)] == [State.WRONG, State.LOOK]


@pytest.mark.parametrize(("waited", "says"), [
    (timedelta(minutes=119), "119 minutes"), (timedelta(hours=47), "47 hours"),
    (timedelta(days=40, hours=3), "40 days")])
def test_how_long_the_oldest_job_waited_is_said_as_one_would_say_it(db, waited, says):
    Job.objects.create(party="QM", name="a.b", key="1", run_after=NOW - waited)

    (found,) = of(within.jobs(NOW), State.WRONG)

    assert found.says == f"1 wait, the oldest for {says}."


def test_a_home_that_cannot_be_written_to(settings, tmp_path):
    settings.HOME = tmp_path / "not-there"

    assert [each.state for each in within.disk()] == [State.WRONG]


def test_keys_that_do_not_open_are_wrong(tmp_path):
    made = KeyStore(tmp_path, "the secret of the day they were made")
    parts = made.create("QM", NOW)
    assert list(within.signing(parts, made.open)) == []

    (other,) = within.signing(parts, KeyStore(tmp_path, "another secret").open)
    for file in tmp_path.rglob("private.pem"):
        file.unlink()
    (gone,) = within.signing(parts, KeyStore(tmp_path, "the secret of the day they were made").open)

    assert "WILDGATE_SECRET_KEY is not the one" in other.says
    assert "cannot be read" in gone.says
    assert {other.state, gone.state} == {State.WRONG}
    assert all("backup" in each.do for each in (other, gone))


def test_a_key_file_that_is_none_does_not_end_the_doctor(cast, settings, tmp_path):
    settings.HOME = tmp_path
    file = tmp_path / "keys" / "QM" / "permit" / "1" / "public.json"
    file.parent.mkdir(parents=True)
    file.write_text("{")

    found = list(command.everything(here=True))

    assert [(each.state, each.says) for each in found if each.thing == "keys"] == [
        (State.WRONG, f"{file} is damaged: restore it from the backup.")]
    assert {"disk", "fonts", "database"} <= {each.thing for each in found}


@pytest.mark.skipif(os.name != "posix", reason="rights of files are POSIX")
def test_a_home_that_everybody_can_read_is_looked_at(settings, tmp_path):
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir(mode=0o755)

    (found,) = (each for each in of(within.disk(), State.LOOK) if "personal data" in each.says)

    assert found.do.startswith(f"chmod 700 {settings.HOME}")
    settings.HOME.chmod(0o750)
    assert not [each for each in within.disk() if "personal data" in each.says]


@pytest.mark.parametrize(("code", "means"), [("XX", "Unknown"), ("ZZ", "from the sea"), ("QQ", "no country")])
def test_a_code_that_is_no_country_cannot_issue(production, code, means):
    production.PARTY = code

    (found,) = of(within.configuration(), State.WRONG)

    assert means in found.says
    for country in ("NA", "EU", "HK"):
        production.PARTY = country
        assert of(within.configuration(), State.WRONG) == []


def test_a_scanner_that_answers_one_that_does_not_and_none(settings):
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.CLAMD = f"tcp:127.0.0.1:{server.getsockname()[1]}"

        def answer():
            line = server.accept()[0]
            line.recv(16)
            line.sendall(b"PONG\0")
            line.close()

        thread = threading.Thread(target=answer)
        thread.start()
        assert [each.state for each in without.scanner()] == [State.WELL]
        thread.join()
    assert [each.state for each in without.scanner()] == [State.WRONG]
    settings.CLAMD = ""
    assert [each.state for each in without.scanner()] == [State.LOOK]


def test_the_command_tells_a_program_and_exits_by_the_worst(cast, capsys, settings):
    settings.DEBUG = True

    status = command.run(command.argparse.Namespace(here=True, json=True, home=None))

    rows = json.loads(capsys.readouterr().out)
    assert status == 1
    assert {"thing", "state", "says", "do"} == set(rows[0])
    assert {row["thing"] for row in rows} >= {"settings", "disk", "keys", "fonts", "database", "events", "jobs"}


def test_without_a_database_the_rest_is_still_looked_at(tmp_path, capsys):
    """A real process: the settings of this one are read already."""
    import subprocess
    import sys
    asked = subprocess.run([sys.executable, "-m", "wildgate", "doctor", "--here"], capture_output=True, text=True,
                           env={**os.environ, "WILDGATE_HOME": str(tmp_path), "DATABASE_URL":
                                "postgresql://nobody@127.0.0.1:1/none",
                                "DJANGO_SETTINGS_MODULE": "wildgate.site.settings"}, check=False, timeout=60)

    assert asked.returncode == 1
    assert "wrong  database: It does not answer" in asked.stdout
    assert "Traceback" not in asked.stdout + asked.stderr


def test_a_damaged_file_of_the_database_is_not_to_be_started_but_restored(tmp_path):
    import subprocess
    import sys
    (tmp_path / "wildgate.sqlite3").write_bytes(b"no database" * 1000)
    asked = subprocess.run([sys.executable, "-m", "wildgate", "doctor", "--here"], capture_output=True, text=True,
                           env={**os.environ, "WILDGATE_HOME": str(tmp_path), "DATABASE_URL": "",
                                "DJANGO_SETTINGS_MODULE": "wildgate.site.settings"}, check=False, timeout=60)

    assert asked.returncode == 1
    assert "wrong  database: It does not answer: file is not a database" in asked.stdout
    assert "wildgate restore" in asked.stdout
    assert "DATABASE_URL" not in asked.stdout


def test_a_trust_list_that_nobody_can_read_is_not_well(settings, tmp_path):
    settings.HOME = tmp_path
    (tmp_path / "trust.cwt").write_bytes(b"cut")

    found = next(each for each in within.lists(NOW) if each.thing == "trust list")

    assert found.state is State.WRONG
    assert "cannot be read" in found.says
    assert "signs another" in found.do


def test_a_token_that_cannot_be_reached_is_told_before_a_key_is_needed(cast, settings, tmp_path):
    settings.HOME = tmp_path
    settings.PKCS11, settings.PKCS11_PIN = "pkcs11:token=wildgate?module-path=/nowhere/token.so", "1234"

    says = [each.says for each in of(command.everything(here=True), State.WRONG) if each.thing == "keys"]

    assert any("/nowhere/token.so cannot be loaded" in each or "one more package" in each for each in says)


def test_help_names_what_is_looked_at(capsys):
    with pytest.raises(SystemExit):
        main(["doctor", "--help"])

    assert "partners" in capsys.readouterr().out


def test_an_emergency_right_is_shown_until_it_is_reviewed(cast):
    assert [each.state for each in within.emergencies(NOW)] == [State.WELL]
    Emergency.objects.create(party="QM", person_id=cast["jean"].person_id, reason="x", minutes=60, begun_at=NOW)

    shown = [[(each.state, each.says) for each in within.emergencies(NOW + timedelta(days=days))] for days in (0, 1, 4)]

    assert shown == [[(State.LOOK, "1 run, 0 wait for a review.")], [(State.LOOK, "0 run, 1 wait for a review.")],
                     [(State.WRONG, "1 were not reviewed within three days.")]]


def test_where_we_may_call_and_whom_we_may_not(settings, db):
    assert [each.says for each in without.addresses()] == ["They go to public addresses only."]
    settings.ALLOW_INNER, settings.OIDC_ISSUER = (ip_network("10.20.0.0/16"),), "https://10.21.0.1/"

    wrong, shown = without.addresses()

    assert (wrong.state, wrong.thing) == (State.WRONG, "identity provider")
    assert shown.says == "They go to public addresses, and to 10.20.0.0/16."
