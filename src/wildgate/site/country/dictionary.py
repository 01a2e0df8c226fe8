"""The data dictionary: every table and column that leaves, with type and meaning, read from the models themselves."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, Final

from django.db import models
from django.db.models import Model

from wildgate.site.country import staying
from wildgate.site.country.records import columns

TYPES: Final[tuple[tuple[type[Any], str], ...]] = (
    (models.BooleanField, "boolean"), (models.DateTimeField, "time (text, ISO 8601, UTC)"),
    (models.DateField, "day (text, ISO 8601)"), (models.TimeField, "time of day (text)"),
    (models.DurationField, "seconds (number)"), (models.DecimalField, "decimal (text)"),
    (models.FloatField, "number"), (models.BinaryField, "bytes (text, base64)"), (models.JSONField, "JSON"),
    (models.UUIDField, "UUID (text)"),
)


def tables(found: Iterable[type[Model]]) -> list[dict[str, Any]]:
    """The tables in their order."""
    return [_table(model) for model in found]


def _table(model: type[Model]) -> dict[str, Any]:
    notes = _notes(model)
    blanked = staying.BLANKED.get(model._meta.db_table, {})
    meaning = model.__doc__ or ""
    return {"table": model._meta.db_table, "file": f"records/{model._meta.db_table}.jsonl",
            "app": model._meta.app_label,
            "meaning": "" if meaning.startswith(f"{model.__name__}(") else inspect.cleandoc(meaning),
            "columns": [_column(field, notes, field.column in blanked) for field in columns(model)]}


def _column(field: Any, notes: dict[str, str], blanked: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"name": field.column, "type": type_of(field)}
    if field.null:
        told["may_be_null"] = True
    if field.primary_key:
        told["key"] = True
    if field.remote_field is not None:
        told["refers_to"] = f"{field.target_field.model._meta.db_table}.{field.target_field.column}"
    if field.choices:
        told["values"] = {str(value): str(label) for value, label in field.flatchoices}
    if meaning := notes.get(field.name) or str(field.help_text):
        told["meaning"] = meaning
    if blanked:
        told["left_empty"] = True
    return told


def type_of(field: Any) -> str:
    """How a value of the field stands in a line."""
    while field.remote_field is not None:
        field = field.target_field
    if type(field).__name__ == "QuantityField":  # whole millionths in the database, a decimal for everybody else
        return "decimal (text)"
    found = next((told for kind, told in TYPES if isinstance(field, kind)), None)
    if found:
        return found
    return "integer" if isinstance(field, models.IntegerField) else "text"


def _notes(model: type[Model]) -> dict[str, str]:
    """What the source says below a field, in quotes."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(model)))
    except (OSError, TypeError):
        return {}
    body = getattr(tree.body[0], "body", [])
    found = {}
    for one, other in pairwise(body):
        if (isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name) and isinstance(other, ast.Expr)
                and isinstance(other.value, ast.Constant) and isinstance(other.value.value, str)):
            found[one.targets[0].id] = inspect.cleandoc(other.value.value)
    return found


def as_markdown(found: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The dictionary as a page for people."""
    yield "# Data dictionary"
    yield ""
    yield "Each table is a file of JSON lines (UTF-8), one object for each row."
    for table in found:
        yield f"\n## {table['table']}\n"
        if table["meaning"]:
            yield " ".join(table["meaning"].split()) + "\n"
        yield "| column | type | meaning |"
        yield "| --- | --- | --- |"
        for column in table["columns"]:
            yield f"| {column['name']} | {column['type']} | {_told(column)} |"


def _told(column: dict[str, Any]) -> str:
    parts = [" ".join(column.get("meaning", "").split()),
             f"refers to {column['refers_to']}" if "refers_to" in column else "",
             ", ".join(f"{value or 'empty'}: {label}" for value, label in column.get("values", {}).items()),
             "may be null" if "may_be_null" in column else "", "left empty" if "left_empty" in column else ""]
    return "; ".join(part for part in parts if part).replace("|", "/")
