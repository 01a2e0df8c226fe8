"""One deed on a page: its form, the service that it calls, and the words that follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django import forms

from wildgate.apps.accounts.gate import Request
from wildgate.convention.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Deed:
    """`call(request, key, typed)` does it; `done` is the word of confirmation; `tone` is danger where it destroys."""

    slug: str
    label: Any
    form: Callable[..., forms.Form]
    call: Callable[[Request, Any, Mapping[str, Any]], Any]
    done: Any
    tone: str = "plain"


@dataclass(slots=True)
class Offered:
    """A deed as the page shows it, with its form; `open` when it was sent and refused."""

    deed: Deed
    form: forms.Form
    open: bool = False

    @property
    def plain(self) -> bool:
        """A button is enough: nothing is asked."""
        return not self.form.fields


def offered(deeds: Mapping[str, Deed], slugs: list[str], more: Mapping[str, Mapping[str, Any]]) -> list[Offered]:
    """The deeds of these names with empty forms; `more` is what a form needs to be made."""
    return [Offered(deeds[slug], deeds[slug].form(prefix=slug, **more.get(slug, {}))) for slug in slugs]


def perform(deed: Deed, request: Request, key: Any, more: Mapping[str, Any]) -> tuple[Offered, Refusal | None, bool]:
    """Read the form and call the service: the form as typed, the refusal if there is one, and whether it is done."""
    form = deed.form(request.POST, prefix=deed.slug, **more)
    if not form.is_valid():
        return Offered(deed, form, open=True), None, False
    outcome = deed.call(request, key, form.cleaned_data)
    if isinstance(outcome, Refusal):
        return Offered(deed, form, open=True), at_field(outcome, deed.slug), False
    return Offered(deed, form), None, True


def at_field(fault: Refusal, prefix: str) -> Refusal:
    """The refusal with the field as the page names it."""
    return replace(fault, field=f"{prefix}-{fault.field}" if fault.field else None)
