"""A program as an actor: for a call of its own, and for what is done for it later."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.gateway.models import Program


def by_program(actor: Actor) -> Actor:
    """The program's person as an actor: no sign-in stands behind it, its key does."""
    return replace(actor, level=None)


def actor_for(program: Program, at: datetime) -> Actor:
    """The program as an actor, for what is done for it later, by a job."""
    return by_program(actor_of(program.person, at.date()))
