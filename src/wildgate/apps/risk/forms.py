"""Forms of risk control. What was typed stays; faults of the services stand at their fields."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from wildgate.apps.risk.models import Capacity, Intelligence, Limits, Profile
from wildgate.convention import tables
from wildgate.convention.refusal import Refusal
from wildgate.kit.sentences import in_words
from wildgate.targeting.language import LONGEST
from wildgate.targeting.profiles import DIRECTIONS

HOURS = 24
DAY = _("Year-month-day, for example 2027-05-31.")
DIRECTION_WORDS = {"export": _("Export"), "re-export": _("Re-export"), "import": _("Import"), "transit": _("Transit")}
BASIS_WORDS = {"R": _("A rule of the Convention or of a resolution"), "L": _("Named in the literature"),
               "D": _("Our own inference, to be validated")}


class Typed(forms.Form):
    """A form whose faults are the refusals of the services, each at its field."""

    required_css_class = ""
    names: dict[str, str] = {}

    def tell(self, *refusals: Refusal) -> None:
        for refusal in refusals:
            name = self.names.get(refusal.field or "", refusal.field or "")
            self.add_error(name if name in self.fields else None, worded(refusal))


def worded(refusal: Refusal) -> str:
    """A refusal in the reader's language, with what would pass."""
    told = in_words(refusal)
    if not refusal.suggestions:
        return told
    names = {"names": ", ".join(refusal.suggestions)}
    perhaps = gettext("Perhaps: %(names)s.") if len(refusal.suggestions) <= 3 else gettext("Allowed here: %(names)s.")
    return f"{told} {perhaps % names}"


def _country(required: bool = False, label: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=required, choices=lambda: [("", _("Any")), *sorted(
        ((each.code, each.name(get_language() or "en")) for each in tables.countries() if each.kind in ("iso", "demo")),
        key=lambda pair: pair[1].casefold())])


class ProfileForm(Typed):
    """A profile in the rule form."""

    names = {"when": "rule"}
    code = forms.CharField(label=_("Code"), max_length=60, help_text=_("Small letters, digits and hyphens."))
    title = forms.CharField(label=_("Title"), max_length=160,
                            help_text=_("The first part of the reason that officers read."))
    rule = forms.CharField(label=_("When does it apply?"), max_length=LONGEST, widget=forms.Textarea(attrs={
        "rows": 5, "spellcheck": "false", "class": "code"}))
    hard = forms.BooleanField(label=_("Document stop: red whatever the capacity"), required=False)
    points = forms.IntegerField(label=_("Points"), required=False, min_value=1, max_value=100, help_text=_(
        "1 to 100, empty for a document stop. A house value: no source gives measured weights."))
    scope = forms.MultipleChoiceField(label=_("Only for"), required=False, widget=forms.CheckboxSelectMultiple,
                                      choices=[(each, DIRECTION_WORDS[each]) for each in DIRECTIONS])
    basis = forms.ChoiceField(label=_("It rests on"), choices=list(BASIS_WORDS.items()), initial="D")
    source = forms.CharField(label=_("Source"), required=False, max_length=500)
    look_at = forms.CharField(label=_("What to look at"), required=False, max_length=500)
    since = forms.DateField(label=_("In force from"), required=False, help_text=DAY)
    until = forms.DateField(label=_("Last day"), required=False, help_text=DAY)

    def given(self, owner: str) -> dict[str, Any]:
        """What was typed as the engine reads it."""
        typed = self.cleaned_data
        return {"code": typed["code"], "title": typed["title"], "when": typed["rule"], "hard": typed["hard"],
                "points": typed["points"] or 0, "scope": tuple(typed["scope"]), "basis": typed["basis"],
                "source": typed["source"], "look_at": typed["look_at"], "since": typed["since"],
                "until": typed["until"], "owner": owner}

    @staticmethod
    def initial_of(row: Profile) -> dict[str, Any]:
        return {"code": row.code, "title": row.title, "rule": row.text, "hard": row.hard, "points": row.points or None,
                "scope": row.scope, "basis": row.basis, "source": row.source, "look_at": row.look_at,
                "until": row.until}


class ShareForm(Typed):
    """A file of profiles from another administration."""

    file = forms.FileField(label=_("File"), help_text=_("TOML, at most 1 MB. Every profile becomes a draft here."))


class PastForm(Typed):
    """A file of inspection results from before."""

    file = forms.FileField(label=_("File"), help_text=_("CSV, at most 10 MB. One row is one inspected item."))


class WatchForm(Typed):
    """A name for the watch list."""

    name = forms.CharField(label=_("Name"), max_length=160)
    country = _country(label=_("Country"))
    natural_person = forms.BooleanField(label=_("A natural person"), required=False, help_text=_(
        "Investigators only. Never by nationality, origin or belief."))
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    source = forms.CharField(label=_("Source"), max_length=200)
    expires_on = forms.DateField(label=_("Last day"), help_text=DAY)


class HeardForm(Typed):
    """Something heard, graded."""

    text = forms.CharField(label=_("What was heard"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    reliability = forms.ChoiceField(label=_("The source is"), choices=Intelligence.Reliability.choices)
    content = forms.ChoiceField(label=_("What it says is"), choices=Intelligence.Content.choices)
    taxon = forms.CharField(label=_("Taxon"), required=False, max_length=200, help_text=_(
        "A species or any taxon above it, by its scientific name."))
    term = forms.ChoiceField(label=_("Term"), required=False, choices=lambda: [
        ("", _("Any")), *((each.code, f"{each.code} {each.name_en}") for each in tables.terms() if each.current)])
    departure = _country(label=_("From"))
    destination = _country(label=_("To"))
    firm = forms.CharField(label=_("Firm"), required=False, max_length=160)
    points = forms.IntegerField(label=_("Points"), min_value=-100, max_value=100, help_text=_(
        "Below zero it lowers. A weak grade takes away from them."))
    expires_on = forms.DateField(label=_("Last day"), help_text=DAY)


class TrustForm(Typed):
    """A firm that asks for the trusted lane."""

    name = forms.CharField(label=_("Firm"), max_length=160)
    identifier = forms.CharField(label=_("Its number with customs"), max_length=40, required=False)


class LimitsForm(forms.ModelForm):  # type: ignore[type-arg]
    """The house's values of risk control."""

    class Meta:
        model = Limits
        fields = ("random_percent", "trusted_percent", "random_boxes", "red_points", "yellow_points", "trusted_factor",
                  "name_points", "trusted_years", "trusted_consignments", "trusted_clean")
        labels = {
            "random_percent": _("Random share of all consignments, in percent"),
            "trusted_percent": _("Random share of trusted traders, in percent"),
            "random_boxes": _("Most of the boxes of a shift that the random share may take, in percent"),
            "red_points": _("Red from so many points"), "yellow_points": _("Yellow from so many points"),
            "trusted_factor": _("Points of a trusted trader count so many percent"),
            "name_points": _("A name agrees with the watch list from so many of 100"),
            "trusted_years": _("Trusted lane: years of trade here"),
            "trusted_consignments": _("Trusted lane: consignments"),
            "trusted_clean": _("Trusted lane: inspected lines without a finding"),
        }
        help_texts = {"random_percent": _("Holds from the first day whose seed is not committed to yet. Never zero.")}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        red, yellow = given.get("red_points"), given.get("yellow_points")
        if red is not None and yellow is not None and yellow >= red:
            self.add_error("yellow_points", _("Yellow begins below red."))
        return given


class CapacityForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a post can open in one shift."""

    class Meta:
        model = Capacity
        fields = ("post", "shift", "begins", "boxes", "papers", "closed")
        labels = {"post": _("Post"), "shift": _("Shift"), "begins": _("Begins at"),
                  "boxes": _("Boxes that can be opened"), "papers": _("Consignments whose papers can be looked at"),
                  "closed": _("This shift does not work any more")}
        help_texts = {"post": _("Empty: every post without a row of its own."), "shift": _("For example: day, night."),
                      "begins": _("Full hour (UTC), 0 to 23.")}

    def clean_begins(self) -> int:
        hour: int = self.cleaned_data["begins"]
        if not 0 <= hour < HOURS:
            raise forms.ValidationError(self.fields["begins"].help_text)
        return hour


class PeriodForm(forms.Form):
    """From a day to a day."""

    since = forms.DateField(required=False)
    until = forms.DateField(required=False)

    def days(self, today: date, default: date) -> tuple[date, date]:
        """What was asked for, or the usual period; never the wrong way round."""
        typed = self.cleaned_data if self.is_valid() else {}
        first, last = typed.get("since") or default, typed.get("until") or today
        return (first, last) if first <= last else (last, first)


