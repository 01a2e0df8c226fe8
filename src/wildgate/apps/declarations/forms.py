"""What an officer uploads."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from wildgate.kit.api import BATCH


class UploadForm(forms.Form):
    """A file with declarations. It is read by what it holds, not by what it is called."""

    file = forms.FileField(label=_("File"), max_length=255, help_text=_(
        "A table (CSV in UTF-8, a line for each item), JSON, or XML with names of the WCO data model; at most 10 MB, "
        "500 declarations."))

    def clean_file(self) -> object:
        found = self.cleaned_data["file"]
        if found.size > BATCH:
            raise forms.ValidationError(_("The file has more than 10 MB. Send it in parts."))
        return found


def kind_of(data: bytes) -> str:
    """JSON, XML or a table, by the first sign."""
    first = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return "json" if first in (b"{", b"[") else "xml" if first == b"<" else "csv"
