"""Answers, doubts and suspicions in words, for pages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

ANSWERS: dict[str, Any] = {
    "valid": _("Valid"), "used-up": _("Used up"), "cancelled": _("Cancelled"), "suspended": _("Suspended"),
    "expired": _("Expired"), "unknown": _("Unknown number"), "wrong-route": _("Wrong route"),
    "does-not-fit": _("Does not fit the goods"), "no-permit-needed": _("No permit needed"),
    "permit-missing": _("Permit missing"), "statement-needed": _("Statement needed"), "hold": _("Hold"),
    "released": _("May go on"), "unreadable": _("Not readable"),
}
TONES = {"valid": "ok", "no-permit-needed": "ok", "released": "ok", "hold": "hold", "statement-needed": "hold",
         "permit-missing": "hold", "unknown": "hold", "unreadable": "off"}
"""The colour of an answer's tag; any other is a no."""
REASONS: dict[str, Any] = {
    "number-unknown": _("The permit's number is not known here."),
    "says-little": _("The description says next to nothing."),
    "hides": _("Listed goods were hidden under this customs code before."),
    "names-listed": _("The description names a listed animal or plant."),
    "waybill-no-number": _("The air waybill is no number of one."),
    "waybill-check-digit": _("The check digit of the air waybill is wrong."),
    "waybill-airline-unknown": _("No airline with this beginning of an air waybill is known here."),
}
SAID: dict[str, Any] = {
    "valid": _("The permit stands and fits this parcel. Customs decides."),
    "used-up": _("The permit is used up. Do not ship on it."),
    "cancelled": _("The permit does not hold any more. Do not ship on it."),
    "suspended": _("The permit is suspended. Do not ship on it now."),
    "expired": _("The permit is past its last day. Do not ship on it."),
    "unknown": _("No permit of this number is known here. Ask the sender for it."),
    "wrong-route": _("The permit is for another route."),
    "does-not-fit": _("The permit is for other goods than the description names."),
    "no-permit-needed": _("Nothing in the description or the customs code asks for a permit."),
    "permit-missing": _("The description names a listed animal or plant, and no permit is given. Ask the sender."),
    "statement-needed": _("The customs code often holds listed goods: the sender gives a permit or states that these "
                          "are not."),
    "hold": _("Hold the parcel. Customs will say what to do."),
    "released": _("Customs looked at it: the parcel may go on."),
    "unreadable": _("This row cannot be read."),
}
