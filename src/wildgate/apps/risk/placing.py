"""Lanes under a capacity: opinions, the day's seed and the boxes of a shift go to `targeting.selection`, which decides;
what it decided comes back with a sentence of its own. The same opinions, seed and boxes give the same lanes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from wildgate.apps.risk.judging import Ground, Opinion, ground
from wildgate.apps.risk.models import DrawnBy, Lane, Limits, Seed, Slot
from wildgate.targeting import selection
from wildgate.targeting.selection import Candidate, Chosen, Policy, Taken

DRAWN = gettext_noop("Drawn at random.")
CROWDED = gettext_noop("It should be opened, but the %(boxes)s boxes of this shift are given away.")


@dataclass(frozen=True, slots=True)
class Placed:
    """The lane of one consignment, and the sentence that the capacity or the draw adds."""

    opinion: Opinion
    chosen: Chosen
    ticket: bool
    asked: str
    more: tuple[Ground, ...] = ()

    @property
    def lane(self) -> Lane:
        return Lane(self.chosen.lane.value)

    @property
    def drawn_by(self) -> DrawnBy:
        if self.chosen.drawn_by is selection.DrawnBy.RISK:
            return DrawnBy.MODEL if self.opinion.by_model else DrawnBy.PROFILE
        return {selection.DrawnBy.STOP: DrawnBy.RULE, selection.DrawnBy.RANDOM: DrawnBy.RANDOM,
                selection.DrawnBy.NOTHING: DrawnBy.NOTHING}[self.chosen.drawn_by]

    @property
    def otherwise(self) -> Lane:
        """What risk alone asks for, whatever the draw and the boxes say."""
        return Lane(self.asked)

    @property
    def takes_box(self) -> bool:
        return self.lane == Lane.RED and not self.opinion.stopped

    @property
    def takes_papers(self) -> bool:
        return self.lane == Lane.YELLOW


def place(opinions: Sequence[Opinion], slot: Slot, seed: Seed, limits: Limits) -> list[Placed]:
    """Lanes for all that came together; the boxes that were given away before stay so. Counts them in the slot."""
    candidates = {each.said.reference: Candidate(each.said.reference, slot.post, slot.shift, each.weight, each.stopped,
                                                 each.trusted) for each in opinions}
    if len(opinions) == 1:
        policy = _policy(seed, limits, slot.boxes, slot.papers)
        taken = Taken(slot.taken, slot.taken_papers, slot.taken_random)
        found = [selection.place_one(candidate, policy, seed.secret, taken) for candidate in candidates.values()]
    else:
        policy = _policy(seed, limits, slot.boxes - slot.taken, slot.papers - slot.taken_papers)
        found = list(selection.select(candidates.values(), policy, seed.secret))
    chosen = {each.reference: each for each in found}
    placed = [_placed(each, chosen[each.said.reference], policy, slot, candidates) for each in opinions]
    slot.taken += sum(each.takes_box for each in placed)
    slot.taken_papers += sum(each.takes_papers for each in placed)
    slot.taken_random += sum(each.drawn_by == DrawnBy.RANDOM for each in placed)
    return placed


def _placed(opinion: Opinion, chosen: Chosen, policy: Policy, slot: Slot, among: dict[str, Candidate]) -> Placed:
    ticket = chosen.draw < policy.share(among[chosen.reference])
    more: tuple[Ground, ...] = ()
    if chosen.drawn_by is selection.DrawnBy.RANDOM:
        more = (ground(DRAWN),)
    elif chosen.crowded_out:
        more = (ground(CROWDED, boxes=slot.boxes),)
    weight = opinion.weight * (policy.trusted_factor if opinion.trusted else 1)
    asked = (Lane.RED if opinion.stopped or weight >= policy.red_from
             else Lane.YELLOW if weight >= policy.yellow_from else Lane.GREEN)
    return Placed(opinion, chosen, ticket, asked.value, more)


def _policy(seed: Seed, limits: Limits, boxes: int, papers: int) -> Policy:
    return Policy(otherwise=selection.Capacity(max(0, boxes), max(0, papers)), random=float(seed.percent) / 100,
                  trusted_random=float(seed.trusted_percent) / 100, random_slots=limits.random_boxes / 100,
                  red_from=limits.red_points / 100, yellow_from=limits.yellow_points / 100,
                  trusted_factor=limits.trusted_factor / 100)
