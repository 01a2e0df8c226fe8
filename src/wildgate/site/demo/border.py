"""The border of the demo world, room after room: other Parties, balances, declarations, carriers, risk, inspections."""

from __future__ import annotations

from datetime import datetime

from wildgate.kit import jobs
from wildgate.site.demo import (
    scenes_balances,
    scenes_carriers,
    scenes_declarations,
    scenes_duties,
    scenes_exchange,
    scenes_inspections,
    scenes_online,
    scenes_partners,
    scenes_risk,
    scenes_trade,
)
from wildgate.site.demo.cast import actors

ROOMS = (scenes_partners, scenes_balances, scenes_risk, scenes_declarations, scenes_carriers, scenes_inspections,
         scenes_exchange, scenes_duties, scenes_online, scenes_trade)
"""Risk comes before declarations: they are judged by profiles that have been in force for a week."""


def play(at: datetime) -> None:
    """After the first permits are there."""
    people = actors(at)
    for room in ROOMS:
        room.play(people, at)
    jobs.run_pending()
