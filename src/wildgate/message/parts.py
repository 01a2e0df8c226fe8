"""A message as its reader walks it: elements by local name, those that generations call differently under one name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from lxml import etree

from wildgate.message.spelling import spelled

OLDER = {"InspectedUnitQuantity": "UnitQuantity",
         "ApplicableCrossBorderGovernmentProcedure": "ApplicableCrossBorderRegulatoryProcedure",
         "FormattedIssueDateTime": "IssueDateTime", "SpecifiedContactPerson": "SpecifiedRepresentativePerson"}
"""What v1 and D22A call otherwise -> the name in v2."""
MAX_KEPT = 1_000


class Part(NamedTuple):
    """An element and, by their names in v2, what is inside it."""

    element: etree._Element
    inside: Mapping[str, list[Part]]


class Names(dict[str, str]):
    """A tag with its namespace -> the name that the reader knows. Messages have few different ones: they are kept."""

    def __init__(self, names: Mapping[str, str]) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, tag: str) -> str:
        local = tag.rpartition("}")[2]
        name = self._names.get(local, local)
        if len(self) < MAX_KEPT:
            self[tag] = name
        return name


new = tuple.__new__
"""Makes a Part in a third of the time of its own constructor, which a message of 150 elements feels."""


def gather(element: etree._Element, names: Names) -> Part:
    """The whole of `element`, walked once: everything after is found by name."""
    inside: dict[str, list[Part]] = {}
    for child in element:
        name = names[child.tag]
        part = gather(child, names) if len(child) else new(Part, (child, NOTHING))
        if name in inside:
            inside[name].append(part)
        else:
            inside[name] = [part]
    return new(Part, (element, inside))


NOTHING: Mapping[str, list[Part]] = {}


IN_V2 = Names(OLDER)


def every(at: Part | None, path: str) -> list[Part]:
    """All parts at `path`, in the order of the message."""
    if at is None:
        return []
    if "/" not in path:
        return at.inside.get(path, [])
    level = [at]
    for name in path.split("/"):
        level = [part for each in level for part in each.inside.get(name, ())]
    return level


def first(at: Part | None, path: str) -> Part | None:
    found = every(at, path)
    return found[0] if found else None


def text_of(part: Part) -> str:
    """The text; of a date in any spelling, the date."""
    if (inside := part.inside) and (strings := inside.get("DateTimeString") or inside.get("DateTime")):
        element = strings[0].element
        return spelled(element.text or "", element.get("format") or element.get("formatCode") or "")
    return part.element.text or ""
