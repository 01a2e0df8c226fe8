"""One load, from a file to Parquet that lies aside: read, checked, told apart from what is there, written in parts."""

# ruff: noqa: S608  (the SQL is made of our own words; what a person gave goes in by name or as a quoted literal)
from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from wildgate.convention.refusal import Refusal, refuse
from wildgate.worldtrade import engine, intake
from wildgate.worldtrade.columns import OWN, SHIPMENTS, TABULATION, Layout, layout_of, layout_of_headings
from wildgate.worldtrade.engine import Connection, quoted
from wildgate.worldtrade.faults import MOST_LISTED, BadRow, Numbered, bad_row
from wildgate.worldtrade.members import Member, members

Progress = Callable[[str], None]
TOLD_EVERY = 2.0


@dataclass(slots=True)
class Made:
    """What a load has written aside so far."""

    folder: Path
    kind: str = ""
    bad: int = 0
    bad_rows: list[BadRow] = field(default_factory=list)
    already: int = 0
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Loading:
    """One file on its way. `beside` are the Parquet files of the store that its rows are held against; each step
    has a connection of its own to `engine`, with its own tables."""

    path: Path
    name: str
    aside: Path
    scratch: Path
    beside: Sequence[Path]
    progress: Progress
    engine: Connection
    own: bool = False

    def make(self) -> Made | Refusal:
        """Write the good rows below `aside`, or say why nothing can be read."""
        tables: list[tuple[Member, Layout]] = []
        self.scratch.mkdir(parents=True, exist_ok=True)
        for member in members(self.path, self.scratch):
            if isinstance(member, Refusal):
                return member
            layout = self._layout(member)
            if isinstance(layout, Refusal):
                return refuse(layout.code, "%(name)s: %(reason)s", name=member.name, reason=layout.reason)
            tables.append((member, layout))
            self.progress(f"{member.name}: {member.path.stat().st_size / 1e6:,.0f} MB to read")
        if len({layout.kind for _, layout in tables}) > 1:
            return refuse("two-kinds", "The file holds both shipments and a comparative tabulation: load them apart.")
        made = Made(self.aside, OWN if self.own else tables[0][1].kind)
        for layout, group in groupby(tables, key=lambda each: each[1]):
            together = [member for member, _ in group]
            self._write(made, together, layout)
        made.bad_rows = made.bad_rows[:MOST_LISTED]
        return made

    def _layout(self, member: Member) -> Layout | Refusal:
        if not member.parquet:
            return layout_of(member.path)
        with self._connection() as connection:
            try:
                return layout_of_headings(_headings(connection, member.path))
            except engine.Failure:
                return refuse("not-parquet", "The file cannot be read as Parquet.")

    def _write(self, made: Made, group: list[Member], layout: Layout) -> None:
        """The straight way for all tables of one layout together; the careful way, table by table and with line
        numbers, only where the straight one met a row that is not right."""
        trial = self.aside / "trial"
        try:
            self._straight(group, layout, trial)
        except engine.Unreadable:
            engine.remove(trial)
            for member in group:
                self._carefully(made, member, layout)
        else:
            self._take(made, trial)
        for member in group:
            if member.ours:
                member.path.unlink()

    def _straight(self, group: list[Member], layout: Layout, trial: Path) -> None:
        paths = [one.path for one in group]
        with self._connection() as connection:
            types: dict[str, str] = {}
            if group[0].parquet:
                source = intake.parquet_source(paths, _headings(connection, paths[0]))
                types = intake.lay_types(connection, source, layout)
            else:
                source = intake.csv_source(paths, layout)
            rows = self._stored(intake.typed(source, layout, types=types), layout)
            self._copy(connection, intake.all_good(rows), trial, types)

    def _carefully(self, made: Made, member: Member, layout: Layout) -> None:
        self.progress(f"{member.name}: some rows are not right; reading it again line by line")
        numbered = Numbered(member.path, member.name, layout)
        copy, trial = self.scratch / "numbered.csv", self.aside / "trial"
        with self._connection() as connection:
            if member.parquet:
                source = intake.parquet_source([member.path], _headings(connection, member.path))
            else:
                numbered.write(copy)
                source = intake.csv_source([copy], layout, numbered=True)
            rows = intake.typed(source, layout, lines=True)
            listed, count = _listed(connection, rows, member.name, layout)
            if not member.parquet:
                rejected, more = _rejected(connection, member.name, layout.delimiter)
                listed, count = listed + rejected, count + more
        with self._connection() as connection:
            self._copy(connection, intake.good(self._stored(rows, layout)), trial, {})
        copy.unlink(missing_ok=True)
        made.bad += numbered.count + count
        made.bad_rows += sorted(numbered.bad + listed, key=lambda row: row.line)
        self._take(made, trial)

    def _stored(self, rows: str, layout: Layout) -> str:
        return intake.stored(intake.reported(rows, layout.kind), OWN if self.own else layout.kind, self.name)

    def _copy(self, connection: Connection, rows: str, target: Path, types: Mapping[str, str]) -> None:
        with _telling(connection, self.progress, self.name):
            intake.lay_words(connection, types)
            with engine.streaming(connection):
                engine.write(connection, rows, target)

    def _take(self, made: Made, trial: Path) -> None:
        """Add the rows of a trial to the set, once each; count those that are there already."""
        with self._connection() as connection:
            there = self._already(connection, made.kind, trial)
            if there:
                self._leave_out(connection, made.kind, trial)
            made.already += there + engine.once(connection, trial, made.kind != TABULATION)
        target = made.folder / "set"
        target.mkdir(exist_ok=True)
        there = len(list(target.iterdir()))
        for number, part in enumerate(sorted(trial.glob("*.parquet")), there + 1):
            part.rename(target / f"part-{number:03}.parquet")
        engine.remove(trial)

    def _already(self, connection: Connection, kind: str, trial: Path) -> int:
        """How many of these rows are in the store."""
        if not self.beside or kind == OWN:
            return 0
        engine.show(connection, self.beside)
        key, known = intake.key(kind), intake.known(kind)
        return engine.number(connection, f"SELECT count(*) FROM (SELECT {key} FROM {engine.parquet(trial)} "
                                         f"WHERE {known}) AS n "
                                         f"SEMI JOIN (SELECT {key} FROM stored WHERE kind = {quoted(kind)} "
                                         f"AND {known}) AS o ON {intake.same(kind)}")

    def _leave_out(self, connection: Connection, kind: str, trial: Path) -> None:
        """Write a trial again without the rows that are in the store."""
        rows = f"SELECT * FROM {engine.parquet(trial)}"
        stored = f"SELECT {intake.key(kind)} FROM stored WHERE kind = {quoted(kind)} AND {intake.known(kind)}"
        many = max(engine.number(connection, f"SELECT count(*) FROM ({each})") for each in (rows, stored))
        with engine.streaming(connection):
            engine.replace(connection, trial, [
                f"SELECT n.* FROM ({rows} WHERE {test}) AS n ANTI JOIN ({stored} AND {test}) AS o "
                f"ON {intake.same(kind)}" for test in engine.buckets(many, f"hash({intake.share(kind)})")])

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        connection = engine.quiet(self.engine.cursor())
        try:
            yield connection
        finally:
            connection.close()


def _headings(connection: Connection, path: Path) -> list[str]:
    told = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({quoted(str(path))})").fetchall()
    return [row[0] for row in told]


def _listed(connection: Connection, rows: str, name: str, layout: Layout) -> tuple[list[BadRow], int]:
    """The first faulty rows and how many there are."""
    quantity = "import_q_text || ' / ' || export_q_text" if layout.kind != SHIPMENTS else "q_text"
    reporter = "reporter" if layout.kind == SHIPMENTS else "''"
    cell = (f"CASE fault WHEN 'year' THEN year_text WHEN 'quantity' THEN {quantity} WHEN 'reporter' THEN {reporter} "
            "WHEN 'importer' THEN importer WHEN 'exporter' THEN exporter WHEN 'origin' THEN origin "
            "WHEN 'month' THEN month_text ELSE '' END")
    connection.execute(f"CREATE TEMP TABLE faulty AS SELECT line, fault, {cell} AS cell FROM ({rows}) "
                       "WHERE fault <> ''")
    found = connection.execute(f"SELECT line, fault, cell FROM faulty ORDER BY line LIMIT {MOST_LISTED}").fetchall()
    return ([bad_row(name, line, fault, cell or "") for line, fault, cell in found],
            engine.number(connection, "SELECT count(*) FROM faulty"))


def _rejected(connection: Connection, name: str, delimiter: str) -> tuple[list[BadRow], int]:
    """Records that Python's reader takes for rows and DuckDB's does not: quotes inside a cell, mostly."""
    found = connection.execute("SELECT DISTINCT split_part(csv_line, ?, 1) AS line FROM rejected ORDER BY line "
                               f"LIMIT {MOST_LISTED}", [delimiter]).fetchall()
    reason = "The line cannot be read as CSV: write a quotation mark inside a cell twice."
    return ([BadRow(name, int(line), "", reason) for (line,) in found if line.isdigit()],
            engine.number(connection, "SELECT count(DISTINCT csv_line) FROM rejected"))


@contextmanager
def _telling(connection: Connection, progress: Progress, name: str) -> Iterator[None]:
    """Tell from a second thread how far DuckDB is, every two seconds."""
    done = threading.Event()

    def tell() -> None:
        while not done.wait(TOLD_EVERY):
            share = connection.query_progress()
            progress(f"{name}: {share:.0f} % read" if share > 0 else f"{name}: reading")

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()
