"""Our own client on a real socket: bounded, in time, never redirected, over TLS with a known certificate only."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from wildgate.apps.exchange import wire
from wildgate.apps.exchange.wire import Reply, Way
from wildgate.convention.refusal import Refusal
from wildgate.kit import tls

HERE = "127.0.0.1"


class Other(BaseHTTPRequestHandler):
    """Answers with the length of what it got; with a redirect, or with far too much, where that is asked for."""

    def do_POST(self) -> None:
        got = self.rfile.read(int(self.headers["Content-Length"]))
        said = b"x" * (wire.MOST + 10) if self.path == "/much" else str(len(got)).encode()
        self.send_response(302 if self.path == "/away" else 200)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def other(request: Any, tmp_path: Path, settings: Any) -> Iterator[str]:
    """A service on this machine; over TLS when it is asked to be, with the certificate of QZ."""
    settings.HOME, settings.WEBHOOK_LOOPBACK = tmp_path / "home", True
    secure = getattr(request, "param", False)
    server = HTTPServer((HERE, 0), Other)
    if secure:
        own = tls.make(tmp_path / "qz", "QZ", [HERE], at=datetime.now(UTC))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(own.file)
        if secure == "known callers":
            context.verify_mode, context.maximum_version = ssl.CERT_REQUIRED, ssl.TLSVersion.TLSv1_2
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http{'s' if secure else ''}://{HERE}:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def post(url: str, way: Way = Way()) -> Reply | Refusal:  # noqa: B008
    return wire.exchange(way, "POST", url, b"hello", {})


def test_an_answer_is_read_a_redirect_is_not_followed_and_too_much_is_refused(other, monkeypatch):
    monkeypatch.setattr(wire, "MOST", 1000)

    assert post(f"{other}/").body == b"5"
    assert post(f"{other}/away").status == 302
    assert post(f"{other}/much").code == "partner-too-large"


@pytest.mark.parametrize("other", [True], indirect=True)
def test_a_certificate_that_nobody_named_is_not_trusted(other, tmp_path):
    known = tls.identity(tmp_path / "qz").public_pem.decode()

    assert post(other).code == "partner-tls"
    assert post(other, Way(authority=known)).body == b"5"


def test_what_failed_is_said_to_whom_can_mend_it(other, settings):
    settings.WEBHOOK_LOOPBACK = True

    assert post(other.replace("http://", "https://")) == wire.NO_TLS
    assert post("http://127.0.0.1:1025/") == wire.CLOSED


@pytest.mark.parametrize("other", [True, "known callers"], indirect=True)
def test_a_server_that_does_not_know_us_is_told_from_one_that_we_do_not_know(other, tmp_path, request):
    theirs = tls.identity(tmp_path / "qz").public_pem.decode()
    tls.make(tmp_path / "home", "QM", [HERE], at=datetime.now(UTC))

    assert post(other) == wire.NOT_TRUSTED
    known = post(other, Way(authority=theirs))
    assert (known == wire.NOT_TAKEN) is (request.node.callspec.params["other"] == "known callers")


@pytest.mark.parametrize(("url", "code"), [
    ("http://qz.example.org/", "partner-address"), ("ftp://x.org/", "partner-address"),
    ("https://me:secret@x.org/", "partner-address"), ("https://qz.wildgate.example/", "partner-nowhere"),
    ("https://127.0.0.1:1025/", "partner-unreachable"),
    ("https://10.0.0.1/", "partner-address"), ("https://169.254.169.254/latest/", "partner-address")])
def test_where_nothing_is_sent(settings, url, code):
    settings.WEBHOOK_LOOPBACK = True

    assert post(url).code == code
