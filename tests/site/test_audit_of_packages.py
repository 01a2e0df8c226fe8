"""The dependency audit: what is locked is looked up, ranges are read rightly, and a list out of reach is said."""

from __future__ import annotations

import http.server
import json
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest
from tools import audit

TOOL = Path(__file__).resolve().parents[2] / "tools" / "audit.py"
DJANGO = next(each for each in audit.locked([(TOOL.parents[1] / "requirements" / "run.lock").read_text()])
              if each.name == "django")


def advisory(**part: object) -> dict:
    return {"id": "PYSEC-1", "affected": [{"package": {"ecosystem": "PyPI", "name": "Some_Package"}, **part}]}


def events(*told: dict[str, str]) -> list[dict]:
    return [{"type": "ECOSYSTEM", "events": list(told)}]


@pytest.mark.parametrize(("part", "version", "known"), [
    ({"versions": ["1.0", "1.1"]}, "1.1", True), ({"versions": ["1.0"]}, "1.0.1", False),
    ({"ranges": events({"introduced": "0"}, {"fixed": "1.10"})}, "1.9", True),
    ({"ranges": events({"introduced": "0"}, {"fixed": "1.10"})}, "1.10", False),
    ({"ranges": events({"introduced": "1.2"})}, "1.1", False),
    ({"ranges": events({"introduced": "0"}, {"last_affected": "1.2"})}, "1.2", True),
    ({"ranges": events({"introduced": "0"}, {"last_affected": "1.2"})}, "1.3", False),
    ({"ranges": events({"introduced": "0"}, {"fixed": "1.1"}, {"introduced": "1.5"}, {"fixed": "1.6"})}, "1.5.2", True),
    ({"ranges": events({"introduced": "0"}, {"fixed": "1.1"}, {"introduced": "1.5"}, {"fixed": "1.6"})}, "1.3", False),
    ({"ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]}, "1.0", False),
])
def test_a_fault_is_known_of_the_versions_that_the_advisory_is_about(part, version, known):
    package = audit.Package("some-package", version)

    assert bool(list(audit.among([package], [advisory(**part)]))) == known


def test_names_have_one_spelling_and_each_package_counts_once():
    lock = "Some_Package==1.0 \\\n    --hash=sha256:00\nother==2 ; python_full_version < '3.12'\nother==3\n"

    assert audit.locked([lock, lock]) == [audit.Package("other", "2"), audit.Package("other", "3"),
                                          audit.Package("some-package", "1.0")]


@pytest.mark.parametrize("packed", [True, False])
def test_a_known_fault_of_what_we_lock_fails_and_is_named(tmp_path, packed):
    told = {"id": "PYSEC-2027-1", "affected": [{"package": {"ecosystem": "PyPI", "name": "Django"}, "ranges": events(
        {"introduced": "0"}, {"fixed": "99.1"})}]}
    withdrawn = {**told, "id": "PYSEC-2027-2", "withdrawn": "2027-01-01T00:00:00Z"}
    if packed:
        with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
            archive.writestr("a.json", json.dumps(told))
    else:
        (tmp_path / "a.json").write_text(json.dumps(told))
        (tmp_path / "b.json").write_text(json.dumps(withdrawn))

    path = tmp_path / "all.zip" if packed else tmp_path
    done = subprocess.run([sys.executable, str(TOOL), "--advisories", str(path)], capture_output=True, text=True)

    assert done.returncode == 1
    assert f"django {DJANGO.version}: PYSEC-2027-1; mended in 99.1" in done.stdout
    assert "PYSEC-2027-2" not in done.stdout


@pytest.mark.parametrize("text", ["no zip", "[]", "{}", '{"affected": [{"package": {"ecosystem": "PyPI"}}]}', "{"])
def test_advisories_that_are_none_are_said_to_be_unreadable(tmp_path, text):
    file = tmp_path / "all.zip"
    if text == "no zip":
        file.write_text(text)
    else:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("a.json", text)

    done = subprocess.run([sys.executable, str(TOOL), "--advisories", str(file)], capture_output=True, text=True)

    assert "Traceback" not in done.stderr
    assert (done.returncode, done.stderr[:31]) == (
        (0, "") if text == "{}" else (2, "The advisories cannot be read: "))


def test_the_list_is_asked_for_names_and_versions_only():
    asked: list[dict] = []

    class List(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            body = json.dumps({"results": [{"vulns": [{"id": "GHSA-1"}]}, {}]}).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None: ...
    with http.server.HTTPServer(("127.0.0.1", 0), List) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        packages = [audit.Package("a", "1"), audit.Package("b", "2")]
        found = list(audit.asked_of_list(packages, f"http://127.0.0.1:{server.server_port}/"))

    assert found == [audit.Known(packages[0], "GHSA-1")]
    assert asked == [{"queries": [{"package": {"ecosystem": "PyPI", "name": "a"}, "version": "1"},
                                  {"package": {"ecosystem": "PyPI", "name": "b"}, "version": "2"}]}]


def test_a_list_out_of_reach_is_said_and_nothing_is_called_clean(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["audit.py"])
    monkeypatch.setattr(audit.asked_of_list, "__defaults__", ("http://127.0.0.1:9/",))

    assert audit.main() == 0
    assert capsys.readouterr().out.startswith("Not audited: ")
    monkeypatch.setattr(sys, "argv", ["audit.py", "--must"])
    assert audit.main() == 2
