"""What an officer types about a quota: a new one, another amount, a share of it; and what lists are narrowed by."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.models import Organisation
from wildgate.apps.quotas.services import NewQuota
from wildgate.apps.quotas.wording import KIND_WORDS
from wildgate.apps.species.figures import number
from wildgate.convention import tables
from wildgate.convention.quantity import ambiguous
from wildgate.convention.refusal import Refusal
from wildgate.convention.vocabulary import Purpose, Source
from wildgate.kit.long_lists import LongSelect
from wildgate.kit.sentences import in_words

DAY = {"type": "date"}
FIRST_YEAR, LAST_YEAR = 1975, 2100
APOSTROPHES = re.compile(r"(?<=[0-9])['’](?=[0-9]{3})")
"""Switzerland groups thousands by them."""
AMOUNT = re.compile(r"[0-9]{1,13}(\.[0-9]{1,12})?")


def language() -> str:
    return (get_language() or "en")[:2]


def countries() -> list[tuple[str, str]]:
    """Codes and names of countries, by name."""
    return sorted(((each.code, each.name(language())) for each in tables.countries()), key=lambda pair: pair[1])


def amount_of(text: str) -> Decimal | None:
    """A number as officers write it; None for nothing typed. Raises a form's error for anything else."""
    if not text.strip():
        return None
    found = number(APOSTROPHES.sub("", text))
    if two := ambiguous(found):
        raise forms.ValidationError(in_words(two))
    if not AMOUNT.fullmatch(found):
        raise forms.ValidationError(_("Write a number, for example 1200 or 0.5."))
    return Decimal(found)


class DayField(forms.DateField):
    """A day by the browser's own calendar, or typed as 2027-01-31."""

    def __init__(self, **more: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"), input_formats=["%Y-%m-%d"], **more)


def _sources() -> list[tuple[str, str]]:
    return [(each.value, f"{each.value} · {tables.source_name(each.value, language())}") for each in Source]


def _purposes() -> list[tuple[str, str]]:
    return [(each.value, f"{each.value} · {tables.purpose_name(each.value, language())}") for each in Purpose]


def _units() -> list[tuple[str, str]]:
    return [(unit.code, unit.name(language())) for unit in tables.units() if unit.current]


def terms() -> list[tuple[str, str]]:
    return sorted((term.code, term.name(language())) for term in tables.terms() if term.current)


class QuotaForm(forms.Form):
    """A quota to be set. `pick` is one of the taxa that were offered for what was `searched`."""

    taxon = forms.CharField(label=_("Species or higher taxon"), max_length=120,
                            help_text=_("Scientific name, synonym or common name."))
    country = forms.ChoiceField(label=_("Country"), choices=countries)
    amount = forms.CharField(label=_("Amount a year"), max_length=30, required=False, help_text=_(
        "Leave it empty while the quota is in preparation: until then nothing can be issued against it."))
    unit = forms.ChoiceField(label=_("Unit"), choices=_units, initial="NAR")
    start = DayField(label=_("First day"))
    end = DayField(label=_("Last day"))
    terms = forms.CharField(label=_("Specimens (term codes)"), max_length=120, required=False, help_text=_(
        "For example SKI, LPS. Leave it empty for every kind of specimen."))
    sources = forms.MultipleChoiceField(label=_("Sources"), choices=_sources, required=False,
                                        widget=forms.CheckboxSelectMultiple)
    purposes = forms.MultipleChoiceField(label=_("Purposes"), choices=_purposes, required=False,
                                         widget=forms.CheckboxSelectMultiple)
    region = forms.CharField(label=_("Region"), max_length=80, required=False,
                             help_text=_("Only where the quota is for a part of the country."))
    note = forms.CharField(label=_("Note"), max_length=2000, required=False, widget=forms.Textarea)

    def clean_amount(self) -> Decimal | None:
        return amount_of(self.cleaned_data["amount"])

    def clean_terms(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(re.findall(r"[^\s,;/]+", self.cleaned_data["terms"].upper())))

    def new(self) -> NewQuota:
        kept = self.cleaned_data
        return NewQuota(kept["country"], kept["taxon"], kept["amount"], kept["start"], kept["end"], kept["unit"],
                        kept["terms"], tuple(kept["sources"]), tuple(kept["purposes"]), kept["region"].strip(),
                        note=kept["note"].strip())


def with_pick(data: QueryDict) -> QueryDict:
    """What was sent, with the taxon that was picked in the place of what was searched for."""
    given = data.copy()
    if given.get("pick") and given.get("searched", "") == given.get("taxon", "").strip():
        given["taxon"] = given.get("pick", "")
    return given


class AmountForm(forms.Form):
    """Another amount of a quota."""

    amount = forms.CharField(label=_("New amount"), max_length=30, required=False,
                             help_text=_("Empty: the quota is in preparation."))

    def clean_amount(self) -> Decimal | None:
        return amount_of(self.cleaned_data["amount"])


class ShareForm(forms.Form):
    """A share for a firm or for a region."""

    organisation = forms.ChoiceField(label=_("Firm"), required=False)
    region = forms.CharField(label=_("or region"), max_length=80, required=False)
    amount = forms.CharField(label=_("Share"), max_length=30)

    prefix = "share"

    def __init__(self, data: QueryDict | None = None, *, party: str) -> None:
        super().__init__(data)
        firms = Organisation.objects.filter(party=party).order_by("name").values_list("pk", "name")
        self.fields["organisation"].choices = [("", "")] + [(str(pk), name) for pk, name in firms]  # type: ignore[attr-defined]

    def clean_amount(self) -> Decimal:
        return amount_of(self.cleaned_data["amount"]) or Decimal(0)


def refuse(form: forms.Form, fault: Refusal) -> None:
    """Put a service's refusal, in the reader's language, beside the input that it names."""
    form.add_error(fault.field if fault.field in form.fields else None, in_words(fault))


class FilterForm(forms.Form):
    """The filters of the list of quotas; what cannot be read narrows nothing."""

    taxon = forms.CharField(label=_("Taxon"), max_length=80, required=False)
    country = forms.ChoiceField(label=_("Country"), required=False, choices=lambda: [("", _("Any")), *countries()],
                                widget=LongSelect)
    year = forms.IntegerField(label=_("Year"), required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR)
    kind = forms.ChoiceField(label=_("Who set it"), required=False, choices=[
        ("", _("Anybody")), *KIND_WORDS.items()])

    def asked(self, name: str) -> Any:
        self.is_valid()
        return self.cleaned_data.get(name)


class MeasureFilterForm(forms.Form):
    """The filters of the list of suspensions."""

    on = DayField(label=_("In force on"), required=False)
    country = forms.ChoiceField(label=_("Country"), required=False, choices=lambda: [("", _("Any")), *countries()],
                                widget=LongSelect)
    taxon = forms.CharField(label=_("Taxon"), max_length=80, required=False)

    def asked(self, name: str) -> Any:
        self.is_valid()
        return self.cleaned_data.get(name)


class LawFilterForm(forms.Form):
    """The day and the population that a taxon page is asked for."""

    on = DayField(label=_("As it stood on"), required=False)
    population = forms.ChoiceField(label=_("Population of"), required=False,
                                   choices=lambda: [("", _("Any")), *countries()],
                                widget=LongSelect)

    def clean_on(self) -> date | None:
        found: date | None = self.cleaned_data["on"]
        if found is not None and not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise forms.ValidationError(_("The Convention has held since 1975: choose a later day."))
        return found

    def asked(self, name: str) -> Any:
        self.is_valid()
        return self.cleaned_data.get(name)
