"""What people type about campaigns: a protocol, a coverage, a search, a pair of searchers, a log, another series."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from wildgate.apps.campaigns.models import Coverage
from wildgate.apps.campaigns.services import Found, Scope
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.refusal import Refusal


class Typed(forms.Form):
    """A form whose faults are the refusals of the services, each at its field."""

    required_css_class = ""

    def tell(self, refused: Refusal) -> None:
        self.add_error(refused.field if refused.field in self.fields else None, said(refused))


def lines(text: str) -> tuple[str, ...]:
    """What stands in the lines of a field, each once."""
    return tuple(dict.fromkeys(" ".join(each.split()) for each in text.splitlines() if each.strip()))


def words(text: str) -> tuple[str, ...]:
    """What stands between blanks and commas, each once."""
    return tuple(dict.fromkeys(text.replace(",", " ").split()))


class CoverageForm(Typed):
    """What is looked at and how it is counted."""

    platforms = forms.MultipleChoiceField(label=_("Platforms"), widget=forms.CheckboxSelectMultiple)
    terms = forms.CharField(label=_("Search terms"), widget=forms.Textarea(attrs={"rows": 5}),
                            help_text=_("One a line, as they are typed into the platform."))
    species = forms.CharField(label=_("Species"), required=False, widget=forms.Textarea(attrs={"rows": 4}),
                              help_text=_("Scientific names, one a line."))
    languages = forms.CharField(label=_("Languages"), max_length=200, required=False, help_text=_("Codes: en fr es."))
    searchers = forms.CharField(label=_("Searchers"), max_length=400,
                                help_text=_("A code for each, such as A1 B2. No names."))
    counting = forms.CharField(label=_("What counts as one matching advert"), max_length=500,
                               widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, platforms: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["platforms"] = forms.MultipleChoiceField(
            label=_("Platforms"), widget=forms.CheckboxSelectMultiple, choices=platforms)

    def scope(self) -> Scope:
        """What was typed, parsed."""
        given = self.cleaned_data
        return Scope(tuple(given["platforms"]), lines(given["terms"]), lines(given["species"]),
                     words(given["languages"].lower()), words(given["searchers"].upper()), given["counting"])

    @staticmethod
    def kept(found: Coverage) -> dict[str, Any]:
        """A coverage as it stands in the form."""
        return {"platforms": found.platforms, "terms": "\n".join(found.terms), "species": "\n".join(found.species),
                "languages": " ".join(found.languages), "searchers": " ".join(found.searchers),
                "counting": found.counting}


class PlanForm(CoverageForm):
    """A whole protocol."""

    title = forms.CharField(label=_("Title"), max_length=160)
    question = forms.CharField(label=_("Question"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
                               help_text=_("What the campaign shall answer."))
    first_day = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"placeholder": "2027-01-01"}))
    last_day = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"placeholder": "2027-12-31"}))
    minutes = forms.IntegerField(label=_("Minutes a search lasts"), initial=30,
                                 validators=[MinValueValidator(1), MaxValueValidator(600)])
    field_order = ("title", "question", "first_day", "last_day", "minutes")


class ChangeForm(CoverageForm):
    """Another coverage, with the reason."""

    reason = forms.CharField(label=_("Why the coverage changes"), max_length=500, required=False)


class SearchForm(Typed):
    """One search with its result. Nothing found is a result."""

    started_at = forms.DateTimeField(label=_("Begun (UTC)"),
                                     widget=forms.DateTimeInput(attrs={"placeholder": "2027-05-31 14:30"}))
    minutes = forms.DecimalField(label=_("Minutes"), max_digits=6, decimal_places=1)
    platform = forms.ChoiceField(label=_("Platform"))
    term = forms.ChoiceField(label=_("Search term"))
    language = forms.ChoiceField(label=_("Language"), required=False)
    searcher = forms.ChoiceField(label=_("Searcher"))
    seen = forms.IntegerField(label=_("Adverts seen"), min_value=0)
    matching = forms.IntegerField(label=_("Of them matching"), min_value=0, help_text=_("0 is a result: write it."))
    specimens = forms.IntegerField(label=_("Specimens offered"), min_value=0, required=False)
    value = forms.DecimalField(label=_("Asking prices together, in US dollars"), min_value=0, max_digits=13,
                               decimal_places=2, required=False)
    permit_yes = forms.IntegerField(label=_("Matching adverts that mention a permit"), min_value=0, required=False)
    listings = forms.CharField(label=_("Numbers of captured listings"), max_length=2000, required=False)

    def __init__(self, *args: Any, covered: Coverage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, values in (("platform", covered.platforms), ("term", covered.terms),
                             ("searcher", covered.searchers), ("language", ["", *covered.languages])):
            field = self.fields[name]
            self.fields[name] = forms.ChoiceField(label=field.label, required=field.required,
                                                  choices=[(each, each or "–") for each in values])

    def found(self) -> Found:
        """What was typed, parsed."""
        given = dict(self.cleaned_data)
        return Found(**{**given, "listings": words(given["listings"])})


class PairForm(Typed):
    """What two found who searched the same, apart."""

    platform = forms.ChoiceField(label=_("Platform"))
    term = forms.ChoiceField(label=_("Search term"))
    searched_on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"placeholder": "2027-05-31"}))
    first_searcher = forms.ChoiceField(label=_("First searcher"))
    first = forms.CharField(label=_("What the first one found"), widget=forms.Textarea(attrs={"rows": 5}),
                            help_text=_("One address or number a line. Only the counts are kept."))
    second_searcher = forms.ChoiceField(label=_("Second searcher"))
    second = forms.CharField(label=_("What the second one found"), widget=forms.Textarea(attrs={"rows": 5}))

    def __init__(self, *args: Any, covered: Coverage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, values in (("platform", covered.platforms), ("term", covered.terms),
                             ("first_searcher", covered.searchers), ("second_searcher", covered.searchers)):
            self.fields[name] = forms.ChoiceField(label=self.fields[name].label,
                                                  choices=[(each, each) for each in values])


class LogForm(Typed):
    """A log of searches as a file."""

    file = forms.FileField(label=_("Search log (CSV)"), max_length=200,
                           widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}))


class StrikeForm(Typed):
    """Why a search does not count."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class TogetherForm(Typed):
    """With what the rates are compared, and what is held constant."""

    kind = forms.ChoiceField(label=_("With what"), widget=forms.RadioSelect, initial="seizures",
                             choices=[("seizures", _("Seizures by month")), ("series", _("Another series"))])
    series = forms.CharField(label=_("The other series"), required=False, max_length=100_000,
                             widget=forms.Textarea(attrs={"rows": 6, "placeholder": "month,value\n2027-01,12"}),
                             help_text=_("A table with the first line month,value."))
    most_lag = forms.IntegerField(label=_("Lags to look at, in months to each side"), min_value=0, max_value=24,
                                  initial=6)
    effort = forms.BooleanField(label=_("Hold the hours of search constant"), required=False, initial=True)
    season = forms.BooleanField(label=_("Hold the month of the year constant"), required=False)
    steady = forms.BooleanField(label=_("Take out a steady rise or fall"), required=False)
