"""Lanes under a capacity, and a random share that anybody can recompute."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wildgate.targeting.selection import (
    Candidate,
    Capacity,
    DrawnBy,
    Lane,
    Policy,
    Taken,
    commitment,
    draw,
    faulty,
    new_seed,
    place_one,
    select,
)

POLICY = Policy(capacity={("kivu-2", "day"): Capacity(3, 2)}, otherwise=Capacity(5, 5), random=0.1, trusted_random=0.05)

candidates = st.lists(
    st.builds(Candidate, reference=st.integers(0, 10_000).map("D{}".format),
              post=st.sampled_from(["kivu-2", "port"]), shift=st.sampled_from(["day", "night"]),
              score=st.floats(0, 1), stop=st.booleans(), trusted=st.booleans()),
    max_size=60, unique_by=lambda one: one.reference)


@given(candidates, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_same_seed_same_lanes_in_any_order_and_never_more_than_fits(group: list[Candidate], shuffle) -> None:
    first = select(group, POLICY, "a seed")
    other = list(group)
    shuffle.shuffle(other)

    assert select(other, POLICY, "a seed") == first
    where = {one.reference: one for one in group}
    red: Counter[tuple[str, str]] = Counter()
    yellow: Counter[tuple[str, str]] = Counter()
    for chosen in first:
        one = where[chosen.reference]
        assert (chosen.drawn_by is DrawnBy.STOP) == one.stop
        assert not one.stop or chosen.lane is Lane.RED
        red[one.post, one.shift] += chosen.lane is Lane.RED and not one.stop
        yellow[one.post, one.shift] += chosen.lane is Lane.YELLOW
        assert 0 < chosen.chance <= POLICY.share(one)
    for shift in red:
        assert red[shift] <= POLICY.at(*shift).red
        assert yellow[shift] <= POLICY.at(*shift).yellow


def test_the_risky_come_before_the_less_risky() -> None:
    group = [Candidate(f"D{n}", "kivu-2", "day", n / 10) for n in range(10)]

    lanes = {one.reference: one for one in select(group, replace(POLICY, random=1e-9), "s")}

    assert [name for name, one in lanes.items() if one.lane is Lane.RED] == ["D7", "D8", "D9"]
    assert lanes["D6"].crowded_out
    assert not lanes["D5"].crowded_out
    assert [name for name, one in lanes.items() if one.lane is Lane.YELLOW] == ["D5", "D6"]


def test_the_draw_is_an_hmac_that_anybody_can_recompute() -> None:
    digest = hmac.new(b"seed of the day", b"QM-1", hashlib.sha256).digest()

    assert draw("seed of the day", "QM-1") == pytest.approx(int.from_bytes(digest, "big") / 2**256, abs=1e-15)
    assert commitment("seed of the day") == hashlib.sha256(b"seed of the day").hexdigest()
    assert new_seed() != new_seed()


def test_the_chance_that_is_told_is_the_chance_that_holds() -> None:
    policy = Policy(otherwise=Capacity(6, 0), random=0.1, trusted_random=0.05, random_slots=0.5)
    group = [Candidate(f"D{n}", trusted=n % 2 == 0, score=n / 40) for n in range(40)]
    told: dict[bool, float] = {}
    drawn: Counter[bool] = Counter()
    rounds = 400
    for seed in range(rounds):
        for one in select(group, policy, str(seed)):
            trusted = int(one.reference[1:]) % 2 == 0
            told[trusted] = one.chance
            drawn[trusted] += one.sampled

    for trusted, chance in told.items():
        assert drawn[trusted] / (20 * rounds) == pytest.approx(chance, rel=0.15)


def test_nobody_is_free_of_the_random_share() -> None:
    assert faulty(POLICY) is None
    assert faulty(replace(POLICY, trusted_random=0.0)).code == "random-share"  # type: ignore[union-attr]
    assert faulty(replace(POLICY, yellow_from=0.9)).code == "thresholds"  # type: ignore[union-attr]
    drawn = [one for one in select([Candidate(f"D{n}", trusted=True) for n in range(200)], POLICY, "s") if one.sampled]
    assert drawn


def test_one_by_one_the_places_run_out_and_the_random_ones_are_kept() -> None:
    policy = replace(POLICY, random=0.2, random_slots=0.34)
    drawn = next(name for name in map("D{}".format, range(99)) if draw("s", name) < 0.2)
    other = next(name for name in map("D{}".format, range(99)) if draw("s", name) > 0.2)
    risky = Candidate(other, "kivu-2", "day", 0.9)

    assert place_one(risky, policy, "s", Taken(red=1)).lane is Lane.RED
    full = place_one(risky, policy, "s", Taken(red=2))
    assert (full.lane, full.crowded_out) == (Lane.YELLOW, True)
    by_chance = place_one(Candidate(drawn, "kivu-2", "day", 0.0), policy, "s", Taken(red=2))
    assert (by_chance.lane, by_chance.drawn_by, by_chance.otherwise) == (Lane.RED, DrawnBy.RANDOM, Lane.GREEN)
    assert place_one(replace(risky, stop=True), policy, "s", Taken(red=3, yellow=2)).lane is Lane.RED


def test_chance_opens_no_box_too_many_where_the_shift_was_made_smaller() -> None:
    policy = replace(POLICY, random=0.2, random_slots=0.34)
    drawn = next(name for name in map("D{}".format, range(99)) if draw("s", name) < 0.2)
    places = policy.at("kivu-2", "day").red

    full = place_one(Candidate(drawn, "kivu-2", "day", 0.0), policy, "s", Taken(red=places))

    assert (full.lane, full.sampled) == (Lane.GREEN, False)
