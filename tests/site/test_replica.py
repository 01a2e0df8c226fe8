"""Reports are read from a real standby while it keeps up, and from the database itself when it does not."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tests import postgres
from tests.clusters import NAME, furnish
from tests.house import the_house

from wildgate.site import env

pytestmark = [pytest.mark.processes]
DRAFT = ("report", "annual", str(datetime.now(UTC).year), "--part", "exports", "--json")


@pytest.fixture
def pair() -> Iterator[tuple[postgres.Cluster, postgres.Cluster]]:
    """A server and its standby, which copies without being waited for."""
    with TemporaryDirectory(prefix="wildgate-servers-") as made:
        Path(made).chmod(0o755)
        first, second = (postgres.Cluster(Path(made) / name, postgres.tools()) for name in ("first", "second"))
        try:
            furnish(first)
            first.start("wal_level=replica")
            second.follow(first)
            second.start()
            yield first, second
        finally:
            first.stop()
            second.stop()


class Office:
    def __init__(self, home: Path, first: postgres.Cluster, second: postgres.Cluster) -> None:
        url = f"postgresql://{postgres.SERVING}@{postgres.LOOPBACK}:{{}}/{NAME}".format
        self.env = {**os.environ, "WILDGATE_HOME": str(home), "WILDGATE_PARTY": "QM", "DATABASE_URL": url(first.port),
                    "WILDGATE_REPORTS_URL": url(second.port), "WILDGATE_REPORTS_LAG": "0",
                    "DJANGO_SETTINGS_MODULE": "tests.journeys.exchange_settings"}

    def work(self) -> None:
        done = the_house().run(self.env, "tests.faults.office", said="more\nend\n")
        assert "endorsed" in done.stdout, done

    def report(self) -> tuple[int, str]:
        """The number of rows of the draft, and what was said beside it."""
        done = the_house().wildgate(self.env, *DRAFT)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["rows"], done.stderr


def caught_up(first: postgres.Cluster, second: postgres.Cluster) -> None:
    """Wait, in the server and not by a clock of ours, until the standby has replayed what the first has written."""
    ((place,),) = first.ask("SELECT pg_current_wal_lsn()::text")
    second.ask(f"DO $$ BEGIN FOR turn IN 1..600 LOOP EXIT WHEN pg_last_wal_replay_lsn() >= '{place}'; "
               "PERFORM pg_sleep(0.05); END LOOP; END $$")


def read(second: postgres.Cluster) -> int:
    """Rows of endorsed lines that were read from this server so far: a line tells it when it has ended."""
    second.ask("DO $$ BEGIN FOR turn IN 1..600 LOOP PERFORM pg_stat_clear_snapshot(); EXIT WHEN NOT EXISTS (SELECT "
               f"FROM pg_stat_activity WHERE datname = '{NAME}'); PERFORM pg_sleep(0.05); END LOOP; END $$")
    ((rows,),) = second.ask("SELECT coalesce(sum(seq_scan + coalesce(idx_scan, 0)), 0) FROM pg_stat_user_tables "
                            "WHERE relname = 'customs_endorsementline'", NAME)
    return int(rows)


def test_reports_come_from_the_standby_and_never_from_one_that_is_behind(pair, tmp_path):
    first, second = pair
    office = Office(tmp_path, first, second)
    office.work()
    caught_up(first, second)
    before = read(second)

    fresh = office.report()
    assert fresh == (1, "")
    assert read(second) > before, "the standby was not asked"

    second.ask("SELECT pg_wal_replay_pause()")
    office.work()
    rows, said = office.report()
    assert rows == 2, "the standby's old state was shown"
    assert "reports are read from the database itself, not from its standby: it is" in said

    second.kill()
    rows, said = office.report()
    assert rows == 2
    assert "not from its standby: " in said


def test_a_standby_is_never_written_to_and_needs_a_database_to_follow(tmp_path, monkeypatch):
    monkeypatch.setenv("WILDGATE_REPORTS_URL", "postgresql://a@b/c")
    monkeypatch.setenv("DATABASE_URL", "")
    with pytest.raises(SystemExit, match="no DATABASE_URL that it could follow"):
        env.databases(tmp_path)

    monkeypatch.setenv("DATABASE_URL", "postgresql://a@one,two/c")
    found = env.databases(tmp_path)
    assert found["reports"]["HOST"] == "b"
    assert found["reports"]["OPTIONS"]["target_session_attrs"] == "any"
    assert found["default"]["OPTIONS"]["target_session_attrs"] == "read-write"


def test_through_a_pgbouncer_nothing_is_kept_on_a_connection(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://a@b/c")
    monkeypatch.setenv("WILDGATE_PGBOUNCER", "yes")

    assert env.databases(tmp_path)["default"]["DISABLE_SERVER_SIDE_CURSORS"] is True
