"""`wildgate quotas` and `wildgate suspensions`: the shapes and exit statuses that the outside relies on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wildgate.site.cli import main

GOOD = "Full Name,Party,Quota,Unit,Year,Term,Source\nVaranus salvator,Demoland,500,,2027,LIV,W\n"
BAD = GOOD + "Nonexistus fakeus,Demoland,5,,2027,LIV,W\n"
MEASURES = ("Full Name,Party,Start date,Start notification,Notes\n"
            ",Demoland,22/01/2018,CITES Notif. No. 2018/012,All commercial trade.\n,Atlantis,22/01/2018,,All.\n")


@pytest.fixture(autouse=True)
def home(db: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' database stands for the home: it is migrated already."""
    monkeypatch.setattr("wildgate.site.cli.open_home", lambda *_, **__: None)


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, object]]:
    status = main([*words, "--json"])
    return status, json.loads(capsys.readouterr().out)


def write(folder: Path, text: str) -> str:
    file = folder / "download.csv"
    file.write_text(text)
    return str(file)


def test_an_import_tells_added_changed_and_refused_rows(capsys, tmp_path):
    assert run(capsys, "quotas", "import", write(tmp_path, GOOD)) == (0, {
        "added": 1, "changed": 0, "unchanged": 0, "refused": 0, "rolled_back": False,
        "files": [{"file": "download.csv", "added": 1, "changed": 0, "unchanged": 0, "refused": [], "remarks": [],
                   "rolled_back": False}]})

    status, report = run(capsys, "quotas", "import", write(tmp_path, BAD))

    assert (status, report["unchanged"], report["refused"]) == (1, 1, 1)
    fault = report["files"][0]["refused"][0]  # type: ignore[index]
    assert (fault["line"], fault["column"]) == (3, "Full Name")
    assert "Nonexistus fakeus" in fault["reason"]


def test_all_or_nothing_rolls_back(capsys, tmp_path):
    status, report = run(capsys, "quotas", "import", "--all-or-nothing", write(tmp_path, BAD))

    assert (status, report["added"], report["rolled_back"]) == (1, 0, True)
    assert run(capsys, "quotas", "list") == (0, {"count": 0, "quotas": []})


def test_a_fault_is_printed_with_line_and_column(capsys, tmp_path):
    assert main(["quotas", "import", write(tmp_path, BAD)]) == 1

    out = capsys.readouterr().out
    assert "download.csv: 1 added, 0 changed, 0 unchanged, 1 refused" in out
    assert "line 3, column Full Name: refused:" in out


@pytest.mark.parametrize("verb", ["quotas", "suspensions"])
def test_a_file_that_is_no_download_is_unreadable_input(capsys, tmp_path, verb):
    assert main([verb, "import", write(tmp_path, "a,b\n1,2\n")]) == 2
    assert main([verb, "import", str(tmp_path / "nothing.csv")]) == 2

    told = capsys.readouterr().err.strip().splitlines()
    assert len(told) == 2


def test_the_list_shows_where_a_quota_stands(capsys, tmp_path):
    main(["quotas", "import", write(tmp_path, GOOD)])
    capsys.readouterr()

    status, shape = run(capsys, "quotas", "list", "--country", "qm", "--year", "2027", "--ledger")

    assert (status, shape["count"]) == (0, 1)
    quota = shape["quotas"][0]  # type: ignore[index]
    assert {name: quota[name] for name in ("amount", "free", "bound", "used", "state", "unit", "ledger")} == {
        "amount": "500", "free": "500", "bound": "0", "used": "0", "state": "open", "unit": "NAR", "ledger": []}


def test_suspensions_are_read_and_listed(capsys, tmp_path):
    status, report = run(capsys, "suspensions", "import", write(tmp_path, MEASURES))

    assert (status, report["added"], report["refused"]) == (1, 1, 1)
    assert report["files"][0]["refused"][0]["column"] == "Party"  # type: ignore[index]
    status, shape = run(capsys, "suspensions", "list", "--country", "QM", "--on", "2027-01-01")
    assert (status, shape["count"]) == (0, 1)
    assert shape["suspensions"][0]["purposes"] == ["T"]  # type: ignore[index]
    assert run(capsys, "suspensions", "list", "--on", "2017-01-01")[1]["count"] == 0
