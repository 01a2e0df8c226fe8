"""What people type about operations and specimens, read once into values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wildgate.apps.registers import wording
from wildgate.apps.registers.imports import read_stock
from wildgate.apps.registers.models import Operation, Specimen
from wildgate.apps.registers.services import NewOperation, NewSpecimen
from wildgate.convention.operations import OperationKind, OperationState
from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal

Choices = Iterable[tuple[Any, Any]]


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(label=label, required=required, help_text=help_text,
                           widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


def _text(label: Any, longest: int, *, required: bool = True, rows: int = 0, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, required=required, help_text=help_text,
                           widget=forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput)


class OperationForm(forms.Form):
    """An entry of the register of operations."""

    kind = forms.ChoiceField(label=_("Kind"), choices=list(wording.KINDS.items()))
    country = _text(_("Country code"), 2, help_text=_(
        "Two letters; another country's entry is a copy of its register."))
    number = _text(_("Number"), 40)
    name = _text(_("Name"), 160)
    address = _text(_("Address"), 300, required=False)
    taxa = _text(_("Taxa and yearly output"), 8000, required=False, rows=4, help_text=_(
        "One taxon a line, with the most specimens a year it can put out: Falco peregrinus: 20"))
    registered_on = _day(_("Registered on"))
    valid_until = _day(_("Valid until"), required=False, help_text=_("Leave empty when it holds until withdrawn."))
    last_inspection = _day(_("Last inspection"), required=False)
    next_inspection = _day(_("Next inspection by"), required=False)
    organisation = forms.TypedChoiceField(label=_("Holder in this system"), required=False, coerce=int,
                                          empty_value=None)
    reference = _text(_("Notification or decision"), 120, required=False)

    def __init__(self, *args: Any, organisations: Choices = (), changing: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        chosen: Any = self.fields["organisation"]
        chosen.choices = [("", _("None")), *organisations]
        if changing:
            del self.fields["country"], self.fields["number"]

    def new(self) -> NewOperation | Refusal:
        """The entry as the service takes it."""
        typed = self.cleaned_data
        stock = read_stock(typed["taxa"])
        if isinstance(stock, Refusal):
            return stock
        return NewOperation(
            country=typed.get("country", "").upper(), number=typed.get("number", ""), stock=stock,
            kind=OperationKind(typed["kind"]), state=OperationState.ACTIVE,
            **{name: typed[name] for name in ("name", "address", "registered_on", "valid_until", "last_inspection",
                                              "next_inspection", "organisation", "reference")})


def typed_of(row: Operation) -> dict[str, Any]:
    """An entry as the form shows it."""
    taxa = "\n".join(f"{one.taxon}: {plain(one.yearly)}" if one.yearly is not None else one.taxon
                     for one in row.taxa.all())
    return {"kind": row.kind, "name": row.name, "address": row.address, "taxa": taxa, "reference": row.reference,
            "registered_on": row.registered_on, "valid_until": row.valid_until, "organisation": row.organisation_id,
            "last_inspection": row.last_inspection, "next_inspection": row.next_inspection}


class RenewForm(forms.Form):
    until = _day(_("Valid until"))
    reference = _text(_("Notification or decision"), 120, required=False)


class InspectForm(forms.Form):
    on = _day(_("Inspected on"))
    following = _day(_("Next inspection by"), required=False)
    note = _text(_("What was found"), 2000, required=False, rows=3)


class WhyForm(forms.Form):
    why = _text(_("Reason"), 2000, rows=3)


class NoteForm(forms.Form):
    note = _text(_("What was seen"), 300, required=False)


class SureForm(forms.Form):
    """A deed that takes nothing but the button."""


class MarksForm(forms.Form):
    """What every new specimen tells: marks and sex."""

    marks = _text(_("Marks"), 400, rows=2, help_text=_(
        "One a line, with its kind: closed ring QM-12, chip 985 112 000 123 456, tag 0007"))
    sex = forms.ChoiceField(label=_("Sex"), choices=list(wording.SEXES.items()), initial=Specimen.Sex.UNKNOWN.value)


class SpecimenForm(MarksForm):
    """A specimen as its holder declares it."""

    organisation = forms.TypedChoiceField(label=_("Holder"), coerce=int)
    taxon = _text(_("Scientific name"), 200)
    source = forms.ChoiceField(label=_("Source"))
    born = _day(_("Born or hatched on"), required=False)
    acquired = forms.ChoiceField(label=_("How you came by it"), choices=list(wording.ACQUIRED.items()))
    acquired_on = _day(_("In your hands since"))
    origin = _text(_("Country of origin"), 2, help_text=_("Two letters"))
    operation = _text(_("Number of the registered operation"), 40, required=False)
    document = _text(_("Document that shows it"), 120, required=False)
    field_order = ("organisation", "taxon", "marks", "sex", "source", "origin", "born", "acquired", "acquired_on",
                   "operation", "document")

    def __init__(self, *args: Any, organisations: Choices = (), **more: Any) -> None:
        super().__init__(*args, **more)
        holder: Any = self.fields["organisation"]
        source: Any = self.fields["source"]
        holder.choices = list(organisations)
        source.choices = wording.source_choices((get_language() or "en")[:2])
        if len(holder.choices) == 1:
            holder.widget = forms.HiddenInput()
            holder.initial = holder.choices[0][0]

    def new(self) -> NewSpecimen:
        typed = dict(self.cleaned_data)
        del typed["organisation"]
        return NewSpecimen(**{**typed, "origin": typed["origin"].upper()})


class BirthForm(MarksForm):
    """A birth from parents of the same account."""

    mother = forms.ChoiceField(label=_("Mother"))
    father = forms.ChoiceField(label=_("Father"), required=False)
    born = _day(_("Born or hatched on"))
    document = _text(_("Breeding record"), 120, required=False)
    field_order = ("mother", "father", "born", "marks", "sex", "document")

    def __init__(self, *args: Any, mothers: Choices = (), fathers: Choices = (), **more: Any) -> None:
        super().__init__(*args, **more)
        mother: Any = self.fields["mother"]
        father: Any = self.fields["father"]
        mother.choices, father.choices = list(mothers), [("", _("Not known")), *fathers]


class EndForm(forms.Form):
    state = forms.ChoiceField(label=_("What happened"), choices=[
        (Specimen.State.DEAD.value, _("It died")), (Specimen.State.LOST.value, _("It was lost or stolen"))])
    on = _day(_("On"))
    note = _text(_("Circumstances"), 300, required=False)


class OfferForm(forms.Form):
    to = _text(_("New holder"), 160, help_text=_("The name exactly as it is registered."))
    document = _text(_("Invoice or deed of gift"), 120, required=False)


class RemarkForm(forms.Form):
    old = forms.ChoiceField(label=_("Mark that is replaced"))
    new = _text(_("New mark"), 120, help_text=_("With its kind: ring QM-13"))
    why = _text(_("Reason"), 200)

    def __init__(self, *args: Any, marks: Choices = (), **more: Any) -> None:
        super().__init__(*args, **more)
        old: Any = self.fields["old"]
        old.choices = list(marks)


class EmpowerForm(forms.Form):
    name = _text(_("Who may act for you"), 120)
    start = _day(_("From"))
    end = _day(_("Until"))
    document = _text(_("Reference of the power of attorney"), 120, required=False)
