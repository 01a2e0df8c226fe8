"""The pages of an application as data: which inputs stand on which page, with what is typed so far."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils.translation import gettext as _

from wildgate.apps.permits import wording
from wildgate.apps.permits.answers import OUTWARD
from wildgate.apps.permits.choices import (
    Choice,
    country_choices,
    purpose_choices,
    source_choices,
    term_choices,
    unit_choices,
)
from wildgate.convention.vocabulary import Direction, Source

Answers = Mapping[str, Any]
ROUTE, OTHER, TRANSPORT, CHECK = "route", "other-party", "transport", "check"
LINE_STEP: Final = re.compile(r"(line|details)-([1-9][0-9]{0,2})")
OFFERED = (Direction.EXPORT, Direction.RE_EXPORT, Direction.IMPORT, Direction.FROM_THE_SEA)
"""Directions that a document can be asked for; transit needs none from here."""
MOST_LINES = 200
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
        return next((choice.label for choice in self.choices if choice.code == self.value), self.value)

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


def steps(answers: Answers) -> list[str]:
    """The pages in order; an application has at least one line."""
    count = max(1, len(lines_of(answers)))
    return [ROUTE, OTHER, *(f"{part}-{i}" for i in range(1, count + 1) for part in ("line", "details")), TRANSPORT]


def after(step: str, answers: Answers) -> str:
    """The page that follows."""
    order = [*steps(answers), CHECK]
    return order[order.index(step) + 1] if step in order else CHECK


def page(step: str, answers: Answers, home: str) -> Page | None:
    """The page of that name with the answers so far; None when the application has no such page."""
    if step not in steps(answers):
        return None
    if step == ROUTE:
        return _route(answers)
    if step == OTHER:
        return _other(answers)
    if step == TRANSPORT:
        return _transport(answers)
    found = LINE_STEP.fullmatch(step)
    if found is None:
        return None
    place = int(found.group(2)) - 1
    line = line_of(answers, place)
    return _line(place, line, home) if found.group(1) == "line" else _details(place, line, answers, home)


def typed(asked: Page, post: Mapping[str, str], answers: Answers) -> dict[str, Any]:
    """What to save of a posted page: its own fields, as typed. A line's fields change that line only."""
    given = {name: post.get(name, "").replace("\r\n", "\n") for name in asked.names}
    if asked.line is None:
        return given
    given = {name: value.strip() for name, value in given.items()}
    lines = [dict(line) for line in lines_of(answers)]
    while len(lines) <= asked.line:
        lines.append({})
    lines[asked.line] |= given
    return {"lines": lines}


def chosen_species(post: Mapping[str, str]) -> str:
    """The ticked match while the text is still the one that was searched, else the text."""
    text, pick = post.get("taxon", "").strip(), post.get("pick", "")
    return pick if pick and post.get("searched", "").strip() == text else text


def lines_of(answers: Answers) -> list[Mapping[str, str]]:
    """The lines so far."""
    found = answers.get("lines")
    return found if isinstance(found, list) else []


def line_of(answers: Answers, place: int) -> Mapping[str, str]:
    """One line; an empty one where nothing is typed yet."""
    found = lines_of(answers)
    return found[place] if place < len(found) else {}


def _route(answers: Answers) -> Page:
    hints = {
        Direction.EXPORT: _("The specimens leave for another country, and come from here."),
        Direction.RE_EXPORT: _("The specimens were imported before and leave again."),
        Direction.IMPORT: _("The specimens come here from another country."),
        Direction.FROM_THE_SEA: _("The specimens were taken in waters of no State and are landed here."),
    }
    directions = tuple(
        Choice(each.value, str(wording.word(wording.DIRECTION_WORDS, each)), hints[each]) for each in OFFERED
    )
    return Page(
        ROUTE,
        _("What do you want to do?"),
        (
            Input("direction", "radio", _("Direction"), choices=directions, value=answers.get("direction", "")),
            _select(
                "purpose",
                _("Purpose of the trade"),
                purpose_choices(),
                answers,
                _("The main reason for the transaction (box 5a)."),
            ),
        ),
    )


def _other(answers: Answers) -> Page:
    outward = answers.get("direction", Direction.EXPORT.value) in OUTWARD
    title = _("Who receives the specimens?") if outward else _("Who sends the specimens?")
    sea = answers.get("direction") == Direction.FROM_THE_SEA.value
    return Page(
        OTHER,
        title,
        (
            _select("other_country", _("Country"), country_choices(wording.language(), sea=sea), answers),
            _text("other_name", _("Name"), answers, _("The firm, institution or person, as on the invoice."), width=""),
            Input(
                "other_address",
                "textarea",
                _("Address"),
                _("Street, place and country: the permit is not valid without it."),
                answers.get("other_address", ""),
            ),
            Input(
                "other_private",
                "tick",
                _("This is a private person"),
                _("The sealed code then carries no plain name."),
                answers.get("other_private", ""),
            ),
        ),
    )


def _line(place: int, line: Mapping[str, str], home: str) -> Page:
    language = wording.language()
    values = {"origin": home, **line}
    return Page(
        f"line-{place + 1}",
        _("Which specimens?"),
        (
            Input(
                "taxon",
                "species",
                _("Species"),
                _("Scientific or common name. Spelling need not be perfect."),
                line.get("taxon", ""),
            ),
            _select(
                "term",
                _("What is it?"),
                term_choices(language),
                line,
                _("The form of the specimen, as customs will see it."),
            ),
            _text(
                "quantity",
                _("Quantity"),
                line,
                _("Digits, with a point for decimals: 1200 or 1200.5."),
                width="w-20",
                inputmode="decimal",
            ),
            _select("unit", _("Unit"), unit_choices(language), line),
            _select(
                "source",
                _("Where do the specimens come from?"),
                source_choices(),
                line,
                _("The source code of the permit (box 10)."),
            ),
            _select(
                "origin",
                _("Country of origin"),
                country_choices(language, origin=True),
                values,
                _("Where they were taken from the wild, bred or propagated."),
            ),
            Input("live", "tick", _("The specimens are alive"), value=line.get("live", "")),
        ),
        place,
    )


def _details(place: int, line: Mapping[str, str], answers: Answers, home: str) -> Page:
    asked = (*_about_source(line), *_about_harvest(line, home), *_about_papers(line, answers, home))
    day = _("Year-month-day, for example 2019-05-31.")
    asked = tuple(replace(each, hint=day) if each.name in DATES and not each.hint else each for each in asked)
    return Page(
        f"details-{place + 1}",
        _("How can the specimens be recognised?"),
        (
            *asked,
            Input(
                "description",
                "textarea",
                _("Description"),
                _("Size, sex, colour, age: what customs can compare. Up to 300 characters."),
                line.get("description", ""),
                optional=True,
            ),
            Input(
                "marks",
                "textarea",
                _("Marks"),
                _("Tags, rings, microchips or labels: one number or range on each line."),
                line.get("marks", ""),
                optional=True,
            ),
        ),
        place,
    )


DATES: Final = frozenset({"acquired", "origin_permit_date", "last_permit_date"})


def _about_source(line: Mapping[str, str]) -> tuple[Input, ...]:
    """What the source needs: date of acquisition (O), the source before (O, I), the operation's number (D)."""
    asked: list[Input] = []
    codes = (line.get("source"), line.get("second_source"))
    if line.get("source") in (Source.PRE_CONVENTION.value, Source.CONFISCATED.value):
        asked.append(
            _select(
                "second_source",
                _("Second source"),
                source_choices(),
                line,
                _("The code that holds beside the first: how the specimens came to be."),
                optional=True,
            )
        )
    if Source.PRE_CONVENTION.value in codes:
        asked.append(_text("acquired", _("Date of acquisition"), line, width="w-20"))
    if Source.REGISTERED.value in codes:
        asked.append(_text("operation", _("Number of the registered operation"), line, _("For box 12b."), width="w-20"))
    return tuple(asked)


def _about_harvest(line: Mapping[str, str], home: str) -> tuple[Input, ...]:
    """Where in this country the specimens come from: a finding or a quota may hold for one region or plan only."""
    if line.get("origin", home) not in (home, ""):
        return ()
    return (
        _text("region", _("Region of harvest"), line, _("Where in the country they were taken."), optional=True),
        _text(
            "plan",
            _("Management plan"),
            line,
            _("The number of the plan they were harvested under, for example NP-12."),
            width="w-20",
            optional=True,
        ),
    )


def _about_papers(line: Mapping[str, str], answers: Answers, home: str) -> tuple[Input, ...]:
    """Other countries' papers: of the country of origin, and of the last re-export (boxes 12 and 12a)."""
    asked: list[Input] = []
    if line.get("origin", home) not in (home, ""):
        asked += [
            _text(
                "origin_permit",
                _("Permit of the country of origin"),
                line,
                _("Its number (box 12)."),
                width="w-20",
                optional=True,
            ),
            _text("origin_permit_date", _("Date of that permit"), line, width="w-20", optional=True),
        ]
    if answers.get("direction") == Direction.RE_EXPORT.value:
        asked += [
            _select(
                "last_country",
                _("Country of last re-export"),
                country_choices(wording.language()),
                line,
                _("Only when it is not the country of origin (box 12a)."),
                optional=True,
            ),
            _text(
                "last_permit",
                _("Certificate of the last re-export"),
                line,
                _("Its number."),
                width="w-20",
                optional=True,
            ),
            _text("last_permit_date", _("Date of that certificate"), line, width="w-20", optional=True),
        ]
    return tuple(asked)


def _transport(answers: Answers) -> Page:
    return Page(
        TRANSPORT,
        _("How will they travel?"),
        (
            _text(
                "transport_document",
                _("Bill of lading or air waybill"),
                answers,
                _("If you know its number already (box 15)."),
                width="w-20",
                optional=True,
            ),
            Input(
                "remarks",
                "textarea",
                _("Anything the authority should know"),
                "",
                answers.get("remarks", ""),
                optional=True,
            ),
        ),
    )


def _text(
    name: str,
    label: str,
    values: Mapping[str, str],
    hint: str = "",
    *,
    width: str = "",
    inputmode: str = "",
    optional: bool = False,
) -> Input:
    return Input(name, "text", label, hint, values.get(name, ""), width=width, inputmode=inputmode, optional=optional)


def _select(
    name: str,
    label: str,
    choices: tuple[Choice, ...],
    values: Mapping[str, str],
    hint: str = "",
    *,
    optional: bool = False,
) -> Input:
    value = values.get(name, "")
    if value and value not in {each.code for each in choices}:
        choices = (*choices, Choice(value, value))
    return Input(name, "select", label, hint, value, choices, optional=optional)
