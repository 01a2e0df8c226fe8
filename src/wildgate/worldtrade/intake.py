"""The SQL that turns the rows of a download into rows of the store: one pass, written in SQL, run by DuckDB."""

# ruff: noqa: S608  (the SQL is made of our own words; what a person gave goes in by name or as a quoted literal)
from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from wildgate.worldtrade import engine
from wildgate.worldtrade.columns import LONGEST_LINE, SHIPMENTS, TABULATION, Layout
from wildgate.worldtrade.engine import Connection, quoted
from wildgate.worldtrade.faults import FIRST_YEAR, LAST_YEAR
from wildgate.worldtrade.words import measures, term_codes

MOST = 10**12
LONGEST_CELL = 200
TEXTS = ("appendix", "taxon", "class", "order", "family", "genus", "term", "unit", "importer", "exporter", "origin",
         "purpose", "source")
KEY = ("reporter", '"year"', "taxon", "appendix", "importer", "exporter", "origin", "given_term", "given_unit",
       "purpose", "source")
"""What makes a row of a tabulation the same row as another."""
SHIPMENT_KEY = ("id", '"year"', "reporter")
CODED = ("appendix", "class", "order", "family", "genus", "term", "unit", "importer", "exporter", "origin", "purpose",
         "source", "reporter")
"""Columns of few words, which are worth a type of their words where these are known beforehand."""
_TRIMMED = frozenset({"taxon", "term", "unit"})
_COUNTRIES = frozenset({"importer", "exporter"})


def lay_types(connection: Connection, source: str, layout: Layout) -> dict[str, str]:
    """Have a type for each column of few words in a Parquet file, whose own dictionaries tell them quickly: the name
    of the type by column. Terms and units have room for the codes that they become."""
    codes = {"term": set(term_codes().values()),
             "unit": {code for one in measures().values() for code in (one.code, one.own)}}
    return {column: f"{column}_type" for column in CODED if engine.lay_type(
        connection, f"{column}_type", f"SELECT DISTINCT {_text(layout, column)} FROM {source}",
        codes.get(column, ()))}


def lay_words(connection: Connection, types: Mapping[str, str]) -> None:
    """The tables of words that the intake joins: terms, and units with `times` and `factor` to what they become. Each
    word is there in the cases that files write, which is quicker than to fold every cell."""
    terms = {form: code for word, code in term_codes().items() for form in _cases(word)}
    of_term, of_unit = types.get("term", "VARCHAR"), types.get("unit", "VARCHAR")
    connection.execute(
        f"CREATE TEMP TABLE term_words AS SELECT TRY_CAST(word AS {of_term}) AS word, CAST(code AS {of_term}) AS code "
        "FROM (SELECT unnest($words) AS word, unnest($codes) AS code)",
        {"words": list(terms), "codes": list(terms.values())})
    units = {form: measure for word, measure in measures().items() for form in _cases(word)}
    whole = [measure.factor == measure.factor.to_integral_value() for measure in units.values()]
    connection.execute(
        f"CREATE TEMP TABLE unit_words AS SELECT TRY_CAST(word AS {of_unit}) AS word, CAST(code AS {of_unit}) AS code, "
        f"CAST(own AS {of_unit}) AS own, CAST(times AS DECIMAL(4,0)) AS times, "
        "CAST(factor AS DECIMAL(13,12)) AS factor, turns FROM (SELECT unnest($words) AS word, unnest($codes) AS code, "
        "unnest($own) AS own, unnest($times) AS times, unnest($factors) AS factor, unnest($turns) AS turns)",
        {"words": list(units), "codes": [measure.code for measure in units.values()],
         "own": [measure.own for measure in units.values()],
         "times": [str(one.factor) if is_whole else "1" for one, is_whole in zip(units.values(), whole, strict=True)],
         "factors": ["1" if is_whole else str(one.factor) for one, is_whole in zip(units.values(), whole, strict=True)],
         "turns": [measure.factor != 1 for measure in units.values()]})


def _cases(word: str) -> tuple[str, ...]:
    return word, word.upper(), word.capitalize(), word.title()


def csv_source(paths: Sequence[Path], layout: Layout, *, numbered: bool = False) -> str:
    """The table function that reads these CSV files; every cell is text, "NA" written bare is NULL where it is blank.
    A numbered copy has no heading and the line before each record; what even so cannot be read is kept as rejected."""
    names = ["line"] * numbered + [f"c{place}" for place in range(len(layout.columns))]
    columns = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in names)
    listed = ", ".join(quoted(str(path)) for path in paths)
    lenient = ("strict_mode = false, store_rejects = true, rejects_table = 'rejected', rejects_scan = 'rejected_scans'"
               if numbered else "strict_mode = true")
    blank = "nullstr = 'NA', allow_quoted_nulls = false" if layout.na_is_blank else "nullstr = ''"
    return (f"read_csv([{listed}], auto_detect = false, header = {'false' if numbered else 'true'}, "
            f"delim = {quoted(layout.delimiter)}, quote = '\"', escape = '\"', columns = {{{columns}}}, {blank}, "
            f"max_line_size = {LONGEST_LINE * 2}, null_padding = false, {lenient})")


def parquet_source(paths: Sequence[Path], names: Sequence[str]) -> str:
    """The same from Parquet files; the line is the number of the row, counted as if a heading came first."""
    listed = ", ".join(quoted(str(path)) for path in paths)
    cells = ", ".join('"' + name.replace('"', '""') + f'" AS c{place}' for place, name in enumerate(names))
    return f"(SELECT file_row_number + 2 AS line, {cells} FROM read_parquet([{listed}], file_row_number = true))"


def typed(source: str, layout: Layout, *, lines: bool = False, types: Mapping[str, str] | None = None) -> str:
    """Each row of the file with its cells read, and in `fault` the first thing wrong with it. Columns that have one of
    the `types` are of it; a word that is not, of a file that somebody writes to meanwhile, is a fault."""
    cells = ",\n  ".join(f"{_text(layout, name)} AS {_own(name)}" for name in TEXTS)
    number = _cell(layout, "id")
    reads = [f"COALESCE(TRY_CAST({number} AS BIGINT), 0) AS id" if number else "CAST(0 AS BIGINT) AS id",
             f"TRY_CAST({_cell(layout, 'year')} AS SMALLINT) AS \"year\"",
             f"COALESCE(CAST({_cell(layout, 'year')} AS VARCHAR), '') AS year_text"]
    for column, name in _amounts(layout):
        cell = _cell(layout, column)
        reads += [f"TRY_CAST({cell} AS DECIMAL(25,9)) AS {name}",
                  f"COALESCE(CAST({cell} AS VARCHAR), '') AS {name}_text"]
    month = _cell(layout, "month")
    reads += ([f"TRY_CAST({month} AS TINYINT) AS \"month\"", f"COALESCE(CAST({month} AS VARCHAR), '') AS month_text"]
              if month else ["CAST(0 AS TINYINT) AS \"month\"", "'' AS month_text"])
    if layout.kind == SHIPMENTS:
        reads.append(f"{_text(layout, 'reporter')} AS reporter")
    line = "CAST(line AS BIGINT)" if lines else "CAST(0 AS BIGINT)"
    joined = ",\n  ".join(reads)
    rows = (f"SELECT *, {_fault(layout)} AS fault FROM (SELECT {line} AS line,\n  {cells},\n  {joined}\n  "
            f"FROM {source})")
    cast = {_own(name): of_type for name, of_type in (types or {}).items()
            if name != "reporter" or layout.kind == SHIPMENTS}
    if not cast:
        return rows
    turned = ", ".join(f"TRY_CAST({name} AS {of_type}) AS {name}" for name, of_type in cast.items())
    missing = " OR ".join(f"{name} IS NULL" for name in cast)
    return (f"SELECT * REPLACE (CASE WHEN {missing} THEN 'changed' ELSE fault END AS fault) FROM ("
            f"SELECT * REPLACE ({turned}) FROM ({rows}))")


def reported(rows: str, kind: str) -> str:
    """One row a report: a shipment is one, a row of a tabulation is up to two."""
    if kind == SHIPMENTS:
        return rows
    return (f"SELECT * EXCLUDE (import_q, export_q, import_q_text, export_q_text, side), side.reporter AS reporter, "
            "side.q AS q, side.q_text AS q_text FROM (SELECT *, unnest("
            "[{'reporter': 'I', 'q': import_q, 'q_text': import_q_text}, "
            "{'reporter': 'E', 'q': export_q, 'q_text': export_q_text}]) AS side "
            f"FROM ({rows})) WHERE side.q IS NOT NULL OR (fault <> '' AND side.reporter = 'I')")


def stored(rows: str, kind: str, name: str) -> str:
    """The columns of the store. What converts exactly to a base unit does; what would be rounded stays as given.

    Most rows need no conversion and their quantities fit a machine word: those go the short way.
    """
    return f"""
SELECT fault, {_always(kind)} AS kind, {_always(name)} AS set_name, reporter, "year", "month", id, appendix, taxon,
  class_name, order_name, family, genus, term,
  CASE WHEN turned THEN CAST(trunc(base) AS DECIMAL(18,0)) WHEN short IS NOT NULL THEN trunc(short)
       ELSE CAST(trunc(q) AS DECIMAL(18,0)) END AS whole,
  CASE WHEN turned THEN CAST(base - trunc(base) AS DECIMAL(18,15))
       WHEN short IS NOT NULL THEN CAST(short - trunc(short) AS DECIMAL(18,15))
       ELSE CAST(q - trunc(q) AS DECIMAL(18,15)) END AS part,
  CASE WHEN turned THEN code ELSE COALESCE(own, given_unit) END AS unit,
  importer, exporter, origin, purpose, source, given_term,
  CASE WHEN turned THEN q END AS given_quantity, given_unit
FROM (
  SELECT *, COALESCE(CAST(base AS DECIMAL(38,15)) = base, false) AS turned
  FROM (
    SELECT r.*, COALESCE(t.code, r.given_term) AS term, TRY_CAST(r.q AS DECIMAL(18,9)) AS short, u.code, u.own,
      CASE WHEN u.turns THEN CAST(r.q * u.times AS DECIMAL(25,9)) * u.factor END AS base
    FROM ({rows}) AS r
    LEFT JOIN term_words AS t ON t.word = r.given_term
    LEFT JOIN unit_words AS u ON u.word = r.given_unit))"""


def good(rows: str) -> str:
    """The rows that are right; the others are left out."""
    return f"SELECT * EXCLUDE (fault) FROM ({rows}) WHERE fault = ''"


def all_good(rows: str) -> str:
    """Every row; the first that is not right ends it."""
    return f"SELECT * EXCLUDE (fault) FROM ({rows}) WHERE CASE WHEN fault = '' THEN true ELSE error(fault) END"


def key(kind: str) -> str:
    """The columns by which a row is the same as one of the store."""
    return ", ".join(KEY if kind == TABULATION else SHIPMENT_KEY)


def same(kind: str) -> str:
    """Whether the row `n` is the row `o`."""
    return " AND ".join(f"n.{column} = o.{column}" for column in (KEY if kind == TABULATION else SHIPMENT_KEY))


def known(kind: str) -> str:
    """Whether a row can be told from others: a shipment without an Id cannot."""
    return "true" if kind == TABULATION else "id <> 0"


def share(kind: str) -> str:
    """Columns of the key that share out the rows evenly."""
    return 'taxon, "year"' if kind == TABULATION else "id"


def _own(name: str) -> str:
    return {"class": "class_name", "order": "order_name", "term": "given_term", "unit": "given_unit"}.get(name, name)


def _cell(layout: Layout, name: str) -> str:
    place = layout.place(name)
    return "" if place is None else f"c{place}"


def _always(word: str) -> str:
    """One word for all rows, as a list of one."""
    return f"CAST({quoted(word)} AS ENUM ({quoted(word)}))"


def _text(layout: Layout, name: str) -> str:
    cell = _cell(layout, name)
    if not cell:
        return "''"
    if name == "reporter":
        return f"upper(COALESCE(CAST({cell} AS VARCHAR), ''))"
    missing = "'NA'" if name in _COUNTRIES and layout.na_is_blank else "''"
    text = f"COALESCE(CAST({cell} AS VARCHAR), {missing})"
    if layout.na_is_blank and name not in (*_COUNTRIES, "origin"):
        text = f"(CASE WHEN {cell} = 'NA' THEN '' ELSE {text} END)"
    edges = f"starts_with({text}, ' ') OR ends_with({text}, ' ')"
    return f"CASE WHEN {edges} THEN trim({text}) ELSE {text} END" if name in _TRIMMED else text


def _amounts(layout: Layout) -> tuple[tuple[str, str], ...]:
    if layout.kind == TABULATION:
        return ("import_quantity", "import_q"), ("export_quantity", "export_q")
    return (("quantity", "q"),)


def _fault(layout: Layout) -> str:
    tests = [(f'"year" IS NULL OR "year" NOT BETWEEN {FIRST_YEAR} AND {LAST_YEAR}', "year"),
             ('"month" IS NULL OR "month" NOT BETWEEN 0 AND 12', "month"), ("taxon = ''", "taxon"),
             ("given_term = ''", "term")]
    if layout.kind == TABULATION:
        tests += [(f"(import_q IS NULL AND import_q_text NOT IN ('', 'NA')) OR NOT import_q BETWEEN 0 AND {MOST}",
                   "quantity"),
                  (f"(export_q IS NULL AND export_q_text NOT IN ('', 'NA')) OR NOT export_q BETWEEN 0 AND {MOST}",
                   "quantity"),
                  ("import_q IS NULL AND export_q IS NULL", "no-quantity")]
    else:
        tests += [(f"q IS NULL OR q NOT BETWEEN 0 AND {MOST}", "quantity"),
                  ("reporter NOT IN ('E', 'I')", "reporter")]
    tests += [(f"length({name}) NOT IN (0, 2)", name) for name in ("importer", "exporter", "origin")]
    tests.append((f"greatest(length(taxon), length(given_term), length(given_unit), length(family), length(genus), "
                  f"length(class_name), length(order_name), length(appendix) * 50, length(source) * 25, "
                  f"length(purpose) * 25) > {LONGEST_CELL}", "too-long"))
    whens = " ".join(f"WHEN {test} THEN {quoted(code)}" for test, code in tests)
    return f"CASE {whens} ELSE '' END"
