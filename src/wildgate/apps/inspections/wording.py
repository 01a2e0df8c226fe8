"""Sentences for the codes that inspections keep: points of the checklist, faults of custody, events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from wildgate.apps.inspections import codes
from wildgate.convention import tables

POINTS: Final = {
    "venomous": _("Venomous or poisonous: gloves, and a second person."),
    "permit": _("Compare with permit %(numbers)s: seal, species, quantity, endorsement."),
    "no-permit": _("No permit is named: ask for one."),
    "term": _("Is it what is said: %(term)s?"),
    "look-alikes": _("Could it be %(names)s?"),
    "marks": _("Find the marks: %(marks)s."),
    "quantity": _("Count or weigh: %(quantity)s %(unit)s are declared."),
    "transport": _("Transport statement for live animals, container, air, water, space."),
    "alive": _("Count the dead ones."),
}
CUSTODY_FAULTS: Final = {
    "missing": _("Hand-over %(seq)s is missing."),
    "changed": _("Hand-over %(seq)s was changed after it was written, or was not witnessed."),
    "gap": _("At hand-over %(seq)s somebody gave what somebody else had."),
    "backwards": _("Hand-over %(seq)s lies before the one it follows."),
    "cut": _("Hand-overs from %(seq)s on are missing."),
}
EVENTS: Final = {
    "inspection-planned": _("Planned"), "inspection-taken": _("Taken on"), "inspection-rescheduled": _("Moved"),
    "inspected": _("Result recorded"), "recounted": _("Counted again"), "inspection-concluded": _("Concluded"),
    "agency-result": _("Result of another agency"), "quantity-differs": _("Quantities differ"),
    "quantities-agree": _("Quantities agree"), "reservation-settled": _("Reservation settled"),
    "sample-taken": _("Sample taken"), "sample-answered": _("Laboratory answered"),
    "filed": _("File added"), "seized": _("Seized"),
    "custody-handed": _("Handed over"), "seizure-completed": _("Completed"),
    "disposal-proposed": _("Disposal proposed"), "disposal-decided": _("Disposal decided"),
    "disposal-refused": _("Disposal refused"), "disposed": _("Disposal carried out"),
    "agency-asked": _("Asked"), "agency-answered": _("Answered"), "agency-corrected": _("Corrected"),
    "agency-withdrawn": _("Withdrawn"), "agency-overdue": _("Not answered in time"),
    "identification-asked": _("Identification asked"), "identification-answered": _("Identification answered"),
    "identification-overdue": _("Not answered in time"),
}
TONES: Final = {"quantity-differs": "no", "seized": "no", "disposal-refused": "hold", "inspection-concluded": "ok",
                "disposed": "ok", "agency-overdue": "hold", "identification-answered": "ok",
                "identification-overdue": "hold"}


def point(said: Mapping[str, Any]) -> str:
    """A point of the checklist as a sentence in the page's language."""
    values = dict(said)
    if found := tables.term(str(values.get("term", ""))):
        values["term"] = found.name(_language())
    if found_unit := tables.unit(str(values.get("unit", ""))):
        values["unit"] = found_unit.symbol if found_unit.code != "NAR" else ""
    sentence = POINTS.get(str(values.get("code")))
    return " ".join((str(sentence) % values).split()).replace(" :", ":") if sentence else ""


def custody_fault(code: str, seq: int) -> str:
    return str(CUSTODY_FAULTS[code]) % {"seq": seq}


def event(kind: str) -> str:
    return str(EVENTS.get(kind, kind))


def outcome_tone(outcome: str) -> str:
    return {codes.Outcome.RELEASE.value: "ok", codes.Outcome.RESERVED.value: "info", codes.Outcome.HOLD.value: "hold",
            codes.Outcome.SEND_BACK.value: "no", codes.Outcome.SEIZE.value: "no"}.get(outcome, "off")


def lane_tone(lane: str) -> str:
    return {"red": "no", "yellow": "hold", "green": "ok"}.get(lane, "off")


def found_tone(result: str) -> str:
    if not result:
        return "off"
    return "ok" if result in codes.NO_FAULT else "no" if result in codes.GRAVE else "hold"


LONG: Final = 72
"""Hours that nobody reads as hours."""


def left(number: int, unit: str) -> str:
    """What is left of a clock, in words; many hours as days."""
    n = abs(number)
    if unit == "hours" and n >= LONG:
        n //= 24
        words = (ngettext("%(n)s day left", "%(n)s days left", n) if number >= 0
                 else ngettext("%(n)s day over", "%(n)s days over", n))
    elif unit == "days":
        words = (ngettext("%(n)s working day left", "%(n)s working days left", n) if number >= 0
                 else ngettext("%(n)s working day over", "%(n)s working days over", n))
    else:
        words = (ngettext("%(n)s hour left", "%(n)s hours left", n) if number >= 0
                 else ngettext("%(n)s hour over", "%(n)s hours over", n))
    return words % {"n": n}


def _language() -> str:
    return (get_language() or "en")[:2]
