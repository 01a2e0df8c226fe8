"""Trust lists and status lists: what is signed is read back, by the right key only, within limits."""

from __future__ import annotations

import os
import zlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.seal.world import AT, CUSTOMS, PERMIT, ROOT, STATUS, STRANGER, URI, entry, token, trust

from wildgate.convention.refusal import Refusal
from wildgate.seal import cbor
from wildgate.seal.envelope import STATUS_LIST, Kind, open_envelope, seal
from wildgate.seal.files import write_atomically
from wildgate.seal.keys import Alg, Purpose, SigningKey
from wildgate.seal.status import (
    LARGEST_STATUS_FILE,
    Freshness,
    State,
    StatusLists,
    build_digests,
    build_status_list,
    digests_path,
    read_digests,
    read_status_list,
    shard_size,
    status_path,
)
from wildgate.seal.trust import Keyring, KeyState, PartyEntry, TrustList, build_trust_list, read_trust_list

KEYS = Keyring(trust())
IAT, TTL, SUB, LIST = 6, 65534, 2, 65533


@given(st.lists(st.sampled_from([state.value for state in State]), max_size=300))
def test_each_state_is_found_at_its_place_and_the_rest_reads_cancelled(states):
    held = StatusLists({status_path(URI): build_status_list(states, uri=URI, key=STATUS, at=AT)})
    found = [held.lookup("QM", URI, index, AT, KEYS).state for index in range(shard_size(len(states)) + 2)]

    assert found[:len(states)] == [State(value) for value in states]
    assert set(found[len(states):]) <= {State.CANCELLED}


def test_the_packing_is_that_of_the_draft():
    found = read_status_list(build_status_list([0, 1, 2, 3, 12, 13, 14, 15], uri=URI, key=STATUS, at=AT), URI, KEYS)

    assert found.packed[:4] == bytes([0x10, 0x32, 0xDC, 0xFE])
    assert len(found) == 64


def test_a_full_shard_is_small():
    states = [0] * 52_000 + [14] * 13_536
    data = build_status_list(states, uri=URI, key=STATUS, at=AT)

    assert len(data) < 18_000
    with pytest.raises(ValueError, match="65536"):
        build_status_list([0] * 65_537, uri=URI, key=STATUS, at=AT)
    with pytest.raises(ValueError, match="state 4"):
        build_status_list([4], uri=URI, key=STATUS, at=AT)
    with pytest.raises(ValueError, match="not the name"):
        build_status_list([0], uri="QM/../x", key=STATUS, at=AT)


def signed(listed, *, key=STATUS, uri=URI, kind=STATUS_LIST, **more):
    return seal(cbor.encode({SUB: uri, IAT: int(AT.timestamp()), 4: int(AT.timestamp()) + 900, TTL: 60, LIST: listed}
                            | more), kind, key)


GOOD = {"bits": 4, "lst": zlib.compress(bytes(32))}


@pytest.mark.parametrize("data", [
    signed(GOOD, key=PERMIT), signed(GOOD, key=STRANGER), signed(GOOD, uri="QM/27Q3/1"), signed(GOOD, kind=65004),
    signed({"bits": 8, "lst": GOOD["lst"]}), signed({"bits": 4}), signed({"bits": 4, "lst": b"no"}),
    signed({"bits": 4, "lst": zlib.compress(bytes(32_769))}),
    signed({"bits": 4, "lst": zlib.compress(bytes(10_000_000))}),
    signed({"bits": 4, "lst": GOOD["lst"] + b"x"}), signed({"bits": 4, "lst": GOOD["lst"][:-1]}),
    signed({"bits": 4, "lst": zlib.compress(b"")}), signed([]), signed(GOOD)[:-1] + bytes((signed(GOOD)[-1] ^ 1,)), b"",
    b"x" * 50_000,
    token(), seal(cbor.encode([1]), STATUS_LIST, STATUS), seal(b"\xff", STATUS_LIST, STATUS),
])
def test_a_list_that_is_not_right_is_not_used(data):
    assert isinstance(read_status_list(data, URI, KEYS), Refusal)
    answer = StatusLists({status_path(URI): data}).lookup("QM", URI, 0, AT, KEYS)
    assert (answer.state, answer.freshness) == (None, Freshness.UNREADABLE)


def test_the_same_list_with_nothing_wrong_is_used():
    assert not isinstance(read_status_list(signed(GOOD), URI, KEYS), Refusal)


def test_a_list_signed_by_a_stolen_or_foreign_status_key_is_not_used():
    data = build_status_list([0], uri=URI, key=STATUS, at=AT)

    for wrong in (entry(Purpose.STATUS, STATUS, state=KeyState.COMPROMISED), entry(Purpose.STATUS, STATUS, "QZ"),
                  entry(Purpose.STATUS, STATUS, until=AT - timedelta(days=1))):
        assert isinstance(read_status_list(data, URI, Keyring(trust(wrong))), Refusal)


@pytest.mark.parametrize(("party", "uri"), [
    ("QM", "QZ/27Q3/0"), ("QM", "QM/27Q3/../../../etc/passwd"), ("QM", "/etc/passwd"), ("QM", "https://x/QM/27Q3/0"),
    ("QM", "QM/27Q3/"), ("QZ", URI)])
def test_a_list_is_looked_up_below_its_party_only(party, uri, tmp_path):
    answer = StatusLists(tmp_path).lookup(party, uri, 0, AT, KEYS)

    assert (answer.state, answer.freshness) == (None, Freshness.UNREADABLE)


def test_freshness_follows_ttl_and_end():
    held = StatusLists({status_path(URI): build_status_list(
        [0], uri=URI, key=STATUS, at=AT, ttl=timedelta(minutes=15), lifetime=timedelta(hours=1))})

    found = [held.lookup("QM", URI, 0, AT + timedelta(minutes=late), KEYS).freshness for late in (0, 15, 16, 60, 61)]
    assert found == [
        Freshness.FRESH, Freshness.FRESH, Freshness.STALE, Freshness.STALE, Freshness.EXPIRED]


def test_a_new_file_is_seen_at_once_and_a_removed_one_is_missed(tmp_path):
    held, path = StatusLists(tmp_path), tmp_path / status_path(URI)
    assert held.lookup("QM", URI, 0, AT, KEYS).freshness is Freshness.MISSING

    for state in (State.VALID, State.EXPORTED, State.USED):
        write_atomically(path, build_status_list([state], uri=URI, key=STATUS, at=AT))
        assert held.lookup("QM", URI, 0, AT, KEYS).state is state
    path.unlink()

    assert held.lookup("QM", URI, 0, AT, KEYS).freshness is Freshness.MISSING


def test_a_huge_file_is_not_read_whole(tmp_path):
    path = tmp_path / status_path(URI)
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        file.truncate(LARGEST_STATUS_FILE * 10_000)

    assert StatusLists(tmp_path).lookup("QM", URI, 0, AT, KEYS).freshness is Freshness.UNREADABLE


def test_writing_leaves_the_old_file_or_the_new_one_and_nothing_else(tmp_path):
    path = tmp_path / "QM" / "trust.cwt"
    write_atomically(path, b"old")
    write_atomically(path, b"new", mode=0o600)

    assert path.read_bytes() == b"new"
    assert os.listdir(path.parent) == ["trust.cwt"]
    assert path.stat().st_mode & 0o777 == 0o600


@given(st.lists(st.none() | st.binary(min_size=32, max_size=32) | st.lists(
    st.binary(min_size=32, max_size=32), min_size=1, max_size=3), max_size=20))
def test_the_register_holds_what_was_issued_and_nothing_else(slots):
    found = read_digests(build_digests(slots, uri=URI, key=STATUS, at=AT), URI, KEYS)

    for index, slot in enumerate(slots):
        pages = [slot] if isinstance(slot, bytes) else slot or []
        assert all(found.holds(index, number, page) for number, page in enumerate(pages, start=1))
        assert not found.holds(index, len(pages) + 2, b"\x07" * 32)
    assert not found.holds(10_000, 1, b"\x07" * 32)
    assert isinstance(read_digests(token(), URI, KEYS), Refusal)
    assert digests_path(URI) == "QM/27Q3/digests/0.cwt"


def test_a_trust_list_is_read_back():
    party = PartyEntry("QM", "https://permits.example/status", {"en": "Demoland", "ar": "ديمولاند"},
                       "https://law.example", "", (b"p" * 32,))
    stolen = entry(Purpose.PERMIT, PERMIT, state=KeyState.COMPROMISED, compromised_since=AT)
    edwards = entry(Purpose.STATUS, SigningKey.generate(Alg.EDDSA), "QZ")

    found = trust(stolen, edwards, parties=[party])

    assert found.entries == (stolen, edwards)
    assert found.parties == {"QM": party}
    assert (found.operator, found.sequence, found.issued_at, found.ttl) == ("QM", 1, AT, timedelta(hours=24))
    assert found.root == ROOT.public


def build(key=ROOT, sequence=5, entries=None):
    return build_trust_list(entries or [entry(Purpose.PERMIT, PERMIT)], key=key, at=AT, sequence=sequence)


def test_only_the_root_key_signs_trust_lists():
    assert read_trust_list(build(STRANGER), [ROOT.public]).code == "trust-root"
    assert isinstance(read_trust_list(build(), [STRANGER.public, ROOT.public]), TrustList)
    assert isinstance(read_trust_list(build(STRANGER), None), TrustList)
    flipped = bytearray(build())
    flipped[-100] ^= 1
    assert isinstance(read_trust_list(bytes(flipped), None), Refusal)
    opened = open_envelope(build(), 9999)
    assert isinstance(read_trust_list(seal(opened.payload, Kind.PERMIT, ROOT), [ROOT.public]), Refusal)


def test_a_step_back_is_refused():
    assert read_trust_list(build(sequence=5), [ROOT.public], newer_than=6).code == "trust-rollback"
    assert isinstance(read_trust_list(build(sequence=6), [ROOT.public], newer_than=6), TrustList)


@pytest.mark.parametrize("change", [
    lambda row: row[:6], lambda row: ["qm", *row[1:]], lambda row: [*row[:1], b"x" * 8, *row[2:]],
    lambda row: [*row[:2], 9, *row[3:]], lambda row: [*row[:3], {1: 2}, *row[4:]],
    lambda row: [*row[:3], {**row[3], -2: b"\1" * 32}, *row[4:]], lambda row: [*row[:6], 3],
    lambda row: [*row[:4], 1 << 50, *row[5:]], lambda row: [*row, "late"],
])
def test_a_key_entry_out_of_shape_is_refused(change):
    claims = cbor.decode(open_envelope(build(), 9999).payload)
    claims[-65539][2] = [change(claims[-65539][2][0])]

    assert read_trust_list(seal(cbor.encode(claims), Kind.TRUST_LIST, ROOT), [ROOT.public]).code == "trust-list"


@given(st.binary(max_size=200))
def test_foreign_bytes_are_no_list(data):
    assert isinstance(read_trust_list(b"\xd2\x84" + data, None), Refusal)
    assert isinstance(read_status_list(b"\xd2\x84" + data, URI, KEYS), Refusal)


def test_customs_cannot_sign_a_trust_list_of_their_own_for_a_pinned_reader():
    assert read_trust_list(build(CUSTOMS), [ROOT.public]).code == "trust-root"
