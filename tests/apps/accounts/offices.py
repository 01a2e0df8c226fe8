"""An agent firm with its people, beside the cast; the actor as the next request would see them; a mail's link."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from wildgate.apps.accounts import selectors, services
from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.models import Organisation, Person, Role

PASSWORD = "a long enough lynx"


def firm(name: str) -> Organisation:
    return Organisation.objects.get(name=name)


def agent(at: datetime) -> Actor:
    """Zoe of Swift Forwarders, an agent: manager of a firm of her own."""
    office = services.add_organisation(party="QM", name="Swift Forwarders", address="8 Quay", country="QM",
                                       private=False, by="system", at=at)
    zoe = services.add_person(party="QM", email="zoe@swift.example", name="Zoe Swift", password=PASSWORD, by="system",
                              at=at)
    services.appoint(person=zoe, role=Role.TRADER, party="QM", organisation=office, by="system", at=at)
    return anew(zoe.email, at)


def anew(email: str, at: datetime) -> Actor:
    """The person as the next request sees them."""
    return selectors.actor_of(Person.objects.get(email=email), at.date())


def mandate(client: Actor, to: Actor, at: datetime, **more: Any) -> Any:
    (office,) = to.firms
    return services.give_mandate(
        actor=client, client=min(client.firms), agent_code=Organisation.objects.get(pk=office).code, at=at,
        **{"kinds": (), "since": at.date(), "until": None, **more})


def link_in(mail: Any) -> str:
    """The path of the link that a mail carries."""
    return re.search(r"https?://[^/\s]+(/\S+)", mail.body)[1]
