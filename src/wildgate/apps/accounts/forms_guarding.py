"""What officials type about their own interests and emergencies, and what others find about them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.forms import Typed
from wildgate.apps.accounts.guarding import MOST_MINUTES, Interest


class InterestForm(Typed):
    """An interest: in whom, of what kind, and why."""

    organisation = forms.CharField(label=_("Organisation or private person"), max_length=160,
                                   help_text=_("The code, or the whole name as it stands on permits."))
    kind = forms.ChoiceField(label=_("Kind of interest"), choices=[("", "–"), *Interest.Kind.choices])
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
                             help_text=_("Read by auditors, administrators and supervisors."))


class RecordForm(InterestForm):
    """The same of somebody else."""

    person = forms.TypedChoiceField(label=_("Official"), coerce=int)
    field_order = ("person", "organisation", "kind", "reason")

    def __init__(self, *args: Any, officials: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = self.fields["person"]
        if isinstance(person, forms.ChoiceField):
            person.choices = [("", "–"), *officials]


class EmergencyForm(Typed):
    """Why nobody else can act, and for how long."""

    reason = forms.CharField(label=_("Why can nobody else act now?"), max_length=500,
                             widget=forms.Textarea(attrs={"rows": 3}),
                             help_text=_("At least 20 characters. Whoever reviews it reads this."))
    minutes = forms.TypedChoiceField(label=_("For how long?"), coerce=int, choices=[
        (30, _("30 minutes")), (60, _("1 hour")), (120, _("2 hours")), (MOST_MINUTES, _("4 hours"))])


class ReviewForm(Typed):
    """What somebody else found about an emergency right."""

    verdict = forms.ChoiceField(label=_("Was it justified?"), widget=forms.RadioSelect,
                                choices=[("yes", _("Yes")), ("no", _("No"))])
    findings = forms.CharField(label=_("What you found"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
