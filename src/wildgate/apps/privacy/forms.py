"""What is typed about requests, holds and the day of a dry run."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wildgate.apps.privacy.models import SubjectRequest
from wildgate.apps.privacy.services.asking import LONGEST_PROOF
from wildgate.apps.privacy.services.holding import LONGEST

THINGS = (("application", _("Case")), ("permit", _("Permit")), ("person", _("Person, by e-mail address")),
          ("organisation", _("Organisation, by code")), ("tip", _("Tip")),
          ("intelligence-report", _("Intelligence report")), ("intelligence-case", _("Investigation")))


class HoldForm(forms.Form):
    """What is to stay, and why."""

    kind = forms.ChoiceField(label=_("What"), choices=THINGS)
    number = forms.CharField(label=_("Number"), max_length=80)
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST)


class SubjectForm(forms.Form):
    """A request of somebody who stands at the counter or wrote a letter."""

    kind = forms.ChoiceField(label=_("What is asked for"), choices=SubjectRequest.Kind.choices)
    email = forms.CharField(label=_("E-mail address of the account"), max_length=254, required=False)
    name = forms.CharField(label=_("Name, if there is no account"), max_length=160, required=False)
    proof = forms.CharField(label=_("How the identity was proved"), max_length=LONGEST_PROOF,
                            help_text=_("The kind of paper and who saw it: no numbers, no names."))


class DayForm(forms.Form):
    """The day of a dry run."""

    day = forms.DateField(label=_("What would go by the rules on this day?"), required=False,
                          widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


def tell(form: forms.Form, refusal: Any, sentence: str) -> None:
    """A refusal beside its field."""
    form.add_error(refusal.field if refusal.field in form.fields else None, sentence)
