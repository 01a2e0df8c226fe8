"""Inspections and seizures for tests: skins of a home permit at Kivu-2, found to be another species."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.cast import issued

from wildgate.apps.inspections import services
from wildgate.apps.inspections.models import Inspection, Seizure
from wildgate.apps.inspections.services.planning import Plan
from wildgate.apps.inspections.services.recording import Line
from wildgate.apps.inspections.services.seizing import Incident, Specimens

POST = "Kivu-2"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 40 + b"IEND\xaeB`\x82"
PARROTS = Specimens("Psittacus erithacus", "LIV", "6", live="5", marks="two ringed")


def planned(who: dict[str, Any], at: datetime, **more: Any) -> Inspection:
    """An inspection of a parcel, or of what `more` says."""
    asked = {"behind": "parcel", "reference": "SX-1", "post": POST, "appointment": at + timedelta(hours=3),
             "reasons": ("carrier",), "kind": "physical", **more}
    made = services.plan(actor=who["jean"], asked=Plan(**asked), at=at)
    assert isinstance(made, Inspection), made
    return made


def of_permit(who: dict[str, Any], at: datetime, **more: Any) -> Inspection:
    """An inspection of Mario's 1,200 skins."""
    return planned(who, at, behind="permit", reference=issued(who, at).number, reasons=("lane",), **more)


def recorded(who: dict[str, Any], at: datetime, found: Inspection, *lines: Line) -> Inspection:
    done = services.record(actor=who["jean"], number=found.number, at=at,
                           lines=dict(enumerate(lines or (Line("in-order"),), start=1)))
    assert isinstance(done, Inspection), done
    return done


def incident(at: datetime, *lines: Specimens, **more: Any) -> Incident:
    said = {"seized_at": at - timedelta(hours=1), "place": "Kivu-2, shed 4", "agency": "Demoland Customs Service",
            "cause": "no-permit", "mode": "road", "detection": "profiling", "provision": "Wildlife Act, s. 12",
            "storage": "Customs store, room 3", "lines": lines or (PARROTS,), "origin": "CD", "transit": ("RW",),
            "destination": "QZ", "concealment": "Under sacks of maize", "seal": "QM-4471", "condition": "Weak", **more}
    return Incident(**said)


def seized(who: dict[str, Any], at: datetime, *lines: Specimens, **more: Any) -> Seizure:
    made = services.seize(actor=who["jean"], incident=incident(at, *lines, **more), at=at)
    assert isinstance(made, Seizure), made
    return made
