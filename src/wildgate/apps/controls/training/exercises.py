"""The made-up permits: from a seed always the same twenty. Nothing in them is anybody's.

Each is a paper, the facts that its code carries, the goods at the counter and what the register and the listing say.
A fault changes one of these, and only in a way that a careful officer can see on the page.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

HOME, OTHER, ELSEWHERE = "QP", "QT", "QW"
"""Made-up Parties: user-assigned codes that stand for no country."""
SOUND = "sound"
COUNT = 20


class Fault(models.TextChoices):
    """What can be wrong with a permit, one of each in a run."""

    QUANTITY = "quantity", _("The quantity on the paper is not the one in the code")
    EXPIRED = "expired", _("It has expired")
    CANCELLED = "cancelled", _("It was cancelled")
    TWICE = "used-twice", _("It has been used before")
    ROUTE = "route", _("The goods come from or go to another country")
    APPENDIX = "appendix", _("The Appendix is wrong")
    CLONE = "clone", _("A copy of the same permit is elsewhere")
    STRANGER = "unknown-key", _("The key of its code is in no trust list")
    PASTED = "pasted", _("The code is that of another permit")
    SOURCE = "source", _("The source on the paper is not the one in the code")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of specimen that really is in that Appendix, so that nobody learns anything wrong."""

    taxon: str
    appendix: str
    term: str
    unit: str
    sources: str
    most: int


KINDS = (
    Kind("Crocodylus novaeguineae", "II", "SKI", "NAR", "WRC", 1500),
    Kind("Varanus salvator", "II", "SKI", "NAR", "W", 900),
    Kind("Malayopython reticulatus", "II", "SKI", "NAR", "WC", 700),
    Kind("Dendrobates tinctorius", "II", "LIV", "NAR", "C", 40),
    Kind("Hippocampus kuda", "II", "LIV", "NAR", "CF", 300),
    Kind("Tridacna maxima", "II", "LIV", "NAR", "CF", 250),
    Kind("Prunus africana", "II", "BAR", "KGM", "W", 4000),
    Kind("Aquilaria malaccensis", "II", "CHP", "KGM", "WA", 120),
    Kind("Macaca fascicularis", "II", "LIV", "NAR", "CF", 60),
    Kind("Iguana iguana", "II", "LIV", "NAR", "CF", 400),
)
FIRST_CLASS = (
    Kind("Psittacus erithacus", "I", "LIV", "NAR", "F", 6), Kind("Panthera pardus", "I", "TRO", "NAR", "W", 2),
    Kind("Cacatua goffiniana", "I", "LIV", "NAR", "F", 4),
)
"""Appendix I: a paper that calls one of these Appendix II is wrong."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What is printed: the boxes that an officer compares."""

    number: str
    exporter: str
    importer: str
    issued_on: date
    valid_until: date
    taxon: str
    appendix: str
    term: str
    quantity: Decimal
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class Exercise:
    """One permit to judge. `sealed` is what its code carries, `elsewhere` where else that code was seen today."""

    number: int
    paper: Paper
    sealed: Paper
    state: str
    known_key: bool
    presented_on: date
    quantity: Decimal
    came_from: str
    goes_to: str
    listed: str
    elsewhere: str = ""
    fault: str = SOUND


def exercises(seed: str, today: date) -> tuple[Exercise, ...]:
    """The twenty of a seed, sound and faulty ones mixed."""
    dice = random.Random(seed)  # noqa: S311  (the same twenty again, not a secret)
    faults: list[str] = [SOUND] * (COUNT - len(Fault)) + list(Fault.values)
    dice.shuffle(faults)
    return tuple(_planted(_sound(number, dice, today, fault), fault, dice) for number, fault in enumerate(faults, 1))


def _sound(number: int, dice: random.Random, today: date, fault: str) -> Exercise:
    kind = dice.choice(FIRST_CLASS if fault == Fault.APPENDIX else KINDS + FIRST_CLASS)
    issued = today - timedelta(days=dice.randint(10, 150))
    quantity = Decimal(dice.randint(max(2, kind.most // 4), kind.most))
    paper = Paper(f"{today.year % 100:02d}{OTHER}{dice.randint(100, 999_999):06d}E", OTHER, HOME, issued,
                  issued + timedelta(days=180), kind.taxon, kind.appendix, kind.term, quantity, kind.unit,
                  dice.choice(kind.sources))
    less = Decimal(dice.choice((0, 0, 0, 1)))
    return Exercise(number, paper, paper, "exported", True, today, quantity - less, OTHER, HOME, kind.appendix)


def _planted(one: Exercise, fault: str, dice: random.Random) -> Exercise:
    return replace(PLANTS[fault](one, dice), fault=fault) if fault in PLANTS else one


def _quantity(one: Exercise, dice: random.Random) -> Exercise:
    more = one.paper.quantity * dice.choice((2, 3)) + dice.randint(0, 9)
    return replace(one, paper=replace(one.paper, quantity=more), quantity=more)


def _expired(one: Exercise, dice: random.Random) -> Exercise:
    end = one.presented_on - timedelta(days=dice.randint(1, 40))
    paper = replace(one.paper, issued_on=end - timedelta(days=180), valid_until=end)
    return replace(one, paper=paper, sealed=paper)


def _route(one: Exercise, dice: random.Random) -> Exercise:
    if dice.random() < 0.5:
        return replace(one, came_from=ELSEWHERE)
    return replace(one, goes_to=ELSEWHERE)


def _appendix(one: Exercise, dice: random.Random) -> Exercise:
    paper = replace(one.paper, appendix="II")
    return replace(one, paper=paper, sealed=paper)


def _pasted(one: Exercise, dice: random.Random) -> Exercise:
    kind = dice.choice([each for each in KINDS if each.taxon != one.paper.taxon])
    other = replace(one.paper, number=f"{one.paper.number[:4]}{dice.randint(100, 999_999):06d}E", taxon=kind.taxon,
                    appendix=kind.appendix, term=kind.term, unit=kind.unit, quantity=Decimal(kind.most // 3),
                    source=kind.sources[0])
    return replace(one, sealed=other)


def _source(one: Exercise, dice: random.Random) -> Exercise:
    source = dice.choice([each for each in "WC" if each != one.paper.source])
    return replace(one, paper=replace(one.paper, source=source))


PLANTS: dict[str, Callable[[Exercise, random.Random], Exercise]] = {
    Fault.QUANTITY: _quantity, Fault.EXPIRED: _expired, Fault.ROUTE: _route, Fault.APPENDIX: _appendix,
    Fault.PASTED: _pasted, Fault.SOURCE: _source,
    Fault.CANCELLED: lambda one, dice: replace(one, state="cancelled"),
    Fault.TWICE: lambda one, dice: replace(one, state="used"),
    Fault.CLONE: lambda one, dice: replace(one, elsewhere=dice.choice(("Port of Lumo", "Airport of Tessa"))),
    Fault.STRANGER: lambda one, dice: replace(one, known_key=False),
}
"""How each fault is planted."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An exercise with the answer that was given."""

    exercise: Exercise
    answer: str

    @property
    def right(self) -> bool:
        return self.answer == self.exercise.fault

    @property
    def noticed(self) -> bool:
        """Was a faulty one stopped, though perhaps for another reason?"""
        return self.exercise.fault != SOUND and self.answer != SOUND


@dataclass(frozen=True, slots=True)
class Score:
    """How a run went: right answers, faults by kind, sound permits that were stopped."""

    judged: tuple[Judged, ...]

    @property
    def right(self) -> int:
        return sum(each.right for each in self.judged)

    @property
    def found(self) -> int:
        return sum(each.noticed for each in self.judged)

    @property
    def missed(self) -> tuple[Judged, ...]:
        """Faulty permits that would have passed."""
        return tuple(each for each in self.judged if each.exercise.fault != SOUND and each.answer == SOUND)

    @property
    def stopped(self) -> int:
        """Sound permits that were not let through."""
        return sum(each.exercise.fault == SOUND and each.answer != SOUND for each in self.judged)

    @property
    def by_kind(self) -> tuple[tuple[str, Judged], ...]:
        """Each fault with what was answered to it, in the order of the kinds."""
        told = {each.exercise.fault: each for each in self.judged}
        return tuple((str(fault.label), told[fault.value]) for fault in Fault if fault.value in told)


def score(seed: str, on: date, answers: list[str]) -> Score:
    """The score of a run from its seed and what was answered."""
    return Score(tuple(Judged(one, answer) for one, answer in zip(exercises(seed, on), answers, strict=False)))
