"""Where the things of the border stand that letters are about: declarations, inspections, parcels, profiles."""

from __future__ import annotations

from typing import Any

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.balances.models import Outage
from wildgate.apps.carriers.models import Handover, Lead
from wildgate.apps.declarations.models import Declaration
from wildgate.apps.gateway.models import Program
from wildgate.apps.inspections.models import AgencyRequest, Inspection, Request, Seizure
from wildgate.apps.letters.notices import Who
from wildgate.apps.letters.subjects import Book, by, keep
from wildgate.apps.risk.models import Profile


def open_books() -> None:
    """Said once, when the house is opened."""
    keep("declaration", Book(Declaration, "reference", by(Action.VIEW_DECLARATIONS), {
        "": ("declaration", "reference")}))
    keep("inspection", Book(Inspection, "number", by(Action.VIEW_INSPECTIONS), {"": ("inspection", "number")}))
    keep("seizure", Book(Seizure, "number", by(Action.VIEW_SEIZURES), {"": ("seizure", "number")}))
    keep("identification", Book(Request, "number", _identification, {"": ("identification", "number")}))
    keep("agency-request", Book(AgencyRequest, "number", by(Action.VIEW_AGENCY_REQUEST), {
        "": ("agency-request", "number")}))
    keep("parcel", Book(Lead, "key", _parcel, {Who.CARRIER.value: "carriers", "": "carrier-leads"}, also=(Handover,)))
    keep("profile", Book(Profile, "code", by(Action.VIEW_PROFILES), {"": ("risk-profile", "pk")}))
    keep("program", Book(Program, "pk", by(Action.VIEW_PROGRAMS), {"": ("program", "pk")}, str.isdecimal))
    keep("outage", Book(Outage, "pk", _outage, {"": ("outage", "pk")}, str.isdecimal))


def _identification(actor: Actor, who: str, thing: Any) -> bool:
    """Whoever asked, and whoever is asked."""
    if actor.person_id in (thing.asked_by_id, thing.expert_id):
        return True
    return can(actor, Action.ANSWER_IDENTIFICATION, thing).allowed


def _parcel(actor: Actor, who: str, thing: Any) -> bool:
    """A carrier sees its own; customs all."""
    action = Action.CHECK_PARCELS if who == Who.CARRIER.value else Action.VIEW_LEADS
    return can(actor, action, thing).allowed


def _outage(actor: Actor, who: str, thing: Any) -> bool:
    return can(actor, Action.VIEW_PROCEDURES, thing).allowed
