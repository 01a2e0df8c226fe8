"""Somebody at the door: a paid puzzle, a tip, the way of a tip through the desk."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest

from wildgate.apps.accounts import services as accounts
from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.models import Authority, Role
from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.tips import puzzles, services
from wildgate.apps.tips.boxes import Who
from wildgate.apps.tips.services.assessing import Triage
from wildgate.apps.tips.services.intake import Taken, Told
from wildgate.convention.refusal import Refusal
from wildgate.sharing.grading import Credibility, Grading, Reliability

TEXT = ("There is a container at the north gate with scales in sacks under bags of cashew. The papers name a firm "
        "that has been closed for years, and the same lorry comes each Friday after dark.")
B2 = Grading(Reliability.USUALLY, Credibility.PROBABLE)


def triage(**also: str) -> Triage:
    return Triage(**{**dict.fromkeys(("credible", "in_scope", "jurisdiction"), "yes"), "listed_one": "no",
                     "at_risk": "no", **also})


def give(at: Any, text: str = TEXT, **also: Any) -> Taken | Refusal:
    facts: dict[str, Any] = {"kind": "shipment", "language": "en", **also}
    return services.take_in(told=Told(text=text, **facts), puzzle=puzzles.make(1, at), at=at)


def given(at: Any, text: str = TEXT, **also: Any) -> Taken:
    taken = give(at, text, **also)
    assert isinstance(taken, Taken), taken
    return taken


@pytest.fixture
def told(cast: dict[str, Actor], at: Any) -> Taken:
    """A tip about a shipment, with a name in its box."""
    return given(at, place="North gate", transport="MSKU 123456-7", who=Who("Rosa Dock", "+00 555 0199"))


@pytest.fixture
def colleagues(cast: dict[str, Actor], at: Any) -> dict[str, Actor]:
    """The cast with Moyo, a second investigator, and Vera, a second auditor."""
    return {**cast, "moyo": added("moyo", Role.INVESTIGATOR, "enforcement", at),
            "vera": added("vera", Role.AUDITOR, "oversight", at)}


def added(name: str, role: Role, kind: str, at: Any) -> Actor:
    person = accounts.add_person(party="QM", email=f"{name}@house.example", name=name.title(), password="x" * 20,
                                 by="system", at=at)
    accounts.appoint(person=person, role=role, party="QM", by="system", at=at,
                     authority=Authority.objects.filter(party="QM", kind=kind).first())
    return actor_of(person, at.date())


def graded(actor: Actor, number: str, at: Any, **also: Any) -> None:
    """First look, triage and grade."""
    steps = (services.acknowledge(actor=actor, number=number, at=at),
             services.triage(actor=actor, number=number, said=triage(**also), about_officials=False, at=at),
             services.grade(actor=actor, number=number, grading=B2, at=at))
    assert not [step for step in steps if isinstance(step, Refusal)], steps


def filled(page: Any, **also: Any) -> dict[str, Any]:
    """The form of a page as somebody without a script fills it in."""
    html = page.content.decode()
    token = re.search(r'name="puzzle" value="([^"]+)"', html)
    assert token is not None
    puzzle = puzzles.read(token[1], page.wsgi_request.at)
    assert puzzle is not None
    return {"puzzle": token[1], "total": str(sum(puzzle.numbers)), "work": "", "text": TEXT, "kind": "shipment",
            "alive": "unknown", **also}


def worked(puzzle: puzzles.Puzzle) -> str:
    """What the script finds."""
    return next(str(each) for each in itertools.count() if puzzles.worked(puzzle, str(each)))
