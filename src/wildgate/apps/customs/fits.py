"""Does the permit fit a declaration, and what is worth a look in the box? Higher apps register what they know.

Customs stands below declarations and risk control and cannot ask them; they put their answers here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from wildgate.apps.accounts.access import Actor

if TYPE_CHECKING:
    from wildgate.apps.permits.models import Permit


@dataclass(frozen=True, slots=True)
class Fit:
    """One declaration beside the permit. `tone`: ok, hold or no; `said`: sentences in the reader's language."""

    reference: str
    tone: str
    said: tuple[str, ...]
    url: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """One thing to look at in the box, and why."""

    what: str
    why: str = ""


Fitting = Callable[[Actor, "Permit", datetime], list[Fit]]
Looking = Callable[[Actor, "Permit", datetime], list[Look]]
_fitting: list[Fitting] = []
_looking: list[Looking] = []


def fits(asked: Fitting) -> Fitting:
    """Decorator: `function(actor, permit, at)` answers with the declarations that name this permit."""
    _fitting.append(asked)
    return asked


def looks(asked: Looking) -> Looking:
    """Decorator: `function(actor, permit, at)` answers with what to look at in the box."""
    _looking.append(asked)
    return asked


def declarations(actor: Actor, permit: Permit, at: datetime) -> list[Fit]:
    """All that is known, of every registered app."""
    return [found for asked in _fitting for found in asked(actor, permit, at)]


def places(actor: Actor, permit: Permit, at: datetime) -> list[Look]:
    """All that somebody above says to look at."""
    return [found for asked in _looking for found in asked(actor, permit, at)]
