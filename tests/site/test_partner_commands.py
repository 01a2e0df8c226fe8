"""`wildgate tls` and `wildgate partner`: what they print, what they write, and how they end."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

from wildgate.message.soap import Call, read_call
from wildgate.site.cli import main
from wildgate.site.conformance.line import Line


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WILDGATE_HOME", str(tmp_path))
    return tmp_path


def test_a_certificate_is_made_shown_and_not_overwritten(home, capsys):
    assert main(["tls", "show"]) == 1
    assert main(["tls", "make", "permits.example", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)

    assert "C=QM" in made["subject"]
    assert main(["tls", "make", "permits.example"]) == 1
    assert "--again" in capsys.readouterr().err
    assert main(["tls", "show", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["sha256"] == made["sha256"]
    assert main(["tls", "show", "--pem"]) == 0
    assert "PRIVATE" not in capsys.readouterr().out


def test_a_request_is_made_and_another_ones_answer_refused(home, capsys):
    assert main(["tls", "request", "permits.example", "-o", str(home / "csr.pem")]) == 0
    assert main(["tls", "make", "permits.example", "--home", str(home / "other")]) == 0
    capsys.readouterr()
    (home / "wrong.pem").write_bytes((home / "other" / "tls" / "identity.pem").read_bytes())

    assert main(["tls", "take", str(home / "wrong.pem"), "--home", str(home)]) == 1
    assert "another key" in capsys.readouterr().err
    assert (home / "csr.pem").read_text().startswith("-----BEGIN CERTIFICATE REQUEST")


def test_samples_are_what_the_cases_send(home, capsys):
    assert main(["partner", "samples", str(home / "out"), "--version", "v1", "--number", "26QZ1E"]) == 0

    files = {file.stem.removeprefix("v1-"): file.read_bytes() for file in (home / "out").iterdir()}
    assert len(files) > 15
    assert read_call(files["get"], "v1") == Call("v1", "GetNonFinalCitesCertificate", "26QZ1E", "", "QZ")
    for same in ("other-prefixes", "without-namespace", "utf-16"):
        assert read_call(files[same], "v1") == read_call(files["get"], "v1")
    for wrong in ("dtd", "dtd-file", "dtd-billion", "cut-off", "two-bodies", "not-soap", "unknown-operation",
                  "confirm-twice", "confirm-negative", "confirm-space-in-id"):
        assert not isinstance(read_call(files[wrong], "v1"), Call), wrong


def test_where_nothing_answers_there_is_no_verdict(home, capsys):
    assert main(["partner", "test", "http://127.0.0.1:9/epix/v2"]) == 2
    assert "nothing answers" in capsys.readouterr().err
    assert main(["partner", "test", "http://127.0.0.1:9/epix/v2", "--only", "nonsense"]) == 2
    assert "there is no case nonsense" in capsys.readouterr().err
    assert main(["partner", "test", "permits.example/epix/v2"]) == 2
    assert "no address; write it whole" in capsys.readouterr().err
    (home / "empty.pem").touch()
    assert main(["partner", "test", "https://127.0.0.1:9/epix/v2", "--cert", str(home / "empty.pem")]) == 2
    assert "name the file of the key with --key" in capsys.readouterr().err


class Moved(BaseHTTPRequestHandler):
    """A service that went elsewhere, and one whose answer never ends."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def do_GET(self) -> None:
        if self.path.startswith("/endless"):
            self.send_response(200)
            self.end_headers()
            while not self.server.over.wait(0.05):
                self.wfile.write(b" ")
            return
        self.send_response(302)
        self.send_header("Location", "https://new.example/epix/v2")
        self.end_headers()

    def log_message(self, *_told: object) -> None:
        pass


@pytest.fixture
def moved():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Moved)
    server.over = Event()
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.over.set()
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_service_that_moved_says_where_to_and_an_endless_answer_holds_nobody(home, moved, capsys):
    assert main(["partner", "test", f"{moved}/epix/v2", "--number", "26QZ000001E", "--only", "get"]) == 1
    assert "sends callers on to https://new.example/epix/v2; test that address." in capsys.readouterr().out

    line = Line(f"{moved}/endless", timeout=0.2)
    told = [line.get().fault for _ in range(4)]
    assert told[0] == told[2] == "No whole answer within 0 seconds."
    assert told[3].startswith("Not asked: 3 calls before")
