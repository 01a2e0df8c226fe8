"""What people type about signals and gaps: a state with its reason, a value with its reason, a year, a contact."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.forms import AddressField
from wildgate.apps.permits.templatetags.permits import said
from wildgate.apps.signals.models import Gap, Signal
from wildgate.convention.refusal import Refusal


class Typed(forms.Form):
    """A form whose faults are the refusals of the services, each at its field."""

    required_css_class = ""

    def tell(self, refused: Refusal) -> None:
        self.add_error(refused.field if refused.field in self.fields else None, said(refused))


class MarkForm(Typed):
    """What became of a signal."""

    state = forms.ChoiceField(label=_("What became of it"), choices=Signal.State.choices)
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False,
                             widget=forms.Textarea(attrs={"rows": 3}),
                             help_text=_("What was looked at and what was found. No names of persons."))


class GapForm(Typed):
    """What became of a difference."""

    state = forms.ChoiceField(label=_("What became of it"), choices=Gap.State.choices)
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False,
                             widget=forms.Textarea(attrs={"rows": 3}),
                             help_text=_("What was looked at and what was found. No names of persons."))


class ValueForm(Typed):
    """Another value for the search."""

    name = forms.CharField(widget=forms.HiddenInput, max_length=40)
    value = forms.FloatField(label=_("Value"))
    reason = forms.CharField(label=_("Reason"), max_length=500)


class ContactForm(Typed):
    """Where the link of a question goes, if it goes by mail."""

    contact = AddressField(label=_("E-mail address of the authority"), required=False,
                           help_text=_("May be left out: the link can be given in another way."))
