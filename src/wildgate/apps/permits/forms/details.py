"""The second page of a line: how customs recognise the specimens, and what only some sources and papers need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from wildgate.apps.permits import kinds, wording
from wildgate.apps.permits.choices import country_choices, source_choices
from wildgate.apps.permits.forms.inputs import Input, Page, area, select, text
from wildgate.apps.permits.forms.reading import DATES
from wildgate.convention.vocabulary import Direction, Source

Line = Mapping[str, str]


def details(place: int, line: Line, answers: Mapping[str, Any], home: str) -> Page:
    """How the specimens of a line can be recognised, and where they come from."""
    task = kinds.task_of(answers)
    harvest = () if kinds.goes_along(answers) else _about_harvest(line, home)
    asked = (*_about_source(line), *harvest, *_about_papers(line, answers, home))
    day = _("Year-month-day, for example 2019-05-31.")
    asked = tuple(replace(each, hint=day) if each.name in DATES and not each.hint else each for each in asked)
    return Page(f"details-{place + 1}", _("How can the specimens be recognised?"),
                (*asked, *_marks(line, task.code if task else "")), place)


def _marks(line: Line, task: str) -> tuple[Input, ...]:
    about, mark = _("Size, sex, colour, age: what customs can compare. Up to 300 characters."), _(
        "Tags, rings, microchips or labels: one number or range on each line.")
    if task == "musical-instrument":
        about = _("The instrument, its maker, its serial number, the parts that are of the species.")
    if task == "pet-ownership":
        mark = _("The number of the microchip, the ring or the tattoo.")
    live = line.get("live") == "yes" or line.get("term") == "LIV"
    return (
        area("description", _("Description"), line, about, optional=task != "musical-instrument"),
        area("marks", _("Marks"), line, mark,
             optional=not (task == "pet-ownership" or (task == "travelling-exhibition" and live))),
    )


def _about_source(line: Line) -> tuple[Input, ...]:
    """What the source needs: date of acquisition (O), the source before (O, I), the operation's number (D)."""
    asked: list[Input] = []
    codes = (line.get("source"), line.get("second_source"))
    if line.get("source") in (Source.PRE_CONVENTION.value, Source.CONFISCATED.value):
        asked.append(select("second_source", _("Second source"), source_choices(), line,
                            _("The code that holds beside the first: how the specimens came to be."), optional=True))
    if Source.PRE_CONVENTION.value in codes:
        asked.append(text("acquired", _("Date of acquisition"), line, width="w-20"))
    if Source.REGISTERED.value in codes:
        asked.append(text("operation", _("Number of the registered operation"), line, _("For box 12b."), width="w-20"))
    return tuple(asked)


def _about_harvest(line: Line, home: str) -> tuple[Input, ...]:
    """Where in this country the specimens come from: a finding or a quota may hold for one region or plan only."""
    if line.get("origin", home) not in (home, ""):
        return ()
    return (
        text("region", _("Region of harvest"), line, _("Where in the country they were taken."), optional=True),
        text("plan", _("Management plan"), line,
             _("The number of the plan they were harvested under, for example NP-12."), width="w-20", optional=True),
    )


def _about_papers(line: Line, answers: Mapping[str, Any], home: str) -> tuple[Input, ...]:
    """Other countries' papers: of the country of origin, and of the last re-export (boxes 12 and 12a)."""
    asked: list[Input] = []
    if line.get("origin", home) not in (home, "", "ZZ"):
        asked += [
            text("origin_permit", _("Permit of the country of origin"), line, _("Its number (box 12)."), width="w-20",
                 optional=True),
            text("origin_permit_date", _("Date of that permit"), line, width="w-20", optional=True),
        ]
    if answers.get("direction") == Direction.RE_EXPORT.value:
        asked += [
            select("last_country", _("Country of last re-export"), country_choices(wording.language()), line,
                   _("Only when it is not the country of origin (box 12a)."), optional=True),
            text("last_permit", _("Certificate of the last re-export"), line, _("Its number."), width="w-20",
                 optional=True),
            text("last_permit_date", _("Date of that certificate"), line, width="w-20", optional=True),
        ]
    return tuple(asked)
