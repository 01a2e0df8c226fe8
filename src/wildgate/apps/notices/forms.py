"""What people type about notices: the notice itself, its sending, an answer, a look, a list of looks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.forms import AddressField
from wildgate.apps.notices.models import Answer, Notice, Sighting
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.refusal import Refusal


class Typed(forms.Form):
    """A form whose faults are the refusals of the services, each at its field."""

    required_css_class = ""

    def tell(self, refused: Refusal) -> None:
        self.add_error(refused.field if refused.field in self.fields else None, said(refused))


class DraftForm(Typed):
    """The words of a notice. Which rules can be cited depends on the listing."""

    language = forms.ChoiceField(label=_("Language of the notice"), choices=Notice.Language.choices)
    rule_key = forms.ChoiceField(label=_("Rule of the platform that it appears to breach"), required=False)
    explanation = forms.CharField(
        label=_("Why it appears to be illegal"), max_length=1500, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Say what the listing shows, in the language of the notice. Nothing about the seller: no name, no "
                    "address, no number."))
    national_law = forms.CharField(
        label=_("National law"), max_length=300, required=False,
        help_text=_("Law and section. The articles of the Convention are added."))
    notifier = forms.CharField(label=_("Authority that gives notice"), max_length=200)
    notifier_email = AddressField(label=_("E-mail address of the authority"), max_length=200,
                                  help_text=_("A shared mailbox: the platform answers there."))
    not_covered_reason = forms.CharField(
        label=_("Why a notice is right although the listing was judged to be outside the law"), max_length=500,
        required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, rules: Iterable[Any] = (), covered: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(rule.key, f"{rule.key}: {rule.text}") for rule in rules]
        self.fields["rule_key"] = forms.ChoiceField(
            label=_("Rule of the platform that it appears to breach"), required=False,
            choices=[("", _("None: the law alone")), *choices])
        if covered:
            del self.fields["not_covered_reason"]


class SendForm(Typed):
    """How it goes out, and the statement of good faith."""

    way = forms.ChoiceField(label=_("How it goes out"), choices=Notice.Way.choices, widget=forms.RadioSelect)
    good_faith = forms.BooleanField(
        label=_("I have read the notice and confirm in good faith that it is accurate and complete."), required=False)


class WithdrawForm(Typed):
    """Why a draft is not sent."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


class AnswerForm(Typed):
    """What the platform answered."""

    kind = forms.ChoiceField(label=_("What it says"), choices=Answer.Kind.choices)
    said_at = forms.DateTimeField(label=_("When it answered (UTC)"), required=False,
                                  widget=forms.DateTimeInput(attrs={"placeholder": "2027-05-31 14:30"}),
                                  help_text=_("Left empty: now."))
    reference = forms.CharField(label=_("Its reference"), max_length=80, required=False)
    text = forms.CharField(label=_("In its words"), max_length=1500, required=False,
                           widget=forms.Textarea(attrs={"rows": 3}), help_text=_("No names of persons."))


class LookForm(Typed):
    """What stands at the address now."""

    found = forms.ChoiceField(label=_("What you found"), choices=Sighting.Found.choices)
    relisted_as = forms.CharField(label=_("Number of the captured listing in which it is offered again"),
                                  max_length=24, required=False)


class ListForm(Typed):
    """A list of looks as a file."""

    file = forms.FileField(label=_("Table of looks (CSV)"), max_length=200,
                           widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}))
