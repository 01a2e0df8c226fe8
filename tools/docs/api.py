"""The reference of the machine interface: a page for each group of operations, from the OpenAPI description."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

GROUPS = {
    "program": "A program's own data", "declarations": "Customs declarations",
    "permits": "Permits and their quantities", "carrier": "Carriers and parcels",
    "exchange": "Exchange between Parties",
}
"""Group of the description -> title of its page, in the order of the index."""
TRIED = {
    "number": "26QM000001E", "country": "QM", "taxon": "Crocodylus novaeguineae", "term": "SKI", "quantity": "1150",
    "unit": "NAR", "reference": "26QM000000481E", "procedure": "1000", "post": "Kivu-2", "block": "A",
    "transport_document": "020-44556677", "issued_on": "2026-03-01", "at": "2026-03-03T09:30:00Z",
}
"""What a field of this name holds in an example that the description does not give itself."""
OPENING = """# The machine interface

Written from the OpenAPI description when the documentation is built; an installation serves the same description at
`/api/v1/openapi.json`, and as a page at `/api/v1/docs`.

{about}

A program gets its key under `/programs/`. How a customs system uses it stands in
[the guide for single windows](../../guide/single-window.md), for carriers in [theirs](../../guide/carrier.md), between
Parties in [messages](../../guide/messages.md).

| group | operations |
| --- | --- |
{rows}

## What a refusal looks like

```json
{problem}
```

`code` never changes; `detail` is a sentence for a person. Status 429 says in `Retry-After` how many seconds to wait.
"""
PROBLEM = {"type": "about:blank", "title": "Unprocessable Content", "status": 422, "code": "not-as-described",
           "detail": "items[0].hs: Field required."}


def pages(said: Mapping[str, Any], rules: Mapping[tuple[str, str], str]) -> dict[str, str]:
    """File names with their Markdown. `rules` says for (address, METHOD) who may call."""
    schemas = said["components"]["schemas"]
    groups: dict[str, list[str]] = {}
    for address, methods in said["paths"].items():
        for method, operation in methods.items():
            section = _operation(address, method.upper(), operation, rules.get((address, method.upper()), ""), schemas)
            groups.setdefault(operation["tags"][0], []).append(section)
    order = [*(name for name in GROUPS if name in groups), *sorted(set(groups) - set(GROUPS))]
    rows = [f"| [{GROUPS.get(name, name)}]({name}.md) | {len(groups[name])} |" for name in order]
    toc = "\n".join(["```{toctree}", ":hidden:", "", *order, "```"])
    index = OPENING.format(about=said["info"]["description"], rows="\n".join(rows),
                           problem=json.dumps(PROBLEM, indent=2))
    return {"index.md": f"{index}\n{toc}\n",
            **{f"{name}.md": "\n".join([f"# {GROUPS.get(name, name)}", "", *groups[name]]) for name in order}}


def _operation(address: str, method: str, said: Mapping[str, Any], rule: str, schemas: Mapping[str, Any]) -> str:
    out = [f"## {method} {address}", "", _plain(said.get("description", "")), ""]
    if rule:
        out += [f"Who may call: {rule}.", ""]
    if places := said.get("parameters"):
        out += ["| parameter | in | type | meaning |", "| --- | --- | --- | --- |"]
        out += [f"| `{each['name']}`{'' if each.get('required') else ' (optional)'} | {each['in']} | "
                f"{kind(each['schema'], schemas)} | "
                f"{_cell(each.get('description') or each['schema'].get('description', ''))} |"
                for each in places]
        out.append("")
    for media, body in (said.get("requestBody") or {}).get("content", {}).items():
        out += [f"Body, `{media}`:", "", *_fields(body["schema"], schemas), *_example(media, body, schemas)]
    out += ["| status | answer |", "| --- | --- |"]
    out += [f"| {status} | {_cell(_answer(answer, schemas))} |" for status, answer in said["responses"].items()]
    return "\n".join([*out, ""])


def _fields(schema: Mapping[str, Any], schemas: Mapping[str, Any], prefix: str = "") -> list[str]:
    rows = list(_rows(schema, schemas, prefix))
    return ["| field | type | meaning |", "| --- | --- | --- |", *rows, ""] if rows else []


def _rows(schema: Mapping[str, Any], schemas: Mapping[str, Any], prefix: str) -> Iterator[str]:
    """Each field, and those of the objects in it, three ranks deep."""
    schema = resolved(schema, schemas)
    needed = set(schema.get("required", ()))
    for name, one in schema.get("properties", {}).items():
        one = resolved(one, schemas)
        here = f"{prefix}{name}"
        yield (f"| `{here}`{'' if name in needed else ' (optional)'} | {kind(one, schemas)} | "
               f"{_cell(one.get('description', ''))} |")
        inner = resolved(one.get("items", one), schemas)
        if inner.get("properties") and here.count(".") < 2:
            yield from _rows(inner, schemas, f"{here}[]." if "items" in one else f"{here}.")


def kind(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    """The type in words: `text, at most 40 signs`, `list of objects`."""
    schema = resolved(schema, schemas)
    if "enum" in schema:
        return " or ".join(f"`{each}`" for each in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if some := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(dict.fromkeys(kind(each, schemas) for each in some))
    names = schema.get("type", "any")
    if names == "any":
        return ""
    words = {"string": "text", "integer": "whole number", "array": "list", "object": "object", "boolean": "yes or no",
             "null": "nothing", "number": "number"}  # fmt: skip
    said = " or ".join(words.get(each, each) for each in ([names] if isinstance(names, str) else names))
    said = {"date": "day (ISO 8601)", "date-time": "time (ISO 8601)"}.get(schema.get("format", ""), said)
    most = schema.get("maxLength") or schema.get("maxItems")
    return f"{said}, at most {most:,}" if most and most < 10**9 else said


def resolved(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema that a reference names, with what stands beside the reference."""
    if "$ref" not in schema:
        return schema
    beside = {key: value for key, value in schema.items() if key != "$ref"}
    return {**schemas[schema["$ref"].rpartition("/")[2]], **beside}


def _example(media: str, body: Mapping[str, Any], schemas: Mapping[str, Any]) -> list[str]:
    shown = body["example"] if "example" in body else made(body["schema"], schemas) if "json" in media else None
    if shown is None:
        return []
    text = shown if isinstance(shown, str) else json.dumps(shown, indent=2, ensure_ascii=False)
    fence = "```json" if "json" in media else "```text"
    return ["For example:", "", fence, text.replace("\r\n", "\n").rstrip(), "```", ""]


def made(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str = "") -> Any:
    """An example that fits the schema: what must be there, and what is known by its name."""
    schema = resolved(schema, schemas)
    if "example" in schema or "const" in schema:
        return schema.get("example", schema.get("const"))
    if schema.get("enum"):
        return schema["enum"][0]
    if name in TRIED:
        return TRIED[name]
    if some := schema.get("anyOf") or schema.get("oneOf"):
        return made(some[0], schemas, name)
    if schema.get("type") == "array":
        return [made(schema.get("items", {}), schemas, name)] if schema.get("minItems", 1) else []
    if schema.get("type") == "object" or "properties" in schema:
        return {key: made(one, schemas, key) for key, one in schema.get("properties", {}).items()
                if key in schema.get("required", ()) or key in TRIED}
    if "default" in schema:
        return schema["default"]
    return {"integer": max(1, int(schema.get("minimum", 1))), "number": 1, "boolean": False}.get(
        str(schema.get("type")), {"date": "2026-03-01", "date-time": "2026-03-03T09:30:00Z"}.get(
            str(schema.get("format")), "…"))


def _answer(answer: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    parts = []
    for media, body in answer.get("content", {}).items():
        if "problem" in media:
            continue
        fields = resolved(body.get("schema", {}), schemas).get("properties", {})
        parts.append(f"`{media}`" + (f" with {', '.join(f'`{each}`' for each in fields)}" if fields else ""))
    said = answer.get("description", "")
    return f"{said}: {'; '.join(parts)}" if parts else f"{said} (problem)" if "content" in answer else said


def _cell(text: str) -> str:
    return " ".join(_plain(text).split()).replace("|", "\\|")


def _plain(text: str) -> str:
    return text.replace("<", "&lt;")
