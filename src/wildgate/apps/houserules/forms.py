"""Forms for the rules of the house, made from the parts of a kind; what was typed is read by `kinds.read`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wildgate.apps.houserules.kinds import LONGEST_OVERLAY, Extra
from wildgate.apps.houserules.parts import DIRECTIONS, EXTRA_WORDS, LANGUAGE_WORDS, SHEETS, Part, said
from wildgate.convention.refusal import Refusal

DAY = _("Year-month-day, for example 2019-05-31.")
LONG = 100


class Typed(forms.Form):
    """A form whose faults are the refusals of the services, each at its field."""

    required_css_class = ""

    def tell(self, refusals: Iterable[Refusal]) -> None:
        for refusal in refusals:
            name = (refusal.field or "").replace(".", "-")
            self.add_error(name if name in self.fields else None, said(refusal))


class RuleForm(Typed):
    """One entry: the parts of its kind, the days, and why it changes."""

    def __init__(self, *args: Any, kind: str, party: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        for part in SHEETS[kind].parts:
            self.fields.update(_fields(part, party))
        if kind != "holiday":
            hints = (_("Empty means: from its confirmation."), _("Only for an entry that ends by itself."))
            self.fields["since"] = _day(_("In force from"), required=False, hint=hints[0])
            self.fields["until"] = _day(_("Last day"), required=False, hint=hints[1])
        self.fields["why"] = forms.CharField(label=_("Why"), required=False, max_length=500)

    def given(self) -> dict[str, Any]:
        """What was typed, in the shape that is read."""
        return {part.name: _given(part, self.cleaned_data) for part in SHEETS[self.kind].parts}

    @staticmethod
    def initial_of(kind: str, value: Mapping[str, Any]) -> dict[str, Any]:
        """An entry as it stands, typed into the form."""
        found: dict[str, Any] = {}
        for part in SHEETS[kind].parts:
            stored = value.get(part.name)
            if part.control in ("texts", "extras"):
                found.update({f"{part.name}-{key}": text for key, text in (stored or {}).items()})
            elif part.control == "names":
                found[part.name] = ", ".join(stored or ())
            elif part.control == "ticks":
                found[part.name] = [str(each) for each in stored or ()]
            elif part.control != "file":
                found[part.name] = stored
        return found


def _fields(part: Part, party: str) -> dict[str, forms.Field]:
    asked: dict[str, Any] = {"label": part.label, "help_text": part.help, "required": part.required}
    if part.control == "texts":
        return {f"{part.name}-{code}": forms.CharField(
            label=f"{part.label} ({word})", required=False, max_length=part.most, widget=_area(part.most, code))
            for code, word in LANGUAGE_WORDS.items()}
    if part.control == "extras":
        return {f"{part.name}-{each.value}": forms.CharField(label=EXTRA_WORDS[each.value], required=False,
                                                             max_length=20) for each in Extra}
    if part.control == "choice":
        assert part.choices is not None  # noqa: S101  (a choice without choices is a slip in the table of parts)
        choices = part.choices(party)
        widget = forms.RadioSelect if len(choices) <= 4 and choices[0][0] else forms.Select
        return {part.name: forms.ChoiceField(choices=choices, widget=widget, **asked)}
    if part.control == "ticks":
        return {part.name: forms.MultipleChoiceField(choices=part.choices(party) if part.choices else (),
                                                     widget=forms.CheckboxSelectMultiple, **asked)}
    if part.control == "flag":
        return {part.name: forms.BooleanField(**asked)}
    if part.control == "file":
        return {part.name: forms.FileField(**asked)}
    if part.control == "day":
        return {part.name: _day(part.label)}
    most = 2000 if part.control == "names" else 20 if part.control in ("whole", "money") else part.most
    return {part.name: forms.CharField(max_length=most, **asked)}


def _area(most: int, language: str) -> forms.Widget:
    direction = {"lang": language, "dir": "rtl" if language == "ar" else "ltr"}
    return forms.Textarea(attrs={"rows": 3, **direction}) if most > LONG else forms.TextInput(attrs=direction)


def _day(label: Any, *, required: bool = True, hint: Any = "") -> forms.DateField:
    return forms.DateField(label=label, required=required, help_text=hint or DAY, input_formats=["%Y-%m-%d"],
                           widget=forms.DateInput(format="%Y-%m-%d", attrs={"autocomplete": "off"}))


def _given(part: Part, typed: Mapping[str, Any]) -> Any:
    if part.control in ("texts", "extras"):
        keys = LANGUAGE_WORDS if part.control == "texts" else EXTRA_WORDS
        return {key: typed.get(f"{part.name}-{key}", "").replace("\r\n", "\n") for key in keys
                if typed.get(f"{part.name}-{key}")}
    value = typed.get(part.name)
    if part.control == "names":
        return [each.strip() for each in re.split(r"[,;\n]", value or "") if each.strip()]
    if part.control == "day":
        return value.isoformat() if value else ""
    if part.control == "file":
        return value.read(LONGEST_OVERLAY + 1).decode("utf-8", "replace") if value else ""
    return value


class EndForm(Typed):
    """From when an entry no longer holds."""

    since = _day(_("Not in force from"), required=False, hint=_("Empty means: from its confirmation."))
    why = forms.CharField(label=_("Why"), required=False, max_length=500)


class HolidaysForm(Typed):
    """A file of holidays."""

    file = forms.FileField(label=_("File"), help_text=_("CSV with the columns day, en, fr, es, ar; at most 500 lines."))


class TeamForm(Typed):
    """A team and what comes to it."""

    name = forms.CharField(label=_("Name"), max_length=80)
    office = forms.CharField(label=_("Branch office"), max_length=80, required=False)
    directions = forms.MultipleChoiceField(label=_("Directions"), choices=list(DIRECTIONS.items()), required=False,
                                           widget=forms.CheckboxSelectMultiple, help_text=_("None means all."))
    groups = forms.CharField(label=_("Groups of taxa"), max_length=2000, required=False, help_text=_(
        "Scientific names of kingdoms, classes, orders, families or genera, with commas: Aves, Orchidaceae. "
        "Empty means all."))

    def given(self) -> dict[str, Any]:
        groups = [each.strip() for each in re.split(r"[,;\n]", self.cleaned_data["groups"]) if each.strip()]
        return {**self.cleaned_data, "groups": groups}


class AwayForm(Typed):
    """Who is away, from when to when, and who stands in."""

    person = forms.ChoiceField(label=_("Who is away?"))
    stand_in = forms.ChoiceField(label=_("Who stands in?"))
    since = _day(_("First day"))
    until = _day(_("Last day"))

    def __init__(self, *args: Any, away: list[tuple[str, str]], people: list[tuple[str, str]], own: str,
                 **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("person", away), ("stand_in", people)):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", "–"), *choices]
        self.fields["person"].initial = own
