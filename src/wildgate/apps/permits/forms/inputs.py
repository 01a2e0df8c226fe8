"""One question of an application page as data, and the shortest ways to write one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from wildgate.apps.permits.choices import Choice

YES = "yes"


@dataclass(frozen=True, slots=True)
class Input:
    """One question. `kind`: text, textarea, select, radio, tick, species."""

    name: str
    kind: str
    label: Any
    hint: Any = ""
    value: str = ""
    choices: tuple[Choice, ...] = ()
    error: str = ""
    width: str = ""
    autocomplete: str = "off"
    inputmode: str = ""
    optional: bool = False

    @property
    def shown(self) -> str:
        """The answer in words, for reading back."""
        if self.kind == "tick":
            return _("Yes") if self.value == YES else _("No")
        return next((str(choice.label) for choice in self.choices if choice.code == self.value), self.value)

    @property
    def described_by(self) -> str:
        """The ids of what a screen reader reads after the label."""
        return " ".join([f"id_{self.name}_helptext"] * bool(self.hint) + [f"id_{self.name}_error"] * bool(self.error))

    @property
    def id(self) -> str:
        """The id of the control; of the first choice where there are several."""
        return f"id_{self.name}_0" if self.kind == "radio" else f"id_{self.name}"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the application. `line` is the line it is about, counted from 0."""

    step: str
    title: Any
    inputs: tuple[Input, ...]
    line: int | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.inputs)

    def with_errors(self, errors: Mapping[str, str]) -> Page:
        """The same page with a sentence beside each input at fault."""
        return replace(self, inputs=tuple(replace(each, error=errors.get(each.name, "")) for each in self.inputs))

    def with_values(self, typed: Mapping[str, str]) -> Page:
        """The same page with what somebody typed in the place of what is saved."""
        return replace(self, inputs=tuple(
            with_value(each, typed[each.name]) if each.name in typed else each for each in self.inputs))


def with_value(asked: Input, value: str) -> Input:
    """The question with another answer; an answer that is not on the list is added to it, so that it is not lost."""
    known = asked.kind != "select" or not value or value in {each.code for each in asked.choices}
    return replace(asked, value=value, choices=asked.choices if known else (*asked.choices, Choice(value, value)))


def text(name: str, label: str, values: Mapping[str, str], hint: str = "", *, width: str = "", inputmode: str = "",
         optional: bool = False) -> Input:
    """One line of text."""
    return Input(name, "text", label, hint, values.get(name, ""), width=width, inputmode=inputmode, optional=optional)


def area(name: str, label: str, values: Mapping[str, str], hint: str = "", *, optional: bool = False) -> Input:
    """Several lines of text."""
    return Input(name, "textarea", label, hint, values.get(name, ""), optional=optional)


def select(name: str, label: str, choices: tuple[Choice, ...], values: Mapping[str, str], hint: str = "", *,
           optional: bool = False) -> Input:
    """One of a list."""
    return with_value(Input(name, "select", label, hint, "", choices, optional=optional), values.get(name, ""))
