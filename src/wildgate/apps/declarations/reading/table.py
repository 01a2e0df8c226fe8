"""Declarations as a table: a line for each item, the columns of the head repeated or given once, faults by line."""

from __future__ import annotations

import csv
import io
import re
from typing import Any, Final

from wildgate.apps.declarations.reading.faults import Fault, Faults, Place
from wildgate.apps.declarations.reading.fields import HEAD, ITEM, PARTIES, PARTY_FIELDS
from wildgate.convention.sentence import say

MOST_LINES: Final = 5_000
MOST_DECLARATIONS: Final = 500
SECOND: Final = 2
HEAD_COLUMNS: Final = (*HEAD, *(f"{party}_{each.name}" for party in PARTIES for each in PARTY_FIELDS))
PERMIT_COLUMNS: Final = ("permit", "permit_country", "permit_issued_on", "foreign_permit", "foreign_permit_country",
                         "foreign_permit_issued_on")
ITEM_COLUMNS: Final = (*(("item" if name == "number" else name) for name in ITEM), *PERMIT_COLUMNS)
COLUMNS: Final = (*HEAD_COLUMNS, *ITEM_COLUMNS)
Row = tuple[int, dict[str, str]]


class Tabled:
    """One declaration out of a table: its form, and where each field stands."""

    def __init__(self, rows: list[Row]) -> None:
        self.lines = [line for line, _row in rows]
        self.form = _form([row for _line, row in rows])

    def place(self, path: str) -> str:
        """`line 4, column hs` for `items[2].hs`."""
        found = re.fullmatch(r"items\[(\d+)\](?:\.(\w+))?(?:\[(\d+)\])?(?:\.(\w+))?", path)
        if not found:
            return _cell(self.lines[0], path.replace(".", "_"))
        column = {"number": "item"}.get(found[2] or "", found[2] or "")
        if column == "permits":
            foreign = self.form["items"][int(found[1])]["permits"][int(found[3] or 0)]["role"] == "foreign"
            column = ("foreign_permit" if foreign else "permit") + (
                f"_{found[4]}" if found[4] in ("country", "issued_on") else "")
        return _cell(self.lines[int(found[1])], column)


def _cell(line: int, column: str) -> str:
    return say("line %(line)s, column %(column)s", line=line, column=column)


def read_table(data: bytes) -> tuple[list[Tabled], tuple[Fault, ...]]:
    """The declarations of a CSV file in UTF-8, comma or semicolon; or why it is none."""
    faults = Faults(lambda path: path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        faults.add("unreadable", f"byte {error.start + 1}", "The file is not UTF-8.")
        return [], faults.all()
    if "\x00" in text:
        faults.add("unreadable", "", "The file is no text.")
        return [], faults.all()
    rows = _rows(text, faults)
    grouped: dict[str, list[Row]] = {}
    for line, row in rows:
        grouped.setdefault(row.get("reference", ""), []).append((line, row))
    if len(grouped) > MOST_DECLARATIONS:
        faults.add("too-many", "", "The file holds more than %(most)s declarations.", most=MOST_DECLARATIONS)
    for rows_of in grouped.values():
        _agree(rows_of, faults)
    return ([] if faults else [Tabled(each) for each in grouped.values()]), faults.all()


def _rows(text: str, faults: Faults) -> list[Row]:
    sign = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    out: list[Row] = []
    try:
        head = [name.strip().lower() for name in next(reader, [])]
        if not _columns(head, faults):
            return []
        for cells in reader:
            line = reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(head):
                faults.add("too-many-cells", f"line {line}", "Line %(line)s has more cells than the head.", line=line)
            if len(out) >= MOST_LINES:
                faults.add("too-many", f"line {line}", "The file has more than %(most)s lines.", most=MOST_LINES)
                break
            out.append((line, dict(zip(head, (cell.strip() for cell in cells), strict=False))))
    except csv.Error as error:
        faults.add("unreadable", f"line {reader.line_num}", "Line %(line)s cannot be read: %(what)s.",
                   line=reader.line_num, what=error)
    if not out and not faults:
        faults.add("no-items", "", "The file holds no lines.")
    return out


def _columns(head: list[str], faults: Faults) -> bool:
    for i, name in enumerate(head):
        if name not in COLUMNS:
            faults.add("unknown-column", f"line 1, column {i + 1}", "%(name)s is no column of a declaration.",
                       name=name)
        elif name in head[:i]:
            faults.add("column-twice", f"line 1, column {i + 1}", "The column %(name)s stands there twice.", name=name)
    for name in ("reference", "direction", "hs"):
        if name not in head:
            faults.add("missing", "line 1", "The column %(name)s is missing.", name=name)
    return not faults


def _agree(rows: list[Row], faults: Faults) -> None:
    """Lines of one declaration say the same in the columns of its head, or nothing."""
    first = rows[0][1]
    for line, row in rows[1:]:
        for name in HEAD_COLUMNS:
            if row.get(name) and row[name] != first.get(name, ""):
                faults.add("head-differs", f"line {line}, column {name}",
                           "Line %(line)s says %(now)s in %(name)s; the first line of the declaration says otherwise.",
                           line=line, now=row[name], name=name)


def _form(rows: list[dict[str, str]]) -> dict[str, Any]:
    first = rows[0]
    form: dict[str, Any] = {name: first[name] for name in HEAD if first.get(name)}
    for party in PARTIES:
        said = {each.name: first[f"{party}_{each.name}"] for each in PARTY_FIELDS if first.get(f"{party}_{each.name}")}
        if said:
            form[party] = said
    form["items"] = [_item(row) for row in rows]
    return form


def _item(row: dict[str, str]) -> dict[str, Any]:
    out: dict[str, Any] = {name: row["item" if name == "number" else name] for name in ITEM
                           if row.get("item" if name == "number" else name)}
    out["permits"] = [
        {"number": row[column], "role": role, **{
            part: row[f"{column}_{part}"] for part in ("country", "issued_on") if row.get(f"{column}_{part}")}}
        for column, role in (("permit", "home"), ("foreign_permit", "foreign")) if row.get(column)]
    return out


def place_of(each: Tabled) -> Place:
    return each.place


def fault_file(data: bytes, faults: tuple[Fault, ...]) -> bytes:
    """The faults as a table to work through: where, code, sentence. No cell begins a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["place", "field", "code", "reason"])
    for each in faults:
        writer.writerow([_tame(cell) for cell in (each.place, each.path, each.code, each.sentence)])
    return out.getvalue().encode("utf-8-sig")


def _tame(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
