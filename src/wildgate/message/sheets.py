"""Fills the facts of a message into sheets in one pass: elements by local name, those that generations call differently
under one name.

A sheet has a place for every fact that the form knows (`places`). A message of this house's own profile is filled in
letter by letter; in any other a place forgets outer spaces, `?` and nothing, and the sheet knows what was asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from lxml import etree

from wildgate.message.spelling import spelled

OLDER = {"InspectedUnitQuantity": "UnitQuantity",
         "ApplicableCrossBorderGovernmentProcedure": "ApplicableCrossBorderRegulatoryProcedure",
         "FormattedIssueDateTime": "IssueDateTime", "SpecifiedContactPerson": "SpecifiedRepresentativePerson"}
"""What v1 and D22A call otherwise -> the name in v2."""
MAX_KEPT, MAX_TAG = 200, 200
"""A table keeps so many tags of at most so many characters: strangers choose theirs."""

children = itemgetter(slice(None))
"""Of an element, all at once: a quarter quicker than one by one."""

Sheet = dict[str, Any]
"""By place: a text, a list of texts, a list of elements, or a list of sheets."""


class Names(dict[str, str]):
    """A tag with its namespace -> the name that the reader knows. Messages have few different ones: they are kept."""

    def __init__(self, names: Mapping[str, str]) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, tag: str) -> str:
        local = tag.rpartition("}")[2]
        name = self._names.get(local, local)
        if len(self) < MAX_KEPT and len(tag) <= MAX_TAG:
            self[tag] = name
        return name


# Tables: name of an element -> where what it says belongs. A bare text names the place of the first text that says
# something, a table inside a table is an element that only holds others.


@dataclass(frozen=True)
class Day:
    """The first date or time, in any spelling."""

    place: str


@dataclass(frozen=True)
class Texts:
    """Every text."""

    place: str


@dataclass(frozen=True)
class Whole:
    """Every element itself: its attributes matter."""

    place: str


@dataclass(frozen=True)
class Only:
    """The form has room for one: what the first element holds goes on the same sheet; `place` keeps them all."""

    place: str
    table: Table


@dataclass(frozen=True)
class Sheets:
    """A sheet for each element."""

    place: str
    table: Table


Table = Mapping[str, "str | Day | Texts | Whole | Only | Sheets | Table"]


class First:
    """`Only` with its table by tag."""

    __slots__ = ("place", "steps")

    def __init__(self, place: str, steps: Steps) -> None:
        self.place, self.steps = place, steps


class Inner:
    """`Sheets` with its table by tag; `blank` makes a sheet."""

    __slots__ = ("blank", "place", "steps")

    def __init__(self, place: str, steps: Steps) -> None:
        self.place, self.steps, self.blank = place, steps, steps.sheet.copy


class Steps(dict[str, Any]):
    """A table by tag instead of name. `sheet` is its sheet before anything is filled in, `kinds` what each place is."""

    def __init__(self, table: Table, names: Names) -> None:
        super().__init__()
        self._names = names
        self._table: dict[str, object] = {}
        self.kinds: dict[str, type] = {}
        for name, step in table.items():
            if isinstance(step, Mapping):
                self._table[name] = inner = Steps(step, names)
                self.kinds |= inner.kinds
                continue
            place = step if isinstance(step, str) else step.place
            self.kinds[place] = type(step)
            self._table[name] = step
            if isinstance(step, Sheets):
                self._table[name] = Inner(place, Steps(step.table, names))
            elif isinstance(step, Only):
                self._table[name] = first = First(place, Steps(step.table, names))
                self.kinds |= first.steps.kinds
        self.sheet: Sheet = {place: "" if kind in (str, Day) else () for place, kind in self.kinds.items()}

    def __missing__(self, tag: str) -> object:
        step = self._table.get(self._names[tag])
        if len(self) < MAX_KEPT and len(tag) <= MAX_TAG:
            self[tag] = step
        return step


class Nothing(Sheet):
    """The sheet of an element that is not there: no text, and nothing in any list."""

    def __missing__(self, place: str) -> str:
        return ""


NOTHING = Nothing()


def first(sheets: list[Sheet]) -> Sheet:
    return sheets[0] if sheets else NOTHING


def fill(element: etree._Element, steps: Steps, sheet: Sheet) -> Sheet:
    """Letter by letter: a leaf costs one look at its tag and one at its text."""
    for child in children(element):
        step = steps[child.tag]
        kind = step.__class__
        if kind is str:
            if not sheet[step]:
                sheet[step] = child.text or ""
        elif kind is Steps:
            fill(child, step, sheet)
        elif kind is Day:
            sheet[step.place] = sheet[step.place] or text_of(child)
        elif step is not None:
            found, value = sheet[step.place], child
            if kind is Inner:
                value = fill(child, step.steps, step.blank())
            elif kind is Texts:
                value = child.text or ""
            elif kind is First and not found:
                fill(child, step.steps, sheet)
            if found:
                found.append(value)
            else:
                sheet[step.place] = [value]
    return sheet


class Loose(Sheet):
    """A sheet of a foreign message: holds elements until it is asked, and notes those that were."""

    def __init__(self, kinds: Mapping[str, type], seen: set[etree._Element]) -> None:
        super().__init__()
        self._kinds, self._seen = kinds, seen

    def __getitem__(self, place: str) -> Any:
        kind, found = self._kinds[place], self.get(place, ())
        if kind in (Whole, Only, Sheets):
            return found
        self._seen.update(found)
        texts = said(found)
        return texts if kind is Texts else next(iter(texts), "")


def fill_loosely(element: etree._Element, steps: Steps, sheet: Sheet, seen: set[etree._Element]) -> Sheet:
    for child in element:
        step = steps[child.tag]
        if isinstance(step, Steps):
            fill_loosely(child, step, sheet, seen)
        elif isinstance(step, First):
            if step.place not in sheet:
                fill_loosely(child, step.steps, sheet, seen)
            sheet.setdefault(step.place, []).append(child)
        elif isinstance(step, Inner):
            inner = fill_loosely(child, step.steps, Loose(step.steps.kinds, seen), seen)
            sheet.setdefault(step.place, []).append(inner)
        elif step is not None:
            sheet.setdefault(step if isinstance(step, str) else step.place, []).append(child)
    return sheet


def said(elements: Iterable[etree._Element]) -> list[str]:
    """What foreign elements say: no outer spaces, and neither `?` nor nothing."""
    texts = (text_of(element).strip() for element in elements)
    return [text for text in texts if text and text != "?"]


def text_of(element: etree._Element) -> str:
    """The text; of a date in any spelling, the date."""
    if len(element):
        strings = element.find("{*}DateTimeString")
        if strings is None:
            strings = element.find("{*}DateTime")
        if strings is not None:
            return spelled(strings.text or "", strings.get("format") or strings.get("formatCode") or "")
    return element.text or ""


def leaves(element: etree._Element, names: Names, path: str = "") -> Iterator[tuple[etree._Element, str]]:
    """Every element that may say something, with its path by the names of v2."""
    groups: dict[str, list[etree._Element]] = {}
    for child in element:
        groups.setdefault(names[child.tag], []).append(child)
    for name, group in groups.items():
        for at, each in enumerate(group, 1):
            here = f"{path}/{name}".lstrip("/") + (f"[{at}]" if at > 1 else "")
            if len(each) and not name.endswith("DateTime"):
                yield from leaves(each, names, here)
            else:
                yield each, here
