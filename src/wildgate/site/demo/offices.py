"""Who stands around the demo firm: an agent with its mandate, and an organisation that waits to be verified."""

from __future__ import annotations

from datetime import datetime, timedelta

from wildgate.apps.accounts import services
from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.models import Person
from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.accounts.services import Registration
from wildgate.convention.refusal import Refusal
from wildgate.kit.events import SYSTEM

ORCHIDS = Registration("Rosa Lind", "Lind Orchids", "4 Glass Lane, Port Lacuna", "QM", False, "HRB 77",
                       "Register of companies of Port Lacuna; ask for Ms Tall.")


def come_in(people: dict[str, Actor], at: datetime) -> None:
    """Mario lets an agent export for him; Rosa Lind has registered her firm."""
    mario = people["mario"]
    agent = services.add_organisation(party=mario.party, name="Swift Forwarders", address="8 Harbour Quay, Port Lacuna",
                                      country=mario.party, private=False, by=SYSTEM, at=at)
    given = services.give_mandate(actor=mario, client=min(mario.firms), agent_code=agent.code, kinds=["export"],
                                  since=at.date(), until=at.date() + timedelta(days=180), at=at)
    rosa = services.add_person(party=mario.party, email="rosa@orchids.example", name=ORCHIDS.person, password=None,
                               by=SYSTEM, at=at)
    asked = services.register_further(actor=actor_of(Person.objects.get(pk=rosa.pk), at.date()), answers=ORCHIDS, at=at)
    if faults := [each.reason for each in (given, asked) if isinstance(each, Refusal)]:
        raise RuntimeError(f"the demo's people cannot come in: {faults}")
