"""What is typed about a permit under national law. The services judge it; faults come back at their field."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wildgate.convention.refusal import Refusal
from wildgate.kit.sentences import in_words


class Typed(forms.Form):
    """A form whose faults are the refusals of the services, each at its field."""

    required_css_class = ""

    def tell(self, refusal: Refusal) -> None:
        self.add_error(refusal.field if refusal.field in self.fields else None, in_words(refusal))


class AskForm(Typed):
    """An application: for whom, what for, and the specimens line by line."""

    organisation = forms.ChoiceField(label=_("Organisation"))
    purpose = forms.CharField(label=_("What the specimens are for"), max_length=300)
    lines = forms.CharField(
        label=_("Specimens"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One on each line: name | what it is | quantity | unit, for example Sus scrofa | trophies | 2 | "
                    "pieces."))

    def __init__(self, *args: Any, organisations: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (for the type checker)
        field.choices = [(str(key), name) for key, name in organisations]


class DecideForm(Typed):
    """An officer's decision, with the conditions or the reason."""

    words = forms.CharField(label=_("Conditions, or the reason"), required=False, max_length=1000,
                            widget=forms.Textarea(attrs={"rows": 3}))
    looked_up = forms.BooleanField(
        label=_("I made sure that no Appendix of CITES lists the names that are not known here"), required=False)
