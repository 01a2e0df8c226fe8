"""Two roles in PostgreSQL: the one that serves can do the work, and can rewrite nothing of what was done."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import postgres
from tests.clusters import furnish
from tests.house import the_house

pytestmark = [pytest.mark.processes]
NAME, APP, PASSWORD = "agency", "wildgate_app", "a 'quoted' word"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres.Cluster]:
    from tempfile import TemporaryDirectory
    with TemporaryDirectory(prefix="wildgate-server-") as made:
        Path(made).chmod(0o755)
        cluster = postgres.Cluster(Path(made) / "one", postgres.tools())
        try:
            furnish(cluster)
            cluster.start("fsync=off")
            cluster.ask("CREATE ROLE office_owner LOGIN CREATEROLE")
            cluster.ask(f"CREATE DATABASE {NAME} OWNER office_owner")
            yield cluster
        finally:
            cluster.stop()


@pytest.fixture(scope="module")
def home(server, tmp_path_factory) -> dict[str, str]:
    """The environment of an installation whose people never have the owner's address."""
    from urllib.parse import quote
    at = f"{postgres.LOOPBACK}:{server.port}/{NAME}"
    return {**os.environ, "WILDGATE_HOME": str(tmp_path_factory.mktemp("home")), "WILDGATE_PARTY": "QM",
            "DATABASE_URL": f"postgresql://{APP}:{quote(PASSWORD)}@{at}",
            "DJANGO_SETTINGS_MODULE": "tests.journeys.exchange_settings",
            "OWNER": f"postgresql://office_owner@{at}"}


def wildgate(env: dict[str, str], *words: str, owner: bool = False) -> subprocess.CompletedProcess[str]:
    env = {**env, "WILDGATE_OWNER_URL": env["OWNER"]} if owner else env
    return the_house().wildgate(env, *words)


@pytest.fixture(scope="module")
def opened(server, home) -> list[str]:
    """The database as an operator makes it, and a permit's life by the role that serves."""
    assert wildgate(home, "database", "roles", "--apply", owner=True).stdout.startswith(f"The role {APP} was made")
    assert wildgate(home, "database", "migrate", owner=True).returncode == 0
    life = the_house().run(home, "tests.faults.office", said="more\nend\n")
    return life.stdout.splitlines() + life.stderr.splitlines()[-3:]


def ask(server: postgres.Cluster, statement: str) -> None:
    import psycopg
    with psycopg.connect(host=postgres.LOOPBACK, port=server.port, user=APP, dbname=NAME) as line:
        line.execute(statement)


def test_the_serving_role_does_the_whole_work(opened):
    assert [line.split()[0] for line in opened] == ["open", "issued", "endorsed", "next"]


@pytest.mark.parametrize("statement", [
    "UPDATE kit_event SET actor = 'nobody'", "DELETE FROM kit_event", "TRUNCATE kit_event CASCADE",
    "ALTER TABLE kit_event DISABLE TRIGGER ALL", "DROP TRIGGER kit_event_append_only ON kit_event",
    "DROP TABLE kit_event", "ALTER TABLE kit_event ADD COLUMN more text", "CREATE TABLE more (id int)",
    "CREATE TEMPORARY TABLE kit_event (id int)",
    "CREATE OR REPLACE FUNCTION kit_event_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "SET session_replication_role = replica", "UPDATE permits_permit SET digest = ''", "DELETE FROM permits_permitline",
    "DELETE FROM customs_endorsement", "TRUNCATE kit_job", "DELETE FROM django_migrations",
    "UPDATE balances_balance SET consumed = 0", "UPDATE quotas_quotabalance SET used = 0", "DELETE FROM tips_tip",
    "SET ROLE office_owner",
])
def test_the_server_itself_refuses(server, opened, statement):
    import psycopg

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(server, statement)


def test_what_may_change_can_be_changed(server, opened):
    ask(server, "UPDATE kit_job SET attempts = 0")
    ask(server, "DELETE FROM django_session")
    ask(server, "UPDATE quotas_quotabalance SET amount = amount")


def test_the_printed_rights_are_those_that_were_given(server, home, opened):
    printed = wildgate(home, "database", "roles")

    assert "CREATE ROLE" in printed.stdout
    assert 'GRANT SELECT, INSERT ON TABLE "kit_event" TO "wildgate_app";' in printed.stdout
    granted = "SELECT count(*) FROM information_schema.role_table_grants WHERE grantee = 'wildgate_app'"
    before = server.ask(granted, NAME)
    for statement in printed.stdout.splitlines():
        if not statement.startswith("--"):
            server.ask(statement, NAME)
    assert server.ask(granted, NAME) == before


def test_without_the_owner_no_table_is_made(server, home, opened):
    server.ask("DELETE FROM django_migrations WHERE app = 'portal'", NAME)
    try:
        refused = wildgate(home, "users", "list")
    finally:
        server.ask("INSERT INTO django_migrations (app, name, applied) VALUES ('portal', '0001_initial', now())", NAME)

    assert refused.returncode == 2
    assert "the role wildgate_app may make none" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_doctor_looks_at_a_role_that_could_rewrite_events(home, opened):
    said = wildgate(home, "doctor", "--here").stdout
    too_mighty = wildgate({**home, "DATABASE_URL": home["OWNER"]}, "doctor", "--here").stdout

    assert "well   roles: The role wildgate_app can add events and change none." in said
    assert "look   roles: The role office_owner owns the tables: it could UPDATE, DELETE, TRUNCATE, TRIGGER kit_event" \
        in too_mighty


@pytest.mark.parametrize(("given", "taken", "told"), [
    ("REVOKE INSERT ON kit_job FROM {}", "GRANT INSERT ON kit_job TO {}",
     "wrong  roles: The role wildgate_app may not INSERT kit_job: work on it stops."),
    ("REVOKE UPDATE (amount) ON quotas_quotabalance FROM {}", "GRANT UPDATE (amount) ON quotas_quotabalance TO {}",
     "wrong  roles: The role wildgate_app may not UPDATE (amount) quotas_quotabalance: work on it stops."),
    ("GRANT DELETE ON permits_permit TO {}", "REVOKE DELETE ON permits_permit FROM {}",
     "look   roles: The role wildgate_app could DELETE permits_permit."),
    ("GRANT UPDATE (used) ON quotas_quotabalance TO {}", "REVOKE UPDATE (used) ON quotas_quotabalance FROM {}",
     "look   roles: The role wildgate_app could UPDATE (used) quotas_quotabalance."),
])
def test_the_doctor_tells_one_right_too_few_or_too_many(server, home, opened, given, taken, told):
    server.ask(given.format(APP), NAME)
    try:
        said = wildgate(home, "doctor", "--here").stdout
    finally:
        server.ask(taken.format(APP), NAME)

    assert told in said
