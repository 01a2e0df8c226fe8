"""Where customs endorses: at a place that the country designated for trade, where it keeps a list (Art. VIII.3)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.models import Role
from wildgate.apps.houserules.selectors import other_than, ports
from wildgate.convention.refusal import Refusal, refuse

SHOWN: Final = 10
BASIS: Final = ("Art. VIII.3",)


def not_ours(actor: Actor, place: str, at: datetime) -> Refusal | None:
    """Why nothing is endorsed under the name of that place; None where it is known, or no list is kept.

    The station that the administrator gave the officer is known without a question.
    """
    if place == actor.station:
        return None
    listed = other_than(place, ports(actor.party, at.date()), by_program=actor.has(Role.CUSTOMS_SYSTEM))
    if not listed:
        return None
    return refuse("place-unknown", "%(place)s is none of the ports of entry and exit: %(ports)s. Give one of them, or "
                  "have it taken up in the list.", place=place, ports=", ".join(listed[:SHOWN]), field="port",
                  basis=BASIS)
