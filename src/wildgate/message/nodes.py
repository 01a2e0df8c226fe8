"""A message as elements, for the profiles that are made from the v2 message by a list of differences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from lxml import etree

from wildgate.message.profile import RAM, RSM_V2
from wildgate.message.schema import Rule, schema
from wildgate.message.sheets import children
from wildgate.message.writer import escaped, quoted

DECLARED = (("xmlns:rsm", RSM_V2), ("xmlns:ram", RAM))
Attributes = Sequence[tuple[str, str]]


class Node(NamedTuple):
    """An element: its name, attributes, and either text or children."""

    name: str
    attributes: Attributes
    text: str | None
    children: tuple[Node, ...]


def leaf(name: str, text: str, *attributes: tuple[str, str]) -> Node:
    return Node(name, attributes, text, ())


def group(name: str, *children: Node | None) -> Node:
    return Node(name, (), None, tuple(child for child in children if child is not None))


def texts(name: str, values: Iterable[str], *attributes: tuple[str, str]) -> tuple[Node, ...]:
    """One element for each value that says something."""
    return tuple(leaf(name, value, *attributes) for value in values if value)


@dataclass(frozen=True, slots=True)
class Known:
    """An element of v2: its name with the prefix, and by their tags what may be in it. By the schema that is either
    elements or, where there are none, text."""

    name: str
    inside: Mapping[str, Known]


@cache
def _message() -> Known:
    rule = schema("v2")
    return Known(f"rsm:{rule.name}", {f"{{{RSM_V2}}}{child.name}": _known(child, "rsm") for child in rule.children})


def _known(rule: Rule, prefix: str) -> Known:
    return Known(f"{prefix}:{rule.name}", {f"{{{RAM}}}{child.name}": _known(child, "ram") for child in rule.children})


def elements(message: bytes) -> Node:
    """The elements of what `write_v2` wrote."""
    return _element(etree.fromstring(message), _message())._replace(attributes=DECLARED)


def _element(element: etree._Element, known: Known) -> Node:
    attributes: Attributes = tuple(element.items())  # type: ignore[arg-type]  # text, from lxml always
    inside = known.inside
    if not inside:
        return Node(known.name, attributes, element.text or "", ())
    return Node(known.name, attributes, None,
                tuple([_element(child, inside[child.tag]) for child in children(element)]))


def document(root: Node) -> bytes:
    """The one spelling of a file: declaration, two spaces a level, a line break at the end."""
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + _spelled(root, "")).encode()


def _spelled(node: Node, indent: str) -> str:
    name, pairs, text, inside = node
    attributes = "".join([f' {key}="{quoted(value)}"' for key, value in pairs if value]) if pairs else ""
    if text is not None:
        return f"{indent}<{name}{attributes}>{escaped(text)}</{name}>\n"
    if not inside:
        return f"{indent}<{name}{attributes}/>\n"
    deeper = indent + "  "
    return f"{indent}<{name}{attributes}>\n{''.join([_spelled(each, deeper) for each in inside])}{indent}</{name}>\n"
