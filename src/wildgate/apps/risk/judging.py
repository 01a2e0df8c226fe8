"""What profiles, intelligence and the model say of a consignment: which lane it should have, before anybody asks
whether a box can still be opened.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_noop

from wildgate.apps.risk.facts import Facts, Gathered
from wildgate.apps.risk.facts.lists import graded
from wildgate.apps.risk.learning import Speaker
from wildgate.apps.risk.models import Limits, Profile
from wildgate.convention.refusal import Refusal
from wildgate.targeting import profiles as engine
from wildgate.targeting.consignment import Consignment
from wildgate.targeting.profiles import Hit

INTELLIGENCE = "intelligence."
ABOVE_NOTHING = 0.001
STOP = gettext_noop("Stop: %(title)s: %(parts)s.")
POINTS = gettext_noop("%(title)s (%(points)s points): %(parts)s.")
RAISES = gettext_noop("Intelligence raises the points by %(points)s.")
LOWERS = gettext_noop("Intelligence lowers the points by %(points)s.")
WATCHED = gettext_noop("The %(role)s's name agrees with entry %(entry)s of the watch list by %(alike)s of 100.")
BY_MODEL = gettext_noop("The model finds it like consignments in which something was found.")
ALONE = gettext_noop("Intelligence alone opens no box: the documents are looked at.")
TRUSTED = gettext_noop("Trusted trader: the points count less. The random share stays.")
ROLES = (gettext_noop("exporter"), gettext_noop("importer"), gettext_noop("declarant"), gettext_noop("carrier"))
Ground = dict[str, Any]


@dataclass
class Opinion:
    """What is known of a consignment before it gets its lane. `weight`, 0 to 1, orders those that want a box."""

    said: Consignment
    stopped: bool = False
    trusted: bool = False
    points: float = 0
    weight: float = 0
    grounds: list[Ground] = field(default_factory=list)
    hits: list[tuple[Profile, int, int, bool]] = field(default_factory=list)
    facts: dict[int, Facts] = field(default_factory=dict)
    score: float | None = None
    scored: int = 0

    @property
    def by_model(self) -> bool:
        return self.score is not None and self.score * 100 > self.points


@lru_cache(maxsize=2048)
def compiled(pk: int, code: str, title: str, text: str, points: int, hard: bool, scope: tuple[str, ...],
             watch: bool) -> engine.Profile | None:
    """A stored version as the engine's value; None where a newer program cannot read it any more."""
    found = engine.profile_of(code=code, title=title, when=text, points=points, hard=hard, scope=scope, watch=watch)
    return None if isinstance(found, Refusal) else found


def of_row(row: Profile) -> engine.Profile | None:
    return compiled(row.pk, row.code, row.title, row.text, row.points, row.hard, tuple(row.scope),
                    row.state == Profile.State.WATCH)


def in_force(party: str, on: object) -> list[tuple[Profile, engine.Profile]]:
    """The profiles that speak on that day, those on watch among them."""
    rows = Profile.objects.filter(party=party, state__in=(Profile.State.IN_FORCE, Profile.State.WATCH),
                                  since__lte=on).order_by("code")
    return [(row, found) for row in rows
            if (row.until is None or row.until >= on) and (found := of_row(row)) is not None]  # type: ignore[operator]


class Judge:
    """Asks every profile and the model about the consignments of a batch."""

    def __init__(self, gathered: Gathered, limits: Limits, profiles: list[tuple[Profile, engine.Profile]],
                 speaker: Speaker) -> None:
        self.gathered, self.limits, self.speaker = gathered, limits, speaker
        self.rows = {row.code: row for row, _ in profiles}
        self.profiles = [profile for _, profile in profiles]

    def opinion(self, said: Consignment) -> Opinion:
        found = Opinion(said)
        stops: list[Hit] = []
        hits: list[Hit] = []
        for item in {item.number: item for item in said.items}.values():
            facts = found.facts[item.number] = self.gathered.of(said, item)
            score = self.speaker.score(self.gathered.batch, said, item)
            if score is not None:
                facts["model.score"] = score
                if found.score is None or score > found.score:
                    found.score, found.scored = score, item.number
            judged = engine.judge(self.profiles, facts, on=self.gathered.batch.on)
            stops += judged.stops
            hits += judged.hits
            found.points = max(found.points, judged.points)
            for group, counted in ((judged.stops, True), (judged.hits, True), (judged.watched, False)):
                found.hits += [(self.rows[hit.profile.code], item.number, hit.profile.points, counted) for hit in group]
        found.trusted = self.gathered.batch.keys[said.reference].trader in self.gathered.history.trusted
        self._weigh(found, stops, hits)
        return found

    def _weigh(self, found: Opinion, stops: list[Hit], hits: list[Hit]) -> None:
        heard, plain = self._heard(found), [hit for hit in hits if rests_on_more(hit)]
        if heard < 0 or len(plain) == len(hits):  # a profile that speaks of intelligence has counted it already
            found.points = max(0.0, min(100.0, found.points + heard))
        found.weight = max(found.points / 100, found.score or 0.0)
        found.stopped = bool(stops)
        found.grounds = [*map(stop_ground, _once(stops)), *map(hit_ground, _once(hits)), *found.grounds]
        if heard:
            found.grounds.append(ground(RAISES if heard > 0 else LOWERS, points=f"{abs(heard):g}"))
        red = self.limits.red_points / 100
        if found.by_model and found.weight >= self.limits.yellow_points / 100:
            found.grounds.append(ground(BY_MODEL))
        elif found.weight >= red and not plain and not stops:
            found.weight = red - ABOVE_NOTHING
            found.grounds.append(ground(ALONE))
        if found.trusted and not stops and found.weight:
            found.grounds.append(ground(TRUSTED))

    def _heard(self, found: Opinion) -> float:
        lists = self.gathered.lists
        heard = {each.pk: each for item in found.said.items for each in lists.heard_of(found.said, item)}
        for match in lists.matches(found.said, least=self.limits.name_points)[:3]:
            found.grounds.append(ground(WATCHED, words=("role",), role=match.role, entry=match.entry.pk,
                                        alike=match.alike))
        return round(sum(graded(each) for each in heard.values()), 1)


def rests_on_more(hit: Hit) -> bool:
    """Does this profile speak without intelligence?"""
    return not any(name.startswith(INTELLIGENCE) for name in hit.profile.fields)


def stop_ground(hit: Hit) -> Ground:
    return ground(STOP, words=("title",), parts=hit, title=hit.profile.title)


def hit_ground(hit: Hit) -> Ground:
    return ground(POINTS, words=("title",), parts=hit, title=hit.profile.title,
                   points=hit.profile.points)


def ground(template: str, *, words: tuple[str, ...] = (), parts: Hit | None = None, **values: object) -> Ground:
    """A sentence as it is kept: its English template and values, worded in the reader's language later."""
    found: Ground = {"template": template, "values": {name: str(value) for name, value in values.items()}}
    if words:
        found["words"] = list(words)
    if parts is not None:
        found["parts"] = [{"template": told.template, "values": dict(told.values), "words": ["meaning", "value"]}
                          for told in parts.reasons]
    return found


def _once(hits: list[Hit]) -> list[Hit]:
    """Each profile once, though several items met it."""
    return list({hit.profile.code: hit for hit in reversed(hits)}.values())[::-1]

