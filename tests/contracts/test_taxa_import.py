"""`wildgate taxa import` and `taxa check` as the outside calls them: a home, a process, exit statuses, JSON."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.apps.species.downloads import BOA, PYTHON, checklist, written

pytestmark = pytest.mark.processes


def run(home: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"WILDGATE_HOME": str(home), "DATABASE_URL": "",
                        "DJANGO_SETTINGS_MODULE": "wildgate.site.settings"}
    return subprocess.run([sys.executable, "-m", "wildgate", "taxa", *map(str, words)], env=env, text=True,
                          capture_output=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, django_db_setup: str) -> Path:
    """A home with one import in it: a python, a boa and a row that was refused."""
    place = tmp_path_factory.mktemp("home")
    if Path(django_db_setup).is_file():
        shutil.copy(django_db_setup, place / "wildgate.sqlite3")
    done = run(place, "import", checklist(place, PYTHON, BOA, PYTHON | {"TaxonId": "x"}, name="mixed.csv"), "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert "rows" in done.stderr
    assert {key: told["files"][0][key] for key in ("rows", "added", "refused", "added_lines")} == {
        "rows": 3, "added": 2, "refused": 1, "added_lines": [[2, 3]]}
    assert told["files"][0]["refused_rows"][0] | {"reason": ""} == {
        "line": 4, "column": "TaxonId", "code": "not-a-number", "reason": ""}
    return place


def test_a_second_import_says_that_nothing_changed(home: Path) -> None:
    again = run(home, "import", home / "mixed.csv")

    assert again.returncode == 0
    assert "0 added, 0 changed, 2 as before, 1 refused" in again.stdout
    assert "refused, line 4, column TaxonId" in again.stdout
    assert "nothing changed" in again.stdout


def test_all_or_nothing_is_a_clear_no(home: Path) -> None:
    done = run(home, "import", "--all-or-nothing", checklist(home, BOA | {"TaxonId": "900002"}, {"TaxonId": ""},
                                                             name="other.csv"))

    assert done.returncode == 1
    assert "Nothing was kept" in done.stdout
    assert "900002" not in run(home, "search", "Boa constrictor", "--json").stdout


def test_an_unreadable_file_is_one_line(home: Path) -> None:
    done = run(home, "import", home / "absent.csv")

    assert (done.returncode, done.stdout) == (2, "")
    assert [line for line in done.stderr.splitlines() if "absent.csv" in line] == done.stderr.strip().splitlines()


def test_search_and_listing_know_what_was_imported(home: Path) -> None:
    found = json.loads(run(home, "search", "Boa regia", "--json").stdout)[0]
    listed = json.loads(run(home, "listing", "Boa regia", "--json").stdout)

    assert (found["accepted"], found["matched_by"]) == ("Python regius", "synonym")
    assert "the accepted name is Python regius" in found["note"]
    assert (listed["accepted"], listed["appendices"]) == ("Python regius", ["II"])


def test_check_answers_each_name(home: Path) -> None:
    names = written(home, "No;Scientific name\n1;Python regius\n2;Boa regia\n3;Pyton regius\n4;zzz qqq\n", "names.csv")

    done = run(home, "check", names, "--json")

    told = json.loads(done.stdout)
    assert done.returncode == 1
    assert (told["names"], told["needs_person"]) == (4, 1)
    assert [(row["row"], row["accepted"], row["appendices"], row["needs_person"]) for row in told["rows"]] == [
        (2, "Python regius", ["II"], False), (3, "Python regius", ["II"], False), (4, "Python regius", ["II"], False),
        (5, None, [], True)]
    assert [row["confidence"] for row in told["rows"]] == sorted((r["confidence"] for r in told["rows"]), reverse=True)
