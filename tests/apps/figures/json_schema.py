"""A strict reading of JSON Schema: the keywords that ours use; a schema with any other keyword fits nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

KNOWN = {"type", "properties", "required", "additionalProperties", "items", "enum", "const", "pattern", "minimum",
         "$ref", "oneOf", "$schema", "$id", "title", "$defs"}
KINDS = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool,
         "null": type(None)}


def fits(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str = "$") -> list[str]:
    """Where a value does not fit; an empty list where it does."""
    if unknown := set(schema) - KNOWN:
        return [f"{at}: {unknown}"]
    if "$ref" in schema:
        return fits(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root, at)
    if "oneOf" in schema:
        tried = [fits(value, each, root, at) for each in schema["oneOf"]]
        return [] if sum(not each for each in tried) == 1 else [f"{at}: {tried}"]
    return [f"{place}: {value!r}" if place == at else place for place in (*_own(value, schema, at),
                                                                         *_inside(value, schema, root, at))]


def _own(value: Any, schema: dict[str, Any], at: str) -> Iterator[str]:
    named = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", [])
    right = not named or any(isinstance(value, KINDS[kind]) and (kind == "boolean" or not isinstance(value, bool))
                             for kind in named)
    if not right or not all((
            value in schema.get("enum", [value]), value == schema.get("const", value),
            "pattern" not in schema or re.search(schema["pattern"], value),
            "minimum" not in schema or value >= schema["minimum"])):
        yield at


def _inside(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str) -> Iterator[str]:
    if isinstance(value, dict):
        places = schema.get("properties", {})
        yield from (f"{at} misses {name}" for name in schema.get("required", []) if name not in value)
        for name in value:
            if name in places:
                yield from fits(value[name], places[name], root, f"{at}.{name}")
            elif schema.get("additionalProperties") is False:
                yield f"{at} has {name}"
    if isinstance(value, list):
        for i, each in enumerate(value):
            yield from fits(each, schema.get("items", {}), root, f"{at}[{i}]")
