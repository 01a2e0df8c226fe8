"""The order of the pages, what a posted page means for the answers, and the print of a page as it is saved."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from wildgate.apps.permits import kinds
from wildgate.apps.permits.answers import FIELDS, LINE_FIELDS, MOST_LINES
from wildgate.apps.permits.forms.inputs import Page
from wildgate.apps.species import figures

Answers = Mapping[str, Any]
ROUTE, OTHER, TRANSPORT, CHECK = "route", "other-party", "transport", "check"
LINE_STEP: Final = re.compile(r"(line|details)-([1-9][0-9]{0,2})")
WHICH: Final = ("stock", "taxon", "term", "quantity", "unit", "source", "origin", "live")
"""The fields of a line's first page; the second has the others."""
ROUTE_FIELDS: Final = ("direction", "task", "purpose")
NUMBERS: Final = frozenset({"quantity", "declared_value"})
DATES: Final = frozenset({"acquired", "origin_permit_date", "last_permit_date", "carnet_until"})
TRANSPORT_FIELDS: Final = ("transport_document", "declared_value", "remarks")
OTHER_FIELDS: Final = tuple(name for name in FIELDS if name not in (*ROUTE_FIELDS, *TRANSPORT_FIELDS))
DETAILS: Final = tuple(name for name in LINE_FIELDS if name not in WHICH)


def steps(answers: Answers) -> list[str]:
    """The pages in order; an application has at least one line."""
    count = max(1, len(lines_of(answers)))
    return [ROUTE, OTHER, *(f"{part}-{i}" for i in range(1, count + 1) for part in ("line", "details")), TRANSPORT]


def after(step: str, answers: Answers) -> str:
    """The page that follows."""
    order = [*steps(answers), CHECK]
    return order[order.index(step) + 1] if step in order else CHECK


def lines_of(answers: Answers) -> list[Mapping[str, str]]:
    """The lines so far."""
    found = answers.get("lines")
    return found if isinstance(found, list) else []


def line_of(answers: Answers, place: int) -> Mapping[str, str]:
    """One line; an empty one where nothing is typed yet."""
    found = lines_of(answers)
    return found[place] if place < len(found) else {}


def place_of(step: str) -> int | None:
    """The line that a page is about, counted from 0."""
    found = LINE_STEP.fullmatch(step)
    return int(found.group(2)) - 1 if found else None


def fields_of(step: str) -> tuple[str, ...]:
    """Every answer that belongs on a page of that name, whether the page asks for it now or not."""
    found = LINE_STEP.fullmatch(step)
    if found:
        return WHICH if found.group(1) == "line" else DETAILS
    return {ROUTE: ROUTE_FIELDS, OTHER: OTHER_FIELDS, TRANSPORT: TRANSPORT_FIELDS}.get(step, ())


def saved(step: str, answers: Answers) -> dict[str, str]:
    """What is saved of a page."""
    place = place_of(step)
    values = answers if place is None else line_of(answers, place)
    return {name: str(values[name]) for name in fields_of(step) if values.get(name)}


def print_of(step: str, answers: Answers) -> str:
    """The print of a page as it is saved: a form that carries another one was opened before somebody changed it."""
    told = json.dumps(sorted(saved(step, answers).items()), ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def given(asked: Page, post: Mapping[str, str]) -> dict[str, str]:
    """The answers in a posted page. A field that the page no longer asks for is kept all the same when it came."""
    names = [name for name in fields_of(asked.step) if name in asked.names or name in post]
    found = {name: post.get(name, "").replace("\r\n", "\n").replace("\x00", "") for name in names}
    if "taxon" in found:
        found["taxon"] = chosen_species(post).replace("\x00", "")
    found |= {name: figures.number(found[name]) for name in found.keys() & NUMBERS}
    found |= {name: figures.day(found[name]) for name in found.keys() & DATES}
    if "direction" in found:
        found |= kinds.chosen(found["direction"])
    return {name: value.strip() for name, value in found.items()} if asked.line is not None else found


def as_typed(asked: Page, post: Mapping[str, str]) -> dict[str, str]:
    """The posted texts of the questions on a page, to be shown again."""
    return {name: post.get(name, "").replace("\x00", "") for name in asked.names}


def unread(asked: Page, post: Mapping[str, str]) -> dict[str, str]:
    """The posted figures and days, which are saved as they were read and shown beside a fault as they were typed."""
    return {name: text for name, text in as_typed(asked, post).items() if name in NUMBERS | DATES}


def merged(step: str, typed: Mapping[str, str], answers: Answers) -> dict[str, Any]:
    """What to save of a page: its own fields. A line's fields change that line only."""
    place = place_of(step)
    if place is None:
        return dict(typed)
    lines = [dict(line) for line in lines_of(answers)]
    while len(lines) <= min(place, MOST_LINES - 1):
        lines.append({})
    lines[place] |= typed
    return {"lines": lines}


def chosen_species(post: Mapping[str, str]) -> str:
    """The ticked match while the text is still the one that was searched, else the text."""
    text, pick = post.get("taxon", "").strip(), post.get("pick", "")
    return pick if pick and post.get("searched", "").strip() == text else text
