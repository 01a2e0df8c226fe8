"""Who is looked at: lanes under the capacity of a post and shift, with a random share that anybody can recompute.

Green passes, yellow has its papers checked, red is opened. Document stops are red whatever the capacity: they are no
choice. The random share is drawn from ALL consignments, also the risky and the trusted, so that it measures the trade
without bias: each has a known chance. A draw is a number from HMAC-SHA-256 over seed and reference; it knows no order
and no other consignment. Publish `commitment(seed)` before the shift and the seed after it: every draw can be audited.

Law: Revised Kyoto Convention, General Annex, Standards 6.3 and 6.4; WTO Trade Facilitation Agreement, Article 7.4.3
(random selection as part of risk management).
"""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from wildgate.convention.refusal import Refusal, refuse


class Lane(str, Enum):
    """What happens to a consignment."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"

    def __str__(self) -> str:
        return self.value


class DrawnBy(str, Enum):
    """What put a consignment in its lane."""

    STOP = "stop"
    RANDOM = "random"
    RISK = "risk"
    NOTHING = "nothing"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Candidate:
    """One consignment as selection sees it: where, when, how risky (0 to 1), stopped by its papers, trusted."""

    reference: str
    post: str = ""
    shift: str = ""
    score: float = 0.0
    stop: bool = False
    trusted: bool = False


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many consignments one shift of one post can open, and how many papers it can check."""

    red: int
    yellow: int = 0


@dataclass(frozen=True, slots=True)
class Policy:
    """How lanes are given. The numbers are house values. `random` is the share of all consignments that is drawn,
    `random_slots` the largest part of the red capacity that it may take, `trusted_factor` weakens a trusted trader's
    score."""

    capacity: Mapping[tuple[str, str], Capacity] = field(default_factory=dict)
    otherwise: Capacity = Capacity(10, 20)
    random: float = 0.03
    trusted_random: float = 0.01
    random_slots: float = 0.34
    red_from: float = 0.6
    yellow_from: float = 0.3
    trusted_factor: float = 0.5

    def at(self, post: str, shift: str) -> Capacity:
        return self.capacity.get((post, shift), self.otherwise)

    def share(self, candidate: Candidate) -> float:
        return self.trusted_random if candidate.trusted else self.random

    def slots(self, capacity: Capacity) -> int:
        """Red places that the random share may take: at least one where anything can be opened."""
        return min(capacity.red, max(1, math.floor(capacity.red * self.random_slots))) if capacity.red else 0


@dataclass(frozen=True, slots=True)
class Chosen:
    """Where a consignment goes and why. `sampled`: it belongs to the random sample, whatever else chose it; `chance` is
    the probability with which it could have been drawn; `crowded_out`: its score asked for red, and no place was
    left. `otherwise`: the lane that risk alone would have given."""

    reference: str
    lane: Lane
    drawn_by: DrawnBy
    sampled: bool
    draw: float
    chance: float
    crowded_out: bool = False
    otherwise: Lane = Lane.GREEN


def new_seed() -> str:
    """A seed that nobody can guess, for one shift."""
    return secrets.token_hex(16)


def commitment(seed: str) -> str:
    """What is published before the shift: it binds the seed without telling it."""
    return hashlib.sha256(seed.encode()).hexdigest()


def draw(seed: str, reference: str) -> float:
    """The number from 0 to 1 that seed and reference give, the same for ever and everywhere."""
    digest = hmac.new(seed.encode(), reference.encode(), hashlib.sha256).digest()
    return (int.from_bytes(digest[:8], "big") >> 11) / (1 << 53)


def faulty(policy: Policy) -> Refusal | None:
    """Why a policy may not be used. Nobody is free of the random share, the trusted least of all."""
    if not 0 < policy.trusted_random <= 1 or not 0 < policy.random <= 1:
        return refuse("random-share", "The random share lies above 0 and goes up to 1, for trusted traders too: "
                      "without it nobody knows what is missed.", field="random")
    if not 0 < policy.random_slots <= 1:
        return refuse("random-slots", "The random share needs some of the places, at most all.", field="random_slots")
    if not 0 <= policy.yellow_from <= policy.red_from:
        return refuse("thresholds", "Yellow begins below red.", field="yellow_from")
    if any(size.red < 0 or size.yellow < 0 for size in (*policy.capacity.values(), policy.otherwise)):
        return refuse("capacity", "A capacity is 0 or more.", field="capacity")
    return None


def select(candidates: Iterable[Candidate], policy: Policy, seed: str) -> tuple[Chosen, ...]:
    """Lanes for all consignments of some shifts, in the order of their references."""
    shifts: dict[tuple[str, str], dict[str, Candidate]] = {}
    for candidate in candidates:
        shifts.setdefault((candidate.post, candidate.shift), {})[candidate.reference] = candidate
    found: list[Chosen] = []
    for (post, shift), group in shifts.items():
        found += _shift(list(group.values()), policy, policy.at(post, shift), seed)
    return tuple(sorted(found, key=lambda chosen: chosen.reference))


def _shift(group: Sequence[Candidate], policy: Policy, capacity: Capacity, seed: str) -> list[Chosen]:
    draws = {one.reference: draw(seed, one.reference) for one in group}
    free = [one for one in group if not one.stop]
    slots = policy.slots(capacity)
    by_chance = sorted((one for one in free if draws[one.reference] < policy.share(one)),
                       key=lambda one: (draws[one.reference] / policy.share(one), one.reference))
    sampled = {one.reference for one in by_chance[:slots]}
    shares = Counter(policy.share(one) for one in free)
    chance = {share: share * _kept(shares - Counter({share: 1}), slots) for share in shares}
    by_risk = sorted((one for one in free if one.reference not in sampled),
                     key=lambda one: (-_weight(one, policy), draws[one.reference], one.reference))
    lanes = _by_capacity(by_risk, policy, capacity.red - len(sampled), capacity.yellow)
    alone = _by_capacity(sorted(free, key=lambda one: (-_weight(one, policy), draws[one.reference], one.reference)),
                         policy, capacity.red, capacity.yellow)
    out = []
    for one in group:
        own, share = draws[one.reference], policy.share(one)
        if one.stop:
            out.append(Chosen(one.reference, Lane.RED, DrawnBy.STOP, own < share, own, share, False, Lane.RED))
        elif one.reference in sampled:
            out.append(Chosen(one.reference, Lane.RED, DrawnBy.RANDOM, True, own, chance[share], False,
                              alone[one.reference]))
        else:
            lane = lanes[one.reference]
            why = DrawnBy.NOTHING if lane is Lane.GREEN else DrawnBy.RISK
            crowded = lane is not Lane.RED and _weight(one, policy) >= policy.red_from
            out.append(Chosen(one.reference, lane, why, False, own, chance[share], crowded, alone[one.reference]))
    return out


def _by_capacity(ranked: Sequence[Candidate], policy: Policy, red: int, yellow: int) -> dict[str, Lane]:
    """Lanes by priority: red while there is a place, then yellow while there is one."""
    lanes = {}
    for one in ranked:
        weight = _weight(one, policy)
        if weight >= policy.red_from and red > 0:
            lanes[one.reference], red = Lane.RED, red - 1
        elif weight >= policy.yellow_from and yellow > 0:
            lanes[one.reference], yellow = Lane.YELLOW, yellow - 1
        else:
            lanes[one.reference] = Lane.GREEN
    return lanes


def _weight(candidate: Candidate, policy: Policy) -> float:
    return candidate.score * (policy.trusted_factor if candidate.trusted else 1.0)


def _kept(others: Mapping[float, int], slots: int) -> float:
    """The chance of a drawn consignment to find one of the slots, when `others` says how many consignments beside it
    are drawn with which share: the mean of min(1, slots / drawn)."""
    if sum(others.values()) < slots:
        return 1.0
    drawn = [1.0]
    for each, count in others.items():
        drawn = _together(drawn, _binomial(count, each))
    return sum(chance * min(1.0, slots / (1 + number)) for number, chance in enumerate(drawn))


def _binomial(count: int, share: float) -> list[float]:
    """How likely 0, 1, 2 ... of so many are drawn, as far as it matters."""
    if share >= 1:
        return [0.0] * count + [1.0]
    logs = (math.lgamma(count + 1) - math.lgamma(number + 1) - math.lgamma(count - number + 1)
            + number * math.log(share) + (count - number) * math.log1p(-share)
            for number in range(min(count, math.ceil(count * share + 12 * math.sqrt(count * share) + 12)) + 1))
    return [math.exp(each) for each in logs]


def _together(one: Sequence[float], other: Sequence[float]) -> list[float]:
    out = [0.0] * (len(one) + len(other) - 1)
    for place, chance in enumerate(one):
        for step, beside in enumerate(other):
            out[place + step] += chance * beside
    return out


@dataclass(frozen=True, slots=True)
class Taken:
    """Places of a shift that are taken already; whoever calls holds the lock on them."""

    red: int = 0
    yellow: int = 0
    random: int = 0


def place_one(candidate: Candidate, policy: Policy, seed: str, taken: Taken) -> Chosen:
    """The lane of one consignment at the moment it is declared, given the places that are taken. The random share keeps
    its places free until the end of the shift; the draw is that of `select`. The chance is that of the draw: whether a
    place was left is in `drawn_by`."""
    capacity = policy.at(candidate.post, candidate.shift)
    own, share = draw(seed, candidate.reference), policy.share(candidate)
    slots = policy.slots(capacity)
    if candidate.stop:
        return Chosen(candidate.reference, Lane.RED, DrawnBy.STOP, own < share, own, share, False, Lane.RED)
    left = capacity.red - taken.red - max(0, slots - taken.random)
    lane = _by_capacity([candidate], policy, left, capacity.yellow - taken.yellow)[candidate.reference]
    if own < share and taken.random < slots and taken.red < capacity.red:
        return Chosen(candidate.reference, Lane.RED, DrawnBy.RANDOM, True, own, share, False, lane)
    crowded = lane is not Lane.RED and _weight(candidate, policy) >= policy.red_from
    return Chosen(candidate.reference, lane, DrawnBy.NOTHING if lane is Lane.GREEN else DrawnBy.RISK, False, own, share,
                  crowded, lane)
