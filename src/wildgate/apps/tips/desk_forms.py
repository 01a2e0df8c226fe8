"""What the desk types: triage, grades, endings, the hand-over, and words to the teller."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from wildgate.apps.tips.forms import Typed, words
from wildgate.apps.tips.models import Tip
from wildgate.apps.tips.models.tip import LONGEST, LONGEST_REASON
from wildgate.apps.tips.services.assessing import Triage
from wildgate.sharing.grading import Credibility, Grading, Handling, Reliability


class SayForm(Typed):
    """What the desk asks or tells."""

    text = words(_("Message to the teller"), LONGEST, _("The teller reads it with the receipt and sees no name of "
                 "yours. Ask nothing that only one person could answer."), 4, required=True,
                 missing=_("Write a message."))


SAID_CHOICES: Final = Tip.Said.choices
QUESTIONS: Final = {
    "credible": _("Is it credible?"), "in_scope": _("Is it about protected animals or plants?"),
    "jurisdiction": _("Is it ours to look into?"), "listed_one": _("Is a species of Appendix I concerned?"),
    "at_risk": _("Is a life at risk, of a person or an animal?"),
}


def _question(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=SAID_CHOICES, widget=forms.RadioSelect, error_messages={
        "required": _("Choose yes, no or not known."), "invalid_choice": _("Choose yes, no or not known.")})


class TriageForm(Typed):
    """The five questions, and whether it belongs behind the wall."""

    credible = _question(QUESTIONS["credible"])
    in_scope = _question(QUESTIONS["in_scope"])
    jurisdiction = _question(QUESTIONS["jurisdiction"])
    listed_one = _question(QUESTIONS["listed_one"])
    at_risk = _question(QUESTIONS["at_risk"])
    about_officials = forms.BooleanField(
        label=_("It is about officials"), required=False,
        help_text=_("From then on only auditors see it who work neither a desk nor the border."))

    @property
    def said(self) -> Triage:
        return Triage(**{name: self.cleaned_data[name] for name in QUESTIONS})


SOURCES: Final = {
    Reliability.COMPLETELY: _("completely reliable"), Reliability.USUALLY: _("usually reliable"),
    Reliability.FAIRLY: _("fairly reliable"), Reliability.NOT_USUALLY: _("not usually reliable"),
    Reliability.UNRELIABLE: _("unreliable"), Reliability.UNKNOWN: _("cannot be judged"),
}
CONTENTS: Final = {
    Credibility.CONFIRMED: _("confirmed by others"), Credibility.PROBABLE: _("probably true"),
    Credibility.POSSIBLE: _("possibly true"), Credibility.DOUBTFUL: _("doubtful"),
    Credibility.IMPROBABLE: _("improbable"), Credibility.UNKNOWN: _("cannot be judged"),
}
HANDLINGS: Final = {Handling.PERMITTED: _("may be passed on"), Handling.CONDITIONS: _("only under conditions")}


def _codes(table: Any) -> list[tuple[str, Any]]:
    return [(code.value, f"{code.value} · {word}") for code, word in table.items()]


class GradeForm(Typed):
    """The grade: source and content apart. An unknown teller is F until something speaks for or against them."""

    source = forms.ChoiceField(label=_("The source"), choices=lambda: _codes(SOURCES), initial="F")
    content = forms.ChoiceField(label=_("The content"), choices=lambda: [("", "–"), *_codes(CONTENTS)],
                                error_messages={"required": _("Grade the content.")})
    handling = forms.ChoiceField(label=_("Handling"), choices=lambda: _codes(HANDLINGS), initial="P")

    @property
    def grading(self) -> Grading:
        kept = self.cleaned_data
        return Grading(Reliability(kept["source"]), Credibility(kept["content"]), Handling(kept["handling"]))


class SecondForm(GradeForm, TriageForm):
    """The whole assessment once more, by another person."""

    about_officials = None  # type: ignore[assignment]  # it is the first assessor's to say


class AssignForm(Typed):
    """Who works on it."""

    person = forms.TypedChoiceField(label=_("Who works on it"), coerce=int)

    def __init__(self, *args: Any, people: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"] = forms.TypedChoiceField(
            label=_("Who works on it"), coerce=int, choices=[(each.pk, each.name) for each in people])


def _reason() -> forms.CharField:
    return words(_("Reason"), LONGEST_REASON, _("What was looked at and what was found. No names of persons."), 3,
                 required=True, missing=_("Say why."))


class ReasonForm(Typed):
    """A reason."""

    reason = _reason()


class CloseForm(Typed):
    """What came of it, why it ends, and a word for the teller."""

    outcome = forms.ChoiceField(label=_("What came of it"), choices=Tip.Outcome.choices)
    reason = _reason()
    feedback = words(_("A word for the teller"), LONGEST, _("The receipt shows the outcome in any case."), 3)


class ForwardForm(Typed):
    """What goes to intelligence, in words that do not give the teller away."""

    title = words(_("Title"), 200, "", required=True, missing=_("Give it a title."))
    text = words(_("What goes on"), LONGEST, _("Take out whatever could show who told it. The tip itself, the receipt, "
                 "the files and the dialogue stay here."), 8, required=True, missing=_("Write what goes on."))
    case = words(_("Number of the case"), 40, _("Such as QM-C-2027-018, where there is one."))
    new_case = forms.BooleanField(label=_("Open a new case for it"), required=False)
