"""What people type about fees: a receipt, a waiver, what is looked for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wildgate.apps.fees.models import Charge
from wildgate.apps.fees.wording import said
from wildgate.apps.houserules.reading import MOST_MONEY
from wildgate.convention.refusal import Refusal

DAY = _("Year-month-day, for example 2019-05-31.")
OPEN = "open"


class Typed(forms.Form):
    """A form whose faults are the refusals of the services, each at its field."""

    required_css_class = ""

    def tell(self, refusal: Refusal) -> None:
        self.add_error(refusal.field if refusal.field in self.fields else None, said(refusal))


def _reference() -> forms.CharField:
    return forms.CharField(label=_("Receipt number"), max_length=80,
                           widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}))


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, help_text=DAY, input_formats=["%Y-%m-%d"],
                           widget=forms.DateInput(format="%Y-%m-%d"))


class ReceiptForm(Typed):
    """A receipt of the cash desk or the bank."""

    reference = _reference()
    amount = forms.DecimalField(label=_("Amount received"), min_value=0, max_value=MOST_MONEY, decimal_places=3)
    paid_on = _day(_("Paid on"))


class RefundForm(Typed):
    """What proves that the money went back."""

    reference = _reference()
    paid_on = _day(_("Paid back on"))


class WaiveForm(Typed):
    """Why somebody need not pay."""

    reason = forms.CharField(label=_("Why is nothing to be paid?"), max_length=500,
                             widget=forms.Textarea(attrs={"rows": 3}))


class FilterForm(forms.Form):
    """Which fees are shown."""

    state = forms.ChoiceField(label=_("State"), required=False,
                              choices=[("", _("All")), (OPEN, _("Open")), *Charge.State.choices])
    q = forms.CharField(label=_("Number or firm"), required=False, max_length=80)
