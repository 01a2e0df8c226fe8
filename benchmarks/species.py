"""`species.import`, `species.search`, `species.bulk`: a whole Checklist of names, imported, searched and checked."""

from __future__ import annotations

import csv
import io
import random
import time
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from rapidfuzz import fuzz, process

from benchmarks.measure import Peer, Result, each, percentile
from benchmarks.names import LIMIT_MS, misspelt

REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "listings" / "Index_of_CITES_Species_2017-04-21.csv.xz"
SIZE = 38_079
LIMIT_SECONDS = 60.0
LIMIT_RATE = 2_000.0
PARTY = "QM"


def import_checklist() -> Result:
    """Seconds of wall time for a whole Checklist into an empty, durable database; then again, when nothing changes."""
    first, again, rows = _imported()
    parse = _parsing()
    return Result("species.import", first, "s", (
        Peer("limit", LIMIT_SECONDS, "s"), Peer("reading the CSV alone (Python csv)", parse, "s")),
        {"rows": rows, "again_s": round(again, 1), "real_download": float(REAL.exists())})


def search_imported() -> Result:
    """Milliseconds that a person waits for a name with one mistake, over all imported and shipped names."""
    from wildgate.apps.species.models import Taxon
    from wildgate.apps.species.selectors import names_of, search
    _imported()
    index = names_of(PARTY).index
    dice = random.Random(1973)
    names = dice.sample(sorted(Taxon.objects.filter(party=PARTY, rank="species").values_list("name", flat=True)), 500)
    queries = [(misspelt(name, dice), name) for name in names]
    found = sum(any(name in (match.accepted, match.name) for match in search(query, 3, party=PARTY))
                for query, name in queries)
    ours = each(lambda query: search(str(query), party=PARTY), [query for query, _ in queries])
    brute = each(lambda query: process.extract(str(query), index.folded, scorer=fuzz.WRatio, limit=10),
                 [query for query, _ in queries[:40]])
    return Result("species.search", percentile(ours, 0.95), "ms", (
        Peer("limit p95", LIMIT_MS, "ms"), Peer("RapidFuzz WRatio over all names, p95", percentile(brute, 0.95), "ms")),
        {"p50_ms": round(percentile(ours, 0.5), 3), "names": len(index),
         "one_typo_in_first_three": round(found / len(queries), 3)})


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


@cache
def _imported() -> tuple[float, float, int]:
    """Import the download twice: seconds of the first time, of the second, and rows."""
    from wildgate.apps.species.services import import_files
    path = _download()
    reports = [import_files([path], party=PARTY, by="operator", at=datetime.now(UTC)).files[0] for _ in range(2)]
    if reports[1].added or reports[1].changed:
        raise RuntimeError("a second import of the same download changed something")
    return reports[0].seconds, reports[1].seconds, reports[0].rows


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
