"""What is typed about a master file and about one certificate. The rules judge it; faults come back at their field."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wildgate.apps.permits import choices
from wildgate.apps.simplified.models import MasterFile, MasterLine
from wildgate.apps.simplified.wording import BOX_WORDS
from wildgate.apps.species import figures
from wildgate.convention.quantity import parse_quantity
from wildgate.convention.refusal import Refusal
from wildgate.convention.simplified import Allowance, Box, Consignee, Filled, FilledLine, Terms
from wildgate.convention.vocabulary import Direction
from wildgate.kit.sentences import in_words

DAY = _("Year-month-day, for example 2019-05-31.")
LINES = 3
"""Kinds of specimens on the form of a new master file."""


def _language() -> str:
    return (get_language() or "en")[:2]


def _pairs(found: Iterable[choices.Choice], *, empty: bool = True) -> list[tuple[str, Any]]:
    return [*([("", "–")] if empty else []), *((each.code, each.label) for each in found)]


class Typed(forms.Form):
    """A form whose faults are the refusals of the rules, each at its field."""

    required_css_class = ""

    def tell(self, refusals: Iterable[Refusal]) -> None:
        for refusal in refusals:
            name = (refusal.field or "").replace("lines[", "line").replace("].", "_")
            self.add_error(name if name in self.fields else None, in_words(refusal))

    def amount(self, name: str) -> Decimal | None:
        """A quantity as the whole program reads it; empty is None, and a fault stays with the field."""
        text = str(self.data.get(name, "")).strip()
        if not text:
            return None
        found = parse_quantity(figures.number(text), field=name)
        if isinstance(found, Refusal):
            self.tell([found])
            return None
        return found


class MasterForm(Typed):
    """A master file as an officer draws it up, with up to three kinds of specimens."""

    organisation = forms.ChoiceField(label=_("Holder"))
    direction = forms.ChoiceField(label=_("Kind of trade"), choices=[
        (Direction.EXPORT.value, _("Export")), (Direction.RE_EXPORT.value, _("Re-export"))])
    purposes = forms.MultipleChoiceField(label=_("Purposes"), widget=forms.CheckboxSelectMultiple)
    boxes = forms.MultipleChoiceField(label=_("Boxes that the holder fills"), widget=forms.CheckboxSelectMultiple,
                                      choices=list(BOX_WORDS.items()), required=False)
    consignee_name = forms.CharField(label=_("Importer"), max_length=160, required=False,
                                     help_text=_("Only when box 3 is not left to the holder."))
    consignee_address = forms.CharField(label=_("Address of the importer"), max_length=300, required=False)
    consignee_country = forms.ChoiceField(label=_("Country of the importer"), required=False)
    certificates = forms.IntegerField(label=_("Number of certificates"), min_value=1, max_value=500)
    until = forms.DateField(label=_("Last day on which one can be completed"), help_text=DAY,
                            input_formats=["%Y-%m-%d"])
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def __init__(self, *args: Any, organisations: Iterable[Any], home: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = _language()
        self._choose("organisation", [("", "–"), *((str(each.pk), each.name) for each in organisations)])
        self._choose("purposes", _pairs(choices.purpose_choices(), empty=False))
        self._choose("consignee_country", _pairs(choices.country_choices(language)))
        for at in range(LINES):
            first = at == 0
            self.fields.update({
                f"line{at}_taxa": forms.CharField(
                    label=_("Species, one in a line"), required=first, max_length=4000,
                    widget=forms.Textarea(attrs={"rows": 3}),
                    help_text=_("A genus or family stands for all below it; several names share the line.")),
                f"line{at}_list": forms.CharField(label=_("Name of the list"), required=False, max_length=120),
                f"line{at}_term": forms.ChoiceField(label=_("What is it?"), required=first,
                                                    choices=_pairs(choices.term_choices(language))),
                f"line{at}_source": forms.ChoiceField(label=_("Source"), required=first,
                                                      choices=_pairs(choices.source_choices())),
                f"line{at}_origin": forms.ChoiceField(label=_("Country of origin"), required=first, initial=home,
                                                      choices=_pairs(choices.country_choices(language, origin=True))),
                f"line{at}_most": forms.CharField(label=_("Most on one certificate"), required=first, max_length=40),
                f"line{at}_amount": forms.CharField(label=_("Most in all"), required=first, max_length=40),
                f"line{at}_unit": forms.ChoiceField(label=_("Unit"), choices=_pairs(choices.unit_choices(language),
                                                                                   empty=False), initial="NAR"),
            })

    def _choose(self, name: str, found: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = found

    @property
    def lines(self) -> list[list[Any]]:
        """The fields of each kind of specimen, in the order of the page."""
        parts = ("taxa", "list", "term", "source", "origin", "most", "amount", "unit")
        return [[self[f"line{at}_{part}"] for part in parts] for at in range(LINES)]

    def terms(self) -> Terms | None:
        """The terms as typed; None when a quantity cannot be read: the fault is at its field."""
        typed = self.cleaned_data
        lines = [line for at in range(LINES) if typed[f"line{at}_taxa"].strip()
                 if (line := self._line(at)) is not None]
        if self.errors:
            return None
        name = typed["consignee_name"].strip()
        consignee = Consignee(name, typed["consignee_address"].strip(), typed["consignee_country"]) if name else None
        return Terms(typed["direction"], tuple(typed["purposes"]), frozenset(map(Box, typed["boxes"])), consignee,
                     tuple(lines), typed["until"])

    def _line(self, at: int) -> Allowance | None:
        typed = self.cleaned_data
        most, amount = self.amount(f"line{at}_most"), self.amount(f"line{at}_amount")
        if most is None or amount is None:
            return None
        taxa = tuple(name.strip() for name in typed[f"line{at}_taxa"].splitlines() if name.strip())
        return Allowance(taxa, typed[f"line{at}_term"], typed[f"line{at}_unit"], typed[f"line{at}_source"],
                         typed[f"line{at}_origin"], most, amount)

    def names(self) -> list[str]:
        """The names of the lists, by line."""
        return [self.cleaned_data[f"line{at}_list"].strip() for at in range(LINES)
                if self.cleaned_data[f"line{at}_taxa"].strip()]


class CompleteForm(Typed):
    """The boxes of one certificate that were left to its holder, and no others."""

    transport_document = forms.CharField(label=_("Transport document"), required=False, max_length=60,
                                         help_text=_("Its number (box 15), if it is known already."))

    def __init__(self, *args: Any, master: MasterFile, lines: list[MasterLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.boxes, self.rows = frozenset(map(Box, master.boxes)), lines
        language, late = _language(), self.fields.pop("transport_document")
        if Box.CONSIGNEE in self.boxes:
            self.fields |= {
                "other_name": forms.CharField(label=_("Importer"), max_length=160),
                "other_address": forms.CharField(label=_("Address of the importer"), max_length=300),
                "other_country": forms.ChoiceField(label=_("Country of the importer"),
                                                   choices=_pairs(choices.country_choices(language)))}
        if Box.PURPOSE in self.boxes:
            allowed = [each for each in choices.purpose_choices() if each.code in master.purposes]
            self.fields["purpose"] = forms.ChoiceField(label=_("Purpose"), choices=_pairs(allowed))
        for at, line in enumerate(lines):
            self._line(at, line)
        self.fields["transport_document"] = late

    def _line(self, at: int, line: MasterLine) -> None:
        if len(self.rows) > 1:
            self.fields[f"line{at}_use"] = forms.BooleanField(label=_("Send some of it"), required=False)
        if Box.SPECIES in self.boxes:
            self.fields[f"line{at}_taxon"] = forms.CharField(
                label=_("Species"), required=len(self.rows) == 1, max_length=200, help_text=_("The scientific name."))
        if Box.QUANTITY in self.boxes:
            self.fields[f"line{at}_quantity"] = forms.CharField(
                label=_("Quantity"), required=len(self.rows) == 1, max_length=40,
                help_text=_("Digits, with a point for decimals: 1200 or 1200.5."))
        if Box.DESCRIPTION in self.boxes:
            self.fields[f"line{at}_description"] = forms.CharField(label=_("Description"), required=False,
                                                                   max_length=300)
            self.fields[f"line{at}_marks"] = forms.CharField(label=_("Marks"), required=False, max_length=2000)

    @property
    def head(self) -> list[Any]:
        """The fields above the specimens."""
        return [self[name] for name in ("other_name", "other_address", "other_country", "purpose")
                if name in self.fields]

    @property
    def parts(self) -> list[tuple[MasterLine, list[Any]]]:
        """Each line of the master file with its fields."""
        return [(line, [self[name] for name in self.fields if name.startswith(f"line{at}_")])
                for at, line in enumerate(self.rows)]

    def filled(self) -> Filled | None:
        """The certificate as typed; None when a quantity cannot be read."""
        typed = self.cleaned_data
        lines = []
        for at in range(len(self.rows)):
            if len(self.rows) > 1 and not typed.get(f"line{at}_use"):
                continue
            lines.append(FilledLine(at, typed.get(f"line{at}_taxon", "").strip(), self.amount(f"line{at}_quantity"),
                                    typed.get(f"line{at}_description", ""), typed.get(f"line{at}_marks", "")))
        if self.errors:
            return None
        consignee = Consignee(typed["other_name"], typed["other_address"], typed["other_country"]) \
            if Box.CONSIGNEE in self.boxes else None
        return Filled(tuple(lines), consignee, typed.get("purpose", ""), typed["transport_document"])
