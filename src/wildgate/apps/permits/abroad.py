"""Another Party's permit beside a case or a paper here. An app above asks for it; nothing here imports that app."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from wildgate.apps.accounts.access import Actor
from wildgate.apps.permits.models import Application
from wildgate.apps.permits.page_cards import Card
from wildgate.convention.refusal import Refusal
from wildgate.convention.vocabulary import Direction, DocumentKind, FindingKind


@dataclass(frozen=True, slots=True)
class Wanted:
    """A permit of `country`: by its number, or (where nobody named it yet) one of this kind for these goods.

    `facts` are what lies here of it, in the words of a message (exporter, importer, lines …), to be compared.
    """

    country: str
    number: str = ""
    kind: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


Showing = Callable[[Actor, Sequence[Wanted], datetime], list[Card]]
Proving = Callable[[str, Wanted, date], bool]
Stopping = Callable[[str, str, str], Refusal | None]
_showing: list[Showing] = []
_proving: list[Proving] = []
_stopping: list[Stopping] = []


def shows(asked: Showing) -> Showing:
    """Decorator: `function(actor, wanted, at)` makes the cards that show what is known of all these permits."""
    _showing.append(asked)
    return asked


def proves(asked: Proving) -> Proving:
    """Decorator: `function(party, wanted, on)`: did the permit come from its own authority, in force and for these?"""
    _proving.append(asked)
    return asked


def stops(asked: Stopping) -> Stopping:
    """Decorator: `function(party, country, number)` says why the issuer does not stand by its permit any more."""
    _stopping.append(asked)
    return asked


def stopped(party: str, country: str, number: str) -> Refusal | None:
    """Why a paper may not be used: its own issuer said so."""
    return next((no for asked in _stopping if (no := asked(party, country, number))), None)


def cards(actor: Actor, wanted: Sequence[Wanted], at: datetime) -> list[Card]:
    """What is known of each, of every registered app."""
    return [made for asked in _showing for made in asked(actor, wanted, at)]


def has_arrived(case: Application, findings: Collection[str], on: date) -> bool:
    """Whether the other country's import permit came from its own authority (Art. III.2(d)).

    The finding that it was granted stays the officer's to make: this is the paper that it rests on.
    """
    wanted = [each for each in of_case(case, findings) if each.kind == DocumentKind.IMPORT_PERMIT.value]
    return bool(wanted) and any(asked(case.party, wanted[0], on) for asked in _proving)


def of_case(case: Application, findings: Collection[str]) -> list[Wanted]:
    """The permits of other countries that a case rests on: the import permit, and those that its lines name.

    `findings` are the kinds of finding that the law asks of the case.
    """
    lines = [line for line in case.answers.get("lines") or [] if isinstance(line, dict)]
    route = {"exporter": case.party, "importer": case.other_country}
    found: list[Wanted] = []
    if case.direction != Direction.IMPORT.value and FindingKind.IMPORT_PERMIT_GRANTED.value in findings:
        found.append(Wanted(case.other_country, kind=DocumentKind.IMPORT_PERMIT.value, facts=route | {"lines": lines}))
    named: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for line in lines:
        for country, number in ((line.get("origin"), line.get("origin_permit")),
                                (line.get("last_country"), line.get("last_permit"))):
            if country and number and country != case.party:
                named.setdefault((country, number), []).append(line)
    return found + [Wanted(country, number, facts={"lines": of}) for (country, number), of in named.items()]
