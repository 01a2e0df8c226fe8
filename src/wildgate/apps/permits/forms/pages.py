"""The pages before and after the lines, and a line's specimens: one thing each, and only what the task needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from wildgate.apps.permits import kinds, wording
from wildgate.apps.permits.answers import EXCHANGE, OUTWARD
from wildgate.apps.permits.choices import (
    Choice,
    country_choices,
    purpose_choices,
    source_choices,
    term_choices,
    unit_choices,
)
from wildgate.apps.permits.forms.details import details
from wildgate.apps.permits.forms.inputs import Input, Page, area, select, text
from wildgate.apps.permits.forms.reading import OTHER, ROUTE, TRANSPORT, Answers, line_of, place_of, steps
from wildgate.convention.vocabulary import Direction


def page(step: str, answers: Answers, home: str, *, beyond: bool = False) -> Page | None:
    """The page of that name with the answers so far; None when the application has no such page.

    `beyond`: also the pages of the line that would come next.
    """
    place = place_of(step)
    if step not in steps(answers) and not (beyond and place == len(answers.get("lines", ()))):
        return None
    if step == ROUTE:
        return _route(answers)
    if step == OTHER:
        return _other(answers, home)
    if step == TRANSPORT:
        return _transport(answers)
    if place is None:
        return None
    line = line_of(answers, place)
    return _line(place, line, answers, home) if step.startswith("line") else details(place, line, answers, home)


def _route(answers: Answers) -> Page:
    task = kinds.task_of(answers)
    tasks = tuple(Choice(code, str(each.label), str(each.hint), str(kinds.GROUP_WORDS[each.group]))
                  for code, each in kinds.TASKS.items())
    return Page(ROUTE, _("What do you want to do?"), (
        Input("direction", "radio", _("What you want to do"), choices=tasks,
              value=task.code if task else answers.get("direction", "")),
        select("purpose", _("Purpose of the trade"), purpose_choices(), answers,
               _("The main reason for the transaction (box 5a).")),
    ))


def _other(answers: Answers, home: str) -> Page:
    task = kinds.task_of(answers)
    if task is not None and task.own:
        return _journey(task, answers, home)
    outward = answers.get("direction", Direction.EXPORT.value) in OUTWARD
    title = _("Who receives the specimens?") if outward else _("Who sends the specimens?")
    sea = answers.get("direction") == Direction.FROM_THE_SEA.value
    values = {"other_country": "ZZ", **answers} if sea else answers
    if sea:
        title = _("Which ship took the specimens?")
    ship = (text("vessel", _("Ship and its flag"), answers, _("Name, number and flag State, as in its papers."),
                 optional=True),)
    return Page(OTHER, title, (
        *(ship if sea else ()),
        select("other_country", _("Country"), country_choices(wording.language(), sea=sea), values),
        text("other_name", _("Name"), answers, _("The firm, institution or person, as on the invoice.")),
        area("other_address", _("Address"), answers,
             _("Street, place and country: the permit is not valid without it.")),
        Input("other_private", "tick", _("This is a private person"),
              _("The sealed code then carries no plain name."), answers.get("other_private", "")),
        *(_registers(answers) if task is not None and task.certificate == EXCHANGE else ()),
    ))


def _registers(answers: Answers) -> tuple[Input, ...]:
    """Both institutions of a scientific exchange stand in a register."""
    hint = _("The code of five characters, for example QM001.")
    return (text("our_register", _("Register number of your institution"), answers, hint, width="w-20"),
            text("their_register", _("Register number of the other institution"), answers, hint, width="w-20"))


def _journey(task: kinds.Task, answers: Answers, home: str) -> Page:
    """The holder travels along: no importer is asked for, but the way."""
    countries = country_choices(wording.language())
    first = select("other_country", _("First country that you enter"), countries, answers)
    where = select("residence", _("Country where the owner lives"), countries, {"residence": home, **answers})
    tour = area("itinerary", _("Where you travel, and when you come back"), answers,
                _("Countries and about when, one on each line. It may change later."),
                optional=task.code != "travelling-exhibition")
    if task.personal:
        carried = Input("carried", "tick", _("I carry them with me, or they move with my household"),
                        _("Things that are mailed or sent alone are no personal effects."), answers.get("carried", ""))
        return Page(OTHER, _("Where do you take them?"), (first, carried, where))
    if task.code == "sample-collection":
        return Page(OTHER, _("Where are the samples shown?"), (
            first, text("carnet", _("Number of the ATA carnet"), answers, width="w-20"),
            text("carnet_until", _("Last day of the carnet"), answers, _("Year-month-day, for example 2019-05-31."),
                 width="w-20"), tour))
    owner = (where,) if task.code in ("pet-ownership", "musical-instrument") else ()
    return Page(OTHER, _("Where will you travel?"), (first, *owner, tour))


def _line(place: int, line: Mapping[str, str], answers: Answers, home: str) -> Page:
    language, task = wording.language(), kinds.task_of(answers)
    values: dict[str, Any] = {"origin": home, **(task.line if task and not line.get("taxon") else {}), **line}
    return Page(f"line-{place + 1}", _("Which specimens?"), (
        Input("taxon", "species", _("Species"), _("Scientific or common name. Spelling need not be perfect."),
              values.get("taxon", "")),
        select("term", _("What is it?"), term_choices(language), values,
               _("The form of the specimen, as customs will see it.")),
        text("quantity", _("Quantity"), values, _("Digits, with a point for decimals: 1200 or 1200.5."), width="w-20",
             inputmode="decimal"),
        select("unit", _("Unit"), unit_choices(language), values),
        select("source", _("Where do the specimens come from?"), source_choices(), values,
               _("The source code of the permit (box 10).")),
        select("origin", _("Country of origin"), country_choices(language, origin=True), values,
               _("Where they were taken from the wild, bred or propagated.")),
        Input("live", "tick", _("The specimens are alive"), value=values.get("live", "")),
    ), place)


def _transport(answers: Answers) -> Page:
    return Page(TRANSPORT, _("How will they travel?"), (
        text("transport_document", _("Bill of lading or air waybill"), answers,
             _("If you know its number already (box 15)."), width="w-20", optional=True),
        text("declared_value", _("Declared value of the goods"), answers,
             _("In the currency of the fees here, in digits: 2500 or 2500.50."), width="w-20", inputmode="decimal",
             optional=True),
        area("remarks", _("Anything the authority should know"), answers, optional=True),
    ))
