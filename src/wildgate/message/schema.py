"""Holds a permit message against the order and number of elements of its schema."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from lxml import etree

from wildgate.message.profile import ROOTS, Fault

MAX_FAULTS = 500
LINE = re.compile(r"( *)(\w+) (\d)\.\.(\d|n)((?: @\w+)*)$")
BOXES = {
    "SpecifiedExchangedDocumentContext": "", "HeaderExchangedDocument": "1", "IssueDateTime": "13",
    "PurposeCode": "5a", "Purpose": "5a", "Information": "5", "EffectiveSpecifiedPeriod": "2",
    "IssueLogisticsLocation": "13", "FirstSignatoryDocumentAuthentication": "6",
    "SecondSignatoryDocumentAuthentication": "4", "ThirdSignatoryDocumentAuthentication": "13",
    "FourthSignatoryDocumentAuthentication": "14", "ConsignorTradeParty": "4", "ConsigneeTradeParty": "3",
    "TransportContractReferencedDocument": "15", "ExaminationTransportEvent": "14",
    "IncludedSupplyChainConsignmentItem": "7", "PhysicalLogisticsShippingMarks": "9", "OriginTradeCountry": "12",
    "ExportTradeCountry": "12a", "AssociatedReferencedDocument": "12", "TransportLogisticsPackage": "11",
    "IncludedSupplyChainTradeLineItem": "10", "SpecifiedTradeProduct": "9", "CommonName": "8", "ScientificName": "7",
    "ApplicableCrossBorderRegulatoryProcedure": "11a", "ApplicableCrossBorderGovernmentProcedure": "11a",
    "CategoryCode": "12b", "AcquisitionDateTime": "12b", "PreviousReferencedDocument": "12b",
}
"""The nearest of these above or at an element names its box."""


@dataclass(slots=True)
class Rule:
    """One element of the schema: its place among its siblings, how often it may stand, and what it holds."""

    name: str
    least: int
    most: int | None
    attributes: frozenset[str]
    children: list[Rule] = field(default_factory=list)


@cache
def schema(version: str) -> Rule:
    """The element tree of `v1` or `v2`, read once from the package."""
    text = files("wildgate.message").joinpath(f"schema_{version}.txt").read_text(encoding="utf-8")
    stack: list[Rule] = []
    for line in text.splitlines():
        if not (found := LINE.match(line)):
            continue
        indent, name, least, most, attributes = found.groups()
        rule = Rule(name, int(least), None if most == "n" else int(most),
                    frozenset(each.strip().removeprefix("@") for each in attributes.split()))
        depth = len(indent) // 2
        del stack[depth:]
        if stack:
            stack[-1].children.append(rule)
        stack.append(rule)
    return stack[0]


def check_structure(payload: etree._Element, rule: Rule | None = None) -> list[Fault]:
    """Elements unknown, out of order, too many or missing, each with its XPath and box; at most 500."""
    faults: list[Fault] = []
    name = etree.QName(payload).localname
    _check(payload, rule or schema(ROOTS[name]), f"/{name}", "", faults)
    return faults[:MAX_FAULTS]


def _check(element: etree._Element, rule: Rule, path: str, box: str, faults: list[Fault]) -> None:
    places = {child.name: at for at, child in enumerate(rule.children)}
    counts: dict[str, int] = {}
    last = -1
    for child in element:
        if len(faults) >= MAX_FAULTS:
            return
        name = etree.QName(child).localname
        counts[name] = counts.get(name, 0) + 1
        where = f"{path}/{name}" + (f"[{counts[name]}]" if counts[name] > 1 else "")
        at_box = BOXES.get(name, box)
        if name not in places:
            faults.append(Fault(where, at_box, f"The element {name} does not belong here; it is not read."))
            continue
        place = places[name]
        known = rule.children[place]
        if place < last:
            faults.append(Fault(where, at_box, f"The element {name} stands after {rule.children[last].name}; "
                                               f"it belongs before it."))
        if known.most is not None and counts[name] == known.most + 1:
            faults.append(Fault(where, at_box, f"The element {name} may stand here {_times(known.most)} only."))
        last = max(last, place)
        faults.extend(Fault(f"{where}/@{key}", at_box, f"The attribute {key} does not belong to {name}.")
                      for key in map(str, child.keys()) if key not in known.attributes and not key.startswith("{"))
        _check(child, known, where, at_box, faults)
    faults.extend(Fault(f"{path}/{child.name}", BOXES.get(child.name, box), f"The element {child.name} is missing.")
                  for child in rule.children if counts.get(child.name, 0) < child.least)


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
