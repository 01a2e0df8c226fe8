"""Long lists: a page far back in a long table, and a choice among hundreds of countries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.paginator import Page, Paginator
from django.forms.utils import flatatt
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    Pages = Paginator[Any]
else:
    Pages = Paginator


MOST_LISTED = 10_000
"""So many rows of a long list are counted and listed; others are found by searching for them."""


class KeyPaginator(Pages):
    """Pages of a query: the keys of the page from an index first, then its rows. What comes before is not fetched.

    `most` rows are counted and listed, no more: `over` says that there are others. `counted`: how many there are, where
    that is known already, for instance one above `most`.
    """

    def __init__(self, found: Any, per_page: int, *, most: int = MOST_LISTED,
                 counted: int | None = None) -> None:
        super().__init__(found, per_page)
        self.most, self._counted = most, counted

    @cached_property
    def _reached(self) -> int:
        if self._counted is not None:
            return self._counted
        found: Any = self.object_list
        return int(found.order_by().values("pk")[:self.most + 1].count())

    @property
    def over(self) -> bool:
        """Whether there are more rows than are listed."""
        return self._reached > self.most

    @cached_property
    def count(self) -> int:
        return min(self._reached, self.most)

    def page(self, number: Any) -> Any:
        number = self.validate_number(number)
        low = (number - 1) * self.per_page
        found: Any = self.object_list
        keys = list(found.values_list("pk", flat=True)[low:min(low + self.per_page, self.count)])
        rows = {row.pk: row for row in found.filter(pk__in=keys).order_by()}
        return Page([rows[key] for key in keys if key in rows], number, self)


class CutPaginator(Pages):
    """Pages of the first rows of a list; `over` says that there are others."""

    def __init__(self, found: Any, per_page: int, *, over: bool) -> None:
        super().__init__(found, per_page)
        self.over = over


class LongSelect(forms.Select):
    """A choice written in one piece: one template for each of three hundred options costs more than the whole page."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen: Sequence[str] = self.format_value(value) or ()
        options = format_html_join("", '<option value="{}"{}>{}</option>', (
            (key, " selected" if str(key) in chosen else "", label) for key, label in self.choices))
        own = self.build_attrs(self.attrs, attrs)
        return format_html('<select name="{}"{}>{}</select>', name, flatatt(own), options)
