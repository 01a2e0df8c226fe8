"""A real installation for browser tests: its own database, the web server and the job worker as separate processes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

READY_WITHIN = 400


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def installation(home: Path, database_url: str, *, demo: bool = True) -> Iterator[str]:
    """`wildgate serve` on `home`; the value is its address. As in the demo world no second factor is asked for."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    env = {**os.environ, "WILDGATE_HOME": str(home), "DATABASE_URL": database_url, "WILDGATE_BASE_URL": address,
           "WILDGATE_DEMO": "yes" if demo else "no", "DJANGO_SETTINGS_MODULE": "wildgate.site.settings"}
    command = [sys.executable, "-m", "wildgate", "serve", "--port", str(port), "--workers", "1"]
    with open(home / "serve.log", "wb") as log:
        process = subprocess.Popen(command, env=env, stdout=log, stderr=log)
    try:
        wait_until_ready(address, process, home / "serve.log")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Ask until the server answers; its log says why when it does not."""
    for _ in range(READY_WITHIN):
        if process.poll() is not None:
            raise AssertionError(f"the server ended: {log.read_text()}")
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            _pause()
    raise AssertionError(f"the server did not answer: {log.read_text()}")


def _pause() -> None:
    """A tenth of a second without a clock of ours: wait for a connection that nobody makes."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        nobody.listen()
        nobody.settimeout(0.1)
        try:
            nobody.accept()
        except TimeoutError:
            return
