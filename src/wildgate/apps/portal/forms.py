"""The forms of the portal, built from the table of fields, and those of a review and a search."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.forms import Typed
from wildgate.apps.portal.basis import VERSIONS
from wildgate.apps.portal.contents import LINE, LONG, TEXT
from wildgate.apps.portal.kinds import KINDS, Field, Type
from wildgate.apps.portal.models import Submission
from wildgate.convention import tables
from wildgate.kit.long_lists import LongSelect

ROWS = {Type.TEXT: 5, Type.COUNTS: 5, Type.RULES: 5, Type.TAXA: 3, Type.PLATFORMS: 3}
BASES = [(each.code, each.name) for each in VERSIONS.values()]


def countries() -> list[tuple[str, str]]:
    """Every country by its name in the reader's language, after a dash for none."""
    language = (get_language() or "en")[:2]
    named = [(each.code, each.name(language)) for each in tables.countries() if each.kind in ("iso", "demo")]
    return [("", "–"), *sorted(named, key=lambda pair: pair[1].casefold())]


def submission_form(kind: str, data: Any = None, initial: Mapping[str, str] | None = None, *,
                    correcting: bool = False) -> Typed:
    """The form of a kind; a correction asks what is corrected as well."""
    made = Typed(data, initial={"basis": KINDS[kind].basis, "language": "en", **(initial or {})})
    made.fields["language"] = forms.ChoiceField(label=_("Language of the text"), choices=Submission.Language.choices)
    made.fields["basis"] = forms.ChoiceField(label=_("Answers to"), choices=BASES)
    if correcting:
        made.fields["corrected"] = forms.CharField(
            label=_("What is corrected?"), max_length=500, help_text=_("Everybody reads it beside the new version."))
    for field in KINDS[kind].fields:
        made.fields[field.name] = _control(field)
    return made


def _control(field: Field) -> forms.Field:
    asked: dict[str, Any] = {"label": field.label, "required": field.needed, "help_text": field.help}
    if field.type is Type.CHOICE:
        return forms.ChoiceField(choices=[("", "–"), *field.choices], **asked)
    if field.type is Type.COUNTRY:
        return forms.ChoiceField(choices=countries, widget=LongSelect, **asked)
    if field.type is Type.COUNTRIES:
        asked["help_text"] = _("Codes of two letters, with a space between.")
        return forms.CharField(max_length=LINE, **asked)
    if field.type is Type.DAY:
        return forms.CharField(widget=forms.DateInput(attrs={"type": "date"}), max_length=10, **asked)
    if field.type in ROWS:
        most = TEXT if field.public else LONG
        return forms.CharField(widget=forms.Textarea(attrs={"rows": ROWS[field.type], "dir": "auto"}), max_length=most,
                               **asked)
    return forms.CharField(max_length=500, **asked)


class ReasonForm(Typed):
    """Why it is sent back or withdrawn."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class SearchForm(forms.Form):
    """The public search."""

    q = forms.CharField(label=_("Words"), required=False, max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=lambda: [
        ("", _("All kinds")), *((each.code, each.name) for each in KINDS.values())])
    country = forms.CharField(label=_("Party (code)"), required=False, max_length=2)
    taxon = forms.CharField(label=_("Species"), required=False, max_length=120)
    platform = forms.CharField(label=_("Platform"), required=False, max_length=120)
    year = forms.CharField(label=_("Year"), required=False, max_length=4)
