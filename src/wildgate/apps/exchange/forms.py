"""What people type: which permit of which country to ask for, and what to look for."""

from __future__ import annotations

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wildgate.apps.partners.models import Partner


class FetchForm(forms.Form):
    """A permit of another Party."""

    required_css_class = ""
    issuer = forms.ChoiceField(label=_("Issued by"))
    number = forms.CharField(label=_("Number of the permit"), max_length=60)
    final = forms.BooleanField(label=_("With what customs there endorsed"), required=False)

    def __init__(self, *args: object, party: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        language = (get_language() or "en")[:2]
        reached = Partner.objects.filter(party=party, suspended_at=None).exclude(tier="").exclude(is_hub=True)
        named = sorted(((each.code, each.named(language)) for each in reached), key=lambda pair: pair[1].casefold())
        self.fields["issuer"].choices = named  # type: ignore[attr-defined]


class LookupForm(forms.Form):
    """One of our permits, by its number, for an officer of another Party."""

    required_css_class = ""
    number = forms.CharField(label=_("Number of the permit"), max_length=60)


class WhyForm(forms.Form):
    """A reason."""

    required_css_class = ""
    why = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
