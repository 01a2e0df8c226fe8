"""From release 1.0 to today with data: rows, chain and permits are there afterwards, and the service works."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from wildgate.apps.permits.models import Permit
from wildgate.kit import events
from wildgate.kit.keys import KeyStore
from wildgate.kit.models import ChainHead
from wildgate.seal.trusted import home_verifier
from wildgate.seal.words import Role
from wildgate.site.cli import main
from wildgate.site.country import arriving
from wildgate.site.database import migrating
from wildgate.site.doctor.found import State
from wildgate.site.upgrading import locking, notes, releases, running

THAT_DAY = datetime(2026, 11, 23, 12, tzinfo=UTC)
"""When release 1.0 made what was kept."""


@pytest.fixture
def of_1_0(no_tables, kept_1_0) -> Iterator[Path]:
    """A home as release 1.0 left it: its tables, its rows, its lists and public keys; the file is made once."""
    kept = kept_1_0.parent / "of-1.0.sqlite3"
    with no_tables("home") as home:
        if connection.vendor == "sqlite" and kept.exists():
            shutil.copy(kept, home / "wildgate.sqlite3")
        else:
            _make_1_0(kept_1_0)
        if connection.vendor == "sqlite" and not kept.exists():
            connection.cursor().execute("VACUUM INTO %s", [str(kept)])
        arriving._place(kept_1_0 / "files", home)
        yield home


def _make_1_0(kept_1_0: Path) -> None:
    manifest = json.loads((kept_1_0 / "manifest.json").read_text())

    def fill(apps):
        arriving.read_records(kept_1_0 / "records", manifest["tables"], apps, lambda step: None)

    releases.make_tables_of(connection, releases.release("1.0").last, fill)


def upgraded(home: Path, **also) -> running.Upgrade:
    from wildgate.site.cli.doctor import everything
    return running.upgrade(home / "backups" / "one", home, party="QM", passphrase="", at=datetime.now(UTC),
                           look=lambda: everything(here=True), progress=lambda step: None, **also)


def test_an_installation_of_1_0_comes_to_today_with_all_that_it_holds(of_1_0, kept_1_0, capsys):
    head = ChainHead.objects.values("seq", "hash").get(party="QM")
    assert main(["upgrade", "--check"]) == 0
    assert "From 1.0: " in capsys.readouterr().out
    steps = MigrationRecorder(connection).applied_migrations()

    assert main(["upgrade"]) == 0

    told = capsys.readouterr().out
    assert (f"{head['seq']} events, head {head['hash'][:16]}" in told, "Upgraded from 1.0" in told) == (True, True)
    assert "What is new since 1.0" in told
    assert migrating.waiting() == 0
    assert len(MigrationRecorder(connection).applied_migrations()) > len(steps)
    assert ChainHead.objects.values("seq", "hash").get(party="QM") == head
    assert events.verify("QM") is None
    assert [each for each in running._looked(_doctor, lambda step: None) if each.thing in running.STOPS] == []
    _permits_verify(of_1_0, kept_1_0)
    _pages_answer()
    backup, = (of_1_0 / "backups").iterdir()
    assert json.loads((backup / "backup.json").read_text())["heads"] == [{"party": "QM", **head}]
    assert main(["upgrade"]) == 0
    assert "Nothing to do" in capsys.readouterr().out


def _doctor():
    from wildgate.site.cli.doctor import everything
    return everything(here=True)


def _permits_verify(home: Path, kept_1_0: Path) -> None:
    """Each permit's code is the one that 1.0 wrote, and the trust list that 1.0 signed says that it is genuine."""
    kept = {row["number"]: row["tokens"] for row in
            map(json.loads, (kept_1_0 / "records" / "permits_permit.jsonl").read_text().splitlines())}
    assert {permit.number: permit.tokens for permit in Permit.objects.filter(party="QM")} == kept
    verifier = home_verifier(home)
    verdicts = [verifier.verdict(bytes.fromhex(token), Role.PUBLIC, THAT_DAY)
                for tokens in kept.values() for token in tokens]
    assert {each.reasons[0].code for each in verdicts if not each.genuine} == {"key-time"}  # older than the keys
    assert any(each.genuine for each in verdicts)
    assert KeyStore(home).parts("QM")


def _pages_answer() -> None:
    from django.contrib.auth import get_user_model
    client = Client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200
    client.force_login(get_user_model().objects.get(email="amina@ma.example"))
    for page in ("/cases/", "/permits/", "/quotas/"):
        assert client.get(page, follow=True).status_code == 200, page


def test_where_the_tables_cannot_be_changed_the_way_back_is_told(of_1_0, monkeypatch, capsys):
    head = ChainHead.objects.values("party", "seq", "hash").get()

    def broken(*, held: bool) -> int:
        raise DatabaseError("no room on the disk")
    monkeypatch.setattr(migrating, "bring_up_to_date", broken)

    assert main(["upgrade"]) == 1

    told = capsys.readouterr().err
    assert "The tables could not be changed: no room on the disk" in told
    assert "wildgate restore" in told
    assert ChainHead.objects.values("party", "seq", "hash").get() == head


def test_a_chain_that_does_not_hold_stops_an_upgrade_or_is_told_after_it(of_1_0, monkeypatch):
    def cut(*, held: bool) -> int:
        ChainHead.objects.update(seq=1)
        return 1
    monkeypatch.setattr(migrating, "bring_up_to_date", cut)

    done = upgraded(of_1_0)

    assert any("does not end where it did" in each for each in done.faults)
    assert any("breaks at event" in each for each in done.faults)


def test_one_process_alone_changes_the_tables(of_1_0, tmp_path):
    with locking.alone(of_1_0), pytest.raises(running.NotDone, match="Another process"):
        upgraded(of_1_0)
    assert not (of_1_0 / "backups").exists()
    with locking.alone(of_1_0, wait=True):
        pass


def test_what_is_wrong_already_is_mended_first(of_1_0):
    from wildgate.site.doctor.found import Found
    with pytest.raises(running.NotDone, match="disk: full"):
        running.upgrade(of_1_0 / "b", of_1_0, party="QM", passphrase="", at=datetime.now(UTC),
                        progress=lambda step: None, look=lambda: [Found("disk", State.WRONG, "full.", "Free room.")])
    assert migrating.waiting()


def test_the_rows_kept_from_1_0_are_small_and_whole(kept_1_0):
    manifest = arriving.read_manifest(kept_1_0)

    assert manifest["release"] == "1.0"
    assert manifest["heads"][0]["seq"] > 200
    assert sum(each["rows"] > 0 for each in manifest["tables"].values()) > 50


def test_there_are_notes_on_every_release_and_on_what_comes():
    assert {each.number for each in releases.releases()} <= {each.number for each in notes.after("")}
    assert [each.number for each in notes.after(releases.newest().number)] == ["next"]
    assert all(any(line.startswith("* ") for line in each.lines) for each in notes.after(""))
