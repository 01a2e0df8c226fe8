"""What apps above have against a permit that is about to be issued: they register, since nothing here imports them.

An objection is answered by an explanation in writing, which is an event of its own and goes to internal control.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from wildgate.apps.accounts.access import Actor
from wildgate.apps.permits.models import Permit
from wildgate.convention.refusal import Refusal

Asked = Callable[[Permit, Actor, datetime], Refusal | None]
_asked: list[Asked] = []


def objector(ask: Asked) -> Asked:
    """Decorator for a function that looks at a permit in the transaction of its issue; None: nothing against it."""
    _asked.append(ask)
    return ask


def against(permit: Permit, actor: Actor, at: datetime) -> Refusal | None:
    """The first objection. Its field is `explained`: where the officer writes why it is issued all the same."""
    return next((found for ask in _asked if (found := ask(permit, actor, at)) is not None), None)
