"""The chamber of commerce of Port Lacuna with its two clerks, the authority's own print room, and a box of sheets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.cast import NOON, issued
from tests.remembering import remembered

from wildgate.apps.accounts import services as accounts
from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.models import Person, Role
from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.paper import services
from wildgate.apps.paper.models import Print, PrintOffice
from wildgate.convention.refusal import Refusal
from wildgate.kit.events import SYSTEM

BOX = "0071201-0071300"
CHAMBER = "Chamber of Commerce, Port Lacuna"


def chamber(who: dict[str, Actor], name: str = CHAMBER) -> PrintOffice:
    return done(services.open_office(actor=who["amina"], name=name, kind="chamber", at=NOON))


def clerk(office: PrintOffice, name: str) -> Actor:
    """Somebody with the post of a print office."""
    email = f"{name.split()[0].lower()}@{office.pk}.example"
    person = accounts.add_person(party="QM", email=email, name=name, password=None, by=SYSTEM, at=NOON)
    accounts.appoint(person=person, role=Role.PRINT_OFFICE, party="QM", by=SYSTEM, at=NOON, authority=office.authority)
    return actor_of(person, NOON.date())


def shop(who: dict[str, Actor], sheets: str = "0071233-0071292", box: str = BOX) -> PrintOffice:
    """A chamber with clerks Carla and Cem (added to the cast), served with sheets from the box."""
    office = PrintOffice.objects.get(pk=remembered("shop", (who, sheets, box), lambda: _opened(who, sheets, box).pk))
    for person in Person.objects.filter(email__endswith=f"@{office.pk}.example"):
        who[person.name.split()[0].lower()] = actor_of(person, NOON.date())
    return office


def _opened(who: dict[str, Actor], sheets: str, box: str) -> PrintOffice:
    office = chamber(who)
    clerk(office, "Carla Prentice")
    clerk(office, "Cem Aydin")
    done(services.receive(actor=who["amina"], sheets=box, received_on=NOON.date(), at=NOON))
    done(services.hand_out(actor=who["amina"], sheets=sheets, office=office.pk, at=NOON))
    return office


def given(who: dict[str, Actor], office: PrintOffice, at: datetime = NOON) -> Any:
    """An issued permit that this office is to print."""
    permit = issued(who, at)
    done(services.assign(actor=who["amina"], numbers=[permit.number], office=office.pk, at=at))
    return permit


def printed(who: dict[str, Actor], number: str, sheets: str, by: str = "carla") -> Print:
    return done(services.print_original(actor=who[by], number=number, sheets=sheets, at=NOON))


def done(outcome: Any) -> Any:
    assert not isinstance(outcome, Refusal), outcome
    return outcome
