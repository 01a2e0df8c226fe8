"""Opening balances from a file: once, again without harm, faults by line and column; and the command that reads it."""

from __future__ import annotations

import json

import pytest
from tests.cast import NOON

from wildgate.apps.stock.models import StockBalance, StockEntry
from wildgate.apps.stock.opening import Report, import_opening
from wildgate.convention.refusal import Refusal
from wildgate.site.cli.stock import run_import, run_list

pytestmark = pytest.mark.django_db
HEAD = "Organisation,Species,Term,Quantity,Unit,Source,Origin,Origin permit,Origin permit date,Acquired,Reference"
GOOD = ["Orlo SA,Alligator mississippiensis,LPS,500,NAR,W,US,25US000001/9,2025-01-05,2025-02-01,",
        "orlo sa,Alligator mississippiensis,SKI,20,,W,US,25US000002/9,2025-01-05,,",
        "Lacuna Hides Ltd,Python reticulatus,SKI,12,NAR,W,ID,ID-1,,2024-05-05,box 4"]


@pytest.fixture
def file(tmp_path):
    def write(*lines: str, head: str = HEAD):
        path = tmp_path / "opening.csv"
        path.write_text("\n".join([head, *lines]) + "\n")
        return path
    return write


def read(path):
    done = import_opening(path, party="QM", actor="operator", at=NOON)
    assert isinstance(done, Report), done
    return done


def test_opening_balances_are_read_once_however_often_the_file_is(cast, file):
    first, again = read(file(*GOOD)), read(file(*GOOD))

    assert (len(first.added), first.refused) == (3, [])
    assert (again.added, again.unchanged, again.refused) == ([], 3, [])
    assert StockEntry.objects.filter(state="released", kind="opening").count() == 3
    assert sorted(StockBalance.objects.values_list("amount", flat=True)) == [12, 20, 500]


def test_faults_are_told_by_line_and_column_and_good_lines_are_kept(cast, file):
    done = read(file(GOOD[0], GOOD[0], "Nobody,Python regius,LIV,1,NAR,W,TG,,,,",
                     "Orlo SA,Nonsense one,LIV,1,NAR,W,TG,,,,", "Orlo SA,Python regius,LIV,1.5,NAR,W,T1,,,2999-01-01,"))

    assert len(done.added) == 1
    assert [(fault.line, fault.column) for fault in done.refused] == [
        (3, "Reference"), (4, "Organisation"), (5, "Species"), (6, "Origin"), (6, "Quantity"), (6, "Acquired")]


def test_a_file_without_its_columns_is_no_list(cast, file):
    refused = import_opening(file("x", head="species"), party="QM", actor="operator", at=NOON)

    assert isinstance(refused, Refusal)
    assert "organisation" in refused.reason


class Args:
    def __init__(self, **given):
        self.__dict__.update({"json": True, "ledger": True, "organisation": "", "taxon": "", **given})


def test_the_command_reads_and_lists(cast, file, capsys):
    assert run_import(Args(file=file(*GOOD, "Nobody,Python regius,LIV,1,NAR,W,TG,,,,"))) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["added"], told["refused"][0]["line"], told["refused"][0]["column"]) == (3, 5, "Organisation")

    assert run_list(Args(organisation="orlo")) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [(one["term"], one["free"]) for one in listed["entries"]] == [("LPS", "500"), ("SKI", "20")]
    assert run_list(Args(json=False)) == 0
    assert "500 free" in capsys.readouterr().out
    assert run_import(Args(file=file("x", head="species"))) == 2
