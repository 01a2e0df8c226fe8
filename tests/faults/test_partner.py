"""A partner whose service is broken: a raw socket that talks nonsense, stops in the middle, or says nothing at all."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from wildgate.apps.exchange import wire
from wildgate.apps.exchange.wire import Way
from wildgate.convention.refusal import Refusal

PATIENCE = 0.5
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
SAYS = {"garbage": b"\x00\xff\xfe no HTTP at all\r\n\r\n", "half": HEAD + b"half of it", "nothing": b"",
        "headers": b"a" * 70_000}


@pytest.fixture
def broken(request: pytest.FixtureRequest) -> Iterator[str]:
    """A service that says its piece; `silence` and `drops` keep the line open, the others close it."""
    kind, over = request.param, threading.Event()

    def answer() -> None:
        line, _ = server.accept()
        with line:
            line.recv(65_536)
            if kind == "drops":
                line.sendall(HEAD)
                while not over.wait(0.05):
                    line.sendall(b"x")
            elif kind == "silence":
                over.wait()
            else:
                line.sendall(SAYS[kind])

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=answer)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        over.set()
        thread.join()


@pytest.mark.parametrize(("broken", "code"), [
    *((kind, "partner-unreachable") for kind in SAYS), ("silence", "partner-timeout"), ("drops", "partner-timeout")],
    indirect=["broken"])
def test_a_broken_partner_is_a_refusal_in_time(broken, code, settings):
    settings.WEBHOOK_LOOPBACK = True
    began = time.monotonic()

    found = wire.exchange(Way(patience=PATIENCE), "POST", broken, b"hello", {})

    assert isinstance(found, Refusal)
    assert found.code == code
    assert time.monotonic() - began < 20
