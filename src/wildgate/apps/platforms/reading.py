"""A list of platforms from outside, as CSV or JSON: rows that can be kept, and each fault with its line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from wildgate.apps.platforms.facts import PlatformFacts, PolicyFacts, checked, platform_facts, rules_of
from wildgate.apps.platforms.models import Policy
from wildgate.convention.refusal import Refusal, refuse

CSV, JSON = "csv", "json"
LARGEST: Final = 1_000_000
MOST_ROWS: Final = 2_000
PLATFORM: Final = ("name", "kind", "home", "serves", "hosts", "state")
POLICY: Final = ("status", "code", "code_name", "groups", "products", "evidence", "captured_on", "valid_from",
                 "valid_to", "source", "certainty", "rules")
COLUMNS: Final = PLATFORM + POLICY


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a line: of a CSV file its line, of a JSON list the number of the item."""

    line: int
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that can be kept."""

    line: int
    platform: PlatformFacts
    policy: PolicyFacts | None


def read(text: str, layout: str) -> tuple[list[Entry], list[Fault]]:
    """The rows of a list and its faults."""
    if len(text) > LARGEST:
        return [], [Fault(1, refuse("list-large", "The list is larger than 1 MB."))]
    if "\0" in text:  # no database keeps one in a text
        return [], [Fault(1, refuse("list-unreadable", "The list is no text: it holds a null character."))]
    entries: list[Entry] = []
    faults: list[Fault] = []
    try:
        for line, row in _json(text) if layout == JSON else _csv(text):
            found = _entry(line, row)
            if isinstance(found, Refusal):
                faults.append(Fault(line, found))
            else:
                entries.append(found)
            if line > MOST_ROWS + 1:
                return [], [Fault(line, refuse("list-long", "The list has more than %(most)s rows.", most=MOST_ROWS))]
    except _Broken as broken:
        return [], [Fault(broken.line, broken.refusal)]
    if not entries and not faults:
        faults.append(Fault(1, refuse("list-empty", "The list has no row.")))
    return entries, faults


class _Broken(Exception):
    """The list cannot be read any further."""

    def __init__(self, line: int, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.line, self.refusal = line, refusal


def _csv(text: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        head = [(name or "").strip().lower() for name in reader.fieldnames or ()]
        _columns(1, set(head), ("name", "kind", "hosts"))
        reader.fieldnames = head
        for row in reader:
            if None in row:
                raise _Broken(reader.line_num, refuse("list-cells", "The row has more cells than the heading."))
            yield reader.line_num, {name: value or "" for name, value in row.items()}
    except csv.Error as error:
        raise _Broken(reader.reader.line_num,
                      refuse("list-csv", "The file is not whole CSV: %(why)s.", why=error)) from None


def _json(text: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _Broken(getattr(error, "lineno", 1), refuse("list-json", "The file is not whole JSON.")) from None
    if not isinstance(told, list):
        raise _Broken(1, refuse("list-of-objects", "The file is JSON but no list of platforms."))
    for place, item in enumerate(told, 1):
        if not isinstance(item, dict):
            raise _Broken(place, refuse("list-of-objects", "The file is JSON but no list of platforms."))
        _columns(place, set(item), ("name", "kind", "hosts"))
        yield place, {name: _text(name, value) for name, value in item.items()}


def _text(name: str, value: Any) -> str:
    """A cell as text; lists of codes or addresses are joined, rules one a line."""
    if isinstance(value, list):
        return ("\n" if name == "rules" else " ").join(str(each) for each in value)
    return "" if value is None else str(value)


def _columns(line: int, named: set[str], needed: tuple[str, ...]) -> None:
    if unknown := sorted(named - set(COLUMNS)):
        shown = unknown[0][:40].encode(errors="replace").decode() or "–"
        raise _Broken(line, refuse("list-column", "There is no column %(name)s. The columns are: %(known)s.",
                                   name=shown, known=", ".join(COLUMNS)))
    if missing := [name for name in needed if name not in named]:
        raise _Broken(line, refuse("list-missing", "The column %(name)s is missing.", name=missing[0]))


def _entry(line: int, row: Mapping[str, str]) -> Entry | Refusal:
    platform = platform_facts(row)
    if isinstance(platform, Refusal):
        return platform
    if not any(row.get(name, "").strip() for name in POLICY):
        return Entry(line, platform, None)
    policy = policy_of(row)
    return policy if isinstance(policy, Refusal) else Entry(line, platform, policy)


def policy_of(row: Mapping[str, str]) -> PolicyFacts | Refusal:
    """A policy version from texts: of a list's row or of a submission."""
    days: dict[str, date | None] = {}
    for name in ("valid_from", "valid_to", "captured_on"):
        try:
            days[name] = date.fromisoformat(row[name].strip()) if row.get(name, "").strip() else None
        except ValueError:
            return refuse("policy-day", "%(text)s is no day: write it like 2026-05-31.", text=row[name][:40],
                          field=name)
    if (first := days["valid_from"]) is None:
        return refuse("policy-from", "Write since when it holds.", field="valid_from")
    rules = rules_of(row.get("rules", ""))
    if isinstance(rules, Refusal):
        return rules
    texts = {name: row.get(name, "").strip() for name in ("code", "code_name", "groups", "products", "evidence",
                                                          "captured_text", "source")}
    return checked(PolicyFacts(
        status=row.get("status", "").strip(), valid_from=first, valid_to=days["valid_to"],
        captured_on=days["captured_on"], rules=rules,
        certainty=row.get("certainty", "").strip() or Policy.Certainty.TOLD.value, **texts))
