"""What an officer types at the barrier, read once: quantities by block, a foreign paper, a permit's code."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wildgate.apps.customs.services import Item
from wildgate.apps.permits import wording
from wildgate.apps.species import figures
from wildgate.convention import tables
from wildgate.convention.quantity import spelt
from wildgate.convention.refusal import Refusal
from wildgate.convention.vocabulary import Appendix, DocumentKind, Purpose, Source
from wildgate.kit.sentences import in_words

LONGEST_CODE: Final = 20_000
LARGEST_FILE: Final = 8_000_000
FEWEST_LINES: Final = 2
MOST_LINES: Final = 40
COMES_WITH_IMPORTS: Final = (
    DocumentKind.EXPORT_PERMIT,
    DocumentKind.RE_EXPORT,
    DocumentKind.ORIGIN,
    DocumentKind.PRE_CONVENTION,
    DocumentKind.CAPTIVE_BRED,
    DocumentKind.PROPAGATED,
)


def new_key() -> str:
    """A key for one act of endorsing: sent twice, it is still one endorsement."""
    return secrets.token_hex(16)


def field_id(field: str | None) -> str:
    """The input id of a refusal's field: `quantities[A]` is `id_quantities-A`, `lines[0].taxon` `id_lines-0-taxon`."""
    parts = (field or "").replace("[", " ").replace("]", " ").replace(".", " ").split()
    return "id_" + "-".join(parts) if parts else ""


def by_block(
    data: Mapping[str, str], group: str, blocks: Iterable[str], *, only_filled: bool = False
) -> dict[str, str]:
    """The typed text for each block of the inputs `group-A`, `group-B` ..., numbers as they are read."""
    typed = {block: figures.number(data.get(f"{group}-{block}", "").strip())[:40] for block in blocks}
    return {block: text for block, text in typed.items() if text} if only_filled else typed


def over(fault: Refusal) -> Refusal:
    """A refused override, beside the inputs of the override's own form."""
    field = fault.field or ""
    named = {"port": "over_port", "transport_document": "over_document"}.get(field, field)
    return replace(fault, field=named.replace("quantities[", "over["))


def packages_of(data: Mapping[str, str]) -> int | None:
    """The number of packages where one was typed; zero, which is refused, for what is not a whole number."""
    text = data.get("packages", "").strip()
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


class CodeForm(forms.Form):
    """The permit's code: photographed, or as text."""

    file = forms.FileField(required=False)
    code = forms.CharField(required=False, max_length=LONGEST_CODE, widget=forms.Textarea)

    def clean_file(self) -> Any:
        found = self.cleaned_data["file"]
        if found is not None and found.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is too large: at most 8 MB are read."))
        return found

    def clean(self) -> dict[str, Any]:
        kept: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not kept.get("file") and not kept.get("code", "").strip():
            self.add_error("file", _("Choose a picture or PDF of the permit, or paste the text of its code."))
        return kept

    @property
    def evidence(self) -> tuple[bytes, str]:
        """The bytes and their file name."""
        found = self.cleaned_data["file"]
        return (found.read(), found.name) if found else (self.cleaned_data["code"].encode(), "")


def _named(codes: Iterable[str], name: Any) -> list[tuple[str, str]]:
    return [("", "")] + [(code, f"{code} · {name(code)}") for code in codes]


def code_lists() -> dict[str, list[tuple[str, str]]]:
    """Codes with their names for the inputs that offer a long list: written once a page, shared by all lines."""
    language = _language()
    return {
        "countries": sorted(
            ((country.code, country.name(language)) for country in tables.countries()), key=lambda pair: pair[1]
        ),
        "terms": sorted((term.code, term.name(language)) for term in tables.terms() if term.current),
    }


class CodeField(forms.CharField):
    """A code typed or chosen from one of the page's lists."""

    def __init__(self, codes: str, longest: int, **more: Any) -> None:
        entry = forms.TextInput(
            attrs={"list": codes, "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        )
        super().__init__(max_length=longest, widget=entry, **more)

    def clean(self, value: Any) -> Any:
        return super().clean(value).upper()


def _language() -> str:
    return (get_language() or "en")[:2]


class PaperForm(forms.Form):
    """The head of a foreign permit or certificate as printed."""

    country = CodeField("countries", 2, label=_("Issued by (country code)"))
    number = forms.CharField(label=_("Number of the permit"), max_length=30)
    kind = forms.ChoiceField(
        label=_("Kind of document"),
        choices=lambda: (
            [("", "")] + [(kind.value, wording.word(wording.DOCUMENT_WORDS, kind.value)) for kind in COMES_WITH_IMPORTS]
        ),
    )
    issued_on = forms.DateField(
        label=_("Date of issue"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    valid_until = forms.DateField(
        label=_("Valid until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    exporter_country = CodeField("countries", 2, label=_("Country of (re-)export (code)"))
    purpose = forms.ChoiceField(
        label=_("Purpose"),
        required=False,
        choices=lambda: _named(
            (purpose.value for purpose in Purpose), lambda code: tables.purpose_name(code, _language())
        ),
    )
    digest = forms.RegexField("^[0-9a-f]{64}$", required=False, widget=forms.HiddenInput)
    endorsement_digest = forms.RegexField("^[0-9a-f]{64}$", required=False, widget=forms.HiddenInput)


class LineForm(forms.Form):
    """One block of a foreign permit as printed."""

    taxon = forms.CharField(label=_("Scientific name"), max_length=200)
    appendix = forms.ChoiceField(
        label=_("Appendix"), choices=[("", "")] + [(each.value, each.value) for each in Appendix]
    )
    source = forms.ChoiceField(
        label=_("Source"),
        choices=lambda: _named((each.value for each in Source), lambda code: tables.source_name(code, _language())),
    )
    term = CodeField("terms", 3, label=_("Specimen (term code)"))
    quantity = forms.CharField(
        label=_("Quantity"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    unit = forms.ChoiceField(
        label=_("Unit"),
        initial="NAR",
        choices=lambda: [(unit.code, unit.name(_language())) for unit in tables.units() if unit.current],
    )
    origin = CodeField("countries", 2, label=_("Country of origin (code)"))

    def item(self) -> Item:
        kept = self.cleaned_data
        return Item(
            taxon=kept["taxon"],
            appendix=kept["appendix"],
            source=kept["source"],
            term=kept["term"],
            quantity=figures.number(kept["quantity"]),
            unit=kept["unit"],
            origin=kept["origin"],
        )


class Paper:
    """The form for a foreign paper: its head and as many lines as were asked for. Lines left empty are not sent on."""

    def __init__(self, data: QueryDict | None = None, initial: Mapping[str, Any] | None = None) -> None:
        lines = list((initial or {}).get("lines", []))
        self.count = _count(data, max(FEWEST_LINES, len(lines)))
        self.head = PaperForm(data, initial=dict(initial or {}))
        self.lines = [
            LineForm(
                data,
                prefix=f"lines-{i}",
                initial=lines[i] if i < len(lines) else None,
                empty_permitted=i > 0,
                use_required_attribute=False,
            )
            for i in range(self.count)
        ]

    def is_valid(self) -> bool:
        return all([self.head.is_valid(), *[line.is_valid() for line in self.lines]])

    def items(self) -> list[Item]:
        return [line.item() for line in self.lines if line.has_changed()]

    def refuse(self, fault: Refusal) -> None:
        """Put a service's refusal beside the input that it names."""
        prefix, dot, name = (fault.field or "").partition(".")
        told = in_words(fault)
        index = prefix.removeprefix("lines[").removesuffix("]")
        sent = [line for line in self.lines if line.has_changed()]
        if dot and index.isdecimal() and int(index) < len(sent) and name in sent[int(index)].fields:
            sent[int(index)].add_error(name, told)
        elif fault.field in self.head.fields:
            self.head.add_error(fault.field, told)
        else:
            self.head.add_error(None, told)

    @property
    def faults(self) -> list[tuple[str, str]]:
        """Every error with the id of its input, in the order of the form."""
        return [
            (form[name].id_for_label if name != "__all__" else "", str(error))
            for form in (self.head, *self.lines)
            for name, errors in form.errors.items()
            for error in errors
        ]


def _count(data: QueryDict | None, least: int) -> int:
    text = data.get("count", "") if data is not None else ""
    given = int(text) if isinstance(text, str) and text.isdecimal() and len(text) < 4 else least
    more = 1 if data is not None and "more" in data else 0
    return max(1, min(MOST_LINES, given + more))


def from_facts(facts: Mapping[str, Any], digest: str) -> dict[str, Any]:
    """A foreign paper's form filled from its sealed facts."""
    return {
        "country": facts["party"],
        "number": facts["number"],
        "kind": facts["kind"],
        "issued_on": date.fromisoformat(facts["issued"][:10]),
        "valid_until": date.fromisoformat(facts["valid_until"]),
        "exporter_country": facts["exporter"]["country"],
        "purpose": facts["purpose"] or "",
        "digest": digest,
        "lines": [
            {name: line[name] for name in ("taxon", "appendix", "term", "unit", "origin")}
            | {"source": line["source"][:1], "quantity": spelt(*line["quantity"].split("."))}
            for line in facts["lines"]
        ],
    }
