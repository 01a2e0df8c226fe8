"""What people type about a platform: who it is, where notices go, what it promises, a whole list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.forms import DayField, Typed
from wildgate.apps.platforms.models import Platform, Policy

EVERY_KIND = [("", _("All kinds")), *Platform.Kind.choices]
RULES_HELP = _("One rule a line: key | sentence | Appendices | taxon | term. The last three may be left out. Example: "
               "ivory | No ivory, of any age. | I, II | Elephantidae | IVC")


class FilterForm(forms.Form):
    """The list's filter, as it stands in the address."""

    q = forms.CharField(label=_("Name or address"), max_length=120, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=EVERY_KIND, required=False)


class PlatformForm(Typed):
    """Who a platform is."""

    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=Platform.Kind.choices)
    hosts = forms.CharField(label=_("Addresses"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 3}),
                            help_text=_("Domains such as shop.example, one a line. Each belongs to one platform."))
    home = forms.CharField(label=_("Home country (code)"), max_length=2, required=False)
    serves = forms.CharField(label=_("Countries served (codes)"), max_length=1_000, required=False,
                             help_text=_("Two letters each, with a space between them."))
    state = forms.ChoiceField(label=_("State"), choices=Platform.State.choices)


class ContactForm(Typed):
    """Where notices go."""

    to = forms.CharField(label=_("Mailbox or form for notices"), max_length=300,
                         help_text=_("It is never published. The mailbox of an office is better than a person's."))
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class PolicyForm(Typed):
    """A version of what a platform promises."""

    status = forms.ChoiceField(label=_("Code of conduct"), choices=Policy.Status.choices)
    code = forms.ChoiceField(label=_("Which code"), choices=Policy.Code.choices, required=False)
    code_name = forms.CharField(label=_("Name of the code"), max_length=160, required=False)
    groups = forms.CharField(label=_("Species groups in its scope"), max_length=500, required=False)
    products = forms.CharField(label=_("Products in its scope"), max_length=500, required=False)
    valid_from = DayField(label=_("Holds from"))
    valid_to = DayField(label=_("Holds until"), required=False)
    rules = forms.CharField(label=_("Rules"), max_length=30_000, required=False, help_text=RULES_HELP,
                            widget=forms.Textarea(attrs={"rows": 6}))
    certainty = forms.ChoiceField(label=_("How it is known"), choices=Policy.Certainty.choices)
    source = forms.CharField(label=_("Where it is known from"), max_length=300)
    evidence = forms.CharField(label=_("Web address of the evidence"), max_length=500, required=False)
    captured_on = DayField(label=_("Read on"), required=False)
    captured_text = forms.CharField(label=_("Text as it was read"), max_length=60_000, required=False,
                                    widget=forms.Textarea(attrs={"rows": 6}),
                                    help_text=_("It is kept with its digest. The register publishes the digest only."))

    @property
    def row(self) -> dict[str, str]:
        """The fields as texts, as they stand in a list."""
        return {name: "" if value is None else str(value) for name, value in self.cleaned_data.items()}


class ListForm(Typed):
    """A list of platforms."""

    file = forms.FileField(label=_("List of platforms"), help_text=_("CSV or JSON, at most 1 MB and 2,000 rows."))

    def text(self) -> tuple[str, str] | None:
        """The text of the file and its layout; None where it is no text."""
        file: Any = self.cleaned_data["file"]
        try:
            text = file.read(1_100_000).decode("utf-8-sig")
        except UnicodeDecodeError:
            return None
        return text, "json" if text.lstrip()[:1] in ("[", "{") else "csv"
