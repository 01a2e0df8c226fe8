"""The parts in which people are told, the roles each takes, and what one row of the table of notices says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.models import Role


class Who(Enum):
    """Why somebody is told: in which part they have to do with it. The part must still be theirs when they read."""

    FIRM = "firm"
    """Whoever trades for the applicant, holder or owner."""
    RECEIVER = "receiver"
    """Whoever trades for the firm that something is offered to, or that a client made its agent."""
    OFFICER = "officer"
    """The officer who works on the case and who stands in for that person; nobody has it: the team."""
    ASSIGNED = "assigned"
    """The officer to whom the event gives the case."""
    TEAM = "team"
    """The team of the case; it has none: all officers."""
    OFFICERS = "officers"
    """All officers."""
    HIT = "hit"
    """The officers whose open cases rest on what changed."""
    COUNTERSIGNERS = "signers"
    SCIENTISTS = "scientists"
    """The Scientific Authority that was asked; none is named: all of them."""
    CONSULTED = "consulted"
    """The Scientific Authorities that were asked about the case and have not answered."""
    POSTS = "posts"
    """The customs officers at whose posts an alarm rings."""
    HOUSE = "house"
    """Whoever may confirm a change of the rules of the house."""
    ADMINISTRATORS = "admins"
    AUDITORS = "auditors"
    BORDER = "border"
    """All customs officers and their supervisors."""
    SUPERVISORS = "supervisors"
    RISK_MANAGERS = "risk"
    INVESTIGATORS = "inquiry"
    EXPERT = "expert"
    """The expert who was asked to identify something; nobody is named: the Scientific Authorities."""
    ASKER = "asker"
    """Whoever asked the question that is answered now."""
    AGENCY = "agency"
    """The people of the agency that was asked about a consignment."""
    CARRIER = "carrier"
    """The people of the carrier whose parcel it is."""
    PERSON = "person"
    """Named one by one by whoever tells them."""


OFFICERS = frozenset({Role.OFFICER, Role.COUNTERSIGNER})
AT_THE_BORDER = frozenset({Role.CUSTOMS, Role.SUPERVISOR})
ROLES: Final[Mapping[Who, frozenset[Role]]] = {
    Who.FIRM: frozenset({Role.TRADER}), Who.RECEIVER: frozenset({Role.TRADER}),
    Who.OFFICER: OFFICERS, Who.ASSIGNED: OFFICERS, Who.HOUSE: OFFICERS | {Role.ADMINISTRATOR},
    Who.TEAM: OFFICERS, Who.OFFICERS: OFFICERS, Who.HIT: OFFICERS,
    Who.COUNTERSIGNERS: frozenset({Role.COUNTERSIGNER}), Who.SCIENTISTS: frozenset({Role.SCIENTIST}),
    Who.CONSULTED: frozenset({Role.SCIENTIST}),
    Who.POSTS: frozenset({Role.CUSTOMS}), Who.BORDER: AT_THE_BORDER, Who.SUPERVISORS: frozenset({Role.SUPERVISOR}),
    Who.RISK_MANAGERS: frozenset({Role.RISK_MANAGER}), Who.INVESTIGATORS: frozenset({Role.INVESTIGATOR}),
    Who.EXPERT: frozenset({Role.EXPERT, Role.SCIENTIST}), Who.CARRIER: frozenset({Role.CARRIER}),
    Who.AGENCY: frozenset({Role.AGENCY}),
    Who.ASKER: OFFICERS | AT_THE_BORDER | {Role.INVESTIGATOR},
    Who.ADMINISTRATORS: frozenset({Role.ADMINISTRATOR}), Who.AUDITORS: frozenset({Role.AUDITOR}),
    Who.PERSON: frozenset(),
}
"""A letter is shown and mailed while its reader holds one of these roles; none named: to the person, whatever role."""


def parts_of(actor: Actor) -> list[str]:
    """The parts that the actor has today."""
    return [who.value for who, roles in ROLES.items() if not roles or roles & actor.roles]


@dataclass(frozen=True, slots=True)
class Notice:
    """One row of the table. `receipt`: also told to the one who did it, as a proof that it arrived."""

    kind: str
    who: Who
    title: Any
    text: Any
    receipt: bool = False
    marks: bool = False
