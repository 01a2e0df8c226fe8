"""What is typed on the hub's pages."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from wildgate.apps.partners.models import Partner


class AccessForm(forms.Form):
    """One Party more that may reach this one."""

    caller = forms.ChoiceField(label=_("Which Party may reach it?"))
    basis = forms.CharField(label=_("Legal basis"), max_length=500,
                            help_text=_("The Party's own word: its letter and the date."))

    def __init__(self, data: object, parties: Sequence[Partner]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["caller"].choices = [("", "–"), *((each.code, f"{each.name} ({each.code})")  # type: ignore[attr-defined]
                                                      for each in parties)]


class LookupForm(forms.Form):
    """A permit of another Party."""

    country = forms.ChoiceField(label=_("Issued by"))
    number = forms.CharField(label=_("Permit number"), max_length=60, help_text=_("Box 1 of the permit."))

    def __init__(self, data: object, parties: Sequence[Partner]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["country"].choices = [(each.code, f"{each.name} ({each.code})")  # type: ignore[attr-defined]
                                          for each in parties]
