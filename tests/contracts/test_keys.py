"""`wildgate keys`: what an operator types on a quiet day, and on a bad night."""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from wildgate.kit.keys import KeyStore, Use
from wildgate.kit.models import Event
from wildgate.seal.trust import KeyState, read_trust_list
from wildgate.site.cli import main

SECRET = "for the tests only, never elsewhere"


@pytest.fixture
def home(db: Any, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WILDGATE_HOME", str(tmp_path))
    settings.HOME = tmp_path
    KeyStore(tmp_path, SECRET).create("QM", datetime.now(UTC) - timedelta(days=3))
    return tmp_path


@pytest.fixture
def partner(tmp_path_factory: pytest.TempPathFactory) -> KeyStore:
    """Quartzland's keys, in an installation of its own."""
    store = KeyStore(tmp_path_factory.mktemp("quartzland"), SECRET)
    store.create("QZ", datetime.now(UTC) - timedelta(days=3))
    return store


def run(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> Any:
    """What `wildgate keys ... --json` prints."""
    assert main(["keys", *words, "--json"]) == status, capsys.readouterr().err
    out = capsys.readouterr().out
    return json.loads(out) if out.strip() else None


def test_rotate_publishes_both_keys_and_writes_events(home, capsys):
    made = run(capsys, "rotate", "permit")["keys"]
    trust = read_trust_list((home / "trust.cwt").read_bytes(), None)

    assert [(key["number"], key["state"]) for key in made] == [(2, "active")]
    assert sorted(entry.state for entry in trust.entries if entry.purpose.name == "PERMIT") == [
        KeyState.ACTIVE, KeyState.RETIRED]
    assert Event.objects.filter(kind="key-retired", actor="operator").count() == 1
    assert Event.objects.filter(kind="trust-published").count() == 1
    assert main(["keys", "retire", "permit", "2"]) == 2
    assert "wildgate keys rotate permit" in capsys.readouterr().err


def test_a_key_stolen_at_night_is_one_command(home, capsys):
    stolen, new = run(capsys, "stolen", "permit", "--since", "2026-01-05T00:00:00Z")["keys"]
    trust = read_trust_list((home / "trust.cwt").read_bytes(), None)

    assert (stolen["state"], stolen["compromised_since"]) == ("compromised", "2026-01-05T00:00:00+00:00")
    assert (new["state"], new["number"]) == ("active", 2)
    assert [entry.state for entry in trust.entries if entry.kid.hex() == stolen["kid"]] == [KeyState.COMPROMISED]
    assert KeyStore(home, SECRET).signing_key("QM", Use.PERMIT).kid.hex() == new["kid"]


def test_a_theft_in_the_time_to_come_is_a_slip_and_ends_no_key(home, capsys):
    assert main(["keys", "stolen", "permit", "--since", "2999-01-05T00:00:00Z"]) == 2

    assert "not in the time to come" in capsys.readouterr().err
    kept = [key for key in run(capsys, "list")["keys"] if key["use"] == "permit"]
    assert [(key["number"], key["state"]) for key in kept] == [(1, "active")]


def test_every_published_list_can_be_shown_later(home, capsys):
    run(capsys, "rotate", "permit")
    between = datetime.now(UTC) + timedelta(seconds=1)
    shown = run(capsys, "trust", "--at", between.isoformat())["lists"][0]

    assert (shown["keeper"], shown["own"], len(shown["keys"])) == ("QM", True, len(shown["keys"]))
    assert {key["state"] for key in shown["keys"]} == {"active", "retired"}
    run(capsys, "trust", "--at", "2020-01-01T00:00:00Z", status=1)


def test_a_partners_list_after_a_telephone_call(home, partner, tmp_path, capsys):
    now = datetime.now(UTC)
    (tmp_path / "theirs.cwt").write_bytes(partner.trust_list("QZ", now))
    theirs = str(tmp_path / "theirs.cwt")
    run(capsys, "trust", "-o", str(home / "trust.cwt"))

    wrong = "00000 " * 12
    assert run(capsys, "import", theirs, "--fingerprint", wrong, status=1)["errors"][0]["code"] == "trust-fingerprint"
    taken = run(capsys, "import", theirs, "--fingerprint", partner.root("QZ").fingerprint)
    assert (taken["keeper"], taken["speaks_for"], taken["disagreements"]) == ("QZ", ["QZ"], [])
    assert [each["keeper"] for each in run(capsys, "trust")["lists"]] == ["QM", "QZ"]
    assert Event.objects.get(kind="trust-imported").subject == "trust:QZ"

    (tmp_path / "old.cwt").write_bytes(partner.trust_list("QZ", now - timedelta(days=1)))
    assert run(capsys, "import", str(tmp_path / "old.cwt"), status=1)["errors"][0]["code"] == "trust-rollback"


def test_at_a_terminal_the_fingerprint_is_asked_for(home, partner, tmp_path, capsys, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    (tmp_path / "theirs.cwt").write_bytes(partner.trust_list("QZ", datetime.now(UTC)))
    monkeypatch.setattr(sys, "stdin", Terminal(partner.root("QZ").fingerprint + "\n"))

    assert main(["keys", "import", str(tmp_path / "theirs.cwt")]) == 0
    shown = capsys.readouterr().out
    assert "  ".join(partner.root("QZ").fingerprint.split()[:4]) in shown
    assert "is used from now on" in shown


def test_what_is_exported_is_public(home, tmp_path, capsys):
    out = tmp_path / "permit-key.json"
    assert main(["keys", "export", "permit", "-o", str(out)]) == 0
    assert json.loads(out.read_text())["kid"] == KeyStore(home).parts("QM")[0].public.kid.hex()
    capsys.readouterr()
    assert main(["keys", "export", "document"]) == 0
    assert capsys.readouterr().out.startswith("-----BEGIN CERTIFICATE-----")
    assert main(["keys", "export", "permit", "--number", "9"]) == 2


def test_the_fingerprint_is_read_in_rows_of_four(home, capsys):
    assert main(["keys", "fingerprint"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert [len(row.split()) for row in rows[1:]] == [4, 4, 4]
    assert run(capsys, "fingerprint")["fingerprint"].split() == " ".join(rows[1:]).split()


def test_a_key_that_ends_soon_says_so(home, capsys):
    KeyStore(home, SECRET).create("QZ", datetime.now(UTC) - timedelta(days=3 * 365 - 20))

    assert main(["keys", "list"]) == 0
    ends = [line for line in capsys.readouterr().out.splitlines() if line.endswith("ends soon: rotate it")]
    assert len(ends) == len(Use)
    assert all(line.startswith("QZ") for line in ends)
