"""Long lists: a page far back in a long table, and a choice among hundreds of countries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.paginator import Page, Paginator
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    Pages = Paginator[Any]
else:
    Pages = Paginator


class KeyPaginator(Pages):
    """Pages of a query: the keys of the page from an index first, then its rows. What comes before is not fetched."""

    def page(self, number: Any) -> Any:
        number = self.validate_number(number)
        low = (number - 1) * self.per_page
        found: Any = self.object_list
        keys = list(found.values_list("pk", flat=True)[low:min(low + self.per_page, self.count)])
        rows = {row.pk: row for row in found.filter(pk__in=keys).order_by()}
        return Page([rows[key] for key in keys if key in rows], number, self)


class LongSelect(forms.Select):
    """A choice written in one piece: one template for each of three hundred options costs more than the whole page."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen: Sequence[str] = self.format_value(value) or ()
        options = format_html_join("", '<option value="{}"{}>{}</option>', (
            (key, " selected" if str(key) in chosen else "", label) for key, label in self.choices))
        own = self.build_attrs(self.attrs, attrs)
        return format_html('<select name="{}"{}>{}</select>', name, flatatt(own), options)
