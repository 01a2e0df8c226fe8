"""Who lives in the demo world. The same people appear in the tests and in the guides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password

from wildgate.apps.accounts import services
from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.models import Agency, Authority, Organisation, Person, Post, Role
from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.permits.sealing import key_store
from wildgate.kit.events import SYSTEM

PASSWORD = "demo-only-leopard-9"  # noqa: S105  (printed on the demo's start page on purpose)


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the cast."""

    name: str
    email: str
    title: str
    roles: tuple[Role, ...]
    body: str
    station: str = ""


CAST = (
    Member("Mario Ferro", "mario@lacuna.example", "Trader, Lacuna Hides Ltd", (Role.TRADER,), "Lacuna Hides Ltd"),
    Member("Amina Keita", "amina@ma.example", "Management Authority officer", (Role.OFFICER,), "management"),
    Member("Bo Osei", "bo@ma.example", "Countersigning officer", (Role.OFFICER, Role.COUNTERSIGNER), "management"),
    Member("Dr Ito", "ito@sa.example", "Scientific Authority", (Role.SCIENTIST,), "scientific"),
    Member("Jean Moreau", "jean@customs.example", "Customs officer at Kivu-2", (Role.CUSTOMS,), "customs", "Kivu-2"),
    Member("Nadia Haddad", "nadia@customs.example", "Customs supervisor", (Role.SUPERVISOR,), "customs", "Kivu-2"),
    Member("Tomas Ruiz", "tomas@customs.example", "Risk manager", (Role.RISK_MANAGER,), "customs"),
    Member("Ines Duarte", "ines@police.example", "Investigator", (Role.INVESTIGATOR,), "enforcement"),
    Member("Kim Sato", "kim@speedx.example", "Express carrier, SpeedX", (Role.CARRIER,), "SpeedX"),
    Member("Lena Park", "lena@museum.example", "Identification expert", (Role.EXPERT,), "scientific"),
    Member("Ana Reyes", "ana@audit.example", "Auditor", (Role.AUDITOR,), "oversight"),
    Member("Sam Okoro", "sam@ministry.example", "Administrator", (Role.ADMINISTRATOR,), "management"),
    Member("Dr Flora Adeyemi", "flora@herbarium.example", "Scientific Authority for plants", (Role.SCIENTIST,),
           "herbarium"),
    Member("Vera Lind", "vera@vets.example", "Veterinary service at the border", (Role.AGENCY,), "veterinary"),
)
FIRMS = (
    ("Lacuna Hides Ltd", "12 Tannery Road, Port Lacuna", False),
    ("Orlo SA", "3 Watchmakers' Row, Port Lacuna", False),
    ("SpeedX", "1 Apron Road, Lacuna Airport", False),
)
BODIES = {
    "management": (Authority.Kind.MANAGEMENT, "{} Management Authority", "1 Heron Square", "Lacuna City"),
    "scientific": (Authority.Kind.SCIENTIFIC, "{} Scientific Authority", "Museum Hill 7", "Lacuna City"),
    "customs": (Authority.Kind.CUSTOMS, "{} Customs Service", "Harbour Gate 2", "Port Lacuna"),
    "oversight": (Authority.Kind.OVERSIGHT, "{} Audit Office", "4 Ledger Lane", "Lacuna City"),
    "enforcement": (Authority.Kind.ENFORCEMENT, "{} Wildlife Police", "9 Ranger Street", "Lacuna City"),
    "herbarium": (Authority.Kind.SCIENTIFIC, "Herbarium of {}", "2 Orchid Walk", "Port Lacuna"),
    "veterinary": (Authority.Kind.AGENCY, "{} Veterinary Service", "5 Paddock Road", "Port Lacuna"),
}
AGENCIES = {"veterinary": Agency.VETERINARY.value}
"""Which bodies are other agencies at the border, and which."""


KEYS_AGE = timedelta(days=183)
"""The scenes tell of past weeks: what was issued then is genuine only where the keys were in force already."""


def settle(party: str, country: str, at: datetime) -> dict[str, Actor]:
    """Make the bodies, firms and people of `party`, once; the actors by first name in lower case (`mario`, `amina`)."""
    key_store(settings.HOME).create(party, at - KEYS_AGE)
    bodies = {key: services.add_authority(party=party, kind=kind, name=name.format(country),
                                          address=f"{street}, {place}, {country}", place=place, by=SYSTEM, at=at,
                                          agency=AGENCIES.get(key, ""))
              for key, (kind, name, street, place) in BODIES.items()}
    firms = {name: services.add_organisation(party=party, name=name, address=f"{address}, {country}", country=party,
                                             private=private, by=SYSTEM, at=at)
             for name, address, private in FIRMS}
    found = {_key(member): _appoint(member, party, bodies, firms, at) for member in CAST}
    new = Person.objects.filter(email__in=[each.email for each in CAST], password__startswith=UNUSABLE_PASSWORD_PREFIX)
    new.update(password=make_password(PASSWORD))  # one hash for all: it is everybody's password, and hashing is slow
    return found


def _appoint(member: Member, party: str, bodies: dict[str, Authority], firms: dict[str, Organisation],
             at: datetime) -> Actor:
    person = services.add_person(party=party, email=member.email, name=member.name, password=None, by=SYSTEM, at=at)
    for role in member.roles:
        services.appoint(person=person, role=role, party=party, by=SYSTEM, at=at, station=member.station,
                         organisation=firms.get(member.body), authority=bodies.get(member.body))
    return actor_of(person, at.date())


def _key(member: Member) -> str:
    return member.email.partition("@")[0]


def actors(at: datetime) -> dict[str, Actor]:
    """The cast as it stands in the database."""
    people = {person.email: person for person in Person.objects.filter(email__in=[member.email for member in CAST])}
    return {_key(member): actor_of(people[member.email], at.date()) for member in CAST if member.email in people}


def is_settled() -> bool:
    return Post.objects.exists()


def is_somebody_elses() -> bool:
    """Whether people hold posts here, and none of them is of the cast: a real register."""
    return is_settled() and not Person.objects.filter(email__in=[member.email for member in CAST]).exists()
