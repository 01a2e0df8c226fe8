"""The database server dies and its standby takes over, or is set back to a moment: nothing acknowledged is lost."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tests import postgres
from tests.clusters import NAME, furnish
from tests.house import the_house

pytestmark = [pytest.mark.processes, pytest.mark.dear]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the user of the database server can reach: pytest keeps its own to itself."""
    with TemporaryDirectory(prefix="wildgate-servers-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.fixture
def pair(folder) -> Iterator[tuple[postgres.Cluster, postgres.Cluster]]:
    """A server and the standby that must have every commit before it counts."""
    first, second = (postgres.Cluster(folder / name, postgres.tools()) for name in ("first", "second"))
    try:
        furnish(first)
        first.start("wal_level=replica")
        second.follow(first)
        second.start()
        first.ask("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
        first.ask("SELECT pg_reload_conf()")
        yield first, second
    finally:
        first.stop()
        second.stop()


class Office:
    """The program that issues, as the test sees it: told to do one more, and heard."""

    def __init__(self, home: Path, clusters: tuple[postgres.Cluster, ...]) -> None:
        hosts = ",".join(f"{postgres.LOOPBACK}:{each.port}" for each in clusters)
        self.env = {**os.environ, "WILDGATE_HOME": str(home), "WILDGATE_PARTY": "QM",
                    "DATABASE_URL": f"postgresql://{postgres.SERVING}@{hosts}/{NAME}",
                    "DJANGO_SETTINGS_MODULE": "tests.journeys.exchange_settings"}
        self.process = the_house().start(self.env, "tests.faults.office")
        assert self.line() == "open"

    def line(self) -> str:
        said = self.process.stdout.readline().strip()
        assert said, "the office ended"
        return said

    def ask(self) -> None:
        self.process.stdin.write("more\n")
        self.process.stdin.flush()

    def answer(self) -> list[str]:
        said: list[str] = []
        while (line := self.line()) != "next":
            said.append(line)
        return said

    def turn(self) -> list[str]:
        self.ask()
        return self.answer()

    def end(self) -> None:
        self.process.stdin.write("end\n")
        self.process.stdin.close()
        assert self.process.wait() == 0


def of(said: list[str], kind: str) -> list[str]:
    return [line.split()[1] for line in said if line.startswith(kind)]


def verified(office: Office) -> bool:
    return the_house().wildgate(office.env, "audit", "verify").returncode == 0


def test_a_killed_server_loses_nothing_that_was_acknowledged(pair, tmp_path):
    first, second = pair
    office = Office(tmp_path, pair)
    said = [*office.turn(), *office.turn()]
    assert [len(of(said, kind)) for kind in ("issued", "endorsed", "fault")] == [2, 2, 0]

    office.ask()
    said.append(office.line())
    first.kill()
    said += office.answer()
    second.promote()
    said += [*office.turn(), *office.turn(), *office.turn()]
    office.end()

    permits = [number for (number,) in second.ask("SELECT number FROM permits_permit", NAME)]
    crossed = [number for (number,) in second.ask("SELECT p.number FROM customs_endorsement e "
                                                  "JOIN permits_permit p ON p.id = e.permit_id", NAME)]
    assert len(of(said, "issued")) >= 5
    assert set(of(said, "issued")) <= set(permits)
    assert set(of(said, "endorsed")) <= set(crossed)
    assert len(permits) == len(set(permits)) == len(of(said, "issued"))
    assert len(crossed) == len(set(crossed))
    events = dict(second.ask("SELECT subject, count(*) FROM kit_event WHERE kind = 'permit-issued' GROUP BY 1", NAME))
    assert sorted(events.values()) == [1] * len(permits)
    assert verified(office)


def test_a_server_is_set_back_to_the_moment_before_a_mistake(folder, tmp_path):
    first, again = (postgres.Cluster(folder / name, postgres.tools()) for name in ("first", "again"))
    archive = again.folder / "archive"
    try:
        furnish(first)
        again.make_folder(archive)
        first.start("wal_level=replica", "archive_mode=on", f"'archive_command=cp %p {archive}/%f'")
        office = Office(tmp_path, (first,))
        first.copy(again.folder / "data")
        before = of([*office.turn(), *office.turn()], "issued")
        ((moment,),) = first.ask("SELECT clock_timestamp()")
        (mistake,) = of(office.turn(), "issued")
        office.end()
        first.ask("SELECT pg_switch_wal()")
        first.run("pg_ctl", "-D", f"{first.folder}/data", "-m", "fast", "-w", "stop")

        again.recover_to(moment.isoformat(), archive)

        permits = [number for (number,) in again.ask("SELECT number FROM permits_permit ORDER BY id", NAME)]
        assert permits == before
        assert mistake not in permits
        office.env["DATABASE_URL"] = f"postgresql://{postgres.SERVING}@{postgres.LOOPBACK}:{again.port}/{NAME}"
        assert verified(office)
    finally:
        first.stop()
        again.stop()
