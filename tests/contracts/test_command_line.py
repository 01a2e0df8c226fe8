"""What every command keeps: one line that says what to do, never a traceback, and no answer about what is not there."""

from __future__ import annotations

import argparse
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.cast import NOON, issued

from wildgate.apps.accounts.models import Authority, Person, Role
from wildgate.apps.accounts.services import people
from wildgate.apps.permits import documents
from wildgate.apps.permits.sealing import key_store
from wildgate.kit import jobs
from wildgate.site import cli
from wildgate.site.cli.serve import greet, wants_demo_world
from wildgate.site.demo import cast
from wildgate.site.demo.world import MARK, clear_half_made, filling, foreign, furnish, mark
from wildgate.site.upgrading import locking


@pytest.fixture(autouse=True)
def opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django runs already: opened again, it would log into the captured streams of a test that is over."""
    monkeypatch.setattr(cli, "open_home", lambda *_, **__: None)


def test_a_mistyped_home_is_no_new_installation_in_which_every_chain_holds(tmp_path: Path) -> None:
    missing = tmp_path / "hoem"
    asked = subprocess.run(
        [sys.executable, "-m", "wildgate", "audit", "verify", "--home", str(missing)],
        capture_output=True,
        text=True,
        env=os.environ | {"DATABASE_URL": ""},
        check=False,
    )

    assert (asked.returncode, asked.stdout) == (2, "")
    assert asked.stderr == f"wildgate: {missing} holds no installation; name its folder with --home or WILDGATE_HOME.\n"
    assert not missing.exists()


@pytest.mark.parametrize("asked", [
    ["doctor", "--here"], ["upgrade", "--check"], ["backup", "out"], ["audit", "verify"], ["keys", "stolen", "permit"],
    ["tls", "make", "permits.example.org"]])
def test_a_look_at_a_mistyped_home_begins_nothing_there(asked: list[str], tmp_path: Path, monkeypatch, capsys) -> None:
    begun = tmp_path / "wildgate.sqlite3"  # with a head, as whoever connects in WAL mode leaves it, and no table
    with closing(sqlite3.connect(begun)) as opened:
        opened.execute("PRAGMA journal_mode = WAL")
    before = begun.read_bytes()
    assert before
    monkeypatch.setattr(cli, "no_installation", partial(_as_a_new_process, cli.no_installation))

    assert cli.main([*asked, "--home", str(tmp_path)]) == 2

    assert capsys.readouterr().err.startswith(f"wildgate: {tmp_path} holds no installation;")
    assert [path.name for path in tmp_path.iterdir()] == ["wildgate.sqlite3"]
    assert begun.read_bytes() == before


def test_only_what_is_meant_to_begin_an_installation_takes_a_new_home() -> None:
    begin = {words for words, command in _commands(cli.parser()) if command.get_default("needs_database") is not False
             and command.get_default("needs_installation") is False}

    assert begin == {"country import", "database", "replay", "taxa import", "users authority", "users add"}


@pytest.mark.parametrize(("words", "status", "says"), [
    (["country", "dictionary"], 0, "# Data dictionary"), (["privacy", "register"], 0, "# Data protection"),
    (["taxa", "agree", "rows.csv"], 0, "rows.csv: 100.00% of 1 rows agree"),
    (["trade", "drop", "nothing"], 1, "There is no set 'nothing'")])
def test_what_needs_no_home_answers_without_one_and_makes_none(words: list[str], status: int, says: str,
                                                               tmp_path: Path) -> None:
    """As a program of its own: the tests have Django running already, which a shell has not."""
    (tmp_path / "rows.csv").write_text(
        "Year,Appendix,Taxon,Class,Order,Family,Genus,Importer,Exporter,Origin,Importer reported quantity,"
        "Exporter reported quantity,Term,Unit,Purpose,Source\n"
        "2015,I,Panthera tigris,Mammalia,Carnivora,Felidae,Panthera,DE,IN,,,1,skins,,S,W\n")
    asked = subprocess.run(
        [sys.executable, "-m", "wildgate", *words], capture_output=True, text=True, cwd=tmp_path, check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith(("WILDGATE", "D"))}
        | {"WILDGATE_HOME": "hoem"})

    assert asked.returncode == status
    assert says in asked.stdout + asked.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["rows.csv"]


def _commands(parser: argparse.ArgumentParser, words: str = "") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    yield words, parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                yield from _commands(below, f"{words} {name}".strip())


def test_a_server_database_does_not_make_a_folder_that_is_not_there_a_home(tmp_path: Path, monkeypatch) -> None:
    with monkeypatch.context() as alone:
        alone.setattr("django.conf.settings", SimpleNamespace(configured=False))
        alone.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
        assert cli.no_installation(str(tmp_path / "hoem")).startswith(f"wildgate: {tmp_path / 'hoem'} holds no")
        assert cli.no_installation(str(tmp_path)) == ""


def _as_a_new_process(no_installation: Callable[[str], str], home: str) -> str:
    """Where Django was not opened yet, and SQLite is the database."""
    with pytest.MonkeyPatch.context() as alone:
        alone.setattr("django.conf.settings", SimpleNamespace(configured=False))
        alone.delenv("DATABASE_URL", raising=False)
        return no_installation(home)


def test_a_home_with_tables_and_a_damaged_one_are_installations(tmp_path: Path, monkeypatch) -> None:
    kept = tmp_path / "wildgate.sqlite3"
    with closing(sqlite3.connect(kept)) as opened:
        opened.execute("CREATE TABLE kit_event (id INTEGER)")
    assert _as_a_new_process(cli.no_installation, str(tmp_path)) == ""

    kept.write_bytes(b"torn" * 1000)

    assert _as_a_new_process(cli.no_installation, str(tmp_path)) == "", "whoever opens it says that it is damaged"


def test_an_interruption_while_the_program_starts_is_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    def pressed() -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(cli, "parser", pressed)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a script may ignore it for what it starts
    try:
        assert cli.main(["settings"]) == 130
    finally:
        signal.signal(signal.SIGINT, before)
    assert capsys.readouterr().err == "Interrupted; what was committed stays.\n"


def test_a_setting_that_cannot_be_used_is_wrong_usage(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    def refuse(_args: object) -> int:
        raise SystemExit("WILDGATE_PROFILE is 'half', but it must be one of: base, full.")

    monkeypatch.setattr("wildgate.site.cli.settings.run", refuse)

    assert cli.main(["settings"]) == 2
    assert capsys.readouterr().err == "wildgate: WILDGATE_PROFILE is 'half', but it must be one of: base, full.\n"


@pytest.mark.parametrize(
    "words",
    [
        ("quotas", "list", "--year", "99999"),
        ("report", "annual", "2026", "--part", "exports", "--party", "QQQQ"),
        ("report", "annual", "9" * 5000, "--part", "exports"),
        ("report", "check", "any.csv", "--party", "ZZ"),
        ("risk", "simulate", "any.csv", "--columns", "kcs", "--rate", "half"),
        ("taxa", "search", "leopard", "--limit", "²"),
        ("serve", "--port", "99999"),
    ("trade", "sql", "select \udcff"),
    ("users", "add", "nobody", "No Body"),
    ("users", "authority", "management", " ", "--address", "1 Road", "--place", "Town"),
    ("verify", "any.png", "--at", "0001-01-01T00:00:00+14:00"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_short_line(words: tuple[str, ...], capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(list(words))

    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert said.count("\n") == 1
    assert len(said) < 1000
    assert "invalid _" not in said


@pytest.mark.django_db
def test_bytes_that_are_no_text_are_refused_in_a_line(capsys) -> None:
    assert cli.main(["permit", "show", "26QM\udcff"]) == 2
    assert capsys.readouterr().err == "wildgate: What was typed holds bytes that are no text in UTF-8; type it again.\n"


def test_a_file_without_certificates_is_named(tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wildgate.site.cli.verify._verifier", lambda _args: None)
    (tmp_path / "partner.pem").write_text("no certificate")
    (tmp_path / "permit.txt").write_text("HC1:")

    status = cli.main(
        ["verify", str(tmp_path / "permit.txt"), "--certificate", str(tmp_path / "partner.pem"), "--json"]
    )

    assert status == 2
    said = capsys.readouterr()
    assert json.loads(said.out)["errors"][0]["code"] == "not-a-certificate"
    assert said.err.startswith("wildgate verify: partner.pem holds no certificate")


def test_a_trade_that_is_none_is_also_said_in_a_line(tmp_path: Path, capsys) -> None:
    (tmp_path / "trade.json").write_text("[]")

    assert cli.main(["check", str(tmp_path / "trade.json"), "--json"]) == 2
    said = capsys.readouterr()
    assert json.loads(said.out)["errors"][0]["reason"] in said.err
    assert said.err.count("\n") == 1


@pytest.mark.django_db
def test_a_second_account_of_one_address_is_a_clear_no_and_keeps_the_password(monkeypatch: pytest.MonkeyPatch, capsys):
    for typed, status in (("first-Long-enough-1", 0), ("other-Long-enough-2", 1)):
        monkeypatch.setattr("sys.stdin", io.StringIO(typed + "\n"))
        assert cli.main(["users", "add", "eve@ma.example", "Eve", "--json"]) == status

    said = capsys.readouterr()
    assert json.loads(said.out) == {"email": "eve@ma.example", "name": "Eve"}
    assert said.err == "eve@ma.example has an account already; its password stays as it is.\n"
    assert Person.objects.get(email="eve@ma.example").check_password("first-Long-enough-1")


@pytest.mark.django_db
@pytest.mark.parametrize("words", [
    ("audit", "export", "--from", "9999-12-31", "--to", "9999-12-31"),
    ("privacy", "replay"),
])
def test_the_last_day_and_bytes_that_are_no_text_end_in_a_sentence(words: tuple[str, ...], tmp_path: Path, capsys):
    (tmp_path / "list").write_bytes(b"\xbc\xff")
    more = ("-o", str(tmp_path / "new.zip")) if words[0] == "audit" else (str(tmp_path / "list"),)

    assert cli.main([*words, *more]) in (1, 2)
    assert "WILDGATE_DEBUG" not in capsys.readouterr().err


def test_a_folder_with_files_of_somebody_else_never_becomes_a_demo_world(tmp_path: Path, capsys):
    (tmp_path / "trade").mkdir()
    (tmp_path / "thesis.odt").write_text("three years of work")

    assert cli.main(["demo", "--home", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "holds thesis.odt, which is of no demo world" in capsys.readouterr().err
    assert not wants_demo_world(tmp_path)
    (tmp_path / "thesis.odt").unlink()
    assert foreign(tmp_path) == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["trade"]


def test_a_demo_world_that_was_broken_off_is_made_anew(tmp_path: Path, settings):
    home = settings.HOME = tmp_path / "home"
    mark(home)
    (home / "wildgate.sqlite3").write_text("half a story")
    with pytest.raises(KeyboardInterrupt), filling(home):
        raise KeyboardInterrupt

    with pytest.raises(SystemExit, match="was broken off"):  # on PostgreSQL, where nobody but the operator may empty it
        furnish()
    clear_half_made(home)

    assert [path.name for path in home.iterdir()] == [MARK]


def test_a_demo_world_that_somebody_fills_at_this_moment_is_waited_for_and_left_alone(tmp_path: Path):
    mark(tmp_path)
    with ThreadPoolExecutor(1) as other:
        with locking.on_file(tmp_path, wait=False), filling(tmp_path):
            asked = other.submit(clear_half_made, tmp_path)
            with pytest.raises(TimeoutError):
                asked.result(timeout=0.2)
            (tmp_path / "wildgate.sqlite3").write_text("the whole story")
        asked.result(timeout=10)

    assert (tmp_path / "wildgate.sqlite3").read_text() == "the whole story"


@pytest.mark.django_db
def test_a_real_register_is_never_served_as_a_demo_world_without_second_factors(settings, capsys):
    settings.DEMO = True
    office = people.add_authority(party="QM", kind=Authority.Kind.MANAGEMENT, name="MA", address="1 Quay", place="Port",
                                  by="system", at=NOON)
    person = people.add_person(party="QM", email="real@ministry.test", name="R. Eal", password=None, by="system",
                               at=NOON)
    people.appoint(person=person, role=Role.OFFICER, party="QM", authority=office, by="system", at=NOON)

    assert not greet(argparse.Namespace())
    assert "Start a real register without WILDGATE_DEMO" in capsys.readouterr().err


@pytest.mark.django_db
def test_what_the_demo_issued_weeks_ago_bears_a_key_that_was_in_force(tmp_path: Path, settings):
    settings.HOME = tmp_path
    people = cast.settle("QM", "Demoland", NOON)

    assert people
    assert {part.since for part in key_store(tmp_path).parts("QM")} == {NOON - cast.KEYS_AGE}
    assert timedelta(days=60) < cast.KEYS_AGE


def test_a_file_is_there_when_all_of_it_is(tmp_path: Path):
    kept = tmp_path / "out.csv"
    kept.write_text("before")

    with pytest.raises(TypeError), cli.whole_file(kept) as out:
        out.writelines(["half", None])
    assert kept.read_text() == "before"
    with cli.whole_file(kept) as out:
        out.write("all")
    assert kept.read_text() == "all"
    with pytest.raises(FileNotFoundError) as missing, cli.whole_file(tmp_path / "no" / "out.csv"):
        pass
    assert missing.value.filename == str(tmp_path / "no" / "out.csv")
    assert [each.name for each in tmp_path.iterdir()] == ["out.csv"]


def test_nothing_was_listed_before_the_convention(capsys):
    assert cli.main(["taxa", "listing", "Loxodonta africana", "--on", "1975-06-30"]) == 2
    assert capsys.readouterr().err == "Nothing was listed on 1975-06-30: the Convention began on 1975-07-01.\n"


def test_a_message_is_held_to_its_own_seal_whoever_signed_it(cast, tmp_path: Path, capsys):
    permit = issued(cast, NOON)
    jobs.run_pending()
    path = tmp_path / "permit.xml"
    sealed = documents.read(permit, "xml")
    changed = sealed.replace(b">1200<", b">1300<")
    assert changed != sealed

    path.write_bytes(sealed)
    assert cli.main(["message", "check", str(path)]) == 0
    path.write_bytes(changed)
    assert cli.main(["message", "check", str(path)]) == 1
    assert "The quantity of block A is 1300, but 1200 was sealed." in capsys.readouterr().out
