"""Falcons and parrots of Demoland: an operation, a second firm, and specimens in an account."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.cast import NOON

from wildgate.apps.accounts import services as accounts
from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.models import Organisation, Role
from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.registers import services
from wildgate.apps.registers.models import Operation, Specimen
from wildgate.apps.registers.services import NewOperation, NewSpecimen
from wildgate.convention.operations import OperationKind, Stock

TODAY = NOON.date()
FALCON = "Falco peregrinus"
BUYER = {"purpose": "T", "other_country": "QZ", "other_name": "Quartz Falcons", "direction": "export",
         "other_address": "9 Sky Street, Quartz City, Quartzland"}


def operation(amina: Actor, **more: Any) -> Operation:
    """The falcon house A-QM-501, registered for 20 falcons a year."""
    new = NewOperation(**{"country": "QM", "number": "A-QM-501", "kind": OperationKind.BREEDING_I,
                          "name": "Falcon House", "registered_on": date(2020, 1, 1),
                          "valid_until": TODAY + timedelta(days=400), "stock": (Stock(FALCON, Decimal(20)),), **more})
    made = services.register_operation(actor=amina, new=new, at=NOON)
    assert isinstance(made, Operation), made
    return made


def falcons(number: str = "A-QM-501", quantity: str = "2", marks: str = "", **line: str) -> dict[str, Any]:
    return {**BUYER, "lines": [{"taxon": FALCON, "term": "LIV", "quantity": quantity, "unit": "NAR", "source": "D",
                                "origin": "QM", "live": "yes", "operation": number, "marks": marks, **line}]}


def specimen(who: Actor, marks: str, **more: Any) -> Specimen:
    new = NewSpecimen(**{"taxon": FALCON, "marks": marks, "source": "D", "acquired": "bred", "origin": "QM",
                         "acquired_on": TODAY - timedelta(days=900), "born": TODAY - timedelta(days=900), **more})
    made = services.register_specimen(actor=who, organisation=min(who.organisations), new=new, at=NOON)
    assert isinstance(made, Specimen), made
    return made


def neighbour(name: str = "Orlo SA", email: str = "olga@orlo.example") -> Actor:
    """A trader of another firm."""
    firm = Organisation.objects.filter(name=name).first() or accounts.add_organisation(
        party="QM", name=name, address="1 Lake Road", country="QM", private=False, by="system", at=NOON)
    person = accounts.add_person(party="QM", email=email, name=email.partition("@")[0].title(), password=None,
                                 by="system", at=NOON)
    accounts.appoint(person=person, role=Role.TRADER, party="QM", organisation=firm, by="system", at=NOON)
    return actor_of(person, TODAY)
