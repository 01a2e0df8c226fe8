"""Profiles: what an officer looks for, said as a rule with its weight, owner, dates and grounds.

A profile either stops the documents (a rule of the Convention is not met, whatever the capacity) or adds points. Points
are reasons that add up without passing 100: two of 50 make 75. A profile on watch is counted for its hit rate and adds
nothing. A profile beyond its review date by a year goes on watch (see `targeting.measurement`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from wildgate.convention.refusal import Refusal, refuse
from wildgate.targeting.fields import Value
from wildgate.targeting.language import parse
from wildgate.targeting.rule import Rule, Told, reasons, tests

MOST_POINTS = 100
DIRECTIONS = ("export", "re-export", "import", "transit")
BASES = ("R", "L", "D")
"""R a rule of the Convention or of a resolution, L named in the literature, D our own inference, to be validated."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile. `points` is 0 for a document stop. `scope` names directions, none meaning all. `indicator` is the
    number of the shipped list; `source` says where the grounds can be read."""

    code: str
    title: str
    when: str
    rule: Rule
    points: int = 0
    owner: str = ""
    since: date | None = None
    until: date | None = None
    review: date | None = None
    basis: str = "D"
    source: str = ""
    scope: tuple[str, ...] = ()
    indicator: int | None = None
    watch: bool = False
    look_at: str = ""
    """What the officer should look at in the box or in the papers."""

    @property
    def hard(self) -> bool:
        return self.points == 0

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(test.field.name for test in tests(self.rule)))

    def holds(self, on: date) -> bool:
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True)
class Hit:
    """A profile that is true of a consignment, and the comparisons that made it so."""

    profile: Profile
    reasons: tuple[Told, ...]

    @property
    def sentence(self) -> str:
        """English; a screen words `profile.title` and each reason's template itself."""
        return f"{self.profile.title}: {'; '.join(reason.english for reason in self.reasons)}."


@dataclass(frozen=True, slots=True)
class Judgement:
    """What all profiles say of one item: stops, points from 0 to 100, and hits of profiles that are on watch only."""

    stops: tuple[Hit, ...] = ()
    hits: tuple[Hit, ...] = ()
    watched: tuple[Hit, ...] = ()
    points: float = 0.0
    unknown: tuple[str, ...] = field(default=(), compare=False)
    """Codes of profiles that nobody could judge, because a fact is not known."""


def judge(profiles: Iterable[Profile], facts: Mapping[str, Value], *, on: date) -> Judgement:
    """Every profile in force on that day, asked of the facts of one item of a consignment."""
    direction = facts.get("declaration.direction")
    stops: list[Hit] = []
    hits: list[Hit] = []
    watched: list[Hit] = []
    unknown: list[str] = []
    for profile in profiles:
        if not profile.holds(on) or (profile.scope and direction not in profile.scope):
            continue
        answer = profile.rule.judge(facts)
        if answer is None:
            unknown.append(profile.code)
        elif answer:
            hit = Hit(profile, reasons(profile.rule, facts))
            (watched if profile.watch else stops if profile.hard else hits).append(hit)
    return Judgement(tuple(stops), tuple(sorted(hits, key=lambda hit: -hit.profile.points)), tuple(watched),
                     added_up(hit.profile.points for hit in hits), tuple(unknown))


def added_up(points: Iterable[int]) -> float:
    """Points of several reasons: each takes its share of what is left to 100, so the order does not matter."""
    left = 1.0
    for each in points:
        left *= 1 - each / MOST_POINTS
    return round(MOST_POINTS * (1 - left), 3)


def profile_of(*, code: str, title: str, when: str, points: int = 0, hard: bool = False, owner: str = "",
               since: date | None = None, until: date | None = None, review: date | None = None, basis: str = "D",
               source: str = "", scope: Sequence[str] = (), indicator: int | None = None, watch: bool = False,
               look_at: str = "") -> Profile | Refusal:
    """A profile that may be kept, or the first thing that is wrong with it; `field` names the input."""
    if refused := _faulty(code, title, points, hard, since, until, basis, scope, look_at, source, owner):
        return refused
    rule = parse(when, hard=hard)
    if isinstance(rule, Refusal):
        return rule
    return Profile(code, title.strip(), when.strip(), rule, 0 if hard else points, owner, since, until, review, basis,
                   source, tuple(scope), indicator, watch, look_at)


def _faulty(code: str, title: str, points: int, hard: bool, since: date | None, until: date | None, basis: str,
            scope: Sequence[str], *texts: str) -> Refusal | None:
    if not 2 <= len(code) <= 60 or not code.replace("-", "").isalnum() or not code.isascii() or code != code.lower():
        return refuse("profile-code", "The code “%(found)s” should be small letters, digits and hyphens, 2 to 60.",
                      found=code[:60], field="code")
    if not 3 <= len(title.strip()) <= 160 or any(len(text) > 500 for text in texts):
        return refuse("profile-title", "A title has 3 to 160 characters, other texts at most 500.", field="title")
    if not hard and not (isinstance(points, int) and 1 <= points <= MOST_POINTS):
        return refuse("profile-points", "Give 1 to 100 points, or make it a document stop.", field="points")
    if hard and points:
        return refuse("profile-points", "A document stop has no points.", field="points")
    if since and until and until < since:
        return refuse("profile-dates", "It would end before it begins.", field="until")
    if basis not in BASES:
        return refuse("profile-basis", "The basis is R (a rule), L (literature) or D (our inference).", field="basis",
                      suggestions=BASES)
    if strange := [each for each in scope if each not in DIRECTIONS]:
        return refuse("profile-scope", "“%(found)s” is no direction.", found=strange[0], field="scope",
                      suggestions=DIRECTIONS)
    return None
