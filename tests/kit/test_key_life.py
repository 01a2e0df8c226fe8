"""A key's life: made, announced, rotated, retired, reported stolen; what signs then, and what a trust list says."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from wildgate.kit.keys import ANNOUNCED, KeyFault, KeyStore, Use
from wildgate.seal.trust import KeyState, TrustList, read_successor, read_trust_list

AT = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)
SECRET = "a secret of Demoland"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    found = KeyStore(tmp_path, SECRET)
    found.create("QM", AT)
    return found


def trust(store: KeyStore, at: datetime) -> TrustList:
    found = read_trust_list(store.trust_list("QM", at), None)
    assert isinstance(found, TrustList)
    return found


def states(store: KeyStore, use: Use, at: datetime) -> list[KeyState]:
    return [part.state for part in store.parts("QM", at) if part.use is use]


def test_the_next_key_takes_over_at_its_time(store):
    first = store.signing_key("QM", Use.PERMIT, AT)
    second = store.rotate("QM", Use.PERMIT, AT + DAY, since=AT + 10 * DAY)

    assert store.signing_key("QM", Use.PERMIT, AT + 9 * DAY) is first
    assert store.signing_key("QM", Use.PERMIT, AT + 10 * DAY).kid == second.public.kid
    assert states(store, Use.PERMIT, AT + 9 * DAY) == [KeyState.ACTIVE, KeyState.ACTIVE]
    assert states(store, Use.PERMIT, AT + 10 * DAY) == [KeyState.RETIRED, KeyState.ACTIVE]


def test_a_reader_of_the_list_before_knows_both_keys_already(store):
    store.rotate("QM", Use.PERMIT, AT + DAY, since=AT + 10 * DAY)
    old, new = [entry for entry in trust(store, AT + DAY).entries if entry.purpose.name == "PERMIT"]

    assert (old.state, old.until) == (KeyState.ACTIVE, AT + 10 * DAY)
    assert (new.state, new.since) == (KeyState.ACTIVE, AT + 10 * DAY)


def test_another_process_sees_the_change_at_once(store, tmp_path):
    here = KeyStore(tmp_path, SECRET)
    before = here.signing_key("QM", Use.STATUS, AT + MINUTE)
    store.rotate("QM", Use.STATUS, AT + MINUTE)

    assert here.signing_key("QM", Use.STATUS, AT + MINUTE).kid != before.kid


def test_a_retired_key_signs_no_more_and_the_last_one_is_not_retired(store):
    with pytest.raises(KeyFault, match="only permit key"):
        store.retire("QM", Use.PERMIT, 1, AT)
    store.rotate("QM", Use.PERMIT, AT + MINUTE)
    with pytest.raises(KeyFault, match="out of use already: retired"):
        store.retire("QM", Use.PERMIT, 1, AT + 2 * MINUTE)
    with pytest.raises(KeyFault, match="no permit key number 7"):
        store.retire("QM", Use.PERMIT, 7, AT)


def test_a_stolen_key_is_replaced_at_once_and_signs_nothing_not_even_of_yesterday(store):
    first = store.signing_key("QM", Use.PERMIT, AT).kid
    stolen, new = store.report_stolen("QM", Use.PERMIT, None, AT + 9 * DAY, since=AT + 5 * DAY)

    assert (stolen.number, stolen.state, stolen.compromised_since) == (1, KeyState.COMPROMISED, AT + 5 * DAY)
    assert stolen.until == AT + 9 * DAY
    assert (new.number, new.state) == (2, KeyState.ACTIVE)
    for at in (AT + 9 * DAY, AT + 8 * DAY):
        assert store.signing_key("QM", Use.PERMIT, at).kid == new.public.kid != first
    with pytest.raises(KeyFault, match="reported stolen already"):
        store.report_stolen("QM", Use.PERMIT, 1, AT + 9 * DAY)


def test_what_was_known_on_a_day_before_the_report_can_still_be_said(store):
    store.rotate("QM", Use.PERMIT, AT + 5 * DAY)
    store.report_stolen("QM", Use.PERMIT, 1, AT + 20 * DAY, since=AT + 10 * DAY)

    assert states(store, Use.PERMIT, AT + 4 * DAY)[0] is KeyState.ACTIVE
    assert states(store, Use.PERMIT, AT + 19 * DAY) == [KeyState.RETIRED, KeyState.ACTIVE]
    assert states(store, Use.PERMIT, AT + 20 * DAY) == [KeyState.COMPROMISED, KeyState.ACTIVE]
    assert next(part.until for part in store.parts("QM", AT + 20 * DAY) if part.use is Use.PERMIT) == AT + 5 * DAY


def test_a_key_past_its_years_is_a_fault_not_a_bad_permit(store):
    with pytest.raises(KeyFault, match="no active permit key"):
        store.signing_key("QM", Use.PERMIT, AT + timedelta(days=3 * 365 + 1))


def test_a_second_rotation_waits_for_the_first(store):
    store.rotate("QM", Use.PERMIT, AT, since=AT + 5 * DAY)

    with pytest.raises(KeyFault, match="announced already: number 2"):
        store.rotate("QM", Use.PERMIT, AT + DAY)
    with pytest.raises(KeyFault, match="before now"):
        store.rotate("QM", Use.STATUS, AT + DAY, since=AT)


def test_the_next_root_is_announced_a_period_ahead_and_readers_follow(store):
    with pytest.raises(KeyFault, match="announced for 30 days"):
        store.rotate("QM", Use.ROOT, AT, since=AT + DAY)
    quiet = trust(store, AT)
    coming = store.rotate("QM", Use.ROOT, AT)
    announcing, after = trust(store, AT + DAY), store.trust_list("QM", AT + ANNOUNCED)

    assert (quiet.next_root, announcing.next_root) == (None, coming.public)
    assert announcing.root == quiet.root
    assert isinstance(read_successor(after, announcing), TrustList)
    assert read_successor(after, quiet).code == "trust-root"
    assert read_trust_list(after, [quiet.root]).code == "trust-root"


def test_an_old_root_cannot_take_back_what_it_handed_over(store, tmp_path):
    thief = KeyStore(tmp_path, SECRET)
    store.rotate("QM", Use.ROOT, AT)
    now = AT + ANNOUNCED + DAY
    new = read_trust_list(store.trust_list("QM", now), None)
    (tmp_path / "keys" / "QM" / "journal.json").write_text("[]")
    forged = thief.trust_list("QM", now - 2 * DAY, sequence=int(now.timestamp()) + 5)

    assert read_successor(forged, new).code == "trust-root"


def test_a_stolen_root_hands_over_early_to_the_announced_one(store):
    announced = store.rotate("QM", Use.ROOT, AT)
    holding = trust(store, AT + MINUTE)
    _, new = store.report_stolen("QM", Use.ROOT, None, AT + DAY)

    assert new.public == announced.public
    assert isinstance(read_successor(store.trust_list("QM", AT + DAY), holding), TrustList)


def test_a_pin_of_a_stolen_document_key_is_taken_off_the_list(store):
    stolen = pin_of(store, Use.DOCUMENT)
    store.rotate("QM", Use.DOCUMENT, AT + MINUTE)
    before = trust(store, AT + MINUTE).parties["QM"].document_pins
    store.report_stolen("QM", Use.DOCUMENT, 1, AT + DAY)

    assert len(before) == 3 and {stolen, pin_of(store, Use.CUSTOMS)} < set(before)
    assert set(trust(store, AT + DAY).parties["QM"].document_pins) == set(before) - {stolen}


def pin_of(store: KeyStore, use: Use) -> bytes:
    return hashlib.sha256(store.document_signer("QM", AT, use).certificate).digest()


def _rotate(home: Path) -> str:
    try:
        return str(KeyStore(home, SECRET).rotate("QM", Use.PERMIT, AT + MINUTE, since=AT + DAY).number)
    except KeyFault:
        return "refused"


def test_of_two_operators_who_rotate_at_once_one_does(store, tmp_path):
    with multiprocessing.get_context("fork").Pool(4) as pool:
        found = pool.map(_rotate, [tmp_path] * 4)

    assert sorted(found) == ["2", "refused", "refused", "refused"]
    assert len(json.loads((tmp_path / "keys" / "QM" / "journal.json").read_text())) == 1


def test_the_journal_is_the_owners_alone(store, tmp_path):
    store.rotate("QM", Use.PERMIT, AT)

    assert (tmp_path / "keys" / "QM" / "journal.json").stat().st_mode & 0o777 == 0o600
    assert "PRIVATE" not in (tmp_path / "keys" / "QM" / "journal.json").read_text()
