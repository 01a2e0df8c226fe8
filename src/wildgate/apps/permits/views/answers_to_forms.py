"""Where a refusal belongs on the pages of an application, and how it is said there: the one place that maps them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from wildgate.apps.permits import answers as form
from wildgate.apps.permits import forms, needs, panel
from wildgate.apps.permits.forms import Page
from wildgate.apps.permits.forms.reading import fields_of
from wildgate.apps.permits.models import Application
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.refusal import Refusal

LINE_FIELD: Final = re.compile(r"lines\[(\d+)\]\.(\w+)")
PAGE_OF: Final = {name: step for step in (forms.ROUTE, forms.OTHER, forms.TRANSPORT) for name in fields_of(step)} | {
    "from": forms.OTHER,
    "to": forms.OTHER,
    "certificate": forms.ROUTE,
    "registered_operation": forms.OTHER,
}
CALLED: Final = {"from": "other_country", "to": "other_country", "certificate": "direction", "task": "direction",
                 "registered_operation": "our_register"}
"""Fields of the trade that have another name on the page."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What stands in the way: on which page, at which input (empty: the page as a whole), in one sentence."""

    step: str
    name: str
    sentence: str

    @property
    def id(self) -> str:
        return f"id_{self.name}_0" if self.name == "direction" else f"id_{self.name}" if self.name else ""


def faults_of(case: Application, on: date) -> list[Fault]:
    """Every fault in the answers as they stand, in the order of the pages."""
    found = [fault_of(refusal) for refusal in (*panel.missing_or_wrong(case, on), *needs.wrong_dates(case.answers, on))]
    order = {step: place for place, step in enumerate((*forms.steps(case.answers), forms.CHECK))}
    return sorted(dict.fromkeys(found), key=lambda fault: order.get(fault.step, len(order)))


def faults_on(page: Page, case: Application, on: date) -> list[Fault]:
    """The faults that belong on this page, in the order of its inputs."""
    names = page.names
    mine = [fault for fault in faults_of(case, on) if fault.step == page.step]
    return sorted(mine, key=lambda fault: names.index(fault.name) if fault.name in names else len(names))


def fault_of(refusal: Refusal) -> Fault:
    """The page and the input that a refusal is about, and its sentence."""
    step, name = place_of(refusal.field or "")
    return Fault(step, name, sentence(refusal, name))


def place_of(field: str) -> tuple[str, str]:
    """`lines[0].quantity` is input `quantity` of the page `line-1`; what belongs nowhere is told on the last page."""
    found = LINE_FIELD.fullmatch(field)
    if found:
        part = "line" if found.group(2) in forms.WHICH else "details"
        return f"{part}-{int(found.group(1)) + 1}", found.group(2)
    if field == "lines":
        return "line-1", "taxon"
    name = CALLED.get(field, field)
    return PAGE_OF.get(field, forms.CHECK), name if field in PAGE_OF else ""


def sentence(refusal: Refusal, name: str) -> str:
    """The refusal in words that fit beside the input; codes of the trade become questions of the page."""
    if name in MISSING and (refusal.code in ("missing", "lines-missing") or refusal.values.get("text") == EMPTY):
        return str(MISSING[name])
    if refusal.code == "date-wrong":
        return _("Write the date as year-month-day, for example 2019-05-31.")
    if refusal.code == "date-later":
        return _("The date lies in the future; check the year.")
    if refusal.code == "too-long":
        return _("This is too long: at most %(longest)s characters fit on the permit.") % {
            "longest": form.LONGEST.get(name, 200)
        }
    if refusal.code == "same-country":
        return _("Choose another country: the Convention governs trade between countries.")
    if refusal.code == "taxon-unknown" and refusal.suggestions:
        return _("This name is not in the lists. Choose one of the species found, or correct the name.")
    if refusal.code == "taxon-unknown":
        return _("We do not know this name; the species is perhaps listed under another name. Check the spelling, "
                 "write the scientific name, or ask the authority.")
    return said(refusal)


EMPTY: Final = "''"
"""An empty answer as a sentence quotes it."""
MISSING: Final[Mapping[str, Any]] = {
    "direction": _("Choose what you want to do."),
    "purpose": _("Choose the purpose of the trade."),
    "other_country": _("Choose the country."),
    "other_name": _("Give the name: the permit is not valid without it."),
    "other_address": _("Give the address: the permit is not valid without it."),
    "taxon": _("Give the species."),
    "term": _("Choose what the specimens are."),
    "quantity": _("Give the quantity."),
    "unit": _("Choose the unit."),
    "source": _("Choose where the specimens come from."),
    "origin": _("Choose the country of origin."),
    "acquired": _("Give the date of acquisition."),
    "last_country": _("Choose the country that issued the certificate of the last re-export."),
}
"""What to do about an empty input."""
