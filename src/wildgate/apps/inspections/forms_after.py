"""What is typed after a seizure, and about identification."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wildgate.apps.inspections import codes
from wildgate.apps.inspections.forms import Refusable, code_input, day, moment


class CustodyForm(Refusable):
    """One hand-over."""

    prefix = "custody"
    giver = forms.CharField(label=_("Handed over by"), max_length=120)
    taker = forms.CharField(label=_("Taken over by"), max_length=120)
    place = forms.CharField(label=_("Where"), max_length=120)
    when = moment(_("When (UTC)"))
    condition = forms.CharField(label=_("Condition of the specimens"), max_length=300)
    seal = forms.CharField(label=_("Number of the seal"), max_length=40, required=False)
    to_authority = forms.BooleanField(label=_("The Management Authority has them now"), required=False)


class ProposalForm(Refusable):
    """What is to become of specimens."""

    prefix = "proposal"
    lines = forms.TypedMultipleChoiceField(label=_("Specimens"), coerce=int, widget=forms.CheckboxSelectMultiple)
    method = forms.ChoiceField(label=_("What becomes of them"), choices=lambda: [("", ""), *codes.Method.choices])
    to = forms.CharField(label=_("Who receives them, or where it is done"), max_length=120)
    why = forms.CharField(label=_("Why"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    consulted = forms.CharField(label=_("State of export consulted (code)"), max_length=2, required=False,
                                widget=code_input("countries"))
    consulted_on = day(_("Consulted on"), required=False)
    provision = forms.CharField(label=_("Provision of law, or the veterinary's grounds"), max_length=200,
                                required=False)

    def __init__(self, *args: Any, lines: Iterable[tuple[int, str]] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["lines"].choices = list(lines)  # type: ignore[attr-defined]


class LaterForm(Refusable):
    """What is known of a seizure later."""

    prefix = "later"
    provision = forms.CharField(label=_("Provision of law"), max_length=300)
    sanction = forms.CharField(label=_("Sanction"), max_length=300, required=False,
                               help_text=_("Fine or prison term; no names."))
    value = forms.CharField(label=_("Estimated value"), max_length=20, required=False)
    currency = forms.CharField(label=_("Currency"), max_length=3, required=False)


class WallForm(Refusable):
    """Somebody suspected."""

    prefix = "wall"
    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    identifiers = forms.CharField(label=_("Papers, date of birth, telephone"), max_length=300, required=False,
                                  widget=forms.TextInput(attrs={"autocomplete": "off"}))
    role = forms.CharField(label=_("Part in it"), max_length=80, required=False)


class AskForm(Refusable):
    """A question what something is."""

    question = forms.CharField(label=_("What do you want to know?"), max_length=1000,
                               widget=forms.Textarea(attrs={"rows": 3}))
    declared = forms.CharField(label=_("Declared as"), max_length=200, required=False,
                               help_text=_("Scientific name, where one was given."))
    term = forms.CharField(label=_("Specimen (term code)"), max_length=3, required=False, widget=code_input("terms"))
    expert = forms.TypedChoiceField(label=_("Who is asked"), required=False, coerce=int, empty_value=None)
    inspection = forms.CharField(max_length=24, required=False, widget=forms.HiddenInput)
    seizure = forms.CharField(max_length=24, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, experts: Iterable[tuple[int, str]] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["expert"].choices = [("", _("The Scientific Authority")), *experts]  # type: ignore[attr-defined]


class AnswerForm(Refusable):
    """What it is, how sure, and why; or what must be sent."""

    taxon = forms.CharField(label=_("It is"), max_length=200, required=False, widget=forms.TextInput(
        attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
        help_text=_("Scientific name; empty when it cannot be told from this."))
    confidence = forms.ChoiceField(label=_("How sure"), widget=forms.RadioSelect, choices=codes.Confidence.choices,
                                   error_messages={"required": _("Choose how sure you are.")})
    grounds = forms.CharField(label=_("Grounds: which characters you saw"), max_length=2000,
                              error_messages={"required": _("Write which characters you saw.")},
                              widget=forms.Textarea(attrs={"rows": 4}))
    wanted = forms.CharField(label=_("Not identifiable from this: send"), max_length=500, required=False,
                             help_text=_("For example: the underside, a scale for size, a feather."))
    use_required_attribute = False

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if self.is_bound and not self.data.get(self.add_prefix("taxon"), "").strip():
            for name in ("confidence", "grounds"):  # who names nothing says what must be sent
                self.fields[name].required = False


class CardForm(Refusable):
    """An identification card."""

    taxon = forms.CharField(label=_("Scientific name"), max_length=200)
    names = forms.CharField(label=_("Common names"), max_length=200, required=False)
    terms = forms.CharField(label=_("Forms in which it travels (term codes)"), max_length=120, required=False)
    characters = forms.CharField(label=_("Characters, one a line"), max_length=3000,
                                 widget=forms.Textarea(attrs={"rows": 7}))
    live = forms.CharField(label=_("What to mind with live ones"), max_length=500, required=False)
    look_alikes = forms.CharField(
        label=_("Look-alikes, one a line: name: how to tell it apart"), max_length=6000, required=False,
        widget=forms.Textarea(attrs={"rows": 5}))

    def pairs(self) -> list[tuple[str, str]]:
        """Each line as name and difference."""
        lines = [line.partition(":") for line in self.cleaned_data["look_alikes"].splitlines() if line.strip()]
        return [(name.strip(), apart.strip()) for name, _colon, apart in lines]
