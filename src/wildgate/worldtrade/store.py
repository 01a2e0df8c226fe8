"""The store of trade rows: sets of partitioned Parquet and the one list that says which of them count."""

# ruff: noqa: S608  (the SQL is made of our own words; what a person gave goes in by name or as a quoted literal)
from __future__ import annotations

import shutil
import threading
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from wildgate.convention.refusal import Refusal, refuse
from wildgate.worldtrade import engine, manifest, sums
from wildgate.worldtrade.asking import Table, ask
from wildgate.worldtrade.columns import OWN
from wildgate.worldtrade.faults import BadRow
from wildgate.worldtrade.loading import Loading, Made, Progress
from wildgate.worldtrade.manifest import TradeSet
from wildgate.worldtrade.members import digest_of
from wildgate.worldtrade.own import OwnRow, write_own

LONGEST_NAME = 120
__all__ = ["BadRow", "Loaded", "OwnRow", "Store", "Table", "TradeSet", "store_at"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did. `already` rows were in the store; `bad_rows` are the first of the `bad` ones. After `seconds`
    the rows could be asked; after `sums_seconds` more the sums were there too."""

    name: str
    kind: str
    rows: int
    bad: int = 0
    bad_rows: tuple[BadRow, ...] = ()
    already: int = 0
    unchanged: bool = False
    seconds: float = 0.0
    sums_seconds: float = 0.0
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        return {"name": self.name, "kind": self.kind, "rows": self.rows, "bad": self.bad,
                "bad_rows": [row.as_json() for row in self.bad_rows], "already": self.already,
                "unchanged": self.unchanged, "seconds": round(self.seconds, 2),
                "sums_seconds": round(self.sums_seconds, 2), "notes": list(self.notes)}


class Store:
    """Trade rows in a folder. Readers see what the list names and nothing else; one writer at a time."""

    def __init__(self, folder: Path, *, memory: str = engine.MEMORY) -> None:
        self.folder, self.memory = folder, memory
        self._guard = threading.Lock()
        self._open: tuple[str, engine.Connection] | None = None

    def sets(self) -> tuple[TradeSet, ...]:
        return manifest.read(self.folder)

    def stamp(self) -> str:
        """Another text after every change: a key for what was computed from the store."""
        return manifest.stamp(self.folder)

    def files(self, *kinds: str) -> tuple[Path, ...]:
        """The Parquet files that count, of these kinds or of all."""
        return self._files(one for one in self.sets() if not kinds or one.kind in kinds)

    def _files(self, sets: Iterable[TradeSet]) -> tuple[Path, ...]:
        return tuple(self.folder / manifest.ROWS / one.folder / name for one in sets for name in one.files)

    def sums(self) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
        """The files of sums, and the Parquet files of the sets that have none: together all rows."""
        sets = self.sets()
        places = {one.name: sums.place(self.folder, one) for one in sets}
        there = {name for name, path in places.items() if path.exists()}
        return (tuple(path for name, path in places.items() if name in there),
                self._files(one for one in sets if one.name not in there))

    def load(self, path: Path, *, at: datetime, name: str = "", replacing: str = "",
             progress: Progress | None = None) -> Loaded | Refusal:
        """Take in a download. The same file again changes nothing; `replacing` is the set that it takes the place of.
        Rows that are there already, by the Id of a shipment or by what a row of a tabulation is about, are left out."""
        name = name or path.name
        if not name.isprintable() or len(name) > LONGEST_NAME:
            return refuse("name-unfit", "A set's name has at most %(most)s printable characters.", most=LONGEST_NAME)
        with manifest.locked(self.folder) as alone:
            if not alone:
                return _busy()
            done = self._load(path, at, name, replacing, progress or _silent)
            return done if isinstance(done, Refusal) else self._sum_up(done, progress or _silent)

    def _load(self, path: Path, at: datetime, name: str, replacing: str, progress: Progress) -> Loaded | Refusal:
        began = time.monotonic()
        manifest.sweep(self.folder)
        sets = self.sets()
        if replacing and replacing not in {one.name for one in sets}:
            return _no_set(replacing, sets)
        digest = digest_of(path)
        if same := next((one for one in sets if one.digest == digest and one.name != replacing), None):
            note = f"The file is loaded already as {same.name}; nothing changed."
            return Loaded(same.name, same.kind, 0, unchanged=True, notes=(note,), seconds=time.monotonic() - began)
        if name in {one.name for one in sets if one.name != replacing}:
            return refuse("name-taken", "There is a set %(name)s with other content: replace it (--replace %(name)s) "
                          "or rename this file.", name=name)
        kept = tuple(one for one in sets if one.name != replacing)
        beside = self._files(one for one in kept if one.kind != OWN)
        aside = self._aside()
        try:
            with engine.opened(aside / "spill", self.memory) as connection:
                made = Loading(path, name, aside, aside / "scratch", beside, progress, connection).make()
                if isinstance(made, Refusal):
                    return made
                progress(f"{name}: read; now making it count")
                found = _measured(made, name, digest, at, connection)
            self._publish(made, found, kept if found.rows else sets)
        except engine.Broken as error:
            return engine.refusal(error, self.memory)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        return Loaded(name, made.kind, found.rows, made.bad, tuple(made.bad_rows), made.already,
                      seconds=time.monotonic() - began, notes=tuple(made.notes))

    def append(self, rows: Iterable[OwnRow], *, at: datetime, name: str = OWN) -> Loaded | Refusal:
        """Put the installation's own rows in the place of those that were there."""
        with manifest.locked(self.folder) as alone:
            if not alone:
                return _busy()
            done = self._append(rows, at, name)
            return done if isinstance(done, Refusal) else self._sum_up(done, _silent)

    def _append(self, rows: Iterable[OwnRow], at: datetime, name: str) -> Loaded | Refusal:
        began = time.monotonic()
        manifest.sweep(self.folder)
        sets = self.sets()
        if any(one.name == name and one.kind != OWN for one in sets):
            return refuse("name-taken", "The set %(name)s is not the installation's own.", name=name)
        aside = self._aside()
        try:
            path = write_own(rows, aside / "own.csv")
            digest = digest_of(path)
            if any(one.name == name and one.digest == digest for one in sets):
                return Loaded(name, OWN, 0, unchanged=True, seconds=time.monotonic() - began)
            with engine.opened(aside / "spill", self.memory) as connection:
                made = Loading(path, name, aside, aside / "scratch", (), _silent, connection, own=True).make()
                if isinstance(made, Refusal):
                    return made
                found = _measured(made, name, digest, at, connection)
            self._publish(made, found, tuple(one for one in sets if one.name != name))
        except engine.Broken as error:
            return engine.refusal(error, self.memory)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        return Loaded(name, OWN, found.rows, made.bad, tuple(made.bad_rows), seconds=time.monotonic() - began)

    def _sum_up(self, done: Loaded, progress: Progress) -> Loaded:
        """Make the sums that are missing, also of sets that an older version loaded. The rows count already, and where
        no sums can be made they answer."""
        began, notes = time.monotonic(), list(done.notes)
        missing = sums.wanted(self.folder, self.sets())
        for one in missing:
            progress(f"{one.name}: it counts; now summing it up")
            aside = self._aside()
            try:
                with engine.opened(aside / "spill", self.memory) as connection:
                    sums.make(connection, self._files([one]), aside / "sums.parquet")
                manifest.settle(aside / "sums.parquet")
                target = sums.place(self.folder, one)
                target.parent.mkdir(parents=True, exist_ok=True)
                (aside / "sums.parquet").rename(target)
                manifest.settle(target.parent)
            except engine.Broken as error:
                notes.append(f"{one.name} could not be summed up; questions of it take longer. {engine.told(error)}")
            finally:
                shutil.rmtree(aside, ignore_errors=True)
        if missing:
            manifest.write(self.folder, self.sets())  # another stamp: who reads looks for the new sums
        return replace(done, notes=tuple(notes), sums_seconds=time.monotonic() - began)

    def drop(self, name: str) -> TradeSet | Refusal:
        """Take a set out of the list; its files go with the next change, when nobody reads them any more."""
        if not self.folder.is_dir():
            return _no_set(name, ())
        with manifest.locked(self.folder) as alone:
            if not alone:
                return _busy()
            sets = self.sets()
            found = next((one for one in sets if one.name == name), None)
            if found is None:
                return _no_set(name, sets)
            manifest.sweep(self.folder)
            manifest.write(self.folder, tuple(one for one in sets if one.name != name))
            return found

    def query(self, sql: str, values: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
        """Ask the program's own question of the views `trade` and `summed`, with `$name` for values. Where a set goes
        while it is being read, the question is asked again without it."""
        for attempt in (1, 2, 3):
            cursor = self._cursor()
            try:
                return cursor.execute(sql, dict(values or {})).fetchall()
            except engine.Vanished:
                if attempt == 3:
                    raise
                with self._guard:
                    self._open = None
            finally:
                cursor.close()
        return []

    def ask(self, sql: str, *, limit: int = 100_000, seconds: float = 60.0) -> Table | Refusal:
        """Ask a stranger's question: read-only, of this store alone, with an end in rows and time."""
        return ask(sql, self.files(), self._scratch(), limit=limit, seconds=seconds)

    def _cursor(self) -> engine.Connection:
        with self._guard:
            now = self.stamp()
            if self._open is None or self._open[0] != now:
                connection = engine.connect(self._scratch())
                engine.show(connection, self.files())
                sums.show(connection, *self.sums())
                self._open = now, connection
            return engine.quiet(self._open[1].cursor())

    def _scratch(self) -> Path:
        """Where a question spills what its memory does not hold. DuckDB makes this folder, but not the one above."""
        if self.folder.is_dir():
            (self.folder / manifest.SPILL).mkdir(exist_ok=True)
        return self.folder / manifest.SPILL / uuid.uuid4().hex

    def _aside(self) -> Path:
        aside = self.folder / manifest.ASIDE / uuid.uuid4().hex
        aside.mkdir(parents=True)
        return aside

    def _publish(self, made: Made, found: TradeSet, kept: tuple[TradeSet, ...]) -> None:
        """Move the finished set to the others and have the list name it; until the list does, nobody sees it."""
        sets = kept
        if found.rows:
            target = self.folder / manifest.ROWS / found.folder
            target.parent.mkdir(parents=True, exist_ok=True)
            for path in [*(made.folder / "set").rglob("*.parquet"), made.folder / "set"]:
                manifest.settle(path)
            (made.folder / "set").rename(target)
            manifest.settle(target.parent)
            sets = (*kept, found)
        if sets != self.sets():
            manifest.write(self.folder, sets)


def _measured(made: Made, name: str, digest: str, at: datetime, connection: engine.Connection) -> TradeSet:
    root = made.folder / "set"
    files = sorted(root.rglob("*.parquet"))
    rows, first, last = 0, 0, 0
    if files:
        listed = ", ".join(engine.quoted(str(path)) for path in files)
        rows, first, last = connection.execute(
            'SELECT count(*), min("year"), max("year") '
            f"FROM read_parquet([{listed}], hive_partitioning = false)").fetchall()[0]
    return TradeSet(name, made.kind, digest, int(rows), at, int(first or 0), int(last or 0),
                    f"kind={made.kind}/set={digest[:16]}-{uuid.uuid4().hex[:8]}",
                    sum(path.stat().st_size for path in files), tuple(str(path.relative_to(root)) for path in files))


@cache
def store_at(folder: Path) -> Store:
    """The one store of this process in `folder`; its connection serves all threads."""
    return Store(folder)


def _silent(_: str) -> None:
    return None


def _busy() -> Refusal:
    return refuse("busy", "Another load is at work on this store: wait until it is done, then try again.")


def _no_set(name: str, sets: tuple[TradeSet, ...]) -> Refusal:
    return refuse("no-such-set", "There is no set %(name)s; `wildgate trade sets` lists them.", name=repr(name),
                  suggestions=tuple(one.name for one in sets))
