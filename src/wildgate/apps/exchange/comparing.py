"""A permit from its issuer's own system beside what lies here: the paper, an application, a code. Line by line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from wildgate.convention.permit import plain
from wildgate.convention.quantity import convert
from wildgate.convention.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Row:
    """One fact: of which block (empty: of the whole paper), what it is, what the issuer says and what lies here."""

    block: str
    what: str
    issuer: str
    here: str

    @property
    def same(self) -> bool:
        return self.issuer == self.here


HEAD = ("kind", "issued_on", "valid_until", "exporter", "importer", "purpose", "seal")
"""Facts of the whole paper, by the name of their word."""
LINE = ("taxon", "term", "appendix", "source", "quantity", "origin")


def rows(issuer: Mapping[str, Any], here: Mapping[str, Any]) -> list[Row]:
    """Every fact that both sides name, those that differ first. `here` leaves out what it does not know."""
    theirs = head_of(issuer)
    found = [Row("", name, theirs.get(name, ""), str(here[name])) for name in HEAD
             if here.get(name) and (theirs.get(name) or name != "seal")]
    found += _lines(_by_block(issuer.get("lines") or ()), list(here.get("lines") or ()))
    return sorted(found, key=lambda row: row.same)


def head_of(facts: Mapping[str, Any]) -> dict[str, str]:
    """The facts of the whole paper in a message's facts."""
    parties = {name: str((facts.get(name) or {}).get("country") or "") for name in ("exporter", "importer")}
    return {"kind": str(facts.get("kind") or ""), "issued_on": str(facts.get("issued_at") or "")[:10],
            "valid_until": str(facts.get("valid_until") or ""), "purpose": str(facts.get("purpose") or ""),
            "seal": str(facts.get("seal") or ""), **parties}


def _by_block(lines: Iterable[Any]) -> dict[str, Mapping[str, Any]]:
    return {str(line.get("block") or place): line for place, line in enumerate(lines, 1) if isinstance(line, Mapping)}


def _lines(theirs: Mapping[str, Mapping[str, Any]], ours: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Lines of a paper are found by their block; those of an application by what they are."""
    found, left = [], dict(theirs)
    for line in ours:
        block = str(line.get("block") or "") or _alike(left, line)
        match = left.pop(block, None)
        if match is None:
            found.append(Row(block, "line", "", f"{line.get('taxon', '')} {line.get('term', '')}".strip()))
            continue
        found += [Row(block, name, said, here) for name in LINE
                  for said, here in [(_said(match, name, line), _said(line, name, line))] if here]
    return found + [Row(block, "line", f"{line.get('taxon', '')} {line.get('term', '')}".strip(), "")
                    for block, line in left.items()]


def _alike(left: Mapping[str, Mapping[str, Any]], line: Mapping[str, Any]) -> str:
    """The first line of the same goods that is not matched yet; else the first of the same species; else none."""
    for names in (("taxon", "term"), ("taxon",)):
        for block, other in left.items():
            if all(str(other.get(name) or "").casefold() == str(line.get(name) or "").casefold() for name in names):
                return block
    return ""


def _said(line: Mapping[str, Any], name: str, unit_of: Mapping[str, Any]) -> str:
    value = line.get(name)
    if name == "origin" and isinstance(value, Mapping):
        return str(value.get("country") or "")
    if name != "quantity" or value in (None, ""):
        return str(value or "")
    unit, wanted = str(line.get("unit") or ""), str(unit_of.get("unit") or "")
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return f"{value} {unit}".strip()
    turned = convert(amount, unit, wanted) if wanted else amount
    return f"{plain(amount)} {unit}" if isinstance(turned, Refusal) else f"{plain(turned)} {wanted or unit}".strip()
