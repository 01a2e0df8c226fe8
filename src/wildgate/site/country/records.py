"""The rows of a table as lines of JSON, the same from SQLite and from PostgreSQL, and back.

A line is one object: column to value, in the order of their names. Numbers with decimals, times (ISO 8601, UTC) and
days are texts; bytes are base64; what a column holds as JSON stands as it is.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import connection, models
from django.db.models import Field, Model

AT_A_TIME: Final = 500
WHOLE_NUMBERS: Final = (models.AutoField, models.IntegerField, models.BigAutoField)


def columns(model: type[Model]) -> list[Field[Any, Any]]:
    """The fields that stand in the table itself and that a program writes, by name: tables grow in many orders."""
    return sorted((field for field in model._meta.local_concrete_fields if not getattr(field, "generated", False)),
                  key=column_of)


def column_of(field: Field[Any, Any]) -> str:
    return str(field.column)


def lines(model: type[Model], blanked: dict[str, Any] | None = None) -> Iterator[str]:
    """Every row, by its key. `blanked` gives what stands in place of a secret column."""
    fields, blanked = columns(model), blanked or {}
    names = [field.attname for field in fields]
    places = [(column_of(field), blanked.get(column_of(field), ...)) for field in fields]
    rows = model._base_manager.order_by("pk").values_list(*names).iterator(chunk_size=2_000)
    found = (json.dumps({column: told(value) if instead is ... else instead
                         for (column, instead), value in zip(places, row, strict=True)},
                        ensure_ascii=False, separators=(",", ":")) for row in rows)
    if isinstance(_root(model._meta.pk), WHOLE_NUMBERS):
        yield from found
    else:  # databases put letters in different orders
        yield from sorted(found)


def told(value: Any) -> Any:
    """A value of a column as JSON has it."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case date() | time():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case timedelta():
            return value.total_seconds()
        case UUID():
            return str(value)
        case bytes() | bytearray() | memoryview():
            return base64.b64encode(bytes(value)).decode()
        case _:
            return value


def read_in(model: type[Model], source: Iterable[str]) -> int:
    """Put rows into an empty table as they are; so many. ValueError when a line has other columns than the table.

    Nothing is computed anew: no default, no time of change. Call inside a transaction: its end looks at references.
    """
    fields = columns(model)
    readers = [(field.attname, field.column, _reader(field)) for field in fields]
    known = {field.column for field in fields}
    size = min(AT_A_TIME, connection.ops.bulk_batch_size(fields, [None] * AT_A_TIME))
    count, batch = 0, []
    for line in source:
        row = json.loads(line)
        if row.keys() != known:
            raise ValueError(f"{model._meta.db_table}: the columns {', '.join(sorted(row.keys() ^ known))} do not fit")
        batch.append(model(**{name: None if row[column] is None else read(row[column])
                              for name, column, read in readers}))
        count += 1
        if len(batch) >= size:
            _write(model, batch, fields)
            batch = []
    if batch:
        _write(model, batch, fields)
    return count


def _write(model: type[Model], batch: list[Model], fields: list[Field[Any, Any]]) -> None:
    """As Django itself loads rows that were kept: with their keys, and with nothing computed."""
    model._base_manager.get_queryset()._insert(batch, fields=fields, using="default", raw=True)  # type: ignore[attr-defined]


def _root(field: Any) -> Any:
    """What a reference holds: the key that it names."""
    while field.remote_field is not None:
        field = field.target_field
    return field


READERS: Final[tuple[tuple[type[Any], Callable[[Any], Any]], ...]] = (
    (models.DateTimeField, datetime.fromisoformat), (models.DateField, date.fromisoformat),
    (models.TimeField, time.fromisoformat), (models.DurationField, lambda value: timedelta(seconds=value)),
    (models.BinaryField, base64.b64decode), (models.UUIDField, UUID), (models.DecimalField, Decimal),
)


def _reader(field: Any) -> Callable[[Any], Any]:
    kind = _root(field)
    found = next((read for of, read in READERS if isinstance(kind, of)), None)
    return found or _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
