"""The door through which partners come: mutual TLS, and nothing behind it but the exchange.

The web server that serves the pages can ask for client certificates but does not hand them on, so the exchange has a
server of its own. The handshake is done by the thread that serves the connection: a caller who is slow, or says
nothing, keeps nobody else waiting.
"""

from __future__ import annotations

import base64
import logging
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Final

from cheroot import server as http
from cheroot import wsgi
from cheroot.makefile import MakeFile

log = logging.getLogger(__name__)

OPEN: Final = ("/epix/", "/api/v1/exchange/")
THREADS: Final = 16
HANDSHAKE_SECONDS: Final = 5
LARGEST_HEADER: Final = 32_000
LARGEST_BODY: Final = 32_000_000
"""Each operation has its own, smaller limit; this one spares even reading."""
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Connection(http.HTTPConnection):
    """One caller: first the handshake, then its requests."""

    def communicate(self) -> bool:
        if self.ssl_env is None or not self.ssl_env:
            try:
                self._shake_hands()
            except (OSError, ValueError) as fault:
                log.warning("refused at the exchange door: %s: %s", self.remote_addr, _why(fault))
                return False
        again: bool = super().communicate()  # type: ignore[no-untyped-call]
        return again

    def _shake_hands(self) -> None:
        self.socket.settimeout(HANDSHAKE_SECONDS)
        self.socket = self.server.contexts.current().wrap_socket(self.socket, server_side=True,
                                                                 do_handshake_on_connect=False)
        self.socket.do_handshake()
        self.socket.settimeout(self.server.timeout)
        self.rfile, self.wfile = (MakeFile(self.socket, mode, size) for mode, size in (
            ("rb", self.rbufsize), ("wb", self.wbufsize)))
        shown = base64.b64encode(self.socket.getpeercert(binary_form=True)).decode()
        self.ssl_env = {"wsgi.url_scheme": "https", "HTTPS": "on", "WILDGATE_CLIENT_CERT": shown}

    def _close_kernel_socket(self) -> None:
        """Say goodbye in TLS too, where the caller still listens; where nobody does, there is nothing left to close."""
        with suppress(OSError, ValueError):
            if self.ssl_env:
                self.socket.settimeout(0.1)
                self.socket.unwrap()
        with suppress(OSError):
            super()._close_kernel_socket()  # type: ignore[misc]


class Contexts:
    """The TLS rules in force; made anew when `version` says that partners or our own certificate changed."""

    def __init__(self, version: Callable[[], object], make: Callable[[], ssl.SSLContext]) -> None:
        self._version, self._make = version, make
        self._lock = threading.Lock()
        self._seen: object = None
        self._context: ssl.SSLContext | None = None

    def current(self) -> ssl.SSLContext:
        with self._lock:
            seen = self._version()
            if self._context is None or seen != self._seen:
                self._context, self._seen = self._make(), seen
            return self._context


class Door(wsgi.Server):
    """A threaded server of the exchange's addresses. `port` 0 takes a free one; `prepare` binds it."""

    ConnectionClass = Connection

    def __init__(self, address: str, port: int, application: Application, contexts: Contexts) -> None:
        super().__init__((address, port), only_exchange(application), numthreads=THREADS, server_name="Wildgate",
                         request_queue_size=128, timeout=30)
        self.contexts = contexts
        self.max_request_header_size = LARGEST_HEADER
        self.max_request_body_size = LARGEST_BODY

    def error_log(self, msg: str = "", level: int = 20, traceback: bool = False) -> None:
        log.log(level, "%s", msg, exc_info=traceback and level >= logging.ERROR)


def only_exchange(application: Application) -> Application:
    """Every other address is not there: pages are served elsewhere, with other rules."""
    def guarded(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not str(environ.get("PATH_INFO", "")).startswith(OPEN):
            start_response("404 Not Found", [("Content-Type", "text/plain"), ("Content-Length", "0")])
            return [b""]
        return application(environ, start_response)
    return guarded


def serve(door: Door) -> None:
    """Until the process is told to stop; what is being answered is answered first."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        door.serve()
    except KeyboardInterrupt:
        log.info("told to stop")
    finally:
        door.stop()


def _why(fault: Exception) -> str:
    """The reason as TLS words it, without the place in OpenSSL's source."""
    if isinstance(fault, ssl.SSLCertVerificationError):
        return fault.verify_message
    if isinstance(fault, ssl.SSLError):
        return (fault.reason or "no handshake").lower().replace("_", " ")
    return "no handshake in time" if isinstance(fault, socket.timeout) else type(fault).__name__
