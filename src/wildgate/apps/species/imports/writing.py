"""Writing a download: what differs from the stored names, ranges and listings is written, nothing else is touched."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db import connection

from wildgate.apps.species.imports.rows import Core, Entry, Fault, Name, Range, Row
from wildgate.apps.species.models import ImportRun, Taxon, TaxonListing, TaxonName, TaxonRange, Wording
from wildgate.convention.sentence import say

SOURCE = "species+"
"""Checklist and Species+ downloads number their taxa from one register."""
CORE = tuple(field.name for field in fields(Core))
BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a row: added, changed (and in what) or unchanged."""

    row: Row
    what: str
    parts: tuple[str, ...] = ()


class Writer:
    """Writes rows for one Party in portions; remembers the texts of annotations it has met."""

    def __init__(self, party: str, run: ImportRun) -> None:
        self.party = party
        self.run = run
        self._texts: dict[str, int] = dict(Wording.objects.filter(party=party).values_list("digest", "id"))

    def write(self, rows: Sequence[Row]) -> list[Fate | Fault]:
        """Store one portion; each taxon at most once in it. Call inside a transaction."""
        known = {taxon.source_id: taxon for taxon in Taxon.objects.filter(
            party=self.party, source=SOURCE, source_id__in=[row.source_id for row in rows])}
        fates: list[Fate | Fault] = []
        taken: list[Row] = []
        for row in rows:
            if row.core is None and row.source_id not in known:
                fates += [Fault(line, "taxon_concept_id", "unknown-taxon", say(
                    "Taxon %(number)s is not stored; import a download that holds the taxon itself first.",
                    number=row.source_id))
                          for line in (row.line, *row.more_lines)]
            elif row.named and known[row.source_id].name != row.named:
                fates += [Fault(line, "taxon_name", "names-differ", say(
                    "Taxon %(number)s is stored as %(name)s, not %(told)s; are the numbers shifted?",
                    number=row.source_id, name=known[row.source_id].name, told=row.named))
                          for line in (row.line, *row.more_lines)]
            else:
                taken.append(row)
        fresh = {row.source_id for row in taken if row.source_id not in known}
        changed = self._taxa(taken, known)
        for part, touched in (("names", self._names(taken, known, fresh)), ("range", self._ranges(taken, known, fresh)),
                              ("listings", self._listings(taken, known, fresh))):
            for number in touched:
                changed.setdefault(number, []).append(part)
        touched_ids = [known[number].pk for number in changed if number not in fresh]
        for start in range(0, len(touched_ids), BATCH):
            Taxon.objects.filter(pk__in=touched_ids[start:start + BATCH]).update(run=self.run)
        for row in taken:
            parts = tuple(dict.fromkeys(changed.get(row.source_id, ())))
            what = "added" if row.source_id in fresh else "changed" if parts else "unchanged"
            fates.append(Fate(row, what, parts if what == "changed" else ()))
        return fates

    def _taxa(self, rows: Iterable[Row], known: dict[str, Taxon]) -> dict[str, list[str]]:
        """New taxa are created and added to `known`; the fields that differ are written. What differed, by number."""
        new: list[tuple[Any, ...]] = []
        edited: list[Taxon] = []
        changed: dict[str, list[str]] = {}
        for row in rows:
            if row.core is None:
                continue
            values = {key: getattr(row.core, key) for key in CORE}
            taxon = known.get(row.source_id)
            if taxon is None:
                new.append((self.party, SOURCE, row.source_id, self.run.pk, *values.values()))
                continue
            if values["standard"] is None:
                values["standard"] = taxon.standard
            different = [key for key, value in values.items() if getattr(taxon, key) != value]
            if different:
                edited.append(Taxon(party=self.party, source=SOURCE, source_id=row.source_id, run=self.run, **values))
                changed[row.source_id] = different
        _insert(Taxon, ("party", "source", "source_id", "run_id", *CORE), new)
        Taxon.objects.bulk_create(edited, batch_size=BATCH, update_conflicts=True, update_fields=CORE,
                                  unique_fields=("party", "source", "source_id"))
        known.update({taxon.source_id: taxon for taxon in Taxon.objects.filter(
            party=self.party, source=SOURCE, source_id__in=[number for _, _, number, *_ in new]).only("source_id")})
        return changed

    def _names(self, rows: list[Row], known: dict[str, Taxon], fresh: set[str]) -> set[str]:
        told = [row for row in rows if row.covers]
        stored: dict[int, dict[Name, int]] = {}
        ids = [known[row.source_id].pk for row in told if row.source_id not in fresh]
        for pk, taxon, *name in TaxonName.objects.filter(taxon_id__in=ids).values_list(
                "id", "taxon_id", "kind", "language", "name", "author"):
            stored.setdefault(taxon, {})[(name[0], name[1], name[2], name[3])] = pk
        new: list[tuple[Any, ...]] = []
        gone: list[int] = []
        touched: set[str] = set()
        for row in told:
            key = known[row.source_id].pk
            old = stored.get(key, {})
            add = row.names - old.keys()
            drop = [pk for name, pk in old.items() if name not in row.names and _covered(name, row.covers)]
            new += [(key, *name) for name in sorted(add)]
            gone += drop
            if add or drop:
                touched.add(row.source_id)
        _drop(TaxonName, gone)
        _insert(TaxonName, ("taxon_id", "kind", "language", "name", "author"), new)
        return touched

    def _ranges(self, rows: list[Row], known: dict[str, Taxon], fresh: set[str]) -> set[str]:
        told = [(row, row.ranges) for row in rows if row.ranges is not None]
        stored: dict[int, dict[Range, int]] = {}
        ids = [known[row.source_id].pk for row, _ in told if row.source_id not in fresh]
        for pk, taxon, country, certainty in TaxonRange.objects.filter(taxon_id__in=ids).values_list(
                "id", "taxon_id", "country", "certainty"):
            stored.setdefault(taxon, {})[(country, certainty)] = pk
        new: list[tuple[Any, ...]] = []
        gone: list[int] = []
        touched: set[str] = set()
        for row, ranges in told:
            key = known[row.source_id].pk
            old = stored.get(key, {})
            add, drop = ranges - old.keys(), [pk for place, pk in old.items() if place not in ranges]
            new += [(key, *place) for place in sorted(add)]
            gone += drop
            if add or drop:
                touched.add(row.source_id)
        _drop(TaxonRange, gone)
        _insert(TaxonRange, ("taxon_id", "country", "certainty"), new)
        return touched

    def _listings(self, rows: list[Row], known: dict[str, Taxon], fresh: set[str]) -> set[str]:
        """Today's listings are replaced by those of the download; in a history only changes of the same number are."""
        told = [(row, row.entries) for row in rows if row.entries is not None]
        stored: dict[int, dict[tuple[Any, ...], int]] = {}
        ids = [known[row.source_id].pk for row, _ in told if row.source_id not in fresh]
        for pk, taxon, *rest in TaxonListing.objects.filter(taxon_id__in=ids).values_list("id", "taxon_id", *LISTED):
            stored.setdefault(taxon, {})[tuple(rest)] = pk
        self._intern(text for _, entries in told for entry in entries for text in (entry.annotation, entry.note))
        new: list[tuple[Any, ...]] = []
        gone: list[int] = []
        touched: set[str] = set()
        for row, entries in told:
            key = known[row.source_id].pk
            old = stored.get(key, {})
            wanted = {self._key(entry) for entry in entries}
            add = wanted - old.keys()
            replaced = {values[-1] for values in wanted}
            drop = [pk for values, pk in old.items() if values not in wanted and values[0] == row.origin
                    and (row.origin == "current" or values[-1] in replaced)]
            new += [(key, *(str(value) if isinstance(value, date) else value for value in values))
                    for values in sorted(add, key=repr)]
            gone += drop
            if add or drop:
                touched.add(row.source_id)
        _drop(TaxonListing, gone)
        _insert(TaxonListing, ("taxon_id", *LISTED), new)
        return touched

    def _key(self, entry: Entry) -> tuple[Any, ...]:
        return (entry.origin, entry.appendix, entry.change, entry.listed_by, entry.under, entry.symbol,
                self._text_id(entry.annotation), self._text_id(entry.note), entry.since, entry.until, entry.current,
                entry.source_id)

    def _text_id(self, text: str) -> int | None:
        return self._texts[self._digest(text)] if text else None

    def _intern(self, texts: Iterable[str]) -> None:
        """Store the texts that are not stored yet."""
        new = {digest: text for text in set(texts) if text and (digest := self._digest(text)) not in self._texts}
        made = Wording.objects.bulk_create([Wording(party=self.party, digest=digest, text=text)
                                            for digest, text in sorted(new.items())], batch_size=200)
        self._texts.update({wording.digest: wording.pk for wording in made})

    @staticmethod
    def _digest(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()


LISTED = ("origin", "appendix", "change", "listed_by", "under", "symbol", "annotation_id", "note_id", "since", "until",
          "current", "source_id")


def _covered(name: Name, covers: frozenset[str]) -> bool:
    """Does the download speak of this kind of name, so that a name it lacks is gone?"""
    kind, language, *_ = name
    return "synonym" in covers if kind == "synonym" else "*" in covers or language in covers


def _insert(model: type[Taxon] | type[TaxonName] | type[TaxonRange] | type[TaxonListing], columns: tuple[str, ...],
            rows: list[tuple[Any, ...]]) -> None:
    """Rows straight into a table: a download has 200,000 of them, and objects would double the time."""
    if not rows:
        return
    table, marks = connection.ops.quote_name(model._meta.db_table), ", ".join(["%s"] * len(columns))
    named = ", ".join(connection.ops.quote_name(column) for column in columns)
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({named}) VALUES ({marks})", rows)  # noqa: S608  (our own names only)


def _drop(model: type[TaxonName] | type[TaxonRange] | type[TaxonListing], keys: list[int]) -> None:
    for start in range(0, len(keys), BATCH):
        model._default_manager.filter(pk__in=keys[start:start + BATCH]).delete()
