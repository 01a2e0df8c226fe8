"""`wildgate taxa import` and `taxa check` as the outside calls them: a home, a process, exit statuses, JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.apps.species.downloads import BOA, PYTHON, checklist, written

from wildgate.apps.species.models import Taxon
from wildgate.site import cli

Said = tuple[int, str, str]
"""Exit status, stdout, stderr."""


def run(home: Path, *words: str | Path) -> Said:
    """The command as a program of its own."""
    env = os.environ | {"WILDGATE_HOME": str(home), "DATABASE_URL": "",
                        "DJANGO_SETTINGS_MODULE": "wildgate.site.settings"}
    done = subprocess.run([sys.executable, "-m", "wildgate", "taxa", *map(str, words)], env=env, text=True,
                          capture_output=True, timeout=120, check=False)
    return done.returncode, done.stdout, done.stderr


def mixed(folder: Path) -> Path:
    """A python, a boa and a row that is refused."""
    return checklist(folder, PYTHON, BOA, PYTHON | {"TaxonId": "x"}, name="mixed.csv")


@pytest.mark.processes
def test_what_one_process_imported_the_next_one_knows(home_of_a_process: Path) -> None:
    """Both with a real process each; what else the commands say is asked for in this one."""
    home = home_of_a_process

    status, out, err = run(home, "import", mixed(home), "--json")

    told = json.loads(out)
    assert status == 0, err
    assert "rows" in err
    assert {key: told["files"][0][key] for key in ("rows", "added", "refused", "added_lines")} == {
        "rows": 3, "added": 2, "refused": 1, "added_lines": [[2, 3]]}
    assert told["files"][0]["refused_rows"][0] | {"reason": ""} == {
        "line": 4, "column": "TaxonId", "code": "not-a-number", "reason": ""}
    check_answers_each_name(home)


def check_answers_each_name(home: Path) -> None:
    names = written(home, "No;Scientific name\n1;Python regius\n2;Boa regia\n3;Pyton regius\n4;zzz qqq\n", "names.csv")

    status, out, _ = run(home, "check", names, "--json")

    told = json.loads(out)
    assert status == 1
    assert (told["names"], told["needs_person"]) == (4, 1)
    assert [(row["row"], row["accepted"], row["appendices"], row["needs_person"]) for row in told["rows"]] == [
        (2, "Python regius", ["II"], False), (3, "Python regius", ["II"], False), (4, "Python regius", ["II"], False),
        (5, None, [], True)]
    assert [row["confidence"] for row in told["rows"]] == sorted((r["confidence"] for r in told["rows"]), reverse=True)


@pytest.fixture
def taxa(own_database: str, monkeypatch: pytest.MonkeyPatch,
         capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """`wildgate taxa` in this process, in which Django runs already, on a home with that import in it."""
    monkeypatch.setattr(cli, "open_home", lambda *_, **__: None)

    def said(*words: str | Path) -> Said:
        status = cli.main(["taxa", *map(str, words)])
        return status, *capsys.readouterr()

    home = Path(os.environ["WILDGATE_HOME"])
    assert said("import", mixed(home))[0] == 0
    return said


def test_a_second_import_says_that_nothing_changed(taxa: Callable[..., Said], tmp_path: Path) -> None:
    status, out, _ = taxa("import", mixed(tmp_path))

    assert status == 0
    assert "0 added, 0 changed, 2 as before, 1 refused" in out
    assert "refused, line 4, column TaxonId" in out
    assert "nothing changed" in out


def test_all_or_nothing_is_a_clear_no(taxa: Callable[..., Said], tmp_path: Path) -> None:
    status, out, _ = taxa("import", "--all-or-nothing", checklist(
        tmp_path, BOA | {"TaxonId": "900002"}, {"TaxonId": ""}, name="other.csv"))

    assert status == 1
    assert "Nothing was kept" in out
    assert sorted(Taxon.objects.values_list("source_id", flat=True)) == ["5467", "900001"]


def test_an_unreadable_file_is_one_line(taxa: Callable[..., Said], tmp_path: Path) -> None:
    status, out, err = taxa("import", tmp_path / "absent.csv")

    assert (status, out) == (2, "")
    assert [line for line in err.splitlines() if "absent.csv" in line] == err.strip().splitlines()
    assert len(err.splitlines()) == 1


def test_search_and_listing_know_what_was_imported(taxa: Callable[..., Said]) -> None:
    found = json.loads(taxa("search", "Boa regia", "--json")[1])[0]
    listed = json.loads(taxa("listing", "Boa regia", "--json")[1])

    assert (found["accepted"], found["matched_by"]) == ("Python regius", "synonym")
    assert "the accepted name is Python regius" in found["note"]
    assert (listed["accepted"], listed["appendices"]) == ("Python regius", ["II"])
