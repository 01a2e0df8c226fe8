"""`wildgate check`: the shapes and exit statuses that the outside relies on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.convention.questions import as_json

from wildgate.site.cli import main

pytestmark = pytest.mark.django_db  # the command asks for the imports of the home Party


def check(capsys: pytest.CaptureFixture[str], folder: Path, data: object) -> tuple[int, dict[str, object]]:
    file = folder / "trade.json"
    file.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    status = main(["check", str(file), "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_an_allowed_trade_is_answered_with_its_ruling(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, ruling = check(capsys, tmp_path, as_json())

    assert status == 0
    assert set(ruling) == {"decision", "documents", "findings", "refusals", "warnings", "lines", "law"}
    assert ruling["decision"] == "allow"


def test_a_refused_trade_is_a_clear_no(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, ruling = check(capsys, tmp_path, as_json(line__taxon="Gorilla gorilla", line__source="W", line__term="LIV"))

    assert (status, ruling["decision"]) == (1, "refuse")
    assert ruling["refusals"][0]["code"] == "primarily-commercial"  # type: ignore[index]


@pytest.mark.parametrize(
    "change", [{"line__taxon": "Homo sapiens", "line__source": "W", "line__term": "SKI"}, {"to": "KP"}]
)
def test_conditional_and_free_trades_end_well(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, change: dict[str, object]
) -> None:
    status, ruling = check(capsys, tmp_path, as_json(**change))

    assert status == 0
    assert ruling["decision"] in ("conditional", "no-document-needed")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (as_json(line__taxon="Gorila gorilla"), "lines[0].taxon"),
        (as_json(to="QQ"), "to"),
        (as_json(line__taxon="Dendrobium nobile", line__term="LIV", line__source="C"), "lines[0].source"),
        ("{", ""),
        ("[]", ""),
    ],
)
def test_what_is_no_question_gets_no_ruling(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, data: object, field: str
) -> None:
    status, answer = check(capsys, tmp_path, data)

    assert status == 2
    assert set(answer) == {"errors"}
    error = answer["errors"][0]  # type: ignore[index]
    assert error["field"] == field
    assert error["reason"]
    assert isinstance(error["suggestions"], list)


def test_people_read_sentences(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "trade.json"
    file.write_text(json.dumps(as_json()), encoding="utf-8")

    assert main(["check", str(file)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Allowed")
    assert "captive-bred-certificate or export-permit, issued by QM, before export (Art. VII.5)" in out


def test_people_read_what_is_wrong_on_the_error_stream(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "trade.json"
    file.write_text(json.dumps(as_json(line__taxon="Gorila gorilla")), encoding="utf-8")

    assert main(["check", str(file)]) == 2
    streams = capsys.readouterr()
    assert streams.out == ""
    assert "Perhaps: Gorilla gorilla" in streams.err


def test_a_file_that_is_not_there_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["check", str(tmp_path / "none.json")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.processes
def test_standard_input_is_read_through_a_real_process() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "wildgate", "check", "-", "--json"],
        input=json.dumps(as_json()),
        text=True,
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 0
    assert json.loads(done.stdout)["decision"] == "allow"
    assert done.stderr == ""
