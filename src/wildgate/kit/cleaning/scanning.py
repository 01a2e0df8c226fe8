"""Asking a virus scanner (clamd) about a file, where an installation has one.

The file is sent over a socket (INSTREAM), so the scanner needs no right to read it. What it answers is one line:
`stream: OK`, or `stream: NAME FOUND`; anything else is no answer.
"""

from __future__ import annotations

import logging
import re
import socket
import struct
from contextlib import closing
from pathlib import Path
from typing import Final

from django.conf import settings

from wildgate.convention.refusal import Refusal
from wildgate.kit.cleaning.refusals import refused

log = logging.getLogger(__name__)

PATIENCE: Final = 20.0
_PIECE: Final = 1 << 16
_FOUND: Final = re.compile(r"stream: (.{1,200}) FOUND", re.DOTALL)


def scan(path: Path) -> bool | Refusal | None:
    """True: the scanner found nothing. False: one is set but gave no answer. None: none is set. Refusal: it found."""
    address = str(getattr(settings, "CLAMD", ""))
    if not address:
        return None
    try:
        answer = _ask(address, path)
    except (OSError, ValueError) as fault:
        log.warning("the virus scanner gave no answer: %s", type(fault).__name__)
        return False
    if answer == "stream: OK":
        return True
    if found := _FOUND.fullmatch(answer):
        return refused("virus-found", found=re.sub(r"[^\w.+/-]", "_", found[1])[:60])
    log.warning("the virus scanner gave no answer that is understood")
    return False


def _ask(address: str, path: Path) -> str:
    with closing(connected(address)) as line, path.open("rb") as file:
        line.sendall(b"zINSTREAM\0")
        while piece := file.read(_PIECE):
            line.sendall(struct.pack("!I", len(piece)) + piece)
        line.sendall(struct.pack("!I", 0))
        return _line(line)


def _line(line: socket.socket) -> str:
    """One answer, up to its end and no longer than an answer is."""
    got = b""
    while b"\0" not in got and len(got) < 1000 and (piece := line.recv(1000)):
        got += piece
    return got.partition(b"\0")[0].decode("utf-8", "replace").strip()


def connected(address: str) -> socket.socket:
    """`unix:/run/clamav/clamd.ctl` or `tcp:127.0.0.1:3310`."""
    scheme, _, rest = address.partition(":")
    if scheme == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(PATIENCE)
        try:
            line.connect(rest)
        except BaseException:
            line.close()
            raise
        return line
    host, _, port = rest.rpartition(":")
    if scheme != "tcp" or not host or not port.isdigit():
        raise ValueError(address)
    return socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE)
