"""`report.annual`: permit lines that the annual report writes to a file in a second, from the database to the disk.

Beside it, in the same run: the csv module writing the same cells from memory, which reads nothing and asks nothing.
`report.check` runs the Trade Database's rules on the same rows. Both in processor time of this process, in which SQLite
works too; `detail` has the time on the clock. WILDGATE_LINES says another number of permit lines; the goal is a million
in ten seconds.
"""

from __future__ import annotations

import csv
import os
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.measure import Peer, Result

LINES_OF_A_PERMIT = 10
BATCH = 20_000
GOAL = 100_000.0
TAXA = (("Crocodylus novaeguineae", "SKI"), ("Varanus salvator", "SKI"), ("Python reticulatus", "LPS"),
        ("Aloe ferox", "EXT"), ("Galanthus elwesii", "ROO"), ("Hippopotamus amphibius", "TEE"))
PARTNERS = ("QZ", "CH", "FR", "JP", "US", "DE", "KE", "BR")
Rows = Iterator[dict[str, Any]]
_filled: dict[str, int] = {}


def wanted() -> int:
    return int(os.environ.get("WILDGATE_LINES", "100000"))


def year() -> int:
    return datetime.now(UTC).year - 1


def fill() -> int:
    """Add permits of last year with ten lines each, all endorsed at export; the number of lines. Once in a run."""
    if "lines" in _filled:
        return _filled["lines"]
    from tests.cast import SKINS, issued

    from wildgate.apps.customs import services as customs
    from wildgate.apps.customs.models import Endorsement, EndorsementLine
    from wildgate.apps.permits.models import Application, Permit, PermitLine
    from wildgate.site.demo.cast import settle
    now = datetime.now(UTC)
    people = settle("QM", "Demoland", now - timedelta(days=2))
    first = issued(people, now - timedelta(days=1), SKINS)
    customs.endorse(actor=people["jean"], number=first.number, stage="export", quantities={"A": "1150"}, port="Kivu-2",
                    transport_document="1", at=now)
    permits, chance = max(wanted() // LINES_OF_A_PERMIT, 1), random.Random(7)
    partners = {1_000_000 + i: chance.choice(PARTNERS) for i in range(permits)}
    at = str(datetime(year(), 6, 1, 12))
    permit = Permit.objects.get(number=first.number)
    endorsement = Endorsement.objects.get(permit=permit)
    _copy(Application, permit.application_id, ({"id": key, "number": f"BENCH-{key}"} for key in partners))
    _copy(Permit, permit.pk, ({
        "id": key, "number": f"25QM{key}E", "application_id": key, "issued_at": at, "importer_country": partner,
        "record_json": "{}", "shard": f"B{key // 50_000}", "status_index": key} for key, partner in partners.items()))
    _copy(Endorsement, endorsement.pk, ({"id": key, "permit_id": key, "at": at, "token": "00", "digest": f"{key}"}
                                        for key in partners))
    kinds = [chance.choice(TAXA) for _ in partners]
    _copy(PermitLine, permit.lines.first().pk, (
        {"id": key * 100 + place, "permit_id": key, "position": place, "block": chr(65 + place), "taxon": taxon,
         "term": term, "quantity": 100 + place}
        for key, (taxon, term) in zip(partners, kinds, strict=True) for place in range(LINES_OF_A_PERMIT)))
    _copy(EndorsementLine, endorsement.lines.first().pk, (
        {"id": key * 100 + place, "endorsement_id": key, "permit_line_id": key * 100 + place,
         "quantity": 90 + place + (0.5 if place == 3 else 0)}
        for key in partners for place in range(LINES_OF_A_PERMIT)))
    _filled["lines"] = permits * LINES_OF_A_PERMIT
    return _filled["lines"]


def _copy(model: Any, key: int, changed: Rows) -> None:
    """Copies of one row with other values, straight into the table."""
    from django.db import connection, transaction
    name = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {name} WHERE id = %s", [key])
        columns = [column[0] for column in cursor.description]
        row = dict(zip(columns, cursor.fetchone(), strict=True))
        sql = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"
        batch: list[list[Any]] = []
        with transaction.atomic():
            for change in changed:
                batch.append([change.get(column, row[column]) for column in columns])
                if len(batch) == BATCH:
                    cursor.executemany(sql, batch)
                    batch.clear()
            if batch:
                cursor.executemany(sql, batch)


def annual() -> Result:
    """The exports of a year as a file by permit."""
    from wildgate.apps.reports import selectors
    from wildgate.convention.report_layouts import table, write
    from wildgate.convention.report_row import Part
    lines, folder = fill(), Path(tempfile.mkdtemp())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    clock, began = time.perf_counter(), time.process_time()
    with (folder / "ours.csv").open("w", encoding="utf-8", newline="") as out:
        write(out, selectors.rows("QM", year(), Part.EXPORTS), Part.EXPORTS)
    took, waited = time.process_time() - began, time.perf_counter() - clock
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    cells = list(table(selectors.rows("QM", year(), Part.EXPORTS), Part.EXPORTS))
    if len(cells) != lines + 1:
        raise RuntimeError(f"the report has {len(cells) - 1} rows of {lines}")
    began = time.process_time()
    with (folder / "bare.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(cells)
    bare = time.process_time() - began
    if (folder / "ours.csv").read_bytes() != (folder / "bare.csv").read_bytes():
        raise RuntimeError("both files are not the same")
    return Result("report.annual", lines / took, "1/s", (
        Peer("csv module: the same cells from memory", lines / bare, "1/s"), Peer("goal", GOAL, "1/s")),
        {"lines": lines, "seconds": round(took, 2), "on_the_clock": round(waited, 2), "memory_grew_mb": grown // 1024})


def check() -> Result:
    """The Trade Database's rules on the same rows, beside the goal."""
    from wildgate.apps.reports import selectors
    from wildgate.convention.listing import law
    from wildgate.convention.report_row import Part
    from wildgate.convention.reporting import check_each
    lines = fill()
    clock, began = time.perf_counter(), time.process_time()
    found = sum(1 for _ in check_each(selectors.rows("QM", year(), Part.EXPORTS), law(), part=Part.EXPORTS,
                                      party="QM"))
    took = time.process_time() - began
    return Result("report.check", lines / took, "1/s", (Peer("goal", GOAL, "1/s"),),
                  {"lines": lines, "seconds": round(took, 2), "on_the_clock": round(time.perf_counter() - clock, 2),
                   "findings": found})


BENCHES = {"report.annual": annual, "report.check": check}
