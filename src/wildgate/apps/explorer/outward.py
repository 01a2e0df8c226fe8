"""The same answer for programs: JSON, and the records themselves as CSV, row by row."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from wildgate.apps.explorer.answering import Answer
from wildgate.apps.explorer.hiding import FEWEST, PERSONAL, Figure
from wildgate.convention.permit import plain
from wildgate.worldtrade import questions
from wildgate.worldtrade.questions import Question, TradeRow
from wildgate.worldtrade.store import Store

MOST_ROWS: Final = 100_000
"""So many records at most come in one file; narrower questions give the others."""
AT_ONCE: Final = 10_000
COLUMNS: Final = ("kind", "set_name", "reporter", "year", "month", "appendix", "taxon", "class_name", "order_name",
                  "family", "genus", "term", "quantity", "unit", "importer", "exporter", "origin", "purpose", "source",
                  "given_term", "given_quantity", "given_unit")
PART_KEYS: Final = {"trend": ("reporter", "year"), "exporters": ("exporter",), "importers": ("importer",),
                    "flows": ("exporter", "importer"), "taxa": ("taxon",), "mix": ("year", "source"),
                    "months": ("reporter", "month")}
"""What names a figure of each part."""


def number(value: Decimal | None) -> str | None:
    """A quantity as text, so that no program rounds it; null where it is left out."""
    return None if value is None else plain(value)


def as_json(answer: Answer, asked: dict[str, str], address: str) -> dict[str, Any]:
    """The answer as a document (docs/guide/trade-explorer.md)."""
    question = answer.question
    return {
        "address": address, "question": asked, "records": question.kind, "term": question.term, "unit": question.unit,
        "reporter": answer.side, "hidden_below": FEWEST if answer.held_back else None,
        "sets": [{"name": each.name, "rows": each.rows, "loaded": each.loaded_at.isoformat(),
                  "first_year": each.first_year, "last_year": each.last_year} for each in answer.sets],
        "choices": [{"term": each.term, "unit": each.unit, "records": each.records} for each in answer.choices],
        **{name: [_figure(name, each) for each in part] for name, part in answer.parts.items()}}


def _figure(name: str, figure: Figure) -> dict[str, Any]:
    keys = {key: int(value) if key in {"year", "month"} else value
            for key, value in zip(PART_KEYS[name], figure.key, strict=True)}
    return {**keys, "quantity": number(figure.quantity), "records": None if figure.hidden else figure.records}


class _Line:
    """A file of one line, which the writer of CSV hands back."""

    def write(self, text: str) -> str:
        return text


def csv_lines(store: Store, question: Question, *, official: bool) -> Iterator[str]:
    """The records as CSV, in pieces; to the public without our own and those of single persons."""
    writer = csv.writer(_Line())
    yield "\ufeff" + str(writer.writerow(COLUMNS))
    for start in range(0, MOST_ROWS, AT_ONCE):
        found = questions.rows(store, question, limit=AT_ONCE, offset=start)
        for row in found:
            if official or open_row(row):
                yield str(writer.writerow([harmless(_cell(getattr(row, name))) for name in COLUMNS]))
        if len(found) < AT_ONCE:
            return


def open_row(row: TradeRow) -> bool:
    """Whether the public may have the record by itself."""
    return row.kind != "own" and row.purpose not in PERSONAL


def _cell(value: object) -> str:
    return plain(value) if isinstance(value, Decimal) else str(getattr(value, "value", value))


def harmless(cell: str) -> str:
    """Text that a spreadsheet would take for a formula begins with an apostrophe."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
