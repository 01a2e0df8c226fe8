"""The permit as JSON: this house's own form, lossless both ways, and an export by the names of UN/CEFACT."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from wildgate.convention.lifecycle import CaseState, PermitState
from wildgate.convention.permit import PermitRecord, plain
from wildgate.convention.refusal import Refusal, refuse
from wildgate.message.nodes import Node, elements
from wildgate.message.profile import Box14
from wildgate.message.schema import Rule, schema
from wildgate.message.states import answer_word
from wildgate.message.writer import write_v2

FORM = "wildgate-permit/1"
ABSENT = {"purpose", "second_source", "quota_used", "quota", "last_re_export", "acquired", "issued_on"}
LISTS = {"lines", "marks"}
OBJECTS = {"importer", "exporter", "authority", "origin", "last_re_export"}
MAX_QUANTITIES = 20_000
LEADING = re.compile(r"^[A-Z]+(?=[A-Z][a-z])|^[A-Z]+$|^[A-Z]")


def record_json(record: PermitRecord, endorsements: Sequence[Box14] = ()) -> dict[str, Any]:
    """Record and endorsements; the digest says whether the record is still the one that was sealed."""
    return {"form": FORM, "permit": record.as_json(), "digest": record.digest.hex(),
            "endorsements": [_endorsement_json(each) for each in endorsements]}


def read_record_json(data: object) -> tuple[PermitRecord, tuple[Box14, ...]] | Refusal:
    """The inverse of `record_json`, for a document from anywhere."""
    if not isinstance(data, dict) or data.get("form") != FORM:
        return refuse("not-a-permit-document", "The document is not a permit in the form %(form)s.", form=FORM)
    permit, endorsements = data.get("permit"), data.get("endorsements", [])
    if wrong := _wrong(permit, "permit"):
        return refuse("not-a-permit-document", "The document is no permit: %(at)s is missing or of the wrong kind.",
                      at=wrong.encode(errors="replace").decode())
    try:
        record = PermitRecord.from_json(permit)  # type: ignore[arg-type]
        events = tuple(_endorsement(each) for each in endorsements)
    except (KeyError, TypeError, ValueError, InvalidOperation, AttributeError) as error:
        return refuse("not-a-permit-document", "The document is no permit: %(at)s is missing or of the wrong kind.",
                      at=str(error)[:80].encode(errors="replace").decode())
    try:
        digest = record.digest.hex()
    except UnicodeEncodeError:
        return refuse("not-a-permit-document", "The document is no permit: it holds half of a sign.")
    if not isinstance(data.get("digest"), str) or data["digest"] != digest:
        return refuse("other-digest", "The permit is not the one that the document's digest is about.")
    return record, events


def _wrong(value: object, where: str) -> str:
    """The first place that has not the kind of value that a record has there; nothing when all have."""
    if not isinstance(value, dict):
        return where
    for key, inner in value.items():
        at = f"{where}.{key}"
        if inner is None and key in ABSENT:
            continue
        if key in LISTS:
            if not isinstance(inner, list):
                return at
            wrong = next(filter(None, (_wrong(each, at) if key == "lines" else "" if isinstance(each, str) else at
                                       for each in inner)), "")
        elif key in OBJECTS:
            wrong = _wrong(inner, at)
        else:
            wrong = "" if isinstance(inner, bool if key == "private" else str) else at
        if wrong:
            return wrong
    return ""


def _endorsement_json(each: Box14) -> dict[str, Any]:
    return {"at": each.at.astimezone(UTC).isoformat(), "port": each.port, "port_name": each.port_name,
            "officer": each.officer, "transport_document": each.transport_document,
            "quantities": [{"block": block, "quantity": plain(amount), "unit": unit}
                           for block, amount, unit in each.quantities]}


def _endorsement(data: Mapping[str, Any]) -> Box14:
    at = datetime.fromisoformat(data["at"])
    if at.tzinfo is None or len(data["quantities"]) > MAX_QUANTITIES:
        raise ValueError("endorsements")
    words = [data[key] for key in ("port", "port_name", "officer", "transport_document")]
    rows = [(each["block"], each["unit"], each["quantity"]) for each in data["quantities"]]
    if not all(isinstance(word, str) for word in (*words, *(part for row in rows for part in row))):
        raise TypeError("endorsements")
    quantities = tuple((block, Decimal(amount), unit) for block, unit, amount in rows)
    if not all(amount.is_finite() and amount >= 0 for _, amount, _ in quantities):
        raise ValueError("endorsements.quantities")
    return Box14(at.astimezone(UTC), words[0], words[2], quantities, words[1], words[3])


# By the names of UN/CEFACT


def uncefact_json(record: PermitRecord, endorsements: Sequence[Box14] = ()) -> dict[str, Any]:
    """The v2 message as JSON: names of its elements in lowerCamelCase, lists where the schema allows many, decimals as
    text. An export: nothing reads it back."""
    root = elements(write_v2(record, "", endorsements))
    named = _named(root, schema("v2"))
    return named if isinstance(named, dict) else {}


def _named(node: Node, rule: Rule) -> dict[str, Any] | str:
    if node.text is not None:
        attributes = dict.fromkeys(rule.attributes & {"unitCode"}, "") | dict(node.attributes)
        return {"content": node.text} | attributes if attributes else node.text
    known = {child.name: child for child in rule.children}
    out: dict[str, Any] = {}
    for child in node.children:
        name = child.name.partition(":")[2]
        value = _named(child, known[name])
        if known[name].most is None:
            out.setdefault(_camel(name), []).append(value)
        else:
            out[_camel(name)] = value
    return out


def _camel(name: str) -> str:
    return LEADING.sub(lambda found: found[0].lower(), name, count=1)


# A single window's answer


def consent(case: CaseState, record: PermitRecord | None = None, permit: PermitState | None = None) -> dict[str, Any]:
    """What a trade portal may know of an application (LPCO): the word, and of a granted one number, validity and
    quantities. No names."""
    word = answer_word(case, permit)
    if record is None or word != "granted":
        return {"answer": word}
    return {"answer": word, "number": record.number, "valid_until": record.valid_until.isoformat(),
            "lines": [{"block": line.block, "taxon": line.taxon, "term": line.term, "quantity": plain(line.quantity),
                       "unit": line.unit} for line in record.lines]}
