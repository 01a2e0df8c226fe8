"""Which column of a declarations file is what: the mapping that lets one engine learn from any customs' table.

`kcs` and `wildgate` ship; another is a small TOML file of the same form. Keys are what history is kept for, alone and
in combination; amounts are numbers; classes are amounts in steps, so that they can stand in a combination. `lane` is
the combination that says what moves from where to where: for CITES taxon, term, source, purpose, exporter, importer and
origin.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import Any

from wildgate.convention.refusal import Refusal, refuse

SHIPPED = ("kcs", "wildgate")
LARGEST = 64_000
MOST_PARTS = 120
_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")


@dataclass(frozen=True, slots=True)
class Label:
    """The result column: which of its values are a finding; without values everything but 0, no and nothing is."""

    column: str
    values: tuple[str, ...] = ()
    beside: str = ""
    """A column that tells whether anybody looked, where this one is empty for what was in order."""

    def read(self, text: str, beside: str = "") -> bool | None:
        """Finding or not; None where nobody looked."""
        word = text.strip().casefold()
        if not word:
            return False if beside.strip() else None
        return word in self.values if self.values else word not in {"0", "0.0", "no", "false", "n"}


@dataclass(frozen=True, slots=True)
class Columns:
    """A mapping. `parts` are first characters of a key, `ratios` one amount by another, `medians` ratios that are held
    against the median of a key, `rates` the keys and combinations whose past findings are counted."""

    name: str
    id: str
    date: str = ""
    label: Label | None = None
    critical: Label | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    amounts: Mapping[str, str] = field(default_factory=dict)
    ratios: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    classes: Mapping[str, float] = field(default_factory=dict)
    medians: Mapping[str, str] = field(default_factory=dict)
    lane: tuple[str, ...] = ()
    rates: tuple[tuple[str, ...], ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    """How a key is called in a reason."""
    source: str = field(default="", compare=False)
    """The TOML text itself; it goes into the model's file."""

    @property
    def needed(self) -> tuple[str, ...]:
        """Columns that a file must have."""
        return tuple(dict.fromkeys((self.id, *self.keys.values(), *self.amounts.values())))

    def with_label(self, wanted: str) -> Columns | Refusal:
        """The same mapping for another result: `critical`, or the name of a column."""
        if not wanted or (self.label and wanted == self.label.column):
            return self
        if self.critical and wanted in {"critical", self.critical.column}:
            beside = self.label.column if self.label else ""
            return replace(self, label=replace(self.critical, beside=beside))
        if wanted == "critical":
            return refuse("no-critical", "The mapping %(name)s names no critical result.", name=self.name)
        return replace(self, label=Label(wanted))


def columns(name: str) -> Columns | Refusal:
    """A shipped mapping by its name, or the one in a TOML file."""
    if name in SHIPPED:
        return read(resources.files("wildgate.data").joinpath(f"columns_{name}.toml").read_text(), name)
    path = Path(name)
    if not path.is_file():
        return refuse("no-columns", "There is no mapping “%(name)s”: it is kcs, wildgate, or a TOML file.",
                      name=name[:80], suggestions=SHIPPED)
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        return refuse("columns-too-large", "A mapping has at most %(most)s bytes.", most=LARGEST)
    return read(content.decode(errors="replace"), path.stem)


def read(text: str, name: str) -> Columns | Refusal:
    """A mapping from its TOML text, with everything it names checked."""
    try:
        data = tomllib.loads(text)
        found = _columns(data, name, text)
    except KeyError as fault:
        return refuse("columns-unreadable", "The mapping %(name)s names no %(part)s.", name=name[:80],
                      part=str(fault.args[0])[:80])
    except (tomllib.TOMLDecodeError, RecursionError, TypeError, ValueError, AttributeError) as fault:
        return refuse("columns-unreadable", "The mapping %(name)s cannot be read: %(fault)s.", name=name[:80],
                      fault=str(fault)[:160])
    return _faulty(found) or found


def _columns(data: dict[str, Any], name: str, text: str) -> Columns:
    def texts(key: str) -> dict[str, str]:
        return {str(short): _text(value) for short, value in _table(data, key).items()}

    known = {"id", "date", "label", "critical", "keys", "parts", "amounts", "ratios", "classes", "medians", "lane",
             "rates", "words", "source", "licence"}
    if strange := sorted(set(data) - known):
        raise ValueError(f"{strange[0]} is not part of a mapping")
    return Columns(
        name=name, id=_text(data["id"]), date=_text(data.get("date", "")), label=_label(data.get("label")),
        critical=_label(data.get("critical")), keys=texts("keys"), amounts=texts("amounts"), medians=texts("medians"),
        words=texts("words"), source=text,
        parts={short: (_text(part["of"]), int(part["first"])) for short, part in _table(data, "parts").items()},
        ratios={short: (_text(pair[0]), _text(pair[1])) for short, pair in _table(data, "ratios").items()},
        classes={short: float(steps) for short, steps in _table(data, "classes").items()},
        lane=_texts(data.get("lane", [])), rates=tuple(_texts(one) for one in _list(data.get("rates", []))))


def _table(data: dict[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key, {})
    if not isinstance(value, dict):
        raise TypeError(f"{key} is no table")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("a list is expected")
    return value


def _texts(value: object) -> tuple[str, ...]:
    return tuple(_text(one) for one in _list(value))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _label(value: object) -> Label | None:
    if value is None:
        return None
    if isinstance(value, str):
        return Label(value)
    if isinstance(value, dict):
        return Label(_text(value["column"]), tuple(_text(one).casefold() for one in _list(value.get("values", []))))
    raise TypeError("a label is a column, or a column with values")


def _faulty(found: Columns) -> Refusal | None:
    names = [*found.keys, *found.parts, *found.amounts, *found.ratios]
    if len(names) + len(found.rates) > MOST_PARTS or any(len(one) > 12 for one in found.rates):
        return refuse("columns-too-many", "A mapping names at most %(most)s things.", most=MOST_PARTS)
    if wrong := [name for name in names if not _NAME.fullmatch(name)] or [name for name in names
                                                                          if names.count(name) > 1]:
        return refuse("columns-name", "“%(found)s” is no good short name, or stands twice.", found=wrong[0][:40])
    sizes = {*found.amounts, *found.ratios}
    usable = {*found.keys, *found.parts, *(f"{name}_class" for name in found.classes), "lane"}
    asked = [(key, usable - {"lane"}) for key in found.lane] + [(key, usable) for one in found.rates for key in one]
    asked += [(of, {*found.keys}) for of, _ in found.parts.values()] + [(name, sizes) for name in found.classes]
    asked += [(name, {*found.amounts}) for pair in found.ratios.values() for name in pair]
    asked += [(name, sizes) for name in found.medians] + [(key, usable) for key in found.medians.values()]
    for name, allowed in asked:
        if name not in allowed:
            return refuse("columns-unknown", "The mapping %(name)s speaks of “%(found)s”, which it does not define.",
                          name=found.name, found=name[:40])
    return None
