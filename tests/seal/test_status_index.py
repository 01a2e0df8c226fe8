"""The index of shards and the day's changes: signed, complete, and never a step back."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from tests.seal.world import AT, CUSTOMS, STATUS, URI, trust

from wildgate.convention.refusal import Refusal
from wildgate.seal.status import (
    State,
    build_digests,
    build_status_list,
    digests_path,
    read_digests,
    read_status_list,
    status_path,
)
from wildgate.seal.status_index import (
    Change,
    ShardEntry,
    advanced,
    build_delta,
    build_index,
    outdated,
    read_delta,
    read_index,
)
from wildgate.seal.trust import Keyring

KEYS = Keyring(trust())
DAY = AT.date()
HOUR = timedelta(hours=1)
places = st.dictionaries(st.integers(0, 200), st.sampled_from([int(state) for state in State]), max_size=40)


def shard(states: dict[int, int], at=AT):
    """A shard and its digest file with these states; the digest of place i is i, eight times."""
    size = max(states, default=0) + 1
    listed = [states.get(index, int(State.CANCELLED)) for index in range(size)]
    held = [bytes([index]) * 32 if index in states else None for index in range(size)]
    return (build_status_list(listed, uri=URI, key=STATUS, at=at), build_digests(held, uri=URI, key=STATUS, at=at))


def read(files):
    return read_status_list(files[0], URI, KEYS), read_digests(files[1], URI, KEYS)


@given(places, places)
def test_yesterdays_shard_and_todays_changes_make_todays_shard(before, changed):
    after = before | changed
    told = [Change(URI, index, state, (bytes([index]) * 32,)) for index, state in changed.items()]
    delta = read_delta(build_delta(told, party="QM", day=DAY, key=STATUS, at=AT + HOUR), "QM", KEYS)

    found, digests = advanced(*read(shard(before)), delta)

    now, now_digests = read(shard(after, AT + HOUR))
    assert [found.value(i) for i in range(len(now))] == [now.value(i) for i in range(len(now))]
    assert all(digests.holds(i, 1, bytes([i]) * 32) for i in after)
    assert (found.issued_at, now_digests.issued_at) == (int((AT + HOUR).timestamp()),) * 2


def test_a_change_of_an_annex_page_is_carried():
    told = [Change(URI, 3, 0, (b"a" * 32, b"b" * 32))]
    delta = read_delta(build_delta(told, party="QM", day=DAY, key=STATUS, at=AT + HOUR), "QM", KEYS)

    _, digests = advanced(*read(shard({})), delta)

    assert digests.holds(3, 2, b"b" * 32)
    assert not digests.holds(3, 3, b"b" * 32)


def test_a_list_of_the_day_before_is_not_brought_forward_over_a_gap():
    delta = read_delta(build_delta([], party="QM", day=DAY, key=STATUS, at=AT), "QM", KEYS)

    found = advanced(*read(shard({}, AT - 24 * HOUR)), delta)

    assert isinstance(found, Refusal)
    assert found.code == "delta-gap"


def test_an_older_delta_changes_nothing():
    told = [Change(URI, 0, int(State.CANCELLED), (bytes(32),))]
    delta = read_delta(build_delta(told, party="QM", day=DAY, key=STATUS, at=AT - HOUR), "QM", KEYS)
    held = read(shard({0: 0}))

    assert advanced(*held, delta) == held


def test_the_index_tells_what_to_fetch():
    files = shard({1: 0})
    index = read_index(build_index({URI: ShardEntry.of(AT, *files)}, party="QM", key=STATUS, at=AT), "QM", KEYS)

    assert outdated(index, {URI: files}) == []
    assert outdated(index, {URI: shard({1: 14})}) == [URI]
    assert outdated(index, {}) == [URI]


def test_another_key_party_or_kind_is_not_read():
    index = build_index({URI: ShardEntry.of(AT, b"", b"")}, party="QM", key=CUSTOMS, at=AT)
    foreign = build_index({"QZ/27Q3/0": ShardEntry.of(AT, b"", b"")}, party="QM", key=STATUS, at=AT)
    delta = build_delta([], party="QM", day=DAY, key=STATUS, at=AT)

    for data, party in ((index, "QM"), (foreign, "QM"), (delta, "QM"), (b"", "QM"), (index, "QZ")):
        assert isinstance(read_index(data, party, KEYS), Refusal)
    assert isinstance(read_delta(shard({})[0], "QM", KEYS), Refusal)
    bad = [Change(URI, 70_000, 0, (bytes(32),)), Change(URI, 1, 9, (bytes(32),)), Change("QM/x", 1, 0, (bytes(32),)),
           Change(URI, 1, 0, ())]
    for change in bad:
        data = build_delta([change], party="QM", day=date(2027, 3, 3), key=STATUS, at=AT)
        assert isinstance(read_delta(data, "QM", KEYS), Refusal)


def test_ten_million_permits_fit_their_budget():
    changes = [Change(f"QM/27Q3/{n % 153}", n % 65536, 13, (bytes(8),)) for n in range(2000)]
    size = len(build_delta(changes, party="QM", day=DAY, key=STATUS, at=AT)) / 2000

    assert size < 16
    shards = {f"QM/27Q3/{n}": ShardEntry.of(AT, b"", b"") for n in range(153)}
    assert len(build_index(shards, party="QM", key=STATUS, at=AT)) < 16_000
    assert status_path(URI) != digests_path(URI)
