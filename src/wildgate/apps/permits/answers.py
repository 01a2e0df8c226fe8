"""What an applicant typed, and the Trade that it means. Answers are kept as typed; only this module reads them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from wildgate.apps.permits import kinds, needs
from wildgate.apps.species.selectors import suggesting
from wildgate.convention.intake import parse_trade
from wildgate.convention.listing import Law
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.trade import Trade
from wildgate.convention.vocabulary import Direction

FIELDS = ("direction", "task", "purpose", "other_country", "other_name", "other_address", "other_private", "residence",
          "carried", "itinerary", "carnet", "carnet_until", "our_register", "their_register", "vessel",
          "transport_document", "declared_value", "remarks")
LINE_FIELDS = ("taxon", "term", "quantity", "unit", "source", "second_source", "origin", "live", "acquired",
               "operation", "origin_permit", "origin_permit_date", "last_country", "last_permit", "last_permit_date",
               "description", "marks", "region", "plan", "stock")
LONGEST = {"other_name": 160, "other_address": 300, "remarks": 2000, "description": 300, "marks": 2000,
           "transport_document": 60, "origin_permit": 30, "last_permit": 30, "region": 80, "plan": 60,
           "stock": 24, "declared_value": 20, "itinerary": 600, "carnet": 40, "our_register": 30,
           "their_register": 30, "vessel": 120}
MOST_LINES = 200
EXCHANGE = "scientific-exchange"
REGISTERS = ("our_register", "their_register")
OUTWARD = (Direction.EXPORT.value, Direction.RE_EXPORT.value)


def clean(answers: Mapping[str, Any]) -> dict[str, Any] | Refusal:
    """Keep the known fields as text and refuse what no form of ours sends: unknown names, long text, too many lines."""
    kept: dict[str, Any] = {}
    for name, value in answers.items():
        if name == "lines":
            lines = _clean_lines(value)
            if isinstance(lines, Refusal):
                return lines
            kept["lines"] = lines
        elif name in FIELDS:
            kept[name] = value = str(value)
            if refused := _too_long(name, value, name):
                return refused
        else:
            return refuse("unknown-field", "The field %(name)s is not part of an application; remove it.",
                          name=name[:40], field=name[:40])
    return kept


def _clean_lines(value: Any) -> list[dict[str, str]] | Refusal:
    if not isinstance(value, list) or len(value) > MOST_LINES:
        return refuse("too-many-lines", "An application takes up to 200 lines; split the rest into another one.",
                      field="lines")
    lines = [{name: str(line.get(name, "")).strip() for name in LINE_FIELDS if line.get(name)} for line in value]
    return next(iter(too_long(lines)), lines)


def too_long(lines: Sequence[Mapping[str, str]]) -> list[Refusal]:
    """Every text of the lines that no permit has the room for."""
    return [refused for i, line in enumerate(lines) for name, text in line.items()
            if (refused := _too_long(name, text, f"lines[{i}].{name}"))]


def _too_long(name: str, value: str, field: str) -> Refusal | None:
    longest = LONGEST.get(name, 200)
    if len(value) <= longest:
        return None
    return refuse("too-long", "%(what)s is %(length)s characters long; at most %(longest)s fit on the permit.",
                  what=field, length=len(value), longest=longest, field=field)


def trade_json(answers: Mapping[str, Any], *, home: str, on: date) -> dict[str, Any]:
    """The answers as a trade in the contract's JSON shape, ready for `parse_trade`."""
    direction = answers.get("direction", "")
    other = answers.get("other_country", "")
    outward = direction in OUTWARD
    return {
        "direction": direction, "on": on.isoformat(),
        "from": home if outward else other, "to": other if outward else home,
        "purpose": answers.get("purpose", ""), "lines": [_line_json(line, home) for line in answers.get("lines", [])],
        **_exemption(answers),
    }


def _exemption(answers: Mapping[str, Any]) -> dict[str, Any]:
    """What Article VII asks about the trade as a whole: the certificate, whose effects they are, who is registered."""
    task = kinds.task_of(answers)
    if task is None:
        return {}
    found: dict[str, Any] = {}
    if task.certificate:
        found["certificate"] = task.certificate
    if task.personal:
        found |= {"personal_effects": True, "carried_by_owner": answers.get("carried") == "yes"}
    if task.own and answers.get("residence"):
        found["residence"] = answers["residence"]
    if task.certificate == EXCHANGE:
        found["registered_operation"] = ", ".join(filter(None, (answers.get(name, "").strip() for name in REGISTERS)))
    return found


def _line_json(line: Mapping[str, str], home: str) -> dict[str, Any]:
    out: dict[str, Any] = {name: line.get(name, "") for name in ("taxon", "term", "quantity", "unit", "source")}
    out["origin"] = line.get("origin", "") or home
    out["live"] = line.get("live") == "yes" or line.get("term") == "LIV"
    for name, key in (("second_source", "second_source"), ("acquired", "acquired"), ("operation", "operation"),
                      ("origin_permit", "origin_permit"), ("region", "region"), ("plan", "plan")):
        if line.get(name):
            out[key] = line[name]
    return out


def trade_of(answers: Mapping[str, Any], *, home: str, on: date, law: Law) -> Trade | tuple[Refusal, ...]:
    """The Trade that the answers mean on that day, or every fault in them. `law` is that of the Party `home`."""
    faults = [*_missing(answers)]
    trade = parse_trade(trade_json(answers, home=home, on=on), law, suggest=suggesting(home))
    if isinstance(trade, Trade):
        return tuple(faults) if faults else trade
    return (*faults, *trade)


def _missing(answers: Mapping[str, Any]) -> list[Refusal]:
    """What a permit needs beside the trade itself: the other party's name and address (boxes 3 and 4), and what the
    task asks for."""
    outward = answers.get("direction") in OUTWARD
    who = "importer" if outward else "exporter"
    out = []
    for name, what in (("other_name", "name"), ("other_address", "address")):
        if not kinds.goes_along(answers) and not answers.get(name, "").strip():
            out.append(refuse("missing", "Give the %(what)s of the %(who)s: the permit is not valid without it.",
                              what=what, who=who, field=name, basis=("Res. Conf. 12.3, Annex 1",)))
    if answers.get("declared_value", "").strip() and declared_value(answers) is None:
        out.append(refuse("value-unread", "Write the declared value in digits, for example 2500 or 2500.50.",
                          field="declared_value"))
    return [*out, *needs.missing(answers)]


def declared_value(answers: Mapping[str, Any]) -> Decimal | None:
    """What the goods are worth by the applicant's word; None where nothing, or no number, was typed."""
    typed = answers.get("declared_value", "").replace(" ", "").replace("\u00a0", "").replace("\u202f", "")
    return Decimal(typed) if re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,2})?", typed) else None
