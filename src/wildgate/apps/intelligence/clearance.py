"""Who may read what: one pure answer for a member and a marking. The database asks the same in `selectors.readable`.

A property test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wildgate.apps.accounts.access import BORDER, OFFICERS, Actor
from wildgate.apps.accounts.models import Role
from wildgate.sharing.marking import Marking, Tlp, settled

INTEGRITY: Final = "integrity"
"""The compartment about officials."""
SOURCES: Final = "sources"
"""The compartment of those who may know that a report came from a tip, and from which."""
STANDING: Final = {INTEGRITY: "About officials", SOURCES: "Origins of tips"}
"""Compartments that every Party has from the start."""
NEVER_WITH: Final = (*OFFICERS, *BORDER, Role.FOREIGN)
"""Roles that work a desk or the border, here or elsewhere: no row opens the standing compartments to them."""


@dataclass(frozen=True, slots=True)
class Member:
    """A contributor as the rules see one: for which authority, how high, in which compartments and groups."""

    person_id: int
    authority: str
    clearance: Tlp
    compartments: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    active: bool = True


@dataclass(frozen=True, slots=True)
class Facing:
    """A member before something marked: the subject that the rules of `access` are asked about.

    `kind` is what for: to `read`, to `work` on it, or to `lower` its marking, which only the owner's people do.
    """

    member: Member | None
    party: str
    marking: Marking
    kind: str = "read"

    def why_not(self, actor: Actor) -> str:
        """The reason for a "no", or an empty text."""
        if self.member is None or self.member.person_id != actor.person_id:
            return NOT_A_MEMBER
        if no := why_not(self.member, self.marking):
            return no
        if self.kind == "lower" and self.member.authority != self.marking.owner:
            return NOT_THE_OWNER
        return ""


NOT_A_MEMBER: Final = "It takes a confirmed contributor."
NOT_FOR_YOU: Final = "It is not marked for you."
NOT_THE_OWNER: Final = "Only the authority that it comes from lowers a marking."


def open_to(actor: Actor, compartments: frozenset[str]) -> frozenset[str]:
    """Of the compartments of a row, those that the actor's other posts leave open."""
    return compartments - STANDING.keys() if actor.has(*NEVER_WITH) else compartments


def why_not(member: Member | None, marking: Marking) -> str:
    """Why this member may not read what is so marked; an empty text: may. The reason never says which limit it was.

    Cleared for the colour and every compartment; RED only when named; somebody of another authority also within the
    groups and names, where those are limited (AMBER+STRICT and AMBER without groups: to nobody).
    """
    if member is None or not member.active:
        return NOT_A_MEMBER
    held = settled(marking)
    if held.tlp > member.clearance or not held.compartments <= member.compartments:
        return NOT_FOR_YOU
    named = held.named is None or member.person_id in held.named
    if held.tlp == Tlp.RED and not named:
        return NOT_FOR_YOU
    if member.authority == held.owner:
        return ""
    grouped = held.groups is None or bool(held.groups & member.groups)
    return "" if grouped and named else NOT_FOR_YOU
