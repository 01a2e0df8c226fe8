"""`species.import`, `species.search`, `species.bulk`: a whole Checklist of names, imported, searched and checked."""

from __future__ import annotations

import csv
import io
import os
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from rapidfuzz import fuzz, process

from benchmarks.measure import Peer, Result, percentile
from wildgate.apps.species.index import NameIndex, fold

REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "listings" / "Index_of_CITES_Species_2017-04-21.csv.xz"
SIZE = 38_079
LIMIT_MS = 10.0
LIMIT_SECONDS = 60.0
LIMIT_RATE = 2_000.0
PARTY = "QM"


def import_checklist() -> Result:
    """Seconds of wall time for a whole Checklist into an empty, durable database; then again, when nothing changes."""
    first, cpu, again, rows = _imported()
    parse = _parsing()
    return Result("species.import", first, "s", (
        Peer("limit", LIMIT_SECONDS, "s"), Peer("reading the CSV alone (Python csv)", parse, "s")),
        {"rows": rows, "cpu_s": round(cpu, 1), "again_s": round(again, 1), "real_download": float(REAL.exists())})


def search_imported() -> Result:
    """Milliseconds that a person waits for a name with one mistake, over all imported and shipped names; and how often
    the name meant is among the first three. The same queries go to RapidFuzz over all names and to PostgreSQL."""
    from wildgate.apps.species.models import Taxon
    from wildgate.apps.species.selectors import names_of, search
    _imported()
    index = names_of(PARTY).index
    dice = random.Random(1973)
    names = dice.sample(sorted(Taxon.objects.filter(party=PARTY, rank="species").values_list("name", flat=True)), 500)
    queries = [(misspelt(name, dice), name) for name in names]
    ours = _tried(queries, lambda query: [(match.accepted, match.name) for match in search(query, party=PARTY)])
    brute = _tried(queries, lambda query: [(index.targets[place], index.shown[place]) for _, _, place in
                                           process.extract(fold(query), index.folded, scorer=fuzz.ratio, limit=10)])
    trigrams = _in_postgresql(index, queries)
    return Result("species.search", ours.p95, "ms", (
        Peer("limit p95", LIMIT_MS, "ms"), Peer("RapidFuzz ratio over all names, p95", brute.p95, "ms"),
        Peer("PostgreSQL pg_trgm (GIN), p95", trigrams.p95 if trigrams else None, "ms")),
        {"p50_ms": ours.p50, "p95_cpu_ms": ours.cpu_p95, "names": len(index), "queries": len(queries),
         "first_three": ours.first_three, "first_three_rapidfuzz": brute.first_three,
         **({"first_three_pg_trgm": trigrams.first_three} if trigrams else {})})


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of the queries: milliseconds of wall time and, at p95, of this process's processor time; and the share
    whose taxon is among the first three."""

    p50: float
    p95: float
    cpu_p95: float
    first_three: float


Found = list[tuple[str, str]]
"""(accepted name, name as shown), best first"""


def _tried(queries: list[tuple[str, str]], find: Callable[[str], Found]) -> Tried:
    find(queries[0][0])
    wall: list[float] = []
    cpu: list[float] = []
    right = 0
    for query, name in queries:
        began, begun = time.perf_counter(), time.process_time()
        found = find(query)
        wall.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - begun) * 1000)
        right += _among_three(found, name)
    return Tried(round(percentile(sorted(wall), 0.5), 3), percentile(sorted(wall), 0.95),
                 round(percentile(sorted(cpu), 0.95), 3), round(right / len(queries), 3))


def _among_three(found: Found, name: str) -> bool:
    """Three taxa, not three names of one."""
    first = list(dict.fromkeys(accepted for accepted, _ in found))[:3]
    return any(accepted in first and name in (accepted, shown) for accepted, shown in found)


def _in_postgresql(index: NameIndex, queries: list[tuple[str, str]]) -> Tried | None:
    """The same names in a table with a trigram index, in a transaction that is rolled back; None without a server."""
    url = os.environ.get("TEST_POSTGRES_URL", "")
    if not url:
        return None
    import psycopg
    try:
        with psycopg.connect(url, connect_timeout=3) as server, server.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            cursor.execute("CREATE TEMP TABLE bench_names (folded text, target text, shown text)")
            with cursor.copy("COPY bench_names FROM STDIN") as copy:
                for row in zip(index.folded, index.targets, index.shown, strict=True):
                    copy.write_row(row)
            cursor.execute("CREATE INDEX ON bench_names USING gin (folded gin_trgm_ops)")
            cursor.execute("ANALYZE bench_names")

            def find(query: str) -> Found:
                cursor.execute("SELECT target, shown FROM bench_names WHERE folded %% %(q)s "
                               "ORDER BY similarity(folded, %(q)s) DESC LIMIT 10", {"q": fold(query)})
                return cursor.fetchall()

            done = _tried(queries, find)
            server.rollback()
            return done
    except psycopg.Error as error:
        print(f"pg_trgm is not measured: {str(error).splitlines()[0]}", file=sys.stderr)
        return None


def check_bulk() -> Result:
    """Names a second of processor time: three in four as the lists have them, the rest synonyms, common, misspelt."""
    from wildgate.apps.species.bulk import check_names
    from wildgate.apps.species.models import Taxon, TaxonName
    from wildgate.apps.species.selectors import names_of
    _imported()
    names_of(PARTY)
    dice = random.Random(1975)
    accepted = sorted(Taxon.objects.filter(party=PARTY).values_list("name", flat=True))
    others = sorted(TaxonName.objects.filter(taxon__party=PARTY).values_list("name", flat=True))
    asked = [*dice.sample(accepted, 7_500), *dice.sample(others, 1_500),
             *(misspelt(name, dice) for name in dice.sample(accepted, 1_000))]
    dice.shuffle(asked)
    began = time.process_time()
    answers = list(check_names(asked, party=PARTY))
    spent = time.process_time() - began
    return Result("species.bulk", len(asked) / spent, "1/s", (Peer("limit", LIMIT_RATE, "1/s"),),
                  {"names": len(asked), "needs_person": sum(answer.needs_person for answer in answers)})


def misspelt(name: str, dice: random.Random) -> str:
    """One typing mistake: a letter lost, doubled, changed or swapped with its neighbour."""
    at = dice.randrange(1, len(name) - 1)
    return dice.choice([name[:at] + name[at + 1:], name[:at] + name[at] + name[at:],
                        name[:at] + dice.choice("aeiounrst") + name[at + 1:],
                        name[:at] + name[at + 1] + name[at] + name[at + 2:]])


@cache
def _imported() -> tuple[float, float, float, int]:
    """Import the download twice: seconds and processor seconds of the first time, seconds of the second, and rows."""
    from wildgate.apps.species.services import import_files
    path = _download()
    begun = time.process_time()
    first = import_files([path], party=PARTY, by="operator", at=datetime.now(UTC)).files[0]
    cpu = time.process_time() - begun
    again = import_files([path], party=PARTY, by="operator", at=datetime.now(UTC)).files[0]
    if again.added or again.changed:
        raise RuntimeError("a second import of the same download changed something")
    return first.seconds, cpu, again.seconds, first.rows


def _parsing() -> float:
    from wildgate.apps.species.imports.stream import open_text
    text = open_text(_download())
    if not isinstance(text, io.TextIOWrapper):
        raise RuntimeError("the download cannot be opened")
    began = time.perf_counter()
    for _ in csv.reader(text):
        pass
    return time.perf_counter() - began


@cache
def _download() -> Path:
    """The real Checklist where it is at hand, else one of the same size with invented names."""
    if REAL.exists():
        return REAL
    dice = random.Random(1)
    path = Path(mkdtemp(prefix="wildgate-bench-")) / "invented.csv"
    parts = ["ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "zo"]

    def word(size: int) -> str:
        return "".join(dice.choice(parts) for _ in range(size))
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["TaxonId", "Kingdom", "Order", "Family", "Genus", "Species", "FullName", "AuthorYear",
                         "RankName", "CurrentListing", "SynonymsWithAuthors", "EnglishNames",
                         "All_DistributionISOCodes"])
        for number in range(1, SIZE + 1):
            genus, species = word(3).capitalize(), word(5)
            writer.writerow([number, "Plantae", "Orchidales", "Orchidaceae", genus, species, f"{genus} {species}", "L.",
                             "SPECIES", "II", f"{word(3).capitalize()} {word(4)} L.", f"{word(3)} orchid", "BR, PE"])
    return path


BENCHES = {"species.import": import_checklist, "species.search": search_imported, "species.bulk": check_bulk}
