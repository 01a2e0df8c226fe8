"""What a holder types about stock: a declaration, a conversion, a loss. Read by `intake`, which knows the codes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wildgate.apps.species import figures
from wildgate.apps.stock.services import DECLARABLE, LOSSES
from wildgate.apps.stock.sheet import DATES
from wildgate.apps.stock.wording import KIND_WORDS, WHY_WORDS
from wildgate.convention import tables
from wildgate.convention.quantity import parse_quantity
from wildgate.convention.refusal import Refusal
from wildgate.convention.vocabulary import Source
from wildgate.kit.sentences import in_words

DAY = _("Year-month-day, for example 2019-05-31.")


def _language() -> str:
    return (get_language() or "en")[:2]


def _terms() -> list[tuple[str, str]]:
    language = _language()
    named = [(each.code, f"{each.name(language)} ({each.code})") for each in tables.terms() if each.current]
    return [("", "–"), *sorted(named, key=lambda pair: pair[1].casefold())]


def _units() -> list[tuple[str, str]]:
    language = _language()
    return [(each.code, f"{each.name(language)} ({each.code})") for each in tables.units() if each.current]


def _countries() -> list[tuple[str, str]]:
    language = _language()
    named = [(each.code, each.name(language)) for each in tables.countries() if each.kind in ("iso", "demo")]
    return [("", "–"), *sorted(named, key=lambda pair: pair[1].casefold())]


def _sources() -> list[tuple[str, str]]:
    language = _language()
    return [("", "–"), *((each.value, f"{each.value} · {tables.source_name(each.value, language)}")
                         for each in Source)]


class Typed(forms.Form):
    """A form whose faults are the refusals of the rules, each at its field."""

    required_css_class = ""

    def tell(self, refusals: Iterable[Refusal]) -> None:
        for refusal in refusals:
            self.add_error(refusal.field if refusal.field in self.fields else None, in_words(refusal))

    def amount(self, name: str) -> Decimal | None:
        """A quantity as the whole program reads it; the fault stays with the field."""
        found = parse_quantity(figures.number(str(self.data.get(name, ""))), field=name)
        if isinstance(found, Refusal):
            self.tell([found])
            return None
        return found


class DeclareForm(Typed):
    """One entry of stock with the papers that prove it."""

    kind = forms.ChoiceField(label=_("What kind of stock is it?"), widget=forms.RadioSelect)
    taxon = forms.CharField(label=_("Species"), max_length=200, help_text=_("The scientific name."))
    term = forms.ChoiceField(label=_("What is it?"), choices=_terms)
    quantity = forms.CharField(label=_("Quantity"), max_length=40,
                               help_text=_("Digits, with a point for decimals: 1200 or 1200.5."))
    unit = forms.ChoiceField(label=_("Unit"), choices=_units)
    source = forms.ChoiceField(label=_("Where do the specimens come from?"), choices=_sources)
    origin = forms.ChoiceField(label=_("Country of origin"), choices=_countries)
    acquired = forms.CharField(label=_("Date of acquisition"), required=False, help_text=DAY)
    origin_permit = forms.CharField(label=_("Permit of the country of origin"), required=False, max_length=30,
                                    help_text=_("Its number (box 12)."))
    origin_permit_date = forms.CharField(label=_("Date of that permit"), required=False, help_text=DAY)
    last_country = forms.ChoiceField(label=_("Country of last re-export"), choices=_countries, required=False,
                                     help_text=_("Only when it is not the country of origin (box 12a)."))
    last_permit = forms.CharField(label=_("Certificate of the last re-export"), required=False, max_length=30)
    last_permit_date = forms.CharField(label=_("Date of that certificate"), required=False, help_text=DAY)
    reference = forms.CharField(label=_("Proof"), required=False, max_length=200,
                                help_text=_("Invoice, customs entry or breeding record that can be shown."))

    def clean(self) -> dict[str, Any]:
        """Numbers and days as the rules read them, in whatever digits they were typed."""
        typed = self.cleaned_data
        typed |= {"quantity": figures.number(typed["quantity"])} if typed.get("quantity") else {}
        return typed | {name: figures.day(typed[name]) for name in typed.keys() & DATES}

    def __init__(self, *args: Any, home: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        if isinstance(kind, forms.ChoiceField):
            kind.choices = [(each.value, KIND_WORDS[each.value]) for each in DECLARABLE]
        self.fields["origin"].initial = home


class ConvertForm(Typed):
    """How much goes in and what comes out."""

    given = forms.CharField(label=_("How much goes in"), max_length=40)
    term = forms.ChoiceField(label=_("What comes out"), choices=_terms)
    quantity = forms.CharField(label=_("How much comes out"), max_length=40)
    unit = forms.ChoiceField(label=_("Unit"), choices=_units)


class LossForm(Typed):
    """How much is no longer there, and why."""

    quantity = forms.CharField(label=_("Quantity"), max_length=40)
    why = forms.ChoiceField(label=_("Why is it no longer there?"), widget=forms.RadioSelect,
                            choices=[(each, WHY_WORDS[each]) for each in LOSSES])
    note = forms.CharField(label=_("Note"), required=False, max_length=500)


class WindowForm(Typed):
    """When a listing was adopted and when it takes effect."""

    taxon = forms.CharField(label=_("Taxon"), max_length=200, help_text=_("The name as it is listed."))
    adopted_on = forms.DateField(label=_("Adopted on"), help_text=DAY, input_formats=["%Y-%m-%d"])
    effective_on = forms.DateField(label=_("Takes effect on"), help_text=DAY, input_formats=["%Y-%m-%d"])
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def days(self) -> tuple[date, date]:
        return self.cleaned_data["adopted_on"], self.cleaned_data["effective_on"]
