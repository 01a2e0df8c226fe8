"""A customs code as somebody changes it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from wildgate.apps.goods.models import CodeRow
from wildgate.apps.goods.services import Change

ACTS = [("set", _("Change it")), ("removed", _("Take it out")), ("restored", _("As shipped again"))]


class CodeForm(forms.Form):
    """What a code says, and why it is changed."""

    hs = forms.CharField(label=_("Customs code"), max_length=14, help_text=_("Six digits, for example 4113.30."))
    goods = forms.CharField(label=_("Goods"), max_length=200)
    taxa = forms.CharField(label=_("Taxa"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
                           help_text=_("Scientific names, separated by commas."))
    terms = forms.CharField(label=_("Terms"), required=False, max_length=300,
                            help_text=_("Codes of three letters, separated by commas."))
    strength = forms.ChoiceField(label=_("What the code says of its goods"), choices=CodeRow.Strength.choices)
    scope = forms.ChoiceField(label=_("Whose goods"), choices=CodeRow.Scope.choices)
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    @property
    def change(self) -> Change:
        return Change(**{name: self.cleaned_data[name] for name in self.fields})


class SearchForm(forms.Form):
    """A code, or a species with the term it is traded as."""

    q = forms.CharField(label=_("Customs code or species"), required=False, max_length=120)
    term = forms.CharField(label=_("Term"), required=False, max_length=3)
    description = forms.CharField(label=_("Description of the goods"), required=False, max_length=300)
