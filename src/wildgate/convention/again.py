"""Rule once more: trades of the past, by the facts that stand beside this program. Run as a program of its own.

`python -I -S -c "...; from wildgate.convention.again import main; main()"` in a folder that holds an edition of the law
(`wildgate.kit.editions`) reads one JSON document on standard input and writes one on standard output:

    {"trades": [...], "register": {...} or null, "overlays": ["text of a file", ...], "confirmed": [...],
     "not_accepted": [...]}
    [{"decision": ...}, {"errors": [...]}, ...]

This form is part of every edition that is kept: add to it, change nothing.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cached_property
from importlib import import_module
from typing import Any

from wildgate.convention.intake import parse_trade
from wildgate.convention.listing import Law, law
from wildgate.convention.overlay import Overlay, load_overlay
from wildgate.convention.register import Register, RegisterLaw
from wildgate.convention.ruling import rule, ruling_json

Json = dict[str, Any]
KIND, IS = "~", "is"


class KeptRegister(Register):
    """A register of names as it was when a ruling was made by it."""

    def __init__(self, kept: Mapping[str, Any]) -> None:
        for name, value in kept.items():
            setattr(self, name, _read(value))


def register_text(law: Law) -> str | None:
    """All that the register of a law holds, in one spelling; None for the shipped law, which has none."""
    if not isinstance(law, RegisterLaw):
        return None
    worked_out = {name for name, value in vars(type(law.register)).items() if isinstance(value, cached_property)}
    held = {name: _written(value) for name, value in vars(law.register).items() if name not in worked_out}
    return json.dumps(held, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def rulings(asked: Mapping[str, Any]) -> list[Json]:
    """The ruling on each trade, or what is wrong with it. Raises ValueError for an overlay that cannot be read."""
    the_law = RegisterLaw(KeptRegister(asked["register"])) if asked["register"] else law()
    overlays = [_overlay(text) for text in asked["overlays"]]
    confirmed, not_accepted = frozenset(asked["confirmed"]), frozenset(asked["not_accepted"])
    out: list[Json] = []
    for data in asked["trades"]:
        trade = parse_trade(data, the_law)
        if isinstance(trade, tuple):
            out.append({"errors": [{"field": no.field or "", "code": no.code, "reason": no.reason} for no in trade]})
        else:
            ruling = rule(trade, the_law, overlays, confirmed=confirmed, not_accepted=not_accepted)
            out.append(ruling_json(ruling))
    return out


def main() -> None:
    sys.stdout.write(json.dumps(rulings(json.load(sys.stdin)), ensure_ascii=True))


def _overlay(text: str) -> Overlay:
    found = load_overlay(text)
    if isinstance(found, tuple):
        raise ValueError(f"an overlay cannot be read: {found[0].reason}")
    return found


def _written(value: Any) -> Any:
    """A value of a register for JSON, which knows neither tuples nor days nor our own types. Raises TypeError."""
    if isinstance(value, Enum):
        return {KIND: _place(value), IS: value.value}
    if is_dataclass(value):
        return {KIND: _place(value), IS: {each.name: _written(getattr(value, each.name)) for each in fields(value)}}
    if isinstance(value, str | int | None):
        return value
    if isinstance(value, date):
        return {KIND: "date", IS: value.isoformat()}
    if isinstance(value, Mapping):
        return {key: _written(each) for key, each in value.items()}
    if isinstance(value, frozenset | set):
        return {KIND: "set", IS: sorted(map(_written, value), key=repr)}
    if isinstance(value, tuple | list):
        return [_written(each) for each in value]
    raise TypeError(f"a register cannot hold {type(value).__name__}")


def _place(value: Any) -> str:
    return f"{type(value).__module__}:{type(value).__qualname__}"


def _read(value: Any) -> Any:
    """What `_written` wrote; a register holds tuples, no lists."""
    if isinstance(value, list):
        return tuple(map(_read, value))
    if not isinstance(value, dict):
        return value
    kind = value.get(KIND)
    if kind is None:
        return {key: _read(each) for key, each in value.items()}
    if kind == "date":
        return date.fromisoformat(value[IS])
    if kind == "set":
        return frozenset(map(_read, value[IS]))
    module, _, name = kind.partition(":")
    if not module.startswith("wildgate.convention."):
        raise ValueError(f"{kind} is no type of the law")
    found = getattr(import_module(module), name)
    if not (isinstance(found, type) and (is_dataclass(found) or issubclass(found, Enum))):
        raise ValueError(f"{kind} is no type of the law")
    made: Any = found
    return made(**_read(value[IS])) if isinstance(value[IS], dict) else made(value[IS])


if __name__ == "__main__":
    main()
