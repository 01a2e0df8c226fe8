"""What people type about paper: sheet numbers, deliveries, ends of prints, counts, offices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.models import Organisation
from wildgate.apps.paper.models import EndReport, PrintOffice
from wildgate.apps.paper.wording import UNUSABLE_WORDS, said
from wildgate.convention.refusal import Refusal

SHEETS = _("As printed on the sheets, with the zeros: 0071233 or 0071233-0071290.")
DAY = _("Year-month-day, for example 2019-05-31.")


class Typed(forms.Form):
    """A form whose faults are the refusals of the services, each at its field."""

    required_css_class = ""

    def tell(self, refusal: Refusal) -> None:
        self.add_error(refusal.field if refusal.field in self.fields else None, said(refusal))


def _sheets(label: Any = None, hint: Any = SHEETS) -> forms.CharField:
    return forms.CharField(label=label or _("Sheets"), max_length=300, help_text=hint,
                           widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}))


def _offices(offices: Iterable[PrintOffice]) -> list[tuple[str, str]]:
    return [("", "–"), *((str(each.pk), each.name) for each in offices)]


class PrintForm(Typed):
    """The sheets that a permit is printed on."""

    sheets = _sheets(_("Sheet"), _("The number on the sheet in the printer, one sheet for each page."))


class EndForm(Typed):
    """What became of a print."""

    kind = forms.ChoiceField(label=_("What became of the print?"), choices=EndReport.Kind.choices,
                             widget=forms.RadioSelect)
    reason = forms.CharField(label=_("What happened?"), max_length=300)


class TakeOutForm(Typed):
    """Unused sheets that will not be used."""

    sheets = _sheets()
    act = forms.ChoiceField(label=_("Why can they not be used?"), choices=list(UNUSABLE_WORDS.items()),
                            widget=forms.RadioSelect)
    reason = forms.CharField(label=_("What happened?"), max_length=300)


class CountForm(Typed):
    """How many sheets lie in the drawer."""

    counted = forms.IntegerField(label=_("How many unused sheets are there?"), min_value=0, max_value=1_000_000)
    explanation = forms.CharField(label=_("What explains a difference?"), required=False, max_length=500)


class CheckForm(Typed):
    """The second person's figure."""

    counted = forms.IntegerField(label=_("How many unused sheets are there?"), min_value=0, max_value=1_000_000)


class ReceiveForm(Typed):
    """One delivery."""

    sheets = _sheets(_("First and last number"), _("One range, for example 0071001-0071500."))
    received_on = forms.DateField(label=_("Received on"), help_text=DAY, input_formats=["%Y-%m-%d"])
    supplier_ref = forms.CharField(label=_("Delivery note"), required=False, max_length=80)


class CarryForm(Typed):
    """Sheets between the store and an office."""

    office = forms.ChoiceField(label=_("Office"))
    way = forms.ChoiceField(label=_("Which way?"), widget=forms.RadioSelect, initial="out", choices=[
        ("out", _("From the store to the office")), ("back", _("Unused, back to the store"))])
    sheets = _sheets()

    def __init__(self, *args: Any, offices: Iterable[PrintOffice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "office", _offices(offices))


class OfficeForm(Typed):
    """A new office that prints."""

    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("What kind of office is it?"), choices=PrintOffice.Kind.choices,
                             widget=forms.RadioSelect)
    organisation = forms.ChoiceField(label=_("Firm"), required=False,
                                     help_text=_("Only when a firm prints for itself."))
    prints = forms.IntegerField(label=_("Originals of one permit at a time"), min_value=1, max_value=9, initial=1,
                                help_text=_("Outside the authority it is always one."))

    def __init__(self, *args: Any, party: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        firms = Organisation.objects.filter(party=party).order_by("name").values_list("pk", "name")
        _choose(self, "organisation", [("", "–"), *((str(pk), name) for pk, name in firms)])


class AssignForm(Typed):
    """Permits for an office to print."""

    office = forms.ChoiceField(label=_("Office"))
    numbers = forms.CharField(label=_("Permits"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 6}),
                              help_text=_("Their numbers, one on each line."))

    def __init__(self, *args: Any, offices: Iterable[PrintOffice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "office", _offices(offices))


def _choose(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices
