"""What apps above have to show on a permit's page: cards that they register, since nothing here imports them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wildgate.apps.accounts.access import Actor
from wildgate.apps.permits.models import Permit


@dataclass(frozen=True, slots=True)
class Card:
    """A template and what it shows, as `card`."""

    template: str
    data: Any


Maker = Callable[[Actor, Permit], Card | None]
_makers: list[Maker] = []


def card(maker: Maker) -> Maker:
    """Decorator for a function that makes a card for an actor who may see the permit; None: nothing to show."""
    _makers.append(maker)
    return maker


def cards(actor: Actor, permit: Permit) -> list[Card]:
    """The cards of a permit's page."""
    return [made for maker in _makers if (made := maker(actor, permit)) is not None]
