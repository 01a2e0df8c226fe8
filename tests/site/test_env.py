"""Settings from the environment: what a database's address comes to, and that the guide names every setting."""

from __future__ import annotations

import fcntl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from wildgate.site import env
from wildgate.site.cli.settings import page

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "settings.md"


def at(url: str) -> dict:
    return env.database(url, Path("/nowhere"), durable=True)


def test_one_host_is_taken_as_it_is():
    found = at("postgresql://ann:p%40ss@db.example:5433/permits?sslmode=require")

    assert (found["HOST"], found["PORT"], found["USER"], found["PASSWORD"], found["NAME"]) == (
        "db.example", "5433", "ann", "p@ss", "permits")
    assert found["OPTIONS"] == {"sslmode": "require"}
    assert found["CONN_HEALTH_CHECKS"] is False


def test_of_several_hosts_the_one_that_takes_writes_is_used_and_dead_connections_are_noticed():
    found = at("postgresql://ann@one:5432,two,[::1]:5434/permits")

    assert (found["HOST"], found["PORT"]) == ("one,two,::1", "5432,5432,5434")
    assert found["OPTIONS"]["target_session_attrs"] == "read-write"
    assert found["CONN_HEALTH_CHECKS"] is True


def test_a_choice_in_the_address_comes_before_ours():
    assert at("postgresql://one,two/permits?connect_timeout=30")["OPTIONS"]["connect_timeout"] == "30"


@pytest.mark.parametrize("url", ["postgresql://one:port/permits", "postgresql://[::1/permits", "mysql://one/permits"])
def test_an_address_that_is_not_understood_is_answered_in_a_sentence(url):
    with pytest.raises(SystemExit, match="DATABASE_URL"):
        at(url)


def test_the_guide_names_every_setting_as_it_is():
    assert GUIDE.read_text() == page(), "write it again: wildgate settings --guide > docs/guide/settings.md"


def test_the_address_that_is_printed_in_every_code_is_answered_to():
    own = {"WILDGATE_BASE_URL": "https://permits.example.org:8443/x"}

    assert env.hosts(own) == ["127.0.0.1", "localhost", "[::1]", "permits.example.org"]
    assert env.hosts({**own, "WILDGATE_HOSTS": "permits.example.org, inner"}) == ["permits.example.org", "inner"]
    assert env.hosts({"WILDGATE_HOSTS": "inner", "WILDGATE_BASE_URL": "http://[2001:db8::1]"}) == [
        "inner", "[2001:db8::1]"]
    assert env.hosts({}) == ["127.0.0.1", "localhost", "[::1]"]


@pytest.mark.parametrize("code", ["Namibia", "N", "N1", "../x", "é"])
def test_a_party_is_two_letters(code):
    assert env.party({"WILDGATE_PARTY": " na "}) == "NA"
    with pytest.raises(SystemExit, match="WILDGATE_PARTY .* two letters"):
        env.party({"WILDGATE_PARTY": code})


def test_a_new_home_is_open_to_nobody_else(tmp_path, monkeypatch):
    monkeypatch.setenv("WILDGATE_HOME", str(tmp_path / "new"))
    monkeypatch.delenv("WILDGATE_SECRET_KEY", raising=False)

    assert len(env.secret_key()) > 40
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("url", ["host", "smtp://host:port", "http://host:25", "smtp://"])
def test_a_mail_server_that_is_not_understood_is_answered_in_a_sentence(url):
    assert env.mail("smtp://mail.example", Path("/nowhere"), "a@b.example")["EMAIL_PORT"] == 587
    with pytest.raises(SystemExit, match="WILDGATE_EMAIL_URL .* smtp://user"):
        env.mail(url, Path("/nowhere"), "a@b.example")


def test_the_secret_is_made_once_and_whole_whatever_was_broken_off(tmp_path, monkeypatch):
    monkeypatch.setenv("WILDGATE_HOME", str(tmp_path))
    monkeypatch.delenv("WILDGATE_SECRET_KEY", raising=False)
    kept = tmp_path / "secret"
    kept.touch()  # as a process left it that was killed before it could write

    with ThreadPoolExecutor(8) as many:
        found = set(many.map(lambda _: env.secret_key(), range(8)))

    assert len(found) == 1
    assert kept.read_text() == found.pop() + "\n"


def test_whoever_starts_beside_waits_until_the_secret_is_whole(tmp_path, monkeypatch):
    monkeypatch.setenv("WILDGATE_HOME", str(tmp_path))
    monkeypatch.delenv("WILDGATE_SECRET_KEY", raising=False)

    with ThreadPoolExecutor(1) as other, (tmp_path / "secret").open("w") as writing:
        fcntl.flock(writing, fcntl.LOCK_EX)
        asked = other.submit(env.secret_key)
        with pytest.raises(TimeoutError):
            asked.result(timeout=0.2)
        writing.write("of the first one\n")
        writing.flush()
        fcntl.flock(writing, fcntl.LOCK_UN)

        assert asked.result(timeout=10) == "of the first one"


@pytest.mark.parametrize("left", ["", "cut of"])
def test_a_secret_that_was_lost_is_not_made_anew_under_keys_that_need_it(left, tmp_path, monkeypatch):
    monkeypatch.setenv("WILDGATE_HOME", str(tmp_path))
    monkeypatch.delenv("WILDGATE_SECRET_KEY", raising=False)
    (tmp_path / "secret").write_text(left)
    (tmp_path / "keys").mkdir()

    with pytest.raises(SystemExit, match="Put back the one of your last backup"):
        env.secret_key()

    assert (tmp_path / "secret").read_text() == left
