"""A court, years later: the keys were rotated, one was reported stolen, and a paper of that year lies on the table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from tests.cast import issued

from wildgate.apps.permits import documents, keeping, sealing, services
from wildgate.apps.permits.hindsight import Recorded, record_of, state_at
from wildgate.apps.permits.models import Permit
from wildgate.kit.keys import Use
from wildgate.kit.models import Event
from wildgate.seal.hindsight import Hindsight, look_back
from wildgate.seal.keys import SigningKey
from wildgate.seal.status import State
from wildgate.seal.text import to_digits
from wildgate.seal.token import seal_permit
from wildgate.seal.trusted import home_verifier
from wildgate.seal.verdict import Role
from wildgate.site.cli import main


def day(year: int, month: int, of_month: int = 1) -> datetime:
    return datetime(year, month, of_month, 9, 0, tzinfo=UTC)


MADE, ISSUED, ROTATED, THEFT, REPORTED, COURT = (
    day(2026, 1), day(2026, 6), day(2027, 3), day(2028, 5), day(2029, 2), day(2031, 9))


@dataclass
class Years:
    """Demoland from 2026 to 2031: one honest permit, and what the thief made with the key of 2026."""

    home: Path
    permit: Permit
    forged: str
    archive: list[str]

    def asked(self, code: str, at: datetime, *, chain: bool = True) -> Hindsight:
        present = home_verifier(self.home)
        assert not hasattr(present, "code")
        register = (lambda moment: Recorded("QM", moment)) if chain else None
        return look_back(code, Role.EXPORT, at, home=self.home, present=present, today=COURT, register=register)


@pytest.fixture(scope="module")
def lived(django_db_setup: Any, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Years]:
    """The years, lived once for all tests here and taken back at the end."""
    home = tmp_path_factory.mktemp("years")
    with django_db_blocker.unblock(), override_settings(HOME=home):
        outer = transaction.atomic()
        outer.__enter__()
        try:
            yield _years(home)
        finally:
            transaction.set_rollback(True)
            outer.__exit__(None, None, None)


@pytest.fixture
def years(lived: Years, db: Any, settings: Any) -> Years:
    settings.HOME = lived.home
    return lived


def _years(tmp_path: Path) -> Years:
    from wildgate.site.demo.cast import settle

    who = settle("QM", "Demoland", MADE)
    permit = issued(who, ISSUED)
    stolen: SigningKey = sealing.keys().signing_key("QM", Use.PERMIT, ISSUED)
    sealing.publish("QM", permit.shard, ISSUED)
    services.cancel(actor=who["amina"], number=permit.number, reason="Unused.", at=ISSUED + timedelta(days=20))
    sealing.publish("QM", permit.shard, day(2027, 2))
    for use in (Use.PERMIT, Use.STATUS):
        keeping.rotate("QM", use, by="operator", at=ROTATED)
    keeping.rotate("QM", Use.ROOT, by="operator", at=day(2028, 3))
    keeping.report_stolen("QM", Use.PERMIT, 1, by="operator", at=REPORTED, since=THEFT)
    for at in (day(2029, 12), day(2031, 2)):
        for use in (Use.PERMIT, Use.STATUS, Use.ROOT):
            if at.year == 2029 or use is Use.ROOT:
                keeping.rotate("QM", use, by="operator", at=at)
    sealing.publish_trust("QM", COURT - timedelta(hours=1))
    back = replace(permit.record, number="26QM999999", issued_at=ISSUED)
    token, = seal_permit(back, stolen, status_uri=f"QM/{permit.shard}", status_index=(permit.status_index + 1) % 64)
    kept = sorted(path.name for path in (tmp_path / "trust" / "archive").iterdir())
    return Years(tmp_path, permit, to_digits(token), kept)


def test_the_honest_permit_is_genuine_then_and_now(years):
    code, at = documents.code_text(years.permit), ISSUED + timedelta(days=5)

    for chain in (True, False):
        found = years.asked(code, at, chain=chain)
        assert (found.then.genuine, found.now.genuine, found.now.state) == (True, True, "expired")
        assert "key-stolen-listed" in [why.code for why in found.now.reasons]
        assert not any(why.code.startswith("key-stolen") for why in found.then.reasons)
        assert found.sources[0]["issued_at"] <= "2026-06-06"
    found, cancelled = years.asked(code, at), years.asked(code, at + timedelta(days=20))
    assert (found.then.state, found.verdict.answer.value) == ("valid", "accept")
    assert (cancelled.then.state, cancelled.then.answer.value) == ("cancelled", "refuse")
    unknown = years.asked(code, day(2025, 6))
    assert unknown.then is None
    assert unknown.verdict.answer.value != "accept"
    assert unknown.verdict.reasons[-1].code == "no-list-of-that-day"


def test_the_thiefs_backdated_permit_is_forged_on_every_day(years):
    for chain in (True, False):
        for at in (ISSUED + timedelta(days=5), THEFT + timedelta(days=5)):
            found = years.asked(years.forged, at, chain=chain)
            assert (found.verdict.genuine, found.verdict.answer.value) == (False, "refuse")
            assert found.now.reasons[0].code == "key-stolen-unlisted"
    listed = [entry for entry in home_verifier(years.home).keys.lists[0].entries if entry.compromised_since]
    assert [(entry.until, entry.compromised_since) for entry in listed] == [(ROTATED, THEFT)]


def test_every_change_of_a_key_is_an_event_and_the_issue_stands_before_the_theft(years):
    kinds = [event.kind for event in Event.objects.filter(party="QM", kind__startswith="key-")]

    assert (kinds.count("key-stolen"), kinds.count("key-retired")) == (1, 7)
    assert kinds.count("key-made") == len(sealing.keys().parts("QM"))
    before = Event.objects.count()
    keeping.tell("QM", by="operator", at=COURT)
    assert Event.objects.count() == before
    record = record_of("QM", years.permit.number, years.asked(documents.code_text(years.permit), ISSUED).now.digest)
    assert record["chain_holds"]
    assert [each["kind"] for each in record["events"]] == ["permit-issued", "permit-cancelled"]
    assert record["events"][0]["at"] < THEFT.isoformat()
    assert record_of("QM", years.permit.number, b"\0" * 32) is None
    assert state_at(years.permit, ISSUED - timedelta(days=1)) is None
    assert state_at(years.permit, ISSUED) is State.VALID


def test_the_command_prints_both_days(years, tmp_path, capsys):
    paper = tmp_path / "permit.txt"
    paper.write_text(documents.code_text(years.permit))
    (years.home / "wildgate.sqlite3").touch()  # the database of this test lies elsewhere; the mark is enough to ask it
    at = (ISSUED + timedelta(days=5)).isoformat()

    assert main(["verify", str(paper), "--home", str(years.home), "--at", at, "--role", "export", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["then"]["state"], found["now"]["genuine"], found["state"]) == ("valid", True, "valid")
    assert found["record"]["chain_holds"]
    assert found["then"]["trust_lists"][0]["sha256"] in " ".join(years.archive)
    assert main(["verify", str(paper), "--home", str(years.home), "--at", at, "--role", "export"]) == 0
    said = capsys.readouterr().out
    assert "On 2026-06-06 09:00 UTC:\nGENUINE: ACCEPT (state: valid)" in said
    assert "Known today:\nGENUINE: " in said
    assert "permit-issued" in said


class TheDayInCourt(datetime):
    """The command asks for the time itself: here it is the day of the hearing."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        return COURT


def test_the_guide_shows_what_the_court_sees(years, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("wildgate.site.cli.verify.datetime", TheDayInCourt)
    (years.home / "wildgate.sqlite3").touch()
    at = (ISSUED + timedelta(days=5)).date().isoformat()
    told = []
    for code in (documents.code_text(years.permit), years.forged):
        paper = tmp_path / "permit.txt"
        paper.write_text(code)
        main(["verify", str(paper), "--home", str(years.home), "--at", at, "--role", "export"])
        told.append(_steady(capsys.readouterr().out))

    guide = (Path(__file__).parents[3] / "docs" / "guide" / "keys.md").read_text()
    shown = [block for block in guide.split("```") if block.lstrip().startswith("On 2026-06-06")]
    assert [block.strip() for block in shown] == told


def _steady(said: str) -> str:
    """The output without what another run has otherwise: digests, the numbers of events and lists, the day of today."""
    said = re.sub(r"SHA-256 [0-9a-f]{64}", "SHA-256 ...", said)
    said = re.sub(r"Status as of [-0-9]+ [:0-9]+ UTC", "Status as of ...", said)
    said = re.sub(r"number [0-9]+ of QM", "number ... of QM", said)
    return re.sub(r"(?m)^  [0-9]+  ", "  ...  ", said).strip()
