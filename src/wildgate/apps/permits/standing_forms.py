"""The form by which an authority lets a finding stand or changes one. It reads what is typed; services judge it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.access import Actor
from wildgate.apps.findings.models import StandingVersion
from wildgate.apps.findings.services import NewStanding, giver
from wildgate.apps.permits import wording
from wildgate.apps.permits.choices import capital, purpose_choices, source_choices, unit_choices
from wildgate.convention import tables
from wildgate.convention.finding import KINDS, Factor, Period
from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal
from wildgate.convention.vocabulary import Direction

FACTOR_WORDS = {
    Factor.SPECIES: _("Characteristics of the species"),
    Factor.STATUS: _("Biological and conservation status"),
    Factor.HARVEST: _("Harvest: type, volume, age and sex, trend, quality of the data, conversion"),
    Factor.MANAGEMENT: _("Management: aims, measures, compliance, tenure, effectiveness"),
    Factor.BENEFITS: _("Benefits for conservation"),
}
TONNE = "TON"
"""No unit of a permit any more, and still how a yearly limit is spoken of."""


class StandingForm(forms.Form):
    """All that a standing finding says. Field names are those of `NewStanding`, so that refusals find their place."""

    kind = forms.ChoiceField(label=_("What is found"))
    positive = forms.ChoiceField(label=_("The finding"), widget=forms.RadioSelect, initial="yes", choices=[
        ("yes", _("Positive: it makes the finding on every line that it covers")),
        ("no", _("Negative: it stops every line that it covers"))])
    taxon = forms.CharField(label=_("Taxon"), max_length=200, help_text=_("A species, or any taxon above it."))
    terms = forms.CharField(label=_("Kinds of specimens"), required=False, max_length=400,
                            help_text=_("Codes, for example BAR SKI. Empty: any."))
    sources = forms.MultipleChoiceField(label=_("Sources"), required=False, widget=forms.CheckboxSelectMultiple)
    purposes = forms.MultipleChoiceField(label=_("Purposes"), required=False, widget=forms.CheckboxSelectMultiple)
    direction = forms.ChoiceField(label=_("Direction"), required=False)
    region = forms.CharField(label=_("Region of harvest"), required=False, max_length=80,
                             help_text=_("Lines that name no region are stopped until they do."))
    plans = forms.CharField(label=_("Only from these management plans"), required=False, max_length=2000,
                            help_text=_("Their numbers, for example NP-12, NP-14. Empty: any."))
    amount = forms.DecimalField(label=_("Limit"), required=False, min_value=0, decimal_places=6, max_digits=18,
                                help_text=_("Empty: no limit; what is granted is counted all the same."))
    unit = forms.ChoiceField(label=_("Unit"), initial="KGM")
    period = forms.ChoiceField(label=_("The limit is for"), choices=[
        (Period.YEAR.value, _("a calendar year")), (Period.PERMIT.value, _("one permit"))])
    start = forms.DateField(label=_("Holds from"), widget=forms.DateInput(attrs={"type": "date"}))
    end = forms.DateField(label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
                          help_text=_("From the day after, the authority is asked for each case again."))
    review = forms.DateField(label=_("Review by"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
                             help_text=_("A reminder; the finding goes on."))
    conditions = forms.CharField(label=_("Conditions"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
                                 max_length=1000, help_text=_("Printed in box 5 of every permit that rests on it."))
    text = forms.CharField(label=_("Grounds"), widget=forms.Textarea(attrs={"rows": 6}), max_length=4000,
                           help_text=_("Data, method and uncertainty: what the finding rests on."))
    references = forms.CharField(label=_("References"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
                                 help_text=_("One on each line: reports, surveys, plans."))
    why = forms.CharField(label=_("Why it is changed"), required=False, max_length=1000,
                          widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, actor: Actor, now: StandingVersion | None = None, **more: Any) -> None:
        """`now` is the version to be changed."""
        if now is not None and not args:
            more["initial"] = typed_of(now)
        super().__init__(*args, **more)
        kinds = [now.standing.kind] if now else [
            kind.value for kind in KINDS if not isinstance(giver(actor, kind.value), Refusal)]
        self._choose("kind", ((kind, wording.word(wording.FINDING_WORDS, kind)) for kind in kinds))
        self._choose("sources", ((each.code, each.label) for each in source_choices()))
        self._choose("purposes", ((each.code, each.label) for each in purpose_choices()))
        self._choose("direction", [("", _("Any")), *(
            (each.value, wording.word(wording.DIRECTION_WORDS, each)) for each in Direction)])
        tonne = tables.unit(TONNE)
        self._choose("unit", [*((each.code, each.label) for each in unit_choices(wording.language())), *(
            [(TONNE, capital(tonne.name(wording.language())))] if tonne else [])])
        for factor, label in FACTOR_WORDS.items():
            self.fields[f"factor_{factor.value}"] = forms.CharField(
                label=label, required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}),
                initial=(now.factors.get(factor.value, "") if now else ""))
        if now is None:
            del self.fields["why"]
        else:
            self.fields["why"].required = True
        for each in self.fields.values():
            each.widget.attrs.setdefault("autocomplete", "off")

    def _choose(self, name: str, choices: Iterable[tuple[str, Any]]) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]  # each of these is a choice

    @property
    def factors(self) -> list[Any]:
        """The groups of Res. Conf. 16.7 as bound fields."""
        return [self[f"factor_{factor.value}"] for factor in FACTOR_WORDS]

    @property
    def has_factors(self) -> bool:
        """Is anything written, or wrong, in one of the groups?"""
        return any(each.value() or each.errors for each in self.factors)

    def new(self) -> NewStanding:
        """What was typed, as services take it. Ask after `is_valid`."""
        data = self.cleaned_data
        return NewStanding(
            kind=data["kind"], taxon=data["taxon"], text=data["text"], start=data["start"],
            positive=data["positive"] == "yes", terms=tuple(code.upper() for code in parts(data["terms"])),
            sources=tuple(data["sources"]), purposes=tuple(data["purposes"]), direction=data["direction"],
            region=data["region"], plans=tuple(part.strip() for part in data["plans"].split(",") if part.strip()),
            amount=data["amount"], unit=data["unit"], period=data["period"], conditions=data["conditions"],
            end=data["end"], review=data["review"],
            references=tuple(line.strip() for line in data["references"].splitlines() if line.strip()),
            factors={factor.value: data[f"factor_{factor.value}"] for factor in FACTOR_WORDS})

    def blame(self, faults: Iterable[Refusal]) -> None:
        """Put each refusal at its field."""
        from wildgate.apps.permits.templatetags.permits import said
        for fault in faults:
            self.add_error(fault.field if fault.field in self.fields else None, said(fault))


def parts(text: str) -> list[str]:
    """Codes apart by spaces, commas or semicolons, each once."""
    return list(dict.fromkeys(part for part in re.split(r"[\s,;]+", text.strip()) if part))


def typed_of(now: StandingVersion) -> dict[str, Any]:
    """A version as its form would hold it."""
    return {
        "kind": now.standing.kind, "positive": "yes" if now.positive else "no", "taxon": now.taxon,
        "terms": " ".join(now.terms), "sources": now.sources, "purposes": now.purposes, "direction": now.direction,
        "region": now.region, "plans": ", ".join(now.plans), "unit": now.unit, "period": now.period,
        "amount": plain(now.amount) if now.amount is not None else "", "start": now.start, "end": now.end,
        "review": now.review, "conditions": now.conditions, "text": now.text, "references": "\n".join(now.references),
    }
