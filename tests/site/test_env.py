"""Settings from the environment: what a database's address comes to, and that the guide names every setting."""

from __future__ import annotations

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
