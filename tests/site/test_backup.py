"""A backup is of one moment, is read again, opens with its passphrase only, and comes back whole or not at all."""

from __future__ import annotations

import json
import os
import tarfile
import uuid
from pathlib import Path

import pytest
from django.db import connection
from tests.cast import NOON
from tests.databases import address, on_server

from wildgate.site.backup import remembering, restoring, sealing, taking
from wildgate.site.backup.databases import NotDone
from wildgate.site.cli import main

PASSPHRASE = "four horses in the rain"
EXPORTER = "Lacuna Hides Ltd"
PRIVATE = "-----BEGIN ENCRYPTED PRIVATE KEY-----"


@pytest.fixture
def home(own_database, settings, monkeypatch) -> Path:
    """A home with everybody in it, a document and a key; guesses at a passphrase cost nothing in tests."""
    from wildgate.site.demo.cast import settle
    monkeypatch.setattr(sealing, "WORK", 2)
    settle("QM", "Demoland", NOON)
    for name, text in (("documents/QM/a.pdf", EXPORTER), ("keys/QM/permit/1/public.json", "{}"), ("secret", "s"),
                       ("keys/QM/permit/1/private.pem", PRIVATE), ("status/QM/index.cwt", "list")):
        path = settings.HOME / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return settings.HOME


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A new home, with a new database where the database is on a server: a restore is work of the owner's."""
    name, url = f"wildgate_own_{uuid.uuid4().hex[:8]}", os.environ.get("DATABASE_URL", "")
    if url:
        on_server(f'CREATE DATABASE "{name}" TEMPLATE template0')
        monkeypatch.setenv("DATABASE_URL", address(name, owner=True))
    yield tmp_path / "elsewhere"
    if url:
        on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


def taken(home: Path, folder: Path, passphrase: str = PASSPHRASE) -> dict:
    return taking.take(folder, home, passphrase=passphrase, at=NOON, party="QM", engine=connection.vendor,
                       progress=lambda step: None)


def restored(folder: Path, home: Path, passphrase: str = PASSPHRASE) -> dict:
    return restoring.restore(folder, home, passphrase=passphrase, progress=lambda step: None)


def files(home: Path) -> dict[str, str]:
    return {str(path.relative_to(home)): path.read_text() for name in ("documents", "keys", "status", "secret")
            for path in [home / name, *(home / name).rglob("*")] if path.is_file() and path.name != ".lock"}


def test_everything_comes_back_and_the_chain_ends_where_it_did(home, elsewhere, tmp_path):
    manifest = taken(home, tmp_path / "b")

    assert restored(tmp_path / "b", elsewhere) == manifest
    assert files(elsewhere) == files(home)
    head, = manifest["heads"]
    assert (head["party"], manifest["counts"]["kit_event"]) == ("QM", head["seq"])
    assert head["seq"] > 10
    assert (elsewhere / "secret").stat().st_mode & 0o077 == (home / "secret").stat().st_mode & 0o077


def test_the_command_leaves_the_day_of_the_backup_in_the_home_not_in_the_backup(home, elsewhere, tmp_path, monkeypatch,
                                                                                 capsys):
    assert remembering.last(home) is None
    for name, passphrase in (("open", ""), ("sealed", PASSPHRASE)):
        monkeypatch.setenv("WILDGATE_BACKUP_PASSPHRASE", passphrase)
        assert main(["backup", str(tmp_path / name), "--json"]) == 0
        manifest = json.loads(capsys.readouterr().out)

        made = remembering.last(home)
        assert (made.at.isoformat(), made.keys) == (manifest["made_at"], bool(passphrase))
    assert main(["backup", str(tmp_path / "open")]) == 1  # it is not empty
    assert remembering.last(home) == made
    restored(tmp_path / "sealed", elsewhere)
    assert remembering.last(elsewhere) is None


def test_without_a_passphrase_nothing_private_leaves_and_with_one_nothing_can_be_read(home, tmp_path):
    plain, sealed = taken(home, tmp_path / "plain", ""), taken(home, tmp_path / "sealed")

    with tarfile.open(tmp_path / "plain" / "files.tar") as archive:
        assert {"documents/QM/a.pdf", "keys/QM/permit/1/public.json"} <= set(archive.getnames())
        assert not {"secret", "keys/QM/permit/1/private.pem"} & set(archive.getnames())
    assert (plain["encrypted"], sealed["encrypted"]) == (False, True)
    for path in (tmp_path / "sealed").iterdir():
        data = path.read_bytes()
        assert not any(word.encode() in data for word in ("mario@lacuna.example", PRIVATE, EXPORTER))


def test_a_wrong_passphrase_or_a_changed_byte_puts_nothing_anywhere(home, elsewhere, tmp_path):
    folder = tmp_path / "b"
    taken(home, folder)

    with pytest.raises(NotDone, match="passphrase is another one"):
        restored(folder, elsewhere, "three horses")
    with pytest.raises(NotDone, match="WILDGATE_BACKUP_PASSPHRASE"):
        restored(folder, elsewhere, "")
    data = bytearray((folder / "files.tar.sealed").read_bytes())
    data[900] ^= 1
    (folder / "files.tar.sealed").write_bytes(data)
    with pytest.raises(NotDone, match="was changed since the backup was made"):
        restored(folder, elsewhere)
    assert not elsewhere.exists() or not list(elsewhere.iterdir())


def test_pieces_cannot_be_left_out_or_turned_round(tmp_path, monkeypatch):
    monkeypatch.setattr(sealing, "PIECE", 16)
    monkeypatch.setattr(sealing, "WORK", 2)
    key, clear, sealed = sealing.key_of("k", b"salt"), tmp_path / "clear", tmp_path / "sealed"
    clear.write_bytes(bytes(range(40)))
    sealing.seal(clear, sealed, key, "part")
    data = sealed.read_bytes()
    start, pieces = data[:7], [data[7:39], data[39:71], data[71:]]

    sealing.open_sealed(sealed, tmp_path / "back", key, "part")
    assert (tmp_path / "back").read_bytes() == clear.read_bytes()
    for n, wrong in enumerate((pieces[:2], pieces[:1], pieces[1:], [pieces[1], pieces[0], pieces[2]], [])):
        (tmp_path / f"w{n}").write_bytes(start + b"".join(wrong))
        with pytest.raises(sealing.NotOpened):
            sealing.open_sealed(tmp_path / f"w{n}", tmp_path / f"o{n}", key, "part")
    with pytest.raises(sealing.NotOpened):
        sealing.open_sealed(sealed, tmp_path / "other", key, "another part")


def test_a_restore_overwrites_nothing_and_a_backup_neither(home, elsewhere, tmp_path):
    taken(home, tmp_path / "b")
    restored(tmp_path / "b", elsewhere)

    with pytest.raises(NotDone, match="not empty|a database already"):
        restored(tmp_path / "b", elsewhere)
    with pytest.raises(NotDone, match="name a new folder"):
        taken(home, tmp_path / "b")


@pytest.mark.parametrize(("wrong", "told"), [
    ({"format": 9}, "restore with Wildgate"),
    ({"parts": [{"name": "database", "file": "../../etc/passwd"}]}, "damaged"),
    ({"heads": [{"party": "QM", "seq": 1, "hash": "0" * 64}]}, "the end of its chain"),
])
def test_what_the_manifest_says_is_not_believed(home, elsewhere, tmp_path, wrong, told):
    manifest = taken(home, tmp_path / "b", "")
    (tmp_path / "b" / taking.MANIFEST).write_text(json.dumps({**manifest, **wrong}))

    with pytest.raises(NotDone, match=told):
        restored(tmp_path / "b", elsewhere, "")


def test_an_archive_that_climbs_out_is_refused(home, elsewhere, tmp_path):
    folder = tmp_path / "b"
    manifest = taken(home, folder, "")
    (tmp_path / "evil").write_text("x")
    with tarfile.open(folder / "files.tar", "w") as archive:
        archive.add(tmp_path / "evil", arcname="../evil-was-here")
    manifest["parts"][1]["sha256"] = taking.digest_of(folder / "files.tar")
    (folder / taking.MANIFEST).write_text(json.dumps(manifest))

    with pytest.raises(NotDone, match="damaged"):
        restored(folder, elsewhere, "")
    assert not list(tmp_path.rglob("evil-was-here"))


def test_a_backup_that_was_cut_short_is_none(home, elsewhere, tmp_path):
    (tmp_path / "b").mkdir()

    with pytest.raises(NotDone, match="no finished backup"):
        restored(tmp_path / "b", elsewhere)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this machine has no disk that is always full")
def test_a_full_disk_is_told_by_its_folder_and_a_broken_off_backup_leaves_nothing(home, tmp_path):
    into = tmp_path / "backup"

    def fill(step):
        if step == "files.tar":
            assert list(into.glob("database*"))  # it is sealed already
            (into / "backup.json.part").symlink_to("/dev/full")

    with pytest.raises(NotDone, match=f"There is no room for it in {into}: free some there"):
        taking.take(into, home, passphrase=PASSPHRASE, at=NOON, party="QM", engine=connection.vendor, progress=fill)

    assert list(into.iterdir()) == []
