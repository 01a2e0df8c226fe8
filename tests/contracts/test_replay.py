"""`wildgate replay`: real trade rows as a year of work, and an annual report that says what the rows say."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from wildgate.apps.customs.models import Endorsement, EndorsementLine
from wildgate.apps.permits.models import Application, Permit
from wildgate.apps.reports import replay, selectors, trade_rows
from wildgate.convention.listing import law
from wildgate.convention.refusal import Refusal
from wildgate.convention.report_row import Part
from wildgate.convention.reporting import rows_to_csv
from wildgate.kit import events
from wildgate.site import cli

SHIPMENTS = "trade/cites_trade_shipments_43_northern_species_1975_2020.csv.xz"
HEAD = (
    "Id,Year,Appendix,Taxon,Class,Order,Family,Genus,Term,Quantity,Unit,"
    "Importer,Exporter,Origin,Purpose,Source,Reporter.type\n"
)
SMALL = HEAD + (
    "1,2018,II,Acipenser baerii,,,,,caviar,2.4,kg,FR,CN,,T,C,E\n"
    "2,2018,II,Acipenser baerii,,,,,caviar,3,kg,FR,CN,IT,T,C,E\n"
    "3,2018,II,Acipenser baerii,,,,,skins,40,,CN,FR,IT,T,C,I\n"
    "4,2018,I,Panthera tigris,,,,,skins,1,,CN,IN,,S,W,I\n"
    "5,2018,I,Panthera tigris,,,,,skins,1,,CN,IN,,T,W,I\n"
    "6,2018,II,Acipenser baerii,,,,,caviar,3,cans,FR,CN,,T,C,E\n"
    "7,2017,II,Acipenser baerii,,,,,caviar,3,kg,FR,CN,,T,C,E\n"
)


@pytest.mark.dear
@pytest.mark.parametrize(("party", "year", "rows"), [("NO", 2018, 202), ("JP", 2019, 807)])
def test_a_real_year_is_reported_as_it_was_traded(own_database, shared_data, party, year, rows):
    found = trade_rows.select(shared_data / SHIPMENTS, party=party, year=year)
    assert isinstance(found, list)
    assert len(found) == rows
    replayed = found if rows < 500 else of_every_kind(found)

    result = replay.run(replayed, party=party, year=year)

    assert isinstance(result, replay.Result)
    assert (result.differences, result.accepted + len(result.refused)) == ([], len(replayed))
    assert result.accepted >= len(replayed) * 9 // 10
    assert result.endorsements == result.accepted == Endorsement.objects.count()
    assert (
        result.permits
        == result.applications
        == Permit.objects.count()
        == Application.objects.filter(state="issued").count()
    )
    serials = sorted(int(number[4:10]) for number in Permit.objects.values_list("number", flat=True))
    assert serials == list(range(1, result.permits + 1))
    assert {at.year for at in Permit.objects.values_list("issued_at", flat=True)} == {year}
    assert not any(
        line.quantity > (line.foreign_line or line.permit_line).quantity
        for line in EndorsementLine.objects.select_related("foreign_line", "permit_line")
    )
    assert events.verify(party) is None


def of_every_kind(rows: list[trade_rows.TradeRow]) -> list[trade_rows.TradeRow]:
    """Every tenth row, and the first of each kind: most rows of a large year take the same way."""
    chosen, kinds = [], set()
    for number, row in enumerate(rows):
        kind = (row.part, row.appendix, row.taxon, row.term, row.unit, row.purpose, row.source, row.origin != "")
        if number % 10 == 0 or kind not in kinds:
            chosen.append(row)
        kinds.add(kind)
    return chosen


@pytest.fixture(scope="module")
def a_replay(
    django_db_setup: str, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Any, Any]]:
    """The small table and what became of it: replayed once for this module, in a home of its own, and undone."""
    home = tmp_path_factory.mktemp("home")
    file = home / "trade.csv"
    file.write_text(SMALL)
    rows = trade_rows.select(file, party="CN", year=2018)
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setenv("WILDGATE_HOME", str(home))
        patch.setattr(settings, "HOME", home)
        yield rows, replay.run(rows, party="CN", year=2018)
        transaction.set_rollback(True)


@pytest.fixture
def replayed(a_replay, db):
    return a_replay


def test_each_row_takes_its_way(replayed):
    _, result = replayed

    assert [(line, no.code) for line, no in result.refused] == [
        (6, "primarily-commercial"),
        (7, "unit-not-convertible"),
    ]
    assert (result.accepted, result.applications, result.permits, result.endorsements) == (4, 3, 3, 4)
    assert sorted(Permit.objects.values_list("kind", flat=True)) == [
        "export-permit",
        "import-permit",
        "re-export-certificate",
    ]
    exports = list(selectors.rows("CN", 2018, Part.EXPORTS))
    imports = list(selectors.rows("CN", 2018, Part.IMPORTS))
    assert [(row.origin, row.quantity) for row in exports] == [("", "2.4"), ("IT", "3")]
    assert sorted((row.export_permit, row.import_permit != "", row.origin) for row in imports) == [
        ("TDB-3", False, "IT"),
        ("TDB-4", True, ""),
    ]


def test_a_report_that_lost_or_changed_a_row_is_seen(replayed, monkeypatch):
    rows, _ = replayed
    kept, honest = [row for row in rows if row.line < 6], selectors.rows
    assert replay.compare(kept, "CN", 2018, law()) == []

    monkeypatch.setattr(selectors, "rows", lambda *asked: list(honest(*asked))[1:])
    assert len(replay.compare(kept, "CN", 2018, law())) == 2

    def doubled(*asked: Any) -> list[Any]:
        return [
            row if row.quantity != "3" else type(row)(**{**as_fields(row), "quantity": "30"}) for row in honest(*asked)
        ]

    monkeypatch.setattr(selectors, "rows", doubled)
    assert [line.partition(":")[0] for line in replay.compare(kept, "CN", 2018, law())] == [
        "1 in the rows, not in the report",
        "1 in the report, not in the rows",
    ]


def as_fields(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}


def test_a_second_replay_of_the_year_is_refused(replayed):
    rows, _ = replayed

    refused = replay.run(rows, party="CN", year=2018)

    assert isinstance(refused, Refusal)
    assert refused.code == "year-not-empty"
    assert Endorsement.objects.count() == 4


def test_refused_rows_leave_no_trace(replayed):
    assert Application.objects.exclude(state="issued").count() == 0
    assert Counter(Application.objects.values_list("direction", flat=True)) == {
        "export": 1,
        "re-export": 1,
        "import": 1,
    }


@pytest.mark.processes
@pytest.mark.usefixtures("home_of_a_process")
class TestTheCommand:
    def run(self, tmp_path: Any, *more: str) -> subprocess.CompletedProcess[str]:
        file = tmp_path / "trade.csv"
        file.write_text(SMALL)
        env = {**os.environ, "WILDGATE_HOME": str(tmp_path / "unused"), "WILDGATE_DURABLE": "no", "DATABASE_URL": ""}
        return subprocess.run(
            [sys.executable, "-m", "wildgate", "replay", str(file), "--home", str(tmp_path / "home"), *more],
            capture_output=True,
            text=True,
            env=env,
            timeout=120,
            check=False,
        )

    def test_prints_one_json_document_and_a_report_can_follow(self, tmp_path):
        done = self.run(tmp_path, "--party", "CN", "--year", "2018", "--json")

        told = json.loads(done.stdout)
        assert (done.returncode, told["report_equal"], told["accepted"]) == (0, True, 4)
        assert told["refused_by_code"] == {"primarily-commercial": 1, "unit-not-convertible": 1}
        assert {"line", "code", "reason"} == set(told["refused"][0])
        assert "6 of 6 rows" in done.stderr
        assert not (tmp_path / "unused").exists()


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """The same command in this process, in which Django runs already: its exit status and what it said on stderr."""
    monkeypatch.setattr(cli, "open_home", lambda *_, **__: None)

    def run(*more: str, text: str = SMALL) -> tuple[int, str]:
        file = tmp_path / "trade.csv"
        file.write_text(text)
        try:
            status = cli.main(["replay", str(file), "--home", str(tmp_path / "home"), *more])
        except SystemExit as end:
            status = int(end.code or 0)
        return status, capsys.readouterr().err

    return run


def test_says_no_where_no_row_concerns_the_party(said):
    status, told = said("--party", "BR", "--year", "2018")

    assert status == 1
    assert told.strip().endswith("no row was reported by BR for 2018.")


@pytest.mark.parametrize(
    ("more", "text"),
    [
        (["--party", "Q9", "--year", "2018"], SMALL),
        (["--party", "CN", "--year", "18"], SMALL),
        (["--party", "CN", "--year", "2018"], "no,table\n"),
    ],
)
def test_wrong_usage_is_one_line(said, more, text):
    status, told = said(*more, text=text)

    assert status == 2
    assert told.count("\n") == 1
    assert "Traceback" not in told


def test_the_report_file_of_a_replay_opens_as_a_table(replayed):
    table = list(csv.reader(io.StringIO(rows_to_csv(selectors.rows("CN", 2018, Part.IMPORTS), Part.IMPORTS))))

    assert [len(row) for row in table] == [15, 15, 15]
