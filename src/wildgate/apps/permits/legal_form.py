"""In which form a permit is issued: what the other country takes at its border, by the legal-form register.

A stronger form is taken wherever a weaker one is: security paper, then the print with its sealed code, then the
electronic permit alone. Where nothing is agreed with a country the permit is printed with its code: no source says
so, it is the house's own value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from wildgate.apps.houserules.kinds import Form
from wildgate.apps.houserules.selectors import partner_form
from wildgate.apps.permits.models import Application
from wildgate.convention.refusal import Refusal, refuse

STRENGTH: Final = (Form.ELECTRONIC.value, Form.PRINTED.value, Form.PAPER.value)
USUAL: Final = Form.PRINTED.value
"""The house's value where the register says nothing."""
WORDS: Final[Mapping[str, Any]] = {
    Form.ELECTRONIC.value: _("Electronic only"), Form.PRINTED.value: _("Print with the sealed code"),
    Form.PAPER.value: _("Security paper with ink")}
TAKES: Final[Mapping[str, Any]] = {
    Form.ELECTRONIC.value: _("It takes electronic permits."),
    Form.PRINTED.value: _("Print it: it takes prints with the sealed code."),
    Form.PAPER.value: _("Print it on security paper: it takes no other form."),
    "": _("Nothing is agreed with it: print it with the sealed code (house value).")}
WHY_NOT: Final[Mapping[str, str]] = {
    Form.PRINTED.value: gettext_noop(
        "%(country)s takes no permit that is electronic only: choose the print with the sealed code."),
    Form.PAPER.value: gettext_noop("%(country)s takes permits on security paper only: choose security paper."),
    "": gettext_noop("Nothing is agreed with %(country)s about electronic permits: choose the print with the sealed "
                     "code.")}


@dataclass(frozen=True, slots=True)
class Taken:
    """What the other country takes, empty where nothing is agreed; `usual` is the form that the issue picks."""

    country: str
    form: str

    @property
    def usual(self) -> str:
        return self.form or USUAL

    @property
    def words(self) -> Any:
        return TAKES[self.form]

    @property
    def choices(self) -> list[tuple[str, Any, bool]]:
        """Every form with its words, and whether the other country takes it."""
        return [(form, WORDS[form], self.refuses(form) is None) for form in STRENGTH]

    def refuses(self, form: str) -> Refusal | None:
        """Why a permit in this form would be of no use there."""
        if form not in STRENGTH:
            return refuse("no-such-form", "Choose the form of the permit.", field="form")
        if STRENGTH.index(form) >= STRENGTH.index(self.usual):
            return None
        return refuse("form-not-taken", WHY_NOT[self.form], country=self.country, field="form",
                      basis=("House rule: form of permits",))


def taken_by(case: Application, on: date) -> Taken:
    """What the other country of the case takes on that day."""
    form = partner_form(case.party, case.other_country, on) if case.other_country else None
    return Taken(case.other_country, form if form in STRENGTH else "")
