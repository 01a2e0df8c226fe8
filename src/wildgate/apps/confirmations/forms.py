"""What an officer types of a copy, and how the five questions are answered."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wildgate.apps.confirmations.points import FIVE, Answer, Point, read_answer
from wildgate.apps.confirmations.services import LONGEST_NUMBER, Copy, read_copy
from wildgate.apps.confirmations.wording import POINT_WORDS, SAY_WORDS
from wildgate.convention import tables
from wildgate.convention.refusal import Refusal

DAY = _("Year-month-day, for example 2026-05-31.")


def _countries() -> list[tuple[str, str]]:
    language = (get_language() or "en")[:2]
    named = [(each.code, each.name(language)) for each in tables.countries() if each.kind in ("iso", "demo")]
    return [("", "–"), *sorted(named, key=lambda pair: pair[1].casefold())]


class Told(forms.Form):
    """A form whose faults are the rules' refusals, each at its field."""

    required_css_class = ""

    def tell(self, refusal: Refusal) -> None:
        sentence = _(refusal.template) % refusal.values if refusal.template else refusal.reason
        self.add_error(refusal.field if refusal.field in self.fields else None, sentence)


class CopyForm(Told):
    """The copy that somebody presented."""

    other = forms.ChoiceField(label=_("Country of the other authority"), choices=_countries)
    permit_number = forms.CharField(label=_("Number of the permit"), max_length=LONGEST_NUMBER)
    issued_on = forms.CharField(label=_("Issued on"), required=False, help_text=DAY, max_length=10)
    valid_until = forms.CharField(label=_("Valid until"), required=False, help_text=DAY, max_length=10)
    lines = forms.CharField(
        label=_("Lines of the permit"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One on each line: scientific name | term | quantity | unit, "
                    "for example Crocodylus novaeguineae | SKI | 1200 | NAR."))
    contact = forms.CharField(label=_("E-mail address of the other authority"), required=False, max_length=254)
    case = forms.CharField(required=False, max_length=24, widget=forms.HiddenInput)

    def copy(self) -> Copy | Refusal:
        typed = self.cleaned_data
        return read_copy(typed["permit_number"], typed["issued_on"], typed["valid_until"], typed["lines"])


class AnswerForm(Told):
    """The questions that were asked, each with yes, no and not known."""

    note = forms.CharField(label=_("Remark"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: object, asked: Sequence[Point] = FIVE, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.asked = asked
        for point in asked:
            self.fields[point.value] = forms.ChoiceField(label=POINT_WORDS[point.value], widget=forms.RadioSelect,
                                                         choices=list(SAY_WORDS.items()))
        self.order_fields([*(point.value for point in asked), "note"])

    def answer(self) -> Answer | Refusal:
        return read_answer({point.value: self.cleaned_data.get(point.value, "") for point in self.asked},
                           self.cleaned_data["note"], self.asked)
