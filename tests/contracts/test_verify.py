"""`wildgate verify` and `wildgate message`: what they print and how they end."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.message.papers import BASE, lists, paper, pin, seals, text_of
from tests.message.permits import line, permit

from wildgate.message.qr import write_png
from wildgate.message.xml import write_v2
from wildgate.seal.status import State
from wildgate.site.cli import main

WHEN = "2027-03-04T13:00:00Z"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with the signed lists and the permit of Mario Ferro in every form."""
    record = permit()
    put_lists(tmp_path)
    (tmp_path / "permit.txt").write_text(text_of(record))
    (tmp_path / "permit.png").write_bytes(write_png(text_of(record)))
    (tmp_path / "permit.xml").write_bytes(write_v2(record, text_of(record)))
    (tmp_path / "permit.pdf").write_bytes(paper(record))
    return tmp_path


def put_lists(folder: Path, state: State = State.VALID) -> None:
    trust, status = lists([state], [pin()])
    (folder / "trust.cwt").write_bytes(trust)
    for name, data in status.items():
        path = folder / "status" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def verify(desk: Path, file: str, *more: str) -> int:
    path = file if file == "-" else str(desk / file)
    return main(["verify", path, "--trust", str(desk / "trust.cwt"), "--status", str(desk / "status"), "--at", WHEN,
                 *more])


@pytest.mark.parametrize("file", ["permit.txt", "permit.png", "permit.xml", "permit.pdf"])
def test_a_genuine_permit_is_accepted_in_every_form(desk: Path, file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(desk, file, "--json") == 0
    found = json.loads(capsys.readouterr().out)

    assert (found["genuine"], found["state"], found["answer"]) == (True, "valid", "accept")
    assert found["faults"] == []
    assert found["facts"]["lines"][0]["taxon"] == "Crocodylus novaeguineae"
    assert found["age"] == 3600
    assert found["reasons"]


def test_a_person_reads_three_lines(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(desk, "permit.png") == 0
    out = capsys.readouterr().out.splitlines()

    assert len(out) == 3
    assert out[0] == "GENUINE: ACCEPT (state: valid)"
    assert "27QM000045DL" in out[1]
    assert "1200 NAR SKI Crocodylus novaeguineae" in out[1]
    assert "Status as of 2027-03-04 12:00 UTC." in out[2]


@pytest.mark.parametrize(("state", "role", "status"), [
    (State.VALID, "export", 0), (State.VALID, "import", 1), (State.EXPORTED, "import", 0),
    (State.EXPORTED, "export", 1), (State.CANCELLED, "public", 1), (State.LOST, "carrier", 1),
])
def test_role_and_state_decide_the_exit_status(desk: Path, state: State, role: str, status: int) -> None:
    put_lists(desk, state)

    assert verify(desk, "permit.png", "--role", role) == status


def test_a_home_holds_trust_and_status(desk: Path) -> None:
    assert main(["verify", str(desk / "permit.txt"), "--home", str(desk), "--at", WHEN]) == 0


def test_text_comes_on_standard_input(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text_of(permit()).encode())))

    assert verify(desk, "-") == 0


def test_an_expired_permit_is_refused(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    late = "2027-09-03T00:00:01Z"

    assert main(["verify", str(desk / "permit.png"), "--home", str(desk), "--at", late, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["state"] == "expired"


def test_a_forged_message_is_refused_with_the_box(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    forged = permit(1, lines=(line(description="Whole skins"),))
    (desk / "forged.xml").write_bytes(write_v2(forged, text_of(permit())))

    assert verify(desk, "forged.xml", "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["genuine"], found["answer"]) == (False, "refuse")
    assert found["faults"]


def test_a_misnamed_unreadable_or_absent_file_ends_with_2(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (desk / "scan.png").write_bytes(paper(permit()))
    (desk / "empty.xml").write_bytes(b"")

    for file in ("scan.png", "empty.xml", "absent.png"):
        assert verify(desk, file) == 2
        error = capsys.readouterr().err
        assert len(error.splitlines()) == 1
        assert "Traceback" not in error


def test_without_a_trust_list_it_says_what_to_do(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(desk / "permit.png"), "--home", str(desk / "nowhere"), "--json"]) == 2
    captured = capsys.readouterr()
    assert "--trust FILE" in captured.err
    assert json.loads(captured.out)["errors"][0]["code"] == "no-trust-list"


@pytest.mark.processes
def test_it_runs_alone_without_a_database(desk: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "wildgate", "verify", str(desk / "permit.png"), "--trust",
                           str(desk / "trust.cwt"), "--status", str(desk / "status"), "--at", WHEN, "--json"],
                          capture_output=True, text=True, check=False, cwd=desk,
                          env={"PATH": "/usr/bin", "WILDGATE_HOME": str(desk / "nowhere")})

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["answer"] == "accept"
    assert not (desk / "nowhere").exists()


def test_message_read_prints_the_permit(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["message", "read", str(desk / "permit.xml")]) == 0
    found = json.loads(capsys.readouterr().out)

    assert {key: found[key] for key in permit().as_json()} == permit().as_json()
    assert found["digest"] == permit().digest.hex()


def test_message_check_is_silent_about_a_good_file(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["message", "check", str(desk / "permit.xml"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"faults": []}


def test_message_check_names_xpath_and_box(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = (desk / "permit.xml").read_text().replace("<ram:PurposeCode>T</ram:PurposeCode>", "")
    (desk / "faulty.xml").write_text(data)

    assert main(["message", "check", str(desk / "faulty.xml")]) == 1
    assert "/CITESEPermit/HeaderExchangedDocument/PurposeCode\tbox 5a\t" in capsys.readouterr().out
    (desk / "bomb.xml").write_text('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    assert main(["message", "check", str(desk / "bomb.xml")]) == 2


def test_the_real_message_of_a_partner_reads(shared_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["message", "read", str(shared_data / "epix" / "get_non_final_cites_certificate_v2.xml")]) == 0
    assert json.loads(capsys.readouterr().out)["number"] == "XA000000"


def test_each_page_has_a_seal_of_its_own() -> None:
    assert len(set(seals(permit(11)))) == 3
    assert BASE in text_of(permit())
