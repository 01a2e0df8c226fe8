"""The question that a reader puts, as an address carries it: every part is checked and a bad one gets a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wildgate.apps.permits import wording
from wildgate.convention import tables
from wildgate.kit.long_lists import LongSelect
from wildgate.worldtrade.questions import Question

FIRST_YEAR, LAST_YEAR = 1975, 2100
LONGEST_NAME = 100
SIDES = ("I", "E")
KINDS = ("shipments", "tabulation", "own")
ORDER = ("taxon", "exporter", "importer", "term", "unit", "since", "until", "source", "purpose", "origin", "reporter",
         "records")
"""The parts of a question in the order of its canonical address."""
NOT_A_NAME = re.compile(r"[\x00-\x1f<>\"]")


class QuestionForm(forms.Form):
    """What may be asked. Everything is optional; what is left out does not matter."""

    taxon = forms.CharField(label=gettext_lazy("Species, genus or family"), required=False, max_length=LONGEST_NAME)
    exporter = forms.CharField(label=gettext_lazy("From (exporter)"), required=False)
    importer = forms.CharField(label=gettext_lazy("To (importer)"), required=False)
    term = forms.CharField(label=gettext_lazy("Kind of specimen"), required=False, max_length=40)
    unit = forms.CharField(label=gettext_lazy("Unit"), required=False, max_length=40)
    since = forms.CharField(label=gettext_lazy("First year"), required=False)
    until = forms.CharField(label=gettext_lazy("Last year"), required=False)
    source = forms.CharField(label=gettext_lazy("Source"), required=False)
    purpose = forms.CharField(label=gettext_lazy("Purpose"), required=False)
    origin = forms.CharField(label=gettext_lazy("Country of origin"), required=False)
    reporter = forms.CharField(label=gettext_lazy("Reported by"), required=False)
    records = forms.CharField(label=gettext_lazy("Records"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__({key: str(data[key]) for key in ORDER if key in data})
        for name, choices in _choices().items():
            self.fields[name].widget = LongSelect(choices=[("", _("Any")), *choices])
        for name in ("since", "until"):
            self.fields[name].widget.attrs.update(inputmode="numeric", maxlength=4, size=6)
        self.fields["taxon"].widget.attrs.update(autocomplete="off", spellcheck="false")

    def clean_taxon(self) -> str:
        name = " ".join(str(self.cleaned_data["taxon"]).split())
        if NOT_A_NAME.search(name):
            raise forms.ValidationError(_("A name has letters, spaces, points and hyphens."))
        return name

    def clean_exporter(self) -> str:
        return self._country("exporter")

    def clean_importer(self) -> str:
        return self._country("importer")

    def clean_origin(self) -> str:
        return self._country("origin")

    def clean_term(self) -> str:
        """A code of today's or an older list. Records may hold a word of their own, which is let through."""
        text = str(self.cleaned_data["term"])
        if text and NOT_A_NAME.search(text):
            raise forms.ValidationError(_("There is no kind of specimen “%(code)s”: choose one of the list."),
                                        params={"code": text[:20]})
        return text.upper() if tables.term(text.upper()) else text

    def clean_unit(self) -> str:
        text = str(self.cleaned_data["unit"])
        if text and NOT_A_NAME.search(text):
            raise forms.ValidationError(_("There is no unit “%(code)s”."), params={"code": text[:20]})
        return text.upper() if tables.unit(text.upper()) else text

    def clean_source(self) -> str:
        return self._code("source", (*tables_codes("sources"), "-"), _("There is no source “%(code)s”."))

    def clean_purpose(self) -> str:
        return self._code("purpose", (*tables_codes("purposes"), "-"), _("There is no purpose “%(code)s”."))

    def clean_reporter(self) -> str:
        return self._code("reporter", SIDES, _("Reported by is I (importers) or E (exporters), not “%(code)s”."))

    def clean_records(self) -> str:
        text = str(self.cleaned_data["records"]).lower()
        if text and text not in KINDS:
            raise forms.ValidationError(_("There are no records “%(code)s”: shipments, tabulation or own."),
                                        params={"code": text[:20]})
        return text

    def clean_since(self) -> int | None:
        return self._year("since")

    def clean_until(self) -> int | None:
        return self._year("until")

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        since, until = found.get("since"), found.get("until")
        if since and until and since > until:
            self.add_error("until", _("The last year lies before the first one."))
        return found

    def question(self) -> Question:
        """The question as the store understands it; the taxon's rank is worked out there."""
        asked = self.cleaned_data
        return Question(
            taxon=asked["taxon"], term=asked["term"], unit=asked["unit"], source=asked["source"],
            purpose=asked["purpose"], importer=asked["importer"], exporter=asked["exporter"], origin=asked["origin"],
            first_year=asked["since"], last_year=asked["until"], reporter=asked["reporter"], kind=asked["records"])

    @property
    def told(self) -> dict[str, str]:
        """The parts of the question that were given, in the order of the canonical address."""
        return {name: str(self.cleaned_data[name]) for name in ORDER if self.cleaned_data.get(name)}

    @property
    def narrow(self) -> bool:
        """Whether one of the fields behind “More” is in use: then they are open."""
        return bool({"source", "purpose", "origin", "reporter", "records", "unit"} & set(self.data))

    def address(self, **other: str) -> str:
        """The query part of the address of this question, with parts changed; an empty part is left out."""
        parts = {**self.told, **other}
        return urlencode({name: parts[name] for name in (*ORDER, "as") if parts.get(name)})

    def _country(self, name: str) -> str:
        text = str(self.cleaned_data[name]).strip().upper()
        if text and tables.country(text) is None:
            raise forms.ValidationError(_("There is no country or area “%(code)s”: give its two letters, such as BR."),
                                        params={"code": text[:20]})
        return text

    def _code(self, name: str, known: Iterable[str], sentence: str) -> str:
        text = str(self.cleaned_data[name]).strip().upper()
        if text and text not in known:
            raise forms.ValidationError(sentence, params={"code": text[:20]})
        return text

    def _year(self, name: str) -> int | None:
        text = str(self.cleaned_data[name]).strip()
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and FIRST_YEAR <= int(text[:9]) <= LAST_YEAR):
            raise forms.ValidationError(_("A year is a number from %(first)s on, not “%(text)s”."),
                                        params={"first": FIRST_YEAR, "text": text[:20]})
        return int(text)


def tables_codes(name: str) -> tuple[str, ...]:
    """The codes of a shipped list."""
    return tuple(row["code"] for row in tables.read_facts(name))


def _choices() -> dict[str, list[tuple[str, str]]]:
    """What may be chosen, in the reader's language."""
    countries = sorted(((each.code, wording.country_name(each.code)) for each in tables.countries()),
                       key=lambda choice: choice[1])
    terms = sorted(((each.code, wording.term_name(each.code)) for each in tables.terms()), key=lambda each: each[1])
    return {
        "exporter": countries, "importer": countries, "origin": countries, "term": terms,
        "source": [(code, f"{code} · {wording.source_name(code)}"[:70]) for code in tables_codes("sources")],
        "purpose": [(code, f"{code} · {wording.purpose_name(code)}") for code in tables_codes("purposes")],
        "reporter": [("I", _("Importers")), ("E", _("Exporters"))],
        "records": [("shipments", _("Shipments of the CITES Trade Database")),
                 ("tabulation", _("Tabulation of the CITES Trade Database")), ("own", _("Records of this system"))],
    }
